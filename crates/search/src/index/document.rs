//! What the index is given: one document per product. Must never know where it comes from.

use serde::{Deserialize, Serialize};

/// Separates the parts of composed terms; no text may hold it.
pub const SEPARATOR: char = '\u{1f}';
/// Longest name or value in a term, in characters; longer ones are cut on both sides of a comparison.
const LONGEST_PART: usize = 100;

/// A product as it is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The product's number.
    pub spu: i64,
    /// Version of everything here but sales and stock: a lower or equal one never replaces a higher one.
    pub version: i64,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Category with its ancestors, root first: number and name.
    pub categories: Vec<(i64, String)>,
    /// Brand: number and name.
    pub brand: Option<(i64, String)>,
    /// Main picture.
    pub picture: Option<String>,
    /// Lowest price of the variants.
    pub price_fen: i64,
    /// List price.
    pub list_price_fen: i64,
    /// When it went on the shelf.
    pub shelf_ms: i64,
    /// Average review, in hundredths of a star; 0 without reviews.
    pub score_hundredths: i64,
    /// At least one variant can be bought.
    pub in_stock: bool,
    /// Sequence number of `in_stock`; 0 if the value has none and goes with the version.
    pub stock_seq: i64,
    /// Units sold.
    pub sales: i64,
    /// Sequence number of `sales`; 0 if the value has none and goes with the version.
    pub sales_seq: i64,
    /// Searchable attributes: name and value.
    pub attributes: Vec<(String, String)>,
    /// What the list shows of it, as JSON; the index only carries it.
    #[serde(skip)]
    pub card: Vec<u8>,
}

/// A part of a composed term: without separators, and bounded.
pub fn part(text: &str) -> String {
    text.chars().filter(|c| *c != SEPARATOR).take(LONGEST_PART).collect()
}

/// The term of an attribute value.
pub fn attribute_term(name: &str, value: &str) -> String {
    format!("{}{SEPARATOR}{}", part(name), part(value))
}

/// The term of a category below its parent; 0 is above the roots.
pub fn category_term(parent: i64, category: i64, name: &str) -> String {
    format!("{parent}{SEPARATOR}{category}{SEPARATOR}{}", part(name))
}

/// The term of a brand.
pub fn brand_term(brand: i64, name: &str) -> String {
    format!("{brand}{SEPARATOR}{}", part(name))
}
