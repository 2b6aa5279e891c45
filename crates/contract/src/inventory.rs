//! 库存: how many there are, and for whom they are kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AllotmentId, OrderId, SkuId};

kit::contract! {
    /// Stock, its reservations and its ledger.
    pub trait Inventory = "inventory" {
        /// Keeps all lines for an order, or none: `out_of_stock` names the line (`sku_id`, `available`). Again: the same answer.
        /// After [`Inventory::release`] of the same attempt, or below the newest one, it is refused with `conflict`. A higher
        /// attempt takes the place of what an older one still keeps.
        async fn hold(Hold) -> Held;
        /// Gives back what is held for an order. Of an order never held it leaves a mark that refuses a late hold. Once it is
        /// committed it is refused with `conflict`; below the newest attempt nothing happens.
        async fn release(Release) -> Released;
        /// What was held is sold. When nothing is held (never was, or released) it is refused with `conflict`: a paid order
        /// must not go without stock in silence.
        async fn commit(Commit) -> Committed;
        /// Levels of these variants, in the order asked; a variant without stock record has zeros.
        async fn levels(LevelsOf) -> Vec<Level>;
        /// Sets what is available of these variants to counted numbers, by ledger entries of the differences, all or none. Once
        /// per `id`. Answers with the levels after it, in variant order.
        async fn count(Count) -> Vec<Level>;
        /// Moves units out of what anybody may order into an allotment, once per `id`; `out_of_stock` when there are too few. An order
        /// that is paid takes its units from the allotment that it names. Again: the same answer; `conflict` with other contents, or after it ended.
        async fn allot(Allot) -> Allotted;
        /// Ends an allotment, once: what is not `sold` may be ordered by anybody again. Units of orders whose payment is still
        /// on its way here count as sold and stay for them. Again with the same number: the same answer; `conflict` with another, when it is
        /// more than was allotted, or when more has left already.
        async fn end_allotment(EndAllotment) -> AllotmentEnded;
    }
}

/// Asks to keep stock for an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hold {
    /// For which order; with `attempt` the key that makes it repeatable.
    pub order: OrderId,
    /// 0 when the order is placed; one more each time that a cancelled order is revived by a late payment.
    #[serde(default)]
    pub attempt: u32,
    /// What; each variant once, at most 200 lines, 1–999 of each.
    pub lines: Vec<StockLine>,
}

/// So many of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLine {
    /// The variant.
    pub sku: SkuId,
    /// How many, at least 1.
    pub qty: u32,
}

/// All lines are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {}

/// Asks to give back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Release {
    /// Whose reservation.
    pub order: OrderId,
    /// This attempt and those before it; the newest when absent. Name it where the order may have been revived meanwhile.
    #[serde(default)]
    pub attempt: Option<u32>,
}

/// Nothing is held for the order any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {}

/// Asks to count what is held as sold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Commit {
    /// Whose reservation.
    pub order: OrderId,
    /// Which attempt; the newest when absent.
    #[serde(default)]
    pub attempt: Option<u32>,
}

/// It counts as sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {}

/// Moves units into an allotment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Allot {
    /// Chosen by the caller; never used again for another one.
    pub id: AllotmentId,
    /// Of which variant.
    pub sku: SkuId,
    /// How many, 1–10,000,000.
    pub qty: u32,
    /// What for, in the ledger; at most 200 characters.
    pub reason: String,
}

/// The units lie there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allotted {}

/// Ends an allotment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndAllotment {
    /// Which.
    pub id: AllotmentId,
    /// Units of orders that are paid, whether the news of it has come here or not.
    pub sold: u32,
}

/// It is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllotmentEnded {
    /// Units that may be ordered by anybody again.
    pub returned: u32,
}

/// Asks for levels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LevelsOf {
    /// Of which variants; at most 1,000.
    pub skus: Vec<SkuId>,
}

/// Stock of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Level {
    /// The variant.
    pub sku: SkuId,
    /// May be ordered now.
    pub available: i64,
    /// Kept for unpaid orders.
    pub locked: i64,
    /// Sold.
    pub sold: i64,
    /// Kept apart for flash sales.
    #[serde(default)]
    pub allotted: i64,
}

/// Sets counted numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Count {
    /// Chosen by the caller, 1–160 characters; the same id counts once, and other numbers under it are refused.
    pub id: String,
    /// What was counted: 1–200 variants, each once.
    pub lines: Vec<CountedLine>,
    /// Why, for the ledger; at most 200 characters.
    pub reason: String,
}

/// So many of a variant are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedLine {
    /// The variant.
    pub sku: SkuId,
    /// Units available after the count.
    pub available: u32,
}

/// A variant that ran out, or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// The variant.
    pub sku: SkuId,
    /// May be ordered again.
    pub in_stock: bool,
}

kit::events! {
    /// Variants ran out, or came back. Two of these may arrive in the wrong order: whoever must be right asks for the levels.
    StockTurned "inventory.stock_turned" { turned: Vec<Turned> }
}
