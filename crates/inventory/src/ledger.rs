//! The ledger: the only writer of balances. An entry and the change it stands for are one transaction, so that the sum of a
//! variant's entries is its balance at any moment.

use std::collections::HashMap;

use contract::fault::OUT_OF_STOCK;
use contract::inventory::{StockTurned, Turned};
use contract::{AllotmentId, OrderId, SkuId};
use kit::{Error, Result, Tx};
use serde_json::json;

use crate::store::{self, LevelRow};

/// Why a balance moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Kept for an order.
    Hold,
    /// Kept again for an order that a late payment revived.
    Revive,
    /// Given back.
    Release,
    /// Sold.
    Commit,
    /// Counted by hand or imported.
    Count,
    /// Kept apart for a flash sale.
    Allot,
    /// Sold out of what is kept apart.
    Take,
    /// No longer kept apart.
    Unallot,
}

impl Kind {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Hold => "hold",
            Kind::Revive => "revive",
            Kind::Release => "release",
            Kind::Commit => "commit",
            Kind::Count => "count",
            Kind::Allot => "allot",
            Kind::Take => "take",
            Kind::Unallot => "unallot",
        }
    }
}

/// What entries are made for. The same reference makes one entry a variant and kind, by a unique key.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// Why.
    pub kind: Kind,
    /// For what.
    pub reference: String,
    /// Who did it; 0 for the house.
    pub operator: i64,
    /// Why, in words.
    pub reason: &'a str,
}

impl Cause<'static> {
    /// An order's attempt.
    pub fn order(kind: Kind, order: OrderId, attempt: u32) -> Self {
        let reference = if attempt == 0 { format!("order:{order}") } else { format!("order:{order}.{attempt}") };
        Cause { kind, reference, operator: 0, reason: "" }
    }
}

impl<'a> Cause<'a> {
    /// An allotment's beginning or end.
    pub fn allotment(kind: Kind, allotment: AllotmentId, reason: &'a str) -> Self {
        Cause { kind, reference: format!("allotment:{allotment}"), operator: 0, reason }
    }
}

/// Change of one balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Of which variant.
    pub sku: SkuId,
    /// Change of what may be ordered.
    pub available: i64,
    /// Change of what is kept.
    pub locked: i64,
    /// Change of what is sold.
    pub sold: i64,
    /// Change of what is kept apart.
    pub allotted: i64,
}

/// Applies entries, one a variant and in variant order, so that two transactions cannot wait for each other. All or none: a
/// variant that has less than an entry takes fails the transaction with `out_of_stock`. Publishes what ran out or came back.
/// Gives the balances after it, in the order of the entries.
pub async fn apply(tx: &Tx, cause: &Cause<'_>, entries: &[Entry]) -> Result<Vec<LevelRow>> {
    for entry in entries {
        if !store::move_stock(tx, entry).await? {
            return Err(too_little(tx, cause, entry).await?);
        }
    }
    let skus: Vec<SkuId> = entries.iter().map(|entry| entry.sku).collect();
    let after: HashMap<SkuId, LevelRow> = store::balances(tx, &skus).await?.into_iter().map(|row| (row.sku, row)).collect();
    let written: Vec<(Entry, LevelRow)> =
        entries.iter().filter_map(|entry| after.get(&entry.sku).map(|level| (*entry, *level))).collect();
    if written.len() != entries.len() {
        return Err(Error::internal("a balance that was just changed is not there"));
    }
    store::append(tx, cause, &written).await?;
    let turns = written.iter().filter(|(entry, after)| (after.available == entry.available) != (after.available == 0));
    let turned: Vec<Turned> = turns.map(|(entry, after)| Turned { sku: entry.sku, in_stock: after.available > 0 }).collect();
    if !turned.is_empty() {
        tx.publish(&StockTurned { turned }).await?;
    }
    Ok(written.into_iter().map(|(_, level)| level).collect())
}

/// Why a balance could not be changed: the shelf is short, or (which is ours) books disagree.
async fn too_little(tx: &Tx, cause: &Cause<'_>, entry: &Entry) -> Result<Error> {
    if entry.available < 0 {
        let available = store::balances(tx, &[entry.sku]).await?.first().map_or(0, |row| row.available);
        return Ok(OUT_OF_STOCK.with(json!({ "sku_id": entry.sku, "available": available })));
    }
    Ok(Error::internal(format!(
        "{} {} of variant {}: less is kept than the books say",
        cause.kind.word(),
        cause.reference,
        entry.sku
    )))
}
