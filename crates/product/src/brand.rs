//! Brands and manufacturers, under the leaves of the category tree.

use contract::{BrandId, CategoryId, fault};
use garde::Validate;
use kit::{Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Product;
use crate::content::{NAME, Wrong, is_picture};
use crate::frame::Frame;
use crate::store::frame as store;

/// Categories that one brand may stand under.
const CATEGORIES: usize = 200;

/// What kind of source it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BrandKind {
    /// 品牌.
    #[default]
    Brand,
    /// 制造商.
    Maker,
}

impl BrandKind {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            BrandKind::Brand => "brand",
            BrandKind::Maker => "maker",
        }
    }
}

/// A brand to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewBrand {
    /// Name, 1–60 characters, unique.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Brand or manufacturer.
    #[garde(skip)]
    #[serde(default)]
    pub kind: BrandKind,
    /// Logo, as a path below the media root.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 191)]
    pub logo: Option<String>,
    /// Leaves that it stands under.
    #[garde(length(max = CATEGORIES))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub categories: Vec<CategoryId>,
}

/// What changes of a brand; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct BrandChange {
    /// Name.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Brand or manufacturer.
    #[garde(skip)]
    pub kind: Option<BrandKind>,
    /// Logo.
    #[garde(skip)]
    #[schema(max_length = 191)]
    pub logo: Option<String>,
    /// Leaves that it stands under, all of them.
    #[garde(inner(length(max = CATEGORIES)))]
    #[schema(max_items = 200)]
    pub categories: Option<Vec<CategoryId>>,
}

/// A brand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BrandView {
    /// Its number.
    pub id: BrandId,
    /// Its name.
    pub name: String,
    /// Brand or manufacturer.
    pub kind: BrandKind,
    /// Its logo, as a path below the media root.
    pub logo: Option<String>,
}

impl From<&store::Brand> for BrandView {
    fn from(b: &store::Brand) -> Self {
        let kind = if b.kind == "maker" { BrandKind::Maker } else { BrandKind::Brand };
        BrandView { id: b.id, name: b.name.clone(), kind, logo: b.logo.clone() }
    }
}

fn check(b: &store::Brand) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/name", &b.name, 1, NAME);
    if let Some(logo) = &b.logo {
        wrong.when(!is_picture(logo), "/logo", "picture", "not a path below the media root");
    }
    wrong.finish()
}

fn check_leaves(frame: &Frame, categories: &[CategoryId]) -> Result<()> {
    let mut wrong = Wrong::default();
    for (n, id) in categories.iter().enumerate() {
        wrong.when(!frame.is_leaf(*id), &format!("/categories/{n}"), "leaf", "not a category without children");
    }
    wrong.finish()
}

async fn link_all(tx: &Tx, brand: BrandId, categories: &[CategoryId]) -> Result<()> {
    for id in categories {
        if !store::touch_category(tx, *id).await? {
            return Err(fault::INVALID.at("/categories", "unknown", "no such category"));
        }
        store::link(tx, brand, *id).await?;
    }
    Ok(())
}

impl Product {
    /// Makes a brand under leaves.
    pub(crate) async fn create_brand(&self, new: NewBrand) -> Result<BrandView> {
        let brand = store::Brand {
            id: self.db.ids().make(),
            name: new.name.trim().to_owned(),
            kind: new.kind.name().into(),
            logo: new.logo,
        };
        check(&brand)?;
        check_leaves(&*self.frame_now().await?, &new.categories)?;
        kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            if !store::insert_brand(&tx, &brand).await? {
                return Err(fault::NAME_TAKEN.at("/name", "taken", "another brand has this name"));
            }
            link_all(&tx, brand.id, &new.categories).await
        })?;
        self.frame_changed();
        Ok((&brand).into())
    }

    /// Changes a brand.
    pub(crate) async fn edit_brand(&self, id: BrandId, change: BrandChange) -> Result<BrandView> {
        if let Some(categories) = &change.categories {
            check_leaves(&*self.frame_now().await?, categories)?;
        }
        let edited = kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            let Some(mut brand) = store::brand(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            if let Some(name) = &change.name {
                brand.name = name.trim().to_owned();
            }
            if let Some(kind) = change.kind {
                brand.kind = kind.name().into();
            }
            if change.logo.is_some() {
                brand.logo.clone_from(&change.logo);
            }
            check(&brand)?;
            if !store::update_brand(&tx, &brand).await? {
                return Err(fault::NAME_TAKEN.at("/name", "taken", "another brand has this name"));
            }
            if let Some(categories) = &change.categories {
                store::unlink_all(&tx, id).await?;
                link_all(&tx, id, categories).await?;
            }
            Ok(brand)
        })?;
        self.frame_changed();
        Ok((&edited).into())
    }

    /// Deletes a brand that no product has. Again: the same answer.
    pub(crate) async fn delete_brand(&self, id: BrandId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            if !store::touch_brand(&tx, id).await? {
                return Ok(());
            }
            if store::spus_of_brand(&tx, id).await? > 0 {
                return Err(fault::CONFLICT.because("products have this brand"));
            }
            store::delete_brand(&tx, id).await
        })?;
        self.frame_changed();
        Ok(())
    }
}
