//! Turns the head of an order by compare-and-set, and moves the stock of one attempt with it.

use contract::OrderId;
use contract::fault::{CONFLICT, UNAVAILABLE};
use kit::{Error, Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::state::{Head, Turn};
use crate::store::{self, Kept};

/// Times that a head which somebody else turned meanwhile is read again.
const TRIES: u32 = 4;

/// Asks the rule and does as it says: nothing, a refusal, or the change of the head, giving back what an older attempt still
/// keeps. Gives the new head when it changed.
pub async fn turn(tx: &Tx, order: OrderId, rule: impl Fn(Option<Head>) -> Turn) -> Result<Option<Head>> {
    for _ in 0..TRIES {
        let from = store::head(tx, order).await?;
        let (to, give_back) = match rule(from) {
            Turn::Same => return Ok(None),
            Turn::Refuse(why) => return Err(CONFLICT.because(format!("order {order}: {why}"))),
            Turn::To(to, give_back) => (to, give_back),
        };
        let won = match from {
            None => store::insert_head(tx, order, to).await?,
            Some(from) => store::move_head(tx, order, from, to).await?,
        };
        if won {
            if let Some(attempt) = give_back {
                end(tx, order, attempt, Kind::Release).await?;
            }
            return Ok(Some(to));
        }
    }
    Err(UNAVAILABLE.because(format!("the head of order {order} does not stand still")).retry_after_s(1))
}

/// Ends what is kept for an attempt: gives it back, or counts it as sold.
pub async fn end(tx: &Tx, order: OrderId, attempt: u32, kind: Kind) -> Result<()> {
    let lines = store::reservation(tx, order, attempt).await?;
    let sold = kind == Kind::Commit;
    let ended = store::end_reservation(tx, order, attempt, if sold { "deducted" } else { "released" }).await?;
    if usize::try_from(ended).ok() != Some(lines.len()) {
        return Err(Error::internal(format!("order {order} attempt {attempt}: its head says held, {ended} of its lines are")));
    }
    let entry = |line: &Kept| Entry {
        sku: line.sku,
        available: if sold { 0 } else { line.qty },
        locked: -line.qty,
        sold: if sold { line.qty } else { 0 },
        allotted: 0,
    };
    let entries: Vec<Entry> = lines.iter().map(entry).collect();
    ledger::apply(tx, &Cause::order(kind, order, attempt), &entries).await.map(|_| ())
}
