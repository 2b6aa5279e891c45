//! Back categories: a tree of three levels at most.

use contract::{CategoryId, fault};
use garde::Validate;
use kit::{Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Product;
use crate::content::{NAME, Wrong, is_picture};
use crate::frame::LEVELS;
use crate::store::{frame as store, front};

/// A category to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// Above it; a root when absent.
    #[garde(skip)]
    #[serde(default)]
    pub parent: Option<CategoryId>,
    /// Name, 1–60 characters, unique among its siblings.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Picture, as a path below the media root.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 191)]
    pub picture: Option<String>,
    /// Place among its siblings, lower first.
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
}

/// What changes of a category; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryChange {
    /// Below another category; `"0"` makes it a root.
    #[garde(skip)]
    pub parent: Option<CategoryId>,
    /// Name.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Picture.
    #[garde(skip)]
    #[schema(max_length = 191)]
    pub picture: Option<String>,
    /// Place among its siblings.
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: Option<i32>,
}

/// A category as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryView {
    /// Its number.
    pub id: CategoryId,
    /// Above it; absent at a root.
    pub parent: Option<CategoryId>,
    /// 1–3.
    pub level: i32,
    /// Its name.
    pub name: String,
    /// Its picture.
    pub picture: Option<String>,
    /// Place among its siblings.
    pub position: i32,
}

impl From<store::Category> for CategoryView {
    fn from(c: store::Category) -> Self {
        let parent = (c.parent.0 != 0).then_some(c.parent);
        CategoryView { id: c.id, parent, level: c.level, name: c.name, picture: c.picture, position: c.position }
    }
}

fn check(c: &store::Category) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/name", &c.name, 1, NAME);
    if let Some(picture) = &c.picture {
        wrong.when(!is_picture(picture), "/picture", "picture", "not a path below the media root");
    }
    wrong.finish()
}

/// The level below a parent, which is locked; `invalid` when it is unknown or too deep, `category_in_use` when it has products.
async fn level_below(tx: &Tx, parent: CategoryId) -> Result<i32> {
    if parent.0 == 0 {
        return Ok(1);
    }
    store::touch_category(tx, parent).await?;
    let Some(above) = store::category(tx, parent).await? else {
        return Err(fault::INVALID.at("/parent", "unknown", "no such category"));
    };
    if above.level >= LEVELS {
        return Err(fault::INVALID.at("/parent", "too_deep", "categories have three levels at most"));
    }
    if store::spus_in_category(tx, parent).await? > 0 {
        return Err(fault::CATEGORY_IN_USE.into());
    }
    Ok(above.level + 1)
}

impl Product {
    /// Makes a category.
    pub(crate) async fn create_category(&self, new: NewCategory) -> Result<CategoryView> {
        let mut category = store::Category {
            id: self.db.ids().make(),
            parent: new.parent.unwrap_or_default(),
            level: 1,
            name: new.name.trim().to_owned(),
            picture: new.picture,
            position: new.position,
        };
        check(&category)?;
        category.level = kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            let level = level_below(&tx, category.parent).await?;
            let made = store::insert_category(&tx, &store::Category { level, ..category.clone() }).await?;
            if made { Ok(level) } else { Err(fault::NAME_TAKEN.at("/name", "taken", "a sibling has this name")) }
        })?;
        self.frame_changed();
        Ok(category.into())
    }

    /// Changes a category; moves it with all below it when the parent changes.
    pub(crate) async fn edit_category(&self, id: CategoryId, change: CategoryChange) -> Result<CategoryView> {
        let edited = kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            let Some(mut category) = store::category(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            if let Some(name) = &change.name {
                category.name = name.trim().to_owned();
            }
            if change.picture.is_some() {
                category.picture.clone_from(&change.picture);
            }
            category.position = change.position.unwrap_or(category.position);
            check(&category)?;
            if let Some(parent) = change.parent.filter(|p| *p != category.parent) {
                move_below(&tx, &mut category, parent).await?;
            }
            let done = store::update_category(&tx, &category).await?;
            if done { Ok(category) } else { Err(fault::NAME_TAKEN.at("/name", "taken", "a sibling has this name")) }
        })?;
        self.frame_changed();
        Ok(edited.into())
    }

    /// Deletes a category that nothing stands below or in. Again: the same answer.
    pub(crate) async fn delete_category(&self, id: CategoryId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            front::lock(&tx).await?;
            // Locked first: whoever puts a product in it at the same time comes before or after, not between.
            if !store::touch_category(&tx, id).await? {
                return Ok(());
            }
            let used = store::spus_in_category(&tx, id).await? > 0 || !store::category_ids_below(&tx, id).await?.is_empty();
            if used {
                return Err(fault::CATEGORY_IN_USE.into());
            }
            front::forget_source(&tx, id).await?;
            store::delete_category(&tx, id).await
        })?;
        self.frame_changed();
        Ok(())
    }
}

/// Puts a category and all below it under another parent, if that makes no circle and nothing too deep.
async fn move_below(tx: &Tx, category: &mut store::Category, parent: CategoryId) -> Result<()> {
    let level = level_below(tx, parent).await?;
    let below = store::category_ids_below(tx, category.id).await?;
    let mut further = Vec::new();
    for child in &below {
        further.extend(store::category_ids_below(tx, child.id).await?);
    }
    let within = |id| category.id == id || below.iter().chain(&further).any(|c| c.id == id);
    if within(parent) {
        return Err(fault::INVALID.at("/parent", "circle", "a category cannot stand below itself"));
    }
    let height = if !further.is_empty() {
        3
    } else if !below.is_empty() {
        2
    } else {
        1
    };
    if level + height - 1 > LEVELS {
        return Err(fault::INVALID.at("/parent", "too_deep", "categories have three levels at most"));
    }
    let by = level - category.level;
    for mut child in below.into_iter().chain(further) {
        child.level += by;
        store::update_category(tx, &child).await?;
    }
    category.parent = parent;
    category.level = level;
    Ok(())
}
