//! Making a front category.

use contract::{CategoryId, fault};
use garde::Validate;
use kit::{Result, Tx};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{AdminFrontNode, FrontCategoryId, FrontFlag, MOST, SOURCES, rules};
use crate::Product;
use crate::store::frame;
use crate::store::front as store;

/// A front category to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewFrontCategory {
    /// Above it; a root when absent.
    #[garde(skip)]
    #[serde(default)]
    pub parent: Option<FrontCategoryId>,
    /// Name, 1–60 characters, unique among its siblings.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Picture, as a path below the media root.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 191)]
    pub picture: Option<String>,
    /// What is special about it.
    #[garde(skip)]
    #[serde(default)]
    pub flag: FrontFlag,
    /// Place among its siblings, lower first, out of season.
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
    /// Back categories that it shows, each with all below it.
    #[garde(length(max = SOURCES))]
    #[serde(default)]
    #[schema(max_items = 50)]
    pub categories: Vec<CategoryId>,
}

/// Writes the back categories that it shows; `invalid` when one is unknown.
pub(super) async fn show(tx: &Tx, id: FrontCategoryId, categories: &[CategoryId]) -> Result<()> {
    // In the order of their numbers, so that two operators never wait for each other.
    let mut in_order: Vec<(usize, CategoryId)> = categories.iter().copied().enumerate().collect();
    in_order.sort_by_key(|(_, id)| *id);
    for (n, category) in in_order {
        // Held until the end of the transaction, so that nobody deletes it meanwhile.
        if !frame::touch_category(tx, category).await? {
            return Err(fault::INVALID.at(format!("/categories/{n}"), "unknown", "no such category"));
        }
    }
    store::set_sources(tx, id, categories).await
}

impl Product {
    /// Makes a front category.
    pub(crate) async fn create_front(&self, new: NewFrontCategory) -> Result<AdminFrontNode> {
        let mut front = store::FrontCategory {
            id: self.db.ids().make(),
            parent: new.parent.unwrap_or_default(),
            level: 1,
            name: new.name.trim().to_owned(),
            picture: new.picture,
            flag: new.flag.name().into(),
            position: new.position,
        };
        rules::check(&front, &new.categories)?;
        front.level = kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let all = store::all_in(&tx).await?;
            if all.len() >= MOST {
                return Err(fault::CONFLICT.because("a shop has 500 front categories at most"));
            }
            let level = rules::level_below(&all, front.parent)?;
            if !store::insert(&tx, &store::FrontCategory { level, ..front.clone() }).await? {
                return Err(fault::NAME_TAKEN.at("/name", "taken", "a sibling has this name"));
            }
            show(&tx, front.id, &new.categories).await?;
            Ok(level)
        })?;
        self.front_changed();
        Ok(AdminFrontNode::of(front, new.categories, Vec::new()))
    }
}
