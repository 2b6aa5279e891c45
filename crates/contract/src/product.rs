//! 商品: what is sold, and the cart that holds it.

use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BrandId, CategoryId, Fen, OrderId, SkuId, SpuId, UserId};

kit::contract! {
    /// Catalogue and cart.
    pub trait Product = "product" {
        /// The variants as they are sold right now, in the order asked; unknown ones are left out.
        async fn skus(SkusOf) -> Vec<Sku>;
        /// The lines of a shopper's cart that are selected, in the cart's order.
        async fn selection(SelectionOf) -> Vec<CartPick>;
        /// Search documents of products, as they are now: by number, by variant, or all in pages.
        async fn documents(DocumentsOf) -> Vec<Document>;
        /// Publishes or updates one imported product and puts it on the shelf; the same line again changes nothing.
        async fn import(Line) -> Imported;
        /// The home page as shoppers are given it: for whoever puts it into a page.
        async fn home(HomeOf) -> HomeText;
        /// Takes in reviews of one product that were written elsewhere, all or none; one that is here already stays as it is.
        /// `not_found` when the product was never imported, `invalid` with a pointer to each wrong field.
        async fn import_reviews(ImportReviews) -> ReviewsImported;
    }
}

/// Asks for variants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SkusOf {
    /// Which; at most 200.
    pub skus: Vec<SkuId>,
}

/// One sales attribute of a variant: 颜色 = 雾蓝.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spec {
    /// The attribute.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A variant as it is sold right now: what an order keeps as its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sku {
    /// The variant.
    pub sku: SkuId,
    /// The product.
    pub spu: SpuId,
    /// Version of the product that this is.
    pub version: i64,
    /// Code on the label.
    pub code: String,
    /// Title of the product.
    pub title: String,
    /// What tells it from its siblings.
    pub specs: Vec<Spec>,
    /// Picture, as a path below the media root.
    pub picture: Option<String>,
    /// 划线价.
    pub list_price_fen: Fen,
    /// The price it is sold at, before promotions.
    pub price_fen: Fen,
    /// Unit (件, 盒).
    pub unit: String,
    /// Leaf category.
    pub category: CategoryId,
    /// Brand.
    pub brand: Option<BrandId>,
    /// On the shelf: may be ordered.
    pub listed: bool,
}

/// Asks for the selected lines of a cart.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SelectionOf {
    /// Whose cart.
    pub user: UserId,
}

/// A selected line of a cart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartPick {
    /// The variant.
    pub sku: SkuId,
    /// How many, 1–999.
    pub qty: u32,
}

/// Asks for search documents. Exactly one way of choosing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentsOf {
    /// These products.
    Spus(Vec<SpuId>),
    /// The products of these variants.
    Skus(Vec<SkuId>),
    /// All on the shelf with a number above `after`, ascending.
    After {
        /// The last one seen; 0 at the start.
        after: SpuId,
        /// How many, at most 200.
        limit: u32,
    },
}

/// What the search index knows of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The product.
    pub spu: SpuId,
    /// Its version: an older document never replaces a newer one.
    pub version: i64,
    /// On the shelf; a document that is not leaves the index.
    pub listed: bool,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Category and its ancestors, root first, with names.
    pub categories: Vec<(CategoryId, String)>,
    /// Brand with its name.
    pub brand: Option<(BrandId, String)>,
    /// Main picture.
    pub picture: Option<String>,
    /// Lowest price of its variants.
    pub price_fen: Fen,
    /// List price that belongs to it.
    pub list_price_fen: Fen,
    /// At least one variant is in stock.
    pub in_stock: bool,
    /// When it went on the shelf.
    pub listed_at: Time,
    /// Units sold.
    pub sales: i64,
    /// Searchable attributes, name and value; basic ones and those of the variants.
    pub attributes: Vec<(String, String)>,
    /// New or hot, as operators marked it.
    pub flags: Vec<String>,
}

/// One product in an import file, a JSON line. Unknown fields are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Number in the system that it comes from: the same number is the same product.
    pub source_id: i64,
    /// Title.
    pub title: String,
    /// Subtitle.
    #[serde(default)]
    pub subtitle: String,
    /// Category path, root first, one to three names; missing categories are made.
    pub category: Vec<String>,
    /// Brand name; a missing brand is made.
    #[serde(default)]
    pub brand: Option<String>,
    /// Unit.
    pub unit: String,
    /// 划线价.
    pub list_price_fen: Fen,
    /// Price from which it is sold.
    pub price_fen: Fen,
    /// Marked new.
    #[serde(default)]
    pub is_new: bool,
    /// Marked hot.
    #[serde(default)]
    pub is_hot: bool,
    /// Should be on the shelf.
    #[serde(default = "yes")]
    pub on_sale: bool,
    /// Basic attributes.
    #[serde(default)]
    pub attributes: Vec<(String, String)>,
    /// Variants.
    pub skus: Vec<LineSku>,
    /// Pictures, main first, as keys below the media root.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
}

const fn yes() -> bool {
    true
}

/// One variant of an imported product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSku {
    /// Sales attributes.
    pub specs: Vec<(String, String)>,
    /// Price.
    pub price_fen: Fen,
    /// Units on hand.
    pub stock: u32,
}

/// What became of an imported line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The product.
    pub spu: SpuId,
    /// What happened.
    pub outcome: ImportOutcome,
}

/// What an imported line did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportOutcome {
    /// A new product.
    Created,
    /// A changed product; its variants keep their numbers.
    Updated,
    /// The same line as before.
    Unchanged,
}

/// Asks for the home page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HomeOf {}

/// The home page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeText {
    /// The body of `GET /api/v1/home`, byte for byte.
    pub json: String,
}

/// Reviews of one product that were written elsewhere: by no order of this mall, and marked so. A JSON line of an import file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportReviews {
    /// The product's number in the system that it comes from.
    pub spu_source: i64,
    /// The reviews, at most 100.
    pub reviews: Vec<ImportedReview>,
}

/// A review in an import file. Unknown fields are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedReview {
    /// Number in the system that it comes from: the same number is the same review.
    pub source_id: i64,
    /// Who wrote it, 1–40 characters; masked before it is kept.
    pub author: String,
    /// 1–5.
    pub score: u8,
    /// What was written, up to 500 characters.
    #[serde(default)]
    pub text: String,
    /// Which variant was bought, as the buyer reads it; at most 5.
    #[serde(default)]
    pub specs: Vec<Spec>,
    /// Pictures, as keys below the media root; at most 9.
    #[serde(default)]
    pub pictures: Vec<String>,
    /// When.
    pub at: Time,
    /// What the author added later, up to 500 characters.
    #[serde(default)]
    pub follow_up: Option<ImportedWords>,
    /// What the shop answered, up to 500 characters.
    #[serde(default)]
    pub reply: Option<ImportedWords>,
}

/// Words that followed a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportedWords {
    /// The words.
    pub text: String,
    /// When.
    pub at: Time,
}

/// What became of imported reviews.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsImported {
    /// New ones.
    pub created: u32,
    /// Those that were here already.
    pub unchanged: u32,
}

kit::events! {
    /// Timer: items of a received order that nobody has reviewed get their automatic review now.
    ReviewDue "product.review_due" { order: OrderId }
    /// A product's content, price or place on the shelf changed: the index and caches follow.
    SpuChanged "product.spu_changed" { spu: SpuId, version: i64, listed: bool }
    /// A product's number of units sold changed.
    SalesChanged "product.sales_changed" { spu: SpuId, sales: i64 }
}
