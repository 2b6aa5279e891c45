//! 库存: how many there are, and for whom they are kept.

use serde::{Deserialize, Serialize};

use crate::{OrderId, SkuId};

kit::contract! {
    /// Stock, its reservations and its ledger.
    pub trait Inventory = "inventory" {
        /// Keeps all lines for an order, or none: `out_of_stock` names the line (`sku_id`, `available`). Again: the same answer.
        /// After [`Inventory::release`] of the same order it is refused with `conflict`.
        async fn hold(Hold) -> Held;
        /// Gives back what is held for an order. Of an order never held it leaves a mark that refuses a late hold.
        async fn release(Release) -> Released;
        /// What was held is sold.
        async fn commit(Commit) -> Committed;
        /// Levels of these variants, in the order asked; a variant without stock record has zeros.
        async fn levels(LevelsOf) -> Vec<Level>;
        /// Sets what is available to a counted number, by a ledger entry of the difference. Once per `id`.
        async fn count(Count) -> Level;
    }
}

/// Asks to keep stock for an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hold {
    /// For which order; the key that makes it repeatable.
    pub order: OrderId,
    /// What; each variant once.
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
}

/// Nothing is held for the order any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {}

/// Asks to count what is held as sold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Commit {
    /// Whose reservation.
    pub order: OrderId,
}

/// It counts as sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {}

/// Asks for levels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LevelsOf {
    /// Of which variants; at most 1,000.
    pub skus: Vec<SkuId>,
}

/// Stock of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// The variant.
    pub sku: SkuId,
    /// May be ordered now.
    pub available: i64,
    /// Kept for unpaid orders.
    pub locked: i64,
    /// Sold.
    pub sold: i64,
}

/// Sets a counted number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Count {
    /// Chosen by the caller; the same id counts once.
    pub id: String,
    /// The variant.
    pub sku: SkuId,
    /// Units available after it.
    pub available: u32,
    /// Why, for the ledger.
    pub reason: String,
}

kit::events! {
    /// A variant ran out, or came back.
    StockTurned "inventory.stock_turned" { sku: SkuId, in_stock: bool }
}
