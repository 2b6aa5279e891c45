//! Gives a paid order its units out of the allotment that it names. Whatever an allotment promised to paid orders it keeps,
//! also after it ended.

use contract::fault::CONFLICT;
use contract::order::SoldLine;
use contract::{AllotmentId, OrderId};
use kit::{Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::store;

/// Takes the lines of an order out of an allotment, all or none. `conflict` when there are fewer units or they are of another
/// variant: a paid order must not go without stock in silence.
pub async fn within(tx: &Tx, order: OrderId, allotment: AllotmentId, lines: &[SoldLine]) -> Result<()> {
    let refused = || CONFLICT.because(format!("order {order} cannot take {lines:?} from allotment {allotment}"));
    let sku = lines.first().map(|line| line.sku).ok_or_else(refused)?;
    if lines.iter().any(|line| line.sku != sku) {
        return Err(refused());
    }
    let qty: i64 = lines.iter().map(|line| i64::from(line.qty)).sum();
    if qty == 0 || !store::take_allotted(tx, allotment, sku, qty).await? {
        return Err(refused());
    }
    let entry = Entry { sku, available: 0, locked: 0, sold: qty, allotted: -qty };
    ledger::apply(tx, &Cause::order(Kind::Take, order, 0), &[entry]).await.map(|_| ())
}
