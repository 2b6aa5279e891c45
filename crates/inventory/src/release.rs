//! Gives back what is kept for an order, and refuses a hold that comes too late.

use contract::OrderId;
use contract::inventory::{Release, Released};
use kit::{Result, Tx};

use crate::{Inventory, head, state};

/// Gives back an attempt and those before it, or the newest.
pub async fn release(inventory: &Inventory, request: &Release) -> Result<Released> {
    kit::tx!(inventory.db, |tx| within(&tx, request.order, request.attempt).await)
}

/// The same inside a transaction that is open already.
pub async fn within(tx: &Tx, order: OrderId, attempt: Option<u32>) -> Result<Released> {
    head::turn(tx, order, |head| state::release(head, attempt)).await?;
    Ok(Released {})
}
