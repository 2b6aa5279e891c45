//! Attributes of a leaf: basic ones belong to the product, sales ones to its variants; both searchable or not.

use contract::{CategoryId, fault};
use garde::Validate;
use kit::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Product;
use crate::content::{NAME, Wrong};
use crate::store::frame as store;

/// Options of an attribute.
const OPTIONS: usize = 200;
/// Longest option, characters.
const OPTION: usize = 60;

/// Whose attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// 基本属性: of the product.
    Basic,
    /// 销售属性: of the variants.
    Sales,
}

impl AttributeKind {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            AttributeKind::Basic => "basic",
            AttributeKind::Sales => "sales",
        }
    }
}

/// An attribute to be made.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewAttribute {
    /// The leaf that it hangs on.
    #[garde(skip)]
    pub category: CategoryId,
    /// Whose it is.
    #[garde(skip)]
    pub kind: AttributeKind,
    /// Name, 1–60 characters, unique in the leaf and kind.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Offered as a filter.
    #[garde(skip)]
    #[serde(default)]
    pub searchable: bool,
    /// Unit (克, 厘米).
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 20)]
    pub unit: String,
    /// The values that may be chosen; any value when empty.
    #[garde(length(max = OPTIONS))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub options: Vec<String>,
}

/// What changes of an attribute; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct AttributeChange {
    /// Name.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 60)]
    pub name: Option<String>,
    /// Offered as a filter.
    #[garde(skip)]
    pub searchable: Option<bool>,
    /// Unit.
    #[garde(skip)]
    #[schema(max_length = 20)]
    pub unit: Option<String>,
    /// The values that may be chosen.
    #[garde(inner(length(max = OPTIONS)))]
    #[schema(max_items = 200)]
    pub options: Option<Vec<String>>,
}

/// An attribute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttributeView {
    /// Its number, as text.
    pub id: String,
    /// The leaf that it hangs on.
    pub category: CategoryId,
    /// Whose it is.
    pub kind: AttributeKind,
    /// Its name.
    pub name: String,
    /// Offered as a filter.
    pub searchable: bool,
    /// Its unit.
    pub unit: String,
    /// The values that may be chosen; any value when empty.
    pub options: Vec<String>,
}

impl From<&store::Attribute> for AttributeView {
    fn from(a: &store::Attribute) -> Self {
        AttributeView {
            id: a.id.to_string(),
            category: a.category,
            kind: if a.kind == "sales" { AttributeKind::Sales } else { AttributeKind::Basic },
            name: a.name.clone(),
            searchable: a.searchable != 0,
            unit: a.unit.clone(),
            options: options(a),
        }
    }
}

/// The values that may be chosen; any value when empty.
pub fn options(a: &store::Attribute) -> Vec<String> {
    serde_json::from_str(&a.options).unwrap_or_default()
}

fn check(a: &store::Attribute) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/name", &a.name, 1, NAME);
    wrong.text("/unit", &a.unit, 0, 20);
    for (n, option) in options(a).iter().enumerate() {
        wrong.text(&format!("/options/{n}"), option, 1, OPTION);
    }
    wrong.finish()
}

impl Product {
    /// Makes an attribute of a leaf.
    pub(crate) async fn create_attribute(&self, new: NewAttribute) -> Result<AttributeView> {
        let attribute = store::Attribute {
            id: self.db.ids().next(),
            category: new.category,
            kind: new.kind.name().into(),
            name: new.name.trim().to_owned(),
            searchable: new.searchable.into(),
            by_operator: 1,
            unit: new.unit,
            options: serde_json::to_string(&new.options)?,
        };
        check(&attribute)?;
        if !self.frame_now().await?.is_leaf(new.category) {
            return Err(fault::INVALID.at("/category", "leaf", "not a category without children"));
        }
        kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            if !store::touch_category(&tx, attribute.category).await? {
                return Err(fault::INVALID.at("/category", "unknown", "no such category"));
            }
            let made = store::insert_attribute(&tx, &attribute).await?;
            if made { Ok(()) } else { Err(fault::NAME_TAKEN.at("/name", "taken", "the leaf has this attribute")) }
        })?;
        self.frame_changed();
        Ok((&attribute).into())
    }

    /// Changes an attribute.
    pub(crate) async fn edit_attribute(&self, id: i64, change: AttributeChange) -> Result<AttributeView> {
        let edited = kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            let Some(mut attribute) = store::attribute(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            if let Some(name) = &change.name {
                attribute.name = name.trim().to_owned();
            }
            if let Some(searchable) = change.searchable {
                attribute.searchable = searchable.into();
                attribute.by_operator = 1;
            }
            if let Some(unit) = &change.unit {
                attribute.unit.clone_from(unit);
            }
            if let Some(options) = &change.options {
                attribute.options = serde_json::to_string(options)?;
            }
            check(&attribute)?;
            let done = store::update_attribute(&tx, &attribute).await?;
            if done { Ok(attribute) } else { Err(fault::NAME_TAKEN.at("/name", "taken", "the leaf has this attribute")) }
        })?;
        self.frame_changed();
        Ok((&edited).into())
    }

    /// Deletes an attribute; products keep what they say. Again: the same answer.
    pub(crate) async fn delete_attribute(&self, id: i64) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            store::delete_attribute(&tx, id).await.map(|_| ())
        })?;
        self.frame_changed();
        Ok(())
    }
}
