//! Sets what is available to counted numbers, by entries of the differences. What is kept and sold stays.

use std::collections::HashMap;

use contract::SkuId;
use contract::fault::{INVALID, KEY_REUSED};
use contract::inventory::{Count, CountedLine, Level};
use kit::{Caller, Ctx, Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::store::LedgerRow;
use crate::{Inventory, store};

/// Longest id of a count.
const ID_CHARS: usize = 160;
/// Most variants of a count.
const LINES: usize = 200;
/// Longest reason.
pub const REASON_CHARS: usize = 200;
/// Most units that a count may find.
pub const UNITS: u32 = 100_000_000;

/// Counts variants, once per id.
pub async fn count(inventory: &Inventory, ctx: &Ctx, request: &Count) -> Result<Vec<Level>> {
    let lines = check(request)?;
    let operator = operator(ctx);
    kit::tx!(inventory.db, |tx| within(&tx, operator, request, &lines).await)
}

/// The same inside a transaction that is open already, of a request that was checked.
pub async fn within(tx: &Tx, operator: i64, request: &Count, lines: &[CountedLine]) -> Result<Vec<Level>> {
    // From here to the commit nobody else changes these balances, so that the differences are exact.
    for line in lines {
        if !store::lock_stock(tx, line.sku).await? && !store::open_stock(tx, line.sku).await? {
            store::lock_stock(tx, line.sku).await?;
        }
    }
    let done = store::counted(tx, &request.id).await?;
    if !done.is_empty() {
        return repeated(request, lines, &done);
    }
    let skus: Vec<SkuId> = lines.iter().map(|line| line.sku).collect();
    let now: HashMap<SkuId, i64> = store::balances(tx, &skus).await?.into_iter().map(|row| (row.sku, row.available)).collect();
    let entry = |line: &CountedLine| {
        let available = i64::from(line.available) - now.get(&line.sku).copied().unwrap_or(0);
        Entry { sku: line.sku, available, locked: 0, sold: 0, allotted: 0 }
    };
    let entries: Vec<Entry> = lines.iter().map(entry).collect();
    let cause = Cause { kind: Kind::Count, reference: request.id.clone(), operator, reason: &request.reason };
    Ok(ledger::apply(tx, &cause, &entries).await?.into_iter().map(Level::from).collect())
}

/// The answer of a count that was made before; `idempotency_key_reused` when it counted something else.
fn repeated(request: &Count, lines: &[CountedLine], done: &[LedgerRow]) -> Result<Vec<Level>> {
    let same = |(line, row): (&CountedLine, &LedgerRow)| line.sku == row.sku && i64::from(line.available) == row.after_available;
    if lines.len() != done.len() || !lines.iter().zip(done).all(same) {
        return Err(KEY_REUSED.because(format!("count {:?} was made with other variants or numbers", request.id)));
    }
    let level = |row: &LedgerRow| Level {
        sku: row.sku,
        available: row.after_available,
        locked: row.after_locked,
        sold: row.after_sold,
        allotted: row.after_allotted,
    };
    Ok(done.iter().map(level).collect())
}

/// The lines in variant order; `invalid` when a part of the request is out of bounds.
pub fn check(request: &Count) -> Result<Vec<CountedLine>> {
    if request.id.is_empty() || request.id.chars().count() > ID_CHARS {
        return Err(INVALID.at("/id", "length", format!("1 to {ID_CHARS} characters")));
    }
    if request.reason.chars().count() > REASON_CHARS || request.reason.chars().any(char::is_control) {
        return Err(INVALID.at("/reason", "text", format!("at most {REASON_CHARS} characters, on one line")));
    }
    if request.lines.is_empty() || request.lines.len() > LINES {
        return Err(INVALID.at("/lines", "length", format!("1 to {LINES} variants")));
    }
    if request.lines.iter().any(|line| line.available > UNITS) {
        return Err(INVALID.at("/available", "range", format!("at most {UNITS}")));
    }
    let mut lines = request.lines.clone();
    lines.sort_unstable_by_key(|line| line.sku);
    if lines.windows(2).any(|pair| pair[0].sku == pair[1].sku) {
        return Err(INVALID.at("/lines", "duplicate", "each variant once"));
    }
    Ok(lines)
}

fn operator(ctx: &Ctx) -> i64 {
    match ctx.caller {
        Caller::Operator { operator, .. } => operator,
        _ => 0,
    }
}
