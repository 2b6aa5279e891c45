//! What is heard of orders that were won: they are paid, or cancelled, and then their units go back into the pool, where somebody else can
//! win them. A ticket's own state is the mark that it has heard.

use contract::order::{CancelReason, OrderCancelled, OrderPaid};
use contract::seckill::ReturnDue;
use kit::Result;
use kit::fault::UNAVAILABLE;
use rush::{Claim, PoolId};

use super::TicketState;
use crate::Seckill;
use crate::gate::recount::token_of;
use crate::store::ticket::{self, TicketRow};

impl Seckill {
    /// An order was cancelled: its units are not sold any more, and the shopper has one cancellation more in this session.
    pub(crate) async fn hear_cancelled(&self, news: &OrderCancelled) -> Result<()> {
        let Some(item) = news.allotment else { return Ok(()) };
        kit::tx!(self.db, |tx| {
            if !ticket::lock_item(&tx, item).await? {
                return Ok(());
            }
            let Some(row) = ticket::by_order(&tx, news.order).await? else { return Ok(()) };
            let from = [TicketState::Ordering, TicketState::Won];
            let why = reason(news.reason);
            if !ticket::advance(&tx, row.order_id, &from, TicketState::Cancelled, why).await? {
                return Ok(());
            }
            // What the house cancels is not held against him.
            if matches!(news.reason, CancelReason::Shopper | CancelReason::Timeout) {
                ticket::count_cancel(&tx, row.activity_id, row.user_id).await?;
            }
            ticket::unsell(&tx, item, i64::from(row.qty)).await?;
            tx.publish(&ReturnDue { order: row.order_id }).await
        })
    }

    /// An order is paid: its units are sold, and stay so.
    pub(crate) async fn hear_paid(&self, news: &OrderPaid) -> Result<()> {
        let Some(item) = news.allotment else { return Ok(()) };
        kit::tx!(self.db, |tx| {
            if !ticket::lock_item(&tx, item).await? {
                return Ok(());
            }
            let Some(row) = ticket::by_order(&tx, news.order).await? else { return Ok(()) };
            let from = [TicketState::Ordering, TicketState::Won];
            if ticket::advance(&tx, row.order_id, &from, TicketState::Paid, "").await? {
                ticket::count_paid(&tx, item, i64::from(row.qty)).await?;
            }
            Ok(())
        })
    }

    /// Units of a ticket that came to nothing go back into their pool. While the pool is not as the books have it (lost, or being
    /// counted) it fails with `unavailable`: a unit given to a pool that is about to be counted anew would be lost.
    pub(crate) async fn hear_return_due(&self, timer: &ReturnDue) -> Result<()> {
        let Some(row) = ticket::of_order(&self.db, timer.order).await? else { return Ok(()) };
        if row.returned != 0 || row.state()?.is_live() {
            return Ok(());
        }
        // Read after the ticket was cancelled: a count that comes later sees that.
        if let Some(course) = ticket::course(&self.db, row.item_id).await?
            && course.is_on(self.core.clock.now())
        {
            let claim = claim_of(&row)?;
            let epoch = u64::try_from(course.epoch).unwrap_or(0);
            match self.engine.describe(claim.pool).await? {
                Some(standing) if standing.epoch >= epoch => {
                    self.engine.give_back(&claim).await?;
                }
                _ => return Err(UNAVAILABLE.because("the pool waits to be counted").retry_after_s(1)),
            }
        }
        ticket::returned(&self.db, row.order_id).await
    }
}

fn reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Timeout => "timeout",
        CancelReason::Shopper => "shopper",
        CancelReason::Operator => "operator",
        CancelReason::OutOfStock => "out_of_stock",
        CancelReason::Placing => "placing",
    }
}

/// A ticket's claim, as the engine wants it back.
fn claim_of(row: &TicketRow) -> Result<Claim> {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Claim {
        pool: PoolId { number: row.item_id.0, part: u16::try_from(row.part).unwrap_or(0) },
        epoch: number(row.epoch),
        seq: number(row.seq),
        user: rush::UserId(row.user_id.0),
        token: token_of(row)?,
        qty: u32::try_from(row.qty).unwrap_or(0),
        amount: None,
        at: row.taken_ms,
        given_back: false,
    })
}
