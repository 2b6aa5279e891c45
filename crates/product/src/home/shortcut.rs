//! Shortcuts, as operators keep them.

use contract::fault;
use garde::Validate;
use kit::Result;
use kit::http::{Cursor, Page, PageParams};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{HomeShortcutId, MOST};
use crate::Product;
use crate::content::{NAME, Wrong, given};
use crate::store::home as store;

/// A shortcut to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewHomeShortcut {
    /// Name, 1–60 characters, unique.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Picture, as a path below the media root.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 191)]
    pub picture: Option<String>,
    /// Where it leads to: a path inside the shop.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 300)]
    pub link: String,
    /// Place among the shortcuts, lower first.
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
}

/// What changes of a shortcut; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct HomeShortcutChange {
    /// Name.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Picture; `null` takes it away.
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 191)]
    pub picture: Option<Option<String>>,
    /// Where it leads to.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 300)]
    pub link: Option<String>,
    /// Place among the shortcuts.
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
}

/// A shortcut as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminHomeShortcut {
    /// Its number.
    pub id: HomeShortcutId,
    /// Its name.
    pub name: String,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Where it leads to.
    pub link: String,
    /// Place among the shortcuts.
    pub position: i32,
}

impl From<store::Shortcut> for AdminHomeShortcut {
    fn from(s: store::Shortcut) -> Self {
        AdminHomeShortcut { id: s.id, name: s.name, picture: s.picture, link: s.link, position: s.position }
    }
}

/// Every rule for a shortcut.
pub fn check(s: &store::Shortcut) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/name", &s.name, 1, NAME);
    if let Some(picture) = &s.picture {
        wrong.picture("/picture", picture);
    }
    wrong.link("/link", &s.link);
    wrong.finish()
}

fn taken(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(fault::NAME_TAKEN.at("/name", "taken", "another shortcut has this name")) }
}

impl Product {
    /// Shortcuts in their order.
    pub(crate) async fn shortcuts(&self, page: PageParams) -> Result<Page<AdminHomeShortcut>> {
        let after = page.cursor()?.map(|c| (c.at, c.id));
        let rows = store::shortcuts(&self.db).await?.into_iter();
        let rows = rows.filter(|s| after.is_none_or(|a| (i64::from(s.position), s.id.0) > a)).take(page.limit() + 1).collect();
        let cursor = |s: &store::Shortcut| Cursor { at: s.position.into(), id: s.id.0 };
        Ok(Page::from_rows(rows, page.limit(), cursor).map(AdminHomeShortcut::from))
    }

    /// Makes a shortcut.
    pub(crate) async fn create_shortcut(&self, new: NewHomeShortcut) -> Result<AdminHomeShortcut> {
        let shortcut = store::Shortcut {
            id: self.db.ids().make(),
            name: new.name.trim().to_owned(),
            picture: new.picture,
            link: new.link,
            position: new.position,
        };
        check(&shortcut)?;
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            if store::counts(&tx).await?[1] >= MOST {
                return Err(fault::CONFLICT.because("a home page has 50 shortcuts at most"));
            }
            taken(store::insert_shortcut(&tx, &shortcut).await?)
        })?;
        self.home.forget();
        Ok(shortcut.into())
    }

    /// Changes a shortcut.
    pub(crate) async fn edit_shortcut(&self, id: HomeShortcutId, change: HomeShortcutChange) -> Result<AdminHomeShortcut> {
        let edited = kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let Some(old) = store::shortcut(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            let change = change.clone();
            let shortcut = store::Shortcut {
                id,
                name: change.name.map_or(old.name, |n| n.trim().to_owned()),
                picture: change.picture.unwrap_or(old.picture),
                link: change.link.unwrap_or(old.link),
                position: change.position.unwrap_or(old.position),
            };
            check(&shortcut)?;
            taken(store::update_shortcut(&tx, &shortcut).await?)?;
            Ok(shortcut)
        })?;
        self.home.forget();
        Ok(edited.into())
    }

    /// Deletes a shortcut. Again: the same answer.
    pub(crate) async fn delete_shortcut(&self, id: HomeShortcutId) -> Result<()> {
        kit::tx!(self.db, |tx| store::delete_shortcut(&tx, id).await)?;
        self.home.forget();
        Ok(())
    }
}
