//! 促销: the only place where a price is made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{BrandId, CategoryId, Fen, SkuId, SpuId, UserId};

kit::contract! {
    /// The price quote.
    pub trait Promotion = "promotion" {
        /// What these lines cost, with every rule that was tried, applied or not, and why.
        async fn quote(QuoteRequest) -> Quote;
    }
}

/// Asks for a price. Unit prices come from product, never from a client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteRequest {
    /// For whom.
    pub user: UserId,
    /// On which occasion.
    pub scene: Scene,
    /// What; each variant once, at most 120 lines.
    pub lines: Vec<QuoteLine>,
    /// Province of the receiver, when known: freight may depend on it.
    pub province: Option<String>,
}

/// The occasion of a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// A look at the cart.
    Cart,
    /// An order about to be placed.
    Order,
    /// A flash sale: the unit price is the one that was won; only freight is added.
    Seckill,
}

/// One line to price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QuoteLine {
    /// The variant.
    pub sku: SkuId,
    /// The product.
    pub spu: SpuId,
    /// Leaf category.
    pub category: CategoryId,
    /// Brand.
    pub brand: Option<BrandId>,
    /// How many, 1–999.
    pub qty: u32,
    /// Price of one before promotions.
    pub unit_price_fen: Fen,
}

/// A price, explained. `payable = goods − discount + freight − freight discount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// The lines, in the order asked.
    pub lines: Vec<QuotedLine>,
    /// Every rule that was tried.
    pub rules: Vec<RuleTried>,
    /// Sum of the lines before discounts.
    pub goods_fen: Fen,
    /// Sum of the discounts on lines.
    pub discount_fen: Fen,
    /// Freight before discount.
    pub freight_fen: Fen,
    /// Discount on freight.
    pub freight_discount_fen: Fen,
    /// What is to be paid.
    pub payable_fen: Fen,
}

/// One priced line. `payable = amount − discount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotedLine {
    /// The variant.
    pub sku: SkuId,
    /// How many.
    pub qty: u32,
    /// Price of one before promotions.
    pub unit_price_fen: Fen,
    /// Unit price times quantity.
    pub amount_fen: Fen,
    /// This line's share of every discount, by rule.
    pub shares: Vec<Share>,
    /// Sum of the shares.
    pub discount_fen: Fen,
    /// What this line costs.
    pub payable_fen: Fen,
}

/// A line's share of one discount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Share {
    /// Id of the rule, as in [`RuleTried`].
    pub rule: String,
    /// The share.
    pub amount_fen: Fen,
}

/// A rule that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleTried {
    /// Id of the rule: `freight`, `full:123`, `coupon:456`.
    pub rule: String,
    /// What the shopper reads: 满 88.00 元包邮.
    pub title: String,
    /// Whether it applied.
    pub applied: bool,
    /// What it took off.
    pub amount_fen: Fen,
    /// Why not, or why so: 差 12.00 元包邮.
    pub reason: String,
    /// What is missing until it applies, when that is money.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub missing_fen: Option<Fen>,
}
