//! The one way in which an order changes: a legal move, made if the order still is as it was read, with its history row, its
//! count, its deadline and its news, all in the caller's transaction.

use contract::OrderId;
use contract::fault::{CONFLICT, NOT_FOUND, ORDER_STATE};
use contract::order::{
    AfterSaleClosed, CancelReason, OrderCancelled, OrderPaid, OrderPlaced, OrderReceived, OrderShipped, OrderState,
    PaymentExpired, ReceiptDue,
};
use kit::db::Tx;
use kit::{Error, Result, Time};

use crate::Order;
use crate::state::{OrderActor, OrderEvent, counts_as_unpaid, fulfilment_of, may_move};
use crate::store::{self, Head, Moment};

/// What happens to an order, by whom, in which words.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What.
    pub what: OrderEvent,
    /// By whom.
    pub actor: OrderActor,
    /// Their number; 0 for the house.
    pub actor_id: i64,
    /// In which words; at most 200 characters.
    pub note: &'a str,
}

impl Step<'_> {
    /// A step that the house takes by itself.
    pub const fn of_house(what: OrderEvent) -> Self {
        Step { what, actor: OrderActor::House, actor_id: 0, note: "" }
    }
}

impl Order {
    /// Changes `before` to `after`; gives it as it stands then. `order_state` when that is no legal move, `conflict` when
    /// somebody else changed it meanwhile. Fulfilment and deadline follow from the state.
    pub(crate) async fn step(&self, tx: &Tx, before: &Head, mut after: Head, step: Step<'_>) -> Result<Head> {
        let moved = before.state != after.state;
        if moved {
            after.fulfilment = fulfilment_of(after.state);
            after.due = self.deadline(after.state, tx.now());
        }
        if !may_move(before.place(), after.place()) {
            return Err(ORDER_STATE.because(format!("{}: {:?} → {:?}", before.id, before.place(), after.place())));
        }
        if !store::change(tx, before, &after).await? {
            return Err(CONFLICT.because(format!("order {} was changed by somebody else", before.id)));
        }
        let Step { what, actor, actor_id, note } = step;
        store::remember(tx, &[(&after, Moment { what, from: Some(before.state), actor, actor_id, note })]).await?;
        if counts_as_unpaid(before.state) && !counts_as_unpaid(after.state) {
            store::one_less_unpaid(tx, after.user).await?;
        }
        if moved {
            tell(tx, &after).await?;
        }
        Ok(after)
    }

    /// Until when an order may stay in a state that it enters now.
    fn deadline(&self, state: OrderState, now: Time) -> Option<Time> {
        match state {
            OrderState::Placing => Some(now + self.settings.placing),
            OrderState::Unpaid => Some(now + self.settings.unpaid),
            OrderState::Shipped => Some(now + self.settings.receipt),
            OrderState::Received => Some(now + self.settings.after_sale),
            OrderState::Paid | OrderState::Done | OrderState::Cancelled => None,
        }
    }

    /// An order by its id, inside a transaction; `not_found` without one.
    pub(crate) async fn read(&self, tx: &Tx, id: OrderId) -> Result<Head> {
        store::head(tx, id).await?.ok_or_else(|| NOT_FOUND.because(format!("order {id}")))
    }

    /// Cancels an order; the caller has made sure that it may be.
    pub(crate) async fn step_to_cancelled(&self, tx: &Tx, order: &Head, reason: CancelReason, step: Step<'_>) -> Result<Head> {
        let after = Head { state: OrderState::Cancelled, cancel_reason: Some(reason), ..order.clone() };
        self.step(tx, order, after, step).await
    }
}

/// The news of a state that an order has just entered, and the timer of its deadline.
async fn tell(tx: &Tx, order: &Head) -> Result<()> {
    let Head { id, user, attempt, allotment, payable_fen, from_cart, .. } = *order;
    let due = order.due.unwrap_or_else(|| tx.now());
    match order.state {
        OrderState::Placing | OrderState::Done => Ok(()),
        OrderState::Unpaid => {
            let lines = store::sold_lines(tx, id).await?;
            tx.publish(&OrderPlaced { order: id, user, lines, from_cart }).await?;
            tx.publish_at(&PaymentExpired { order: id }, due).await
        }
        OrderState::Paid => {
            let lines = store::sold_lines(tx, id).await?;
            tx.publish(&OrderPaid { order: id, user, lines, payable_fen, attempt, allotment }).await
        }
        OrderState::Shipped => {
            tx.publish(&OrderShipped { order: id, user }).await?;
            tx.publish_at(&ReceiptDue { order: id }, due).await
        }
        OrderState::Received => {
            let lines = store::sold_lines(tx, id).await?;
            tx.publish(&OrderReceived { order: id, user, lines }).await?;
            tx.publish_at(&AfterSaleClosed { order: id }, due).await
        }
        OrderState::Cancelled => {
            let lines = store::sold_lines(tx, id).await?;
            let reason = order.cancel_reason.ok_or_else(|| Error::internal("cancelled without a reason"))?;
            tx.publish(&OrderCancelled { order: id, user, reason, lines, attempt, allotment }).await
        }
    }
}
