//! Counts what is kept for an order as sold.

use contract::OrderId;
use contract::inventory::{Commit, Committed};
use kit::{Result, Tx};

use crate::ledger::Kind;
use crate::{Inventory, head, state};

/// Commits an attempt, or the newest.
pub async fn commit(inventory: &Inventory, request: &Commit) -> Result<Committed> {
    kit::tx!(inventory.db, |tx| within(&tx, request.order, request.attempt).await)
}

/// The same inside a transaction that is open already.
pub async fn within(tx: &Tx, order: OrderId, attempt: Option<u32>) -> Result<Committed> {
    if let Some(committed) = head::turn(tx, order, |head| state::commit(head, attempt)).await? {
        head::end(tx, order, committed.attempt, Kind::Commit).await?;
    }
    Ok(Committed {})
}
