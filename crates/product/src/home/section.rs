//! Sections, as operators keep them: what kind, and what is chosen for it.

use contract::{BrandId, CategoryId, SpuId, fault};
use garde::Validate;
use kit::Result;
use kit::http::{Cursor, Page, PageParams};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{HomeSectionId, ITEMS, MOST, SectionKind};
use crate::Product;
use crate::content::{NAME, TITLE, Wrong, given};
use crate::store::{home as store, spu as spus};

/// Things that a section shows when nobody says otherwise.
const SHOWN: i32 = 10;
/// Products or brands that may be chosen, so that there are others when some are off the shelf.
const CHOSEN: usize = 50;

/// What is chosen for a section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Products of `picks`, in order.
    pub spus: Vec<SpuId>,
    /// Brands of `brand`, in order; those that sell most when there are none.
    pub brands: Vec<BrandId>,
    /// The category of `category`.
    pub category: Option<CategoryId>,
}

/// A section to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewHomeSection {
    /// What it shows.
    #[garde(skip)]
    pub kind: SectionKind,
    /// Title, 1–60 characters, unique.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub title: String,
    /// What stands beside the title, up to 120 characters.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 120)]
    pub subtitle: String,
    /// Where "more" leads to: a path inside the shop.
    #[garde(skip)]
    #[serde(default)]
    #[schema(min_length = 1, max_length = 300)]
    pub link: Option<String>,
    /// Place among the sections, lower first.
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
    /// Things that it shows at most; 10 when absent.
    #[garde(inner(range(min = 1, max = ITEMS)))]
    #[serde(default)]
    #[schema(minimum = 1, maximum = 20)]
    pub limit: Option<i32>,
    /// Products of `picks`, in order.
    #[garde(length(max = CHOSEN))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub spus: Vec<SpuId>,
    /// Brands of `brand`, in order; those that sell most when there are none.
    #[garde(length(max = CHOSEN))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub brands: Vec<BrandId>,
    /// The category of `category`.
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<CategoryId>,
}

/// What changes of a section; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct HomeSectionChange {
    /// Title.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub title: Option<String>,
    /// What stands beside the title.
    #[garde(skip)]
    #[schema(max_length = 120)]
    pub subtitle: Option<String>,
    /// Where "more" leads to; `null` takes it away.
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 300)]
    pub link: Option<Option<String>>,
    /// Place among the sections.
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
    /// Things that it shows at most.
    #[garde(inner(range(min = 1, max = ITEMS)))]
    #[schema(minimum = 1, maximum = 20)]
    pub limit: Option<i32>,
    /// Products of `picks`, all of them, in order.
    #[garde(inner(length(max = CHOSEN)))]
    #[schema(max_items = 50)]
    pub spus: Option<Vec<SpuId>>,
    /// Brands of `brand`, all of them, in order.
    #[garde(inner(length(max = CHOSEN)))]
    #[schema(max_items = 50)]
    pub brands: Option<Vec<BrandId>>,
    /// The category of `category`.
    #[garde(skip)]
    pub category: Option<CategoryId>,
}

/// A section as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminHomeSection {
    /// Its number.
    pub id: HomeSectionId,
    /// What it shows.
    pub kind: SectionKind,
    /// Its title.
    pub title: String,
    /// What stands beside the title.
    pub subtitle: String,
    /// Where "more" leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Place among the sections.
    pub position: i32,
    /// Things that it shows at most.
    pub limit: i32,
    /// Products of `picks`.
    pub spus: Vec<SpuId>,
    /// Brands of `brand`.
    pub brands: Vec<BrandId>,
    /// The category of `category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
}

fn view(s: store::Section, choice: Choice) -> AdminHomeSection {
    AdminHomeSection {
        id: s.id,
        kind: SectionKind::of(&s.kind),
        title: s.title,
        subtitle: s.subtitle,
        link: s.link,
        position: s.position,
        limit: s.amount,
        spus: choice.spus,
        brands: choice.brands,
        category: choice.category,
    }
}

/// Every rule that needs nothing but the section itself.
pub fn check(s: &store::Section, choice: &Choice) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/title", &s.title, 1, NAME);
    wrong.text("/subtitle", &s.subtitle, 0, TITLE);
    if let Some(link) = &s.link {
        wrong.link("/link", link);
    }
    let kind = SectionKind::of(&s.kind);
    wrong.when(kind == SectionKind::Picks && choice.spus.is_empty(), "/spus", "empty", "picks need products");
    wrong.when(kind != SectionKind::Picks && !choice.spus.is_empty(), "/spus", "kind", "only picks have products");
    wrong.when(kind != SectionKind::Brand && !choice.brands.is_empty(), "/brands", "kind", "only brand has brands");
    wrong.when(
        (kind == SectionKind::Category) != choice.category.is_some(),
        "/category",
        "kind",
        "category, and only it, has one",
    );
    for (n, spu) in choice.spus.iter().enumerate() {
        let again = choice.spus.get(..n).is_some_and(|before| before.contains(spu));
        wrong.when(again, &format!("/spus/{n}"), "repeated", "each product once");
    }
    for (n, brand) in choice.brands.iter().enumerate() {
        let again = choice.brands.get(..n).is_some_and(|before| before.contains(brand));
        wrong.when(again, &format!("/brands/{n}"), "repeated", "each brand once");
    }
    wrong.finish()
}

fn taken(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(fault::NAME_TAKEN.at("/title", "taken", "another section has this title")) }
}

impl Product {
    /// Sections in their order.
    pub(crate) async fn sections(&self, page: PageParams) -> Result<Page<AdminHomeSection>> {
        let after = page.cursor()?.map(|c| (c.at, c.id));
        let rows = store::sections(&self.db).await?.into_iter();
        let rows = rows.filter(|s| after.is_none_or(|a| (i64::from(s.position), s.id.0) > a)).take(page.limit() + 1).collect();
        let cursor = |s: &store::Section| Cursor { at: s.position.into(), id: s.id.0 };
        let page = Page::from_rows(rows, page.limit(), cursor);
        let items = page.items.into_iter().map(|s| {
            let choice = serde_json::from_str(&s.choice)?;
            Ok(view(s, choice))
        });
        Ok(Page { items: items.collect::<Result<_>>()?, next: page.next })
    }

    /// What is chosen must exist. Categories and brands that go later are left out of the page.
    async fn check_chosen(&self, choice: &Choice) -> Result<()> {
        let frame = self.frame_now().await?;
        let known = if choice.spus.is_empty() { Vec::new() } else { spus::spus(&self.db, &choice.spus).await? };
        let mut wrong = Wrong::default();
        for (n, id) in choice.spus.iter().enumerate() {
            wrong.when(!known.iter().any(|s| s.id == *id), &format!("/spus/{n}"), "unknown", "no such product");
        }
        for (n, id) in choice.brands.iter().enumerate() {
            wrong.when(frame.brand(*id).is_none(), &format!("/brands/{n}"), "unknown", "no such brand");
        }
        let lost = choice.category.is_some_and(|id| frame.path(id).is_empty());
        wrong.when(lost, "/category", "unknown", "no such category");
        wrong.finish()
    }

    /// Makes a section.
    pub(crate) async fn create_section(&self, new: NewHomeSection) -> Result<AdminHomeSection> {
        let choice = Choice { spus: new.spus, brands: new.brands, category: new.category };
        let section = store::Section {
            id: self.db.ids().make(),
            kind: new.kind.name().into(),
            title: new.title.trim().to_owned(),
            subtitle: new.subtitle.trim().to_owned(),
            link: new.link,
            position: new.position,
            amount: new.limit.unwrap_or(SHOWN),
            choice: serde_json::to_string(&choice)?,
        };
        check(&section, &choice)?;
        self.check_chosen(&choice).await?;
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            if store::counts(&tx).await?[2] >= MOST {
                return Err(fault::CONFLICT.because("a home page has 50 sections at most"));
            }
            taken(store::insert_section(&tx, &section).await?)
        })?;
        self.home.forget();
        Ok(view(section, choice))
    }

    /// Changes a section.
    pub(crate) async fn edit_section(&self, id: HomeSectionId, change: HomeSectionChange) -> Result<AdminHomeSection> {
        let (spus, brands) = (change.spus.clone().unwrap_or_default(), change.brands.clone().unwrap_or_default());
        self.check_chosen(&Choice { spus, brands, category: change.category }).await?;
        let edited = kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let Some(mut section) = store::section(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            let change = change.clone();
            let old: Choice = serde_json::from_str(&section.choice)?;
            let choice = Choice {
                spus: change.spus.unwrap_or(old.spus),
                brands: change.brands.unwrap_or(old.brands),
                category: change.category.or(old.category),
            };
            section.title = change.title.map_or(section.title, |t| t.trim().to_owned());
            section.subtitle = change.subtitle.map_or(section.subtitle, |t| t.trim().to_owned());
            section.link = change.link.unwrap_or(section.link);
            section.position = change.position.unwrap_or(section.position);
            section.amount = change.limit.unwrap_or(section.amount);
            section.choice = serde_json::to_string(&choice)?;
            check(&section, &choice)?;
            taken(store::update_section(&tx, &section).await?)?;
            Ok(view(section, choice))
        })?;
        self.home.forget();
        Ok(edited)
    }

    /// Deletes a section. Again: the same answer.
    pub(crate) async fn delete_section(&self, id: HomeSectionId) -> Result<()> {
        kit::tx!(self.db, |tx| store::delete_section(&tx, id).await)?;
        self.home.forget();
        Ok(())
    }
}
