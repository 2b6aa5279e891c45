//! Keeps units apart for a flash sale: nobody orders them in the usual way until the allotment ends.

use contract::fault::{CONFLICT, INVALID};
use contract::inventory::{Allot, Allotted};
use kit::{Error, Result, Tx};

use crate::count::REASON_CHARS;
use crate::ledger::{self, Cause, Entry, Kind};
use crate::{Inventory, store};

/// Most units of an allotment.
const UNITS: u32 = 10_000_000;

/// Moves units into an allotment, once per id. A refusal for want of stock leaves no mark: it may be tried again.
pub async fn allot(inventory: &Inventory, request: &Allot) -> Result<Allotted> {
    if request.qty == 0 || request.qty > UNITS {
        return Err(INVALID.at("/qty", "range", format!("1 to {UNITS}")));
    }
    if request.reason.chars().count() > REASON_CHARS || request.reason.chars().any(char::is_control) {
        return Err(INVALID.at("/reason", "text", format!("at most {REASON_CHARS} characters, on one line")));
    }
    kit::tx!(inventory.db, |tx| within(&tx, request).await)
}

async fn within(tx: &Tx, request: &Allot) -> Result<Allotted> {
    let qty = i64::from(request.qty);
    if !store::insert_allotment(tx, request.id, request.sku, qty).await? {
        return repeated(tx, request).await;
    }
    let entry = Entry { sku: request.sku, available: -qty, locked: 0, sold: 0, allotted: qty };
    ledger::apply(tx, &Cause::allotment(Kind::Allot, request.id, &request.reason), &[entry]).await?;
    Ok(Allotted {})
}

/// The answer when the number has been here. The reason is for people and may have been put better meanwhile.
async fn repeated(tx: &Tx, request: &Allot) -> Result<Allotted> {
    let there = store::allotment(tx, request.id).await?.ok_or_else(|| Error::internal("an allotment that is there is not"))?;
    if there.ended != 0 {
        return Err(CONFLICT.because(format!("allotment {} has ended", request.id)));
    }
    if there.sku != request.sku || there.qty != i64::from(request.qty) {
        return Err(CONFLICT.because(format!("allotment {} was made of {} of variant {}", request.id, there.qty, there.sku)));
    }
    Ok(Allotted {})
}
