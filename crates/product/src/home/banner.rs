//! Banners, as operators keep them: each may have a time in which it is shown.

use contract::fault;
use garde::Validate;
use kit::http::{Cursor, Page, PageParams};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{HomeBannerId, MOST};
use crate::Product;
use crate::content::{NAME, Wrong, given};
use crate::store::home as store;

/// A banner to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewHomeBanner {
    /// Picture, as a path below the media root.
    #[garde(skip)]
    #[schema(max_length = 191)]
    pub picture: String,
    /// Title, 1–60 characters, unique.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub title: String,
    /// Where it leads to: a path inside the shop.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 300)]
    pub link: String,
    /// Place among the banners, lower first.
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
    /// Shown from then on; at once when absent.
    #[garde(skip)]
    #[serde(default)]
    pub from: Option<Time>,
    /// Not shown any more from then on; without end when absent.
    #[garde(skip)]
    #[serde(default)]
    pub until: Option<Time>,
}

/// What changes of a banner; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct HomeBannerChange {
    /// Picture.
    #[garde(skip)]
    #[schema(max_length = 191)]
    pub picture: Option<String>,
    /// Title.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub title: Option<String>,
    /// Where it leads to.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 300)]
    pub link: Option<String>,
    /// Place among the banners.
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
    /// Shown from then on; `null`: at once.
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Time>)]
    pub from: Option<Option<Time>>,
    /// Not shown any more from then on; `null`: without end.
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Time>)]
    pub until: Option<Option<Time>>,
}

/// A banner as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminHomeBanner {
    /// Its number.
    pub id: HomeBannerId,
    /// Its picture.
    pub picture: String,
    /// Its title.
    pub title: String,
    /// Where it leads to.
    pub link: String,
    /// Place among the banners.
    pub position: i32,
    /// Shown from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Not shown any more from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

impl From<store::Banner> for AdminHomeBanner {
    fn from(b: store::Banner) -> Self {
        let store::Banner { id, picture, title, link, position, from_ms, until_ms } = b;
        AdminHomeBanner { id, picture, title, link, position, from: from_ms, until: until_ms }
    }
}

/// Every rule for a banner.
pub fn check(b: &store::Banner) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.picture("/picture", &b.picture);
    wrong.text("/title", &b.title, 1, NAME);
    wrong.link("/link", &b.link);
    let backwards = b.from_ms.zip(b.until_ms).is_some_and(|(from, until)| from >= until);
    wrong.when(backwards, "/until", "range", "not after from");
    wrong.finish()
}

fn taken(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(fault::NAME_TAKEN.at("/title", "taken", "another banner has this title")) }
}

impl Product {
    /// Banners in their order, shown or not.
    pub(crate) async fn banners(&self, page: PageParams) -> Result<Page<AdminHomeBanner>> {
        let after = page.cursor()?.map(|c| (c.at, c.id));
        let rows = store::banners(&self.db).await?.into_iter();
        let rows = rows.filter(|b| after.is_none_or(|a| (i64::from(b.position), b.id.0) > a)).take(page.limit() + 1).collect();
        let cursor = |b: &store::Banner| Cursor { at: b.position.into(), id: b.id.0 };
        Ok(Page::from_rows(rows, page.limit(), cursor).map(AdminHomeBanner::from))
    }

    /// Makes a banner.
    pub(crate) async fn create_banner(&self, new: NewHomeBanner) -> Result<AdminHomeBanner> {
        let banner = store::Banner {
            id: self.db.ids().make(),
            picture: new.picture,
            title: new.title.trim().to_owned(),
            link: new.link,
            position: new.position,
            from_ms: new.from,
            until_ms: new.until,
        };
        check(&banner)?;
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            if store::counts(&tx).await?[0] >= MOST {
                return Err(fault::CONFLICT.because("a home page has 50 banners at most"));
            }
            taken(store::insert_banner(&tx, &banner).await?)
        })?;
        self.home.forget();
        Ok(banner.into())
    }

    /// Changes a banner.
    pub(crate) async fn edit_banner(&self, id: HomeBannerId, change: HomeBannerChange) -> Result<AdminHomeBanner> {
        let edited = kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let Some(old) = store::banner(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            let change = change.clone();
            let banner = store::Banner {
                id,
                picture: change.picture.unwrap_or(old.picture),
                title: change.title.map_or(old.title, |t| t.trim().to_owned()),
                link: change.link.unwrap_or(old.link),
                position: change.position.unwrap_or(old.position),
                from_ms: change.from.unwrap_or(old.from_ms),
                until_ms: change.until.unwrap_or(old.until_ms),
            };
            check(&banner)?;
            taken(store::update_banner(&tx, &banner).await?)?;
            Ok(banner)
        })?;
        self.home.forget();
        Ok(edited.into())
    }

    /// Deletes a banner. Again: the same answer.
    pub(crate) async fn delete_banner(&self, id: HomeBannerId) -> Result<()> {
        kit::tx!(self.db, |tx| store::delete_banner(&tx, id).await)?;
        self.home.forget();
        Ok(())
    }
}
