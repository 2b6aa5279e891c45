//! Cancels an order that waits for money. The channel's order is closed first: if it turns out to be paid, the order goes on.

use contract::fault::{ALREADY_PAID, NOT_FOUND, ORDER_STATE};
use contract::order::{CancelReason, OrderState};
use contract::payment::{Close, Closed};
use contract::{OrderId, UserId};
use kit::{Ctx, Error, Result};

use crate::Order;
use crate::state::{OrderActor, OrderEvent};
use crate::step::Step;
use crate::store::{self, Head};
use crate::view::OrderDetail;

impl Order {
    /// A shopper cancels; cancelling a cancelled order changes nothing.
    pub async fn cancel(&self, ctx: &Ctx, user: UserId, id: OrderId) -> Result<OrderDetail> {
        let step = Step { what: OrderEvent::Cancelled, actor: OrderActor::Shopper, actor_id: user.0, note: "" };
        self.close_and_cancel(ctx, Some(user), id, CancelReason::Shopper, step).await
    }

    /// An operator cancels, and says why.
    pub async fn cancel_by_operator(&self, ctx: &Ctx, operator: i64, id: OrderId, why: &str) -> Result<OrderDetail> {
        let step = Step { what: OrderEvent::Cancelled, actor: OrderActor::Operator, actor_id: operator, note: why };
        self.close_and_cancel(ctx, None, id, CancelReason::Operator, step).await
    }

    async fn close_and_cancel(
        &self,
        ctx: &Ctx,
        user: Option<UserId>,
        id: OrderId,
        reason: CancelReason,
        step: Step<'_>,
    ) -> Result<OrderDetail> {
        let order = self.current(user, id).await?;
        if order.state == OrderState::Unpaid && !self.nothing_comes_in(ctx, &order).await? {
            return Err(ALREADY_PAID.into());
        }
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            let order = match order.state {
                OrderState::Unpaid => self.step_to_cancelled(&tx, &order, reason, step).await?,
                OrderState::Cancelled => order,
                state => return Err(refusal(state)),
            };
            self.show(&tx, &order).await
        })
    }

    /// Closes the order at its channel: true when nothing was paid and nothing can be any more.
    pub(crate) async fn nothing_comes_in(&self, ctx: &Ctx, order: &Head) -> Result<bool> {
        let closed = self.around.payment.close(ctx, Close { order: order.id }).await?;
        // Money that the order could not take is on its way back and keeps nothing alive.
        Ok(closed == Closed::Unpaid || order.give_back.is_some())
    }

    /// An order as it is now, not as a replica remembers it; `not_found` when it is not this user's.
    pub(crate) async fn current(&self, user: Option<UserId>, id: OrderId) -> Result<Head> {
        let found = if self.db.is_shared() {
            kit::tx!(self.db, |tx| find(&tx, user, id).await)?
        } else {
            find(&self.db, user, id).await?
        };
        found.ok_or_else(|| NOT_FOUND.into())
    }
}

async fn find(from: &impl store::Rows, user: Option<UserId>, id: OrderId) -> Result<Option<Head>> {
    match user {
        Some(user) => store::own(from, id, user).await,
        None => store::head(from, id).await,
    }
}

/// Why an order in this state takes no more money and cannot be cancelled.
pub fn refusal(state: OrderState) -> Error {
    match state {
        OrderState::Paid | OrderState::Shipped | OrderState::Received | OrderState::Done => ALREADY_PAID.into(),
        OrderState::Placing | OrderState::Unpaid | OrderState::Cancelled => ORDER_STATE.into(),
    }
}
