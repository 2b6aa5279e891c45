//! Keeps stock for an order: all lines or none.

use contract::OrderId;
use contract::fault::{CONFLICT, INVALID};
use contract::inventory::{Held, Hold};
use kit::{Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::state::{self, Head, State};
use crate::store::{self, Kept};
use crate::{Inventory, Settings, head};

/// Keeps all lines or none.
pub async fn hold(inventory: &Inventory, request: &Hold) -> Result<Held> {
    let lines = lines(request, &inventory.settings)?;
    kit::tx!(inventory.db, |tx| within(&tx, request.order, request.attempt, &lines).await)
}

/// One statement decides in the usual case (the order's first head); the rule of heads decides in all others. The rows that
/// every buyer of a popular variant wants are written last, so that they are locked for the shortest time.
async fn within(tx: &Tx, order: OrderId, attempt: u32, lines: &[Kept]) -> Result<Held> {
    let first = Head { attempt, state: State::Held };
    if !store::insert_head(tx, order, first).await? && head::turn(tx, order, |head| state::hold(head, attempt)).await?.is_none() {
        return if store::reservation(tx, order, attempt).await? == lines {
            Ok(Held {})
        } else {
            Err(CONFLICT.because(format!("order {order} attempt {attempt} was held with other lines")))
        };
    }
    store::insert_reservation(tx, order, attempt, lines).await?;
    let kind = if attempt == 0 { Kind::Hold } else { Kind::Revive };
    let entry = |line: &Kept| Entry { sku: line.sku, available: -line.qty, locked: line.qty, sold: 0, allotted: 0 };
    let entries: Vec<Entry> = lines.iter().map(entry).collect();
    ledger::apply(tx, &Cause::order(kind, order, attempt), &entries).await?;
    Ok(Held {})
}

/// The lines in variant order; `invalid` with a pointer when there are none or too many, when a variant comes twice or a
/// quantity is out of bounds.
fn lines(request: &Hold, settings: &Settings) -> Result<Vec<Kept>> {
    let count = request.lines.len();
    if count == 0 || count > settings.max_lines {
        return Err(INVALID.at("/lines", "length", format!("1 to {} lines", settings.max_lines)));
    }
    let mut lines = Vec::with_capacity(count);
    for (i, line) in request.lines.iter().enumerate() {
        if line.qty == 0 || line.qty > settings.max_qty {
            return Err(INVALID.at(format!("/lines/{i}/qty"), "range", format!("1 to {}", settings.max_qty)));
        }
        lines.push(Kept { sku: line.sku, qty: i64::from(line.qty) });
    }
    lines.sort_by_key(|line| line.sku);
    if let Some(pair) = lines.windows(2).find(|pair| pair[0].sku == pair[1].sku) {
        let i = request.lines.iter().rposition(|line| line.sku == pair[0].sku).unwrap_or(0);
        return Err(INVALID.at(format!("/lines/{i}/sku"), "duplicate", "each variant once"));
    }
    Ok(lines)
}
