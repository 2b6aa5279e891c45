//! Changing a front category.

use contract::{CategoryId, fault};
use garde::Validate;
use kit::Result;
use serde::Deserialize;
use utoipa::ToSchema;

use super::create::show;
use super::{AdminFrontNode, FrontCategoryId, FrontFlag, SOURCES, rules};
use crate::Product;
use crate::content::given;
use crate::store::front as store;

/// What changes of a front category; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct FrontCategoryChange {
    /// Below another front category; `"0"` makes it a root.
    #[garde(skip)]
    pub parent: Option<FrontCategoryId>,
    /// Name.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Picture; `null` takes it away.
    #[garde(skip)]
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 191)]
    pub picture: Option<Option<String>>,
    /// What is special about it.
    #[garde(skip)]
    pub flag: Option<FrontFlag>,
    /// Place among its siblings out of season.
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
    /// Back categories that it shows, all of them.
    #[garde(inner(length(max = SOURCES)))]
    #[schema(max_items = 50)]
    pub categories: Option<Vec<CategoryId>>,
}

impl Product {
    /// Changes a front category; moves it with all below it when the parent changes.
    pub(crate) async fn edit_front(&self, id: FrontCategoryId, change: FrontCategoryChange) -> Result<AdminFrontNode> {
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let all = store::all_in(&tx).await?;
            let Some(mut front) = all.iter().find(|c| c.id == id).cloned() else { return Err(fault::NOT_FOUND.into()) };
            if let Some(name) = &change.name {
                front.name = name.trim().to_owned();
            }
            if let Some(picture) = &change.picture {
                front.picture.clone_from(picture);
            }
            if let Some(flag) = change.flag {
                front.flag = flag.name().into();
            }
            front.position = change.position.unwrap_or(front.position);
            rules::check(&front, change.categories.as_deref().unwrap_or_default())?;
            if let Some(parent) = change.parent.filter(|p| *p != front.parent) {
                let moved = rules::moved(&all, id, parent)?;
                for (other, level) in moved.iter().filter(|(other, _)| *other != id) {
                    if let Some(below) = all.iter().find(|c| c.id == *other) {
                        store::update(&tx, &store::FrontCategory { level: *level, ..below.clone() }).await?;
                    }
                }
                front.parent = parent;
                front.level = moved.first().map_or(1, |(_, level)| *level);
            }
            if !store::update(&tx, &front).await? {
                return Err(fault::NAME_TAKEN.at("/name", "taken", "a sibling has this name"));
            }
            match &change.categories {
                Some(categories) => show(&tx, id, categories).await,
                None => Ok(()),
            }
        })?;
        self.front_changed();
        self.front_as_operator(id).await
    }
}
