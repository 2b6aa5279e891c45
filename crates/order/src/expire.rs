//! What time does to an order: placing is given up, an unpaid order is cancelled, a shipped one counts as received, a received
//! one closes. Timers may fire twice, late, or (after a clock stepped back) early; the order's own deadline decides.

use contract::OrderId;
use contract::fault::PLACING_EXPIRED;
use contract::order::{AfterSaleClosed, CancelReason, OrderState, PaymentExpired, PlacingExpired, ReceiptDue};
use kit::db::{Event, Tx};
use kit::http::Once;
use kit::{Ctx, Error, Result, Time};

use crate::Order;
use crate::place::ROUTE;
use crate::state::OrderEvent;
use crate::step::Step;
use crate::store::{self, Head};

impl Order {
    /// Gives up an order that is still being placed; whoever sends its request again hears so.
    pub(crate) async fn expire_placing(&self, timer: &PlacingExpired, event: Option<i64>) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, timer.order).await?;
            if order.state != OrderState::Placing || !is_due(&tx, &order, timer, event).await? {
                return Ok(());
            }
            self.step_to_cancelled(&tx, &order, CancelReason::Placing, Step::of_house(OrderEvent::Cancelled)).await?;
            let answer = Error::from(PLACING_EXPIRED);
            Once::answer_for(&tx, order.user.0, ROUTE, &order.idem_key, answer.status(), &answer).await
        })
    }

    /// Cancels an order that was not paid in time, unless its channel says that it was.
    pub(crate) async fn expire_payment(&self, ctx: &Ctx, timer: &PaymentExpired, event: Option<i64>) -> Result<()> {
        let unpaid = kit::tx!(self.db, |tx| {
            let order = self.read(&tx, timer.order).await?;
            let due = order.state == OrderState::Unpaid && is_due(&tx, &order, timer, event).await?;
            Ok(due.then_some(order))
        })?;
        let Some(order) = unpaid else { return Ok(()) };
        if !self.nothing_comes_in(ctx, &order).await? {
            return Ok(());
        }
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, timer.order).await?;
            if order.state == OrderState::Unpaid {
                self.step_to_cancelled(&tx, &order, CancelReason::Timeout, Step::of_house(OrderEvent::Cancelled)).await?;
            }
            Ok(())
        })
    }

    /// A shipped order counts as received.
    pub(crate) async fn receipt_due(&self, timer: &ReceiptDue, event: Option<i64>) -> Result<()> {
        self.move_on(timer.order, OrderState::Shipped, OrderState::Received, OrderEvent::Received, timer, event).await
    }

    /// After-sale closes.
    pub(crate) async fn after_sale_closed(&self, timer: &AfterSaleClosed, event: Option<i64>) -> Result<()> {
        self.move_on(timer.order, OrderState::Received, OrderState::Done, OrderEvent::Closed, timer, event).await
    }

    async fn move_on(
        &self,
        id: OrderId,
        from: OrderState,
        to: OrderState,
        what: OrderEvent,
        timer: &impl Event,
        event: Option<i64>,
    ) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            if order.state != from || !is_due(&tx, &order, timer, event).await? {
                return Ok(());
            }
            self.step(&tx, &order, Head { state: to, ..order.clone() }, Step::of_house(what)).await.map(|_| ())
        })
    }

    /// Takes up deadlines that no timer took up: the backup, should an event have been set aside. Both may fire.
    pub(crate) async fn sweep(&self, ctx: &Ctx, now: Time) -> Result<()> {
        for id in store::overdue(&self.db, now - self.settings.sweep_after).await? {
            let order = self.current(None, id).await?;
            let swept = match order.state {
                OrderState::Placing => self.expire_placing(&PlacingExpired { order: id }, None).await,
                OrderState::Unpaid => self.expire_payment(ctx, &PaymentExpired { order: id }, None).await,
                OrderState::Shipped => self.receipt_due(&ReceiptDue { order: id }, None).await,
                OrderState::Received => self.after_sale_closed(&AfterSaleClosed { order: id }, None).await,
                OrderState::Paid | OrderState::Done | OrderState::Cancelled => Ok(()),
            };
            if let Err(e) = swept {
                kit::tracing::warn!(order = %id, error = %e, "an overdue order could not be moved on; the next sweep will try");
            }
        }
        Ok(())
    }
}

/// Whether an order's deadline has come. If not, the timer that came too early is set again, once for each time that it came.
async fn is_due(tx: &Tx, order: &Head, timer: &impl Event, event: Option<i64>) -> Result<bool> {
    let Some(due) = order.due.filter(|due| *due > tx.now()) else { return Ok(true) };
    if let Some(event) = event
        && tx.first_time("order.timer", event).await?
    {
        tx.publish_at(timer, due).await?;
    }
    Ok(false)
}
