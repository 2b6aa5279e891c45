//! Sets what is available to a counted number, by an entry of the difference. What is kept and sold stays.

use contract::fault::{INVALID, KEY_REUSED};
use contract::inventory::{Count, Level};
use kit::{Caller, Ctx, Error, Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::{Inventory, store};

/// Longest id of a count.
const ID_CHARS: usize = 160;
/// Longest reason.
pub const REASON_CHARS: usize = 200;
/// Most units that a count may find.
pub const UNITS: u32 = 100_000_000;

/// Counts a variant, once per id.
pub async fn count(inventory: &Inventory, ctx: &Ctx, request: &Count) -> Result<Level> {
    check(request)?;
    let operator = operator(ctx);
    kit::tx!(inventory.db, |tx| within(&tx, operator, request).await)
}

/// The same inside a transaction that is open already, of a request that was checked.
pub async fn within(tx: &Tx, operator: i64, request: &Count) -> Result<Level> {
    let (sku, target) = (request.sku, i64::from(request.available));
    // From here to the commit nobody else changes the balance, so that the difference is exact.
    if !store::lock_stock(tx, sku).await? && !store::open_stock(tx, sku).await? {
        store::lock_stock(tx, sku).await?;
    }
    if let Some(done) = store::counted(tx, &request.id).await? {
        return if done.sku == sku && done.after_available == target {
            Ok(Level { sku, available: done.after_available, locked: done.after_locked, sold: done.after_sold })
        } else {
            Err(KEY_REUSED.because(format!("count {:?} was made with another variant or number", request.id)))
        };
    }
    let absent = || Error::internal(format!("variant {sku} has no record"));
    let now = *store::balances(tx, &[sku]).await?.first().ok_or_else(absent)?;
    let entry = Entry { sku, available: target - now.available, locked: 0, sold: 0 };
    let cause = Cause { kind: Kind::Count, reference: request.id.clone(), operator, reason: &request.reason };
    let after = ledger::apply(tx, &cause, &[entry]).await?;
    after.first().map(|row| Level::from(*row)).ok_or_else(absent)
}

/// `invalid` when a part of the request is out of bounds.
pub fn check(request: &Count) -> Result<()> {
    if request.id.is_empty() || request.id.chars().count() > ID_CHARS {
        return Err(INVALID.at("/id", "length", format!("1 to {ID_CHARS} characters")));
    }
    if request.reason.chars().count() > REASON_CHARS || request.reason.chars().any(char::is_control) {
        return Err(INVALID.at("/reason", "text", format!("at most {REASON_CHARS} characters, on one line")));
    }
    if request.available > UNITS {
        return Err(INVALID.at("/available", "range", format!("at most {UNITS}")));
    }
    Ok(())
}

fn operator(ctx: &Ctx) -> i64 {
    match ctx.caller {
        Caller::Operator { operator, .. } => operator,
        _ => 0,
    }
}
