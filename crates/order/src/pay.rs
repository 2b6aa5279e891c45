//! Sends the shopper to pay, and tells how the payment stands.

use contract::fault::ORDER_STATE;
use contract::order::OrderState;
use contract::payment::{Channel, Close, Pay, PayStarted, PaymentStatus, StatusOf};
use contract::{OrderId, UserId};
use kit::http::IdempotencyKey;
use kit::secret::sha256_hex;
use kit::{Ctx, Result};

use crate::Order;
use crate::cancel::refusal;
use crate::state::{OrderActor, OrderEvent, OrderPayment};
use crate::step::Step;
use crate::store::{self, Head};

/// Characters of a title that the channel shows.
const SUBJECT_CHARS: usize = 40;

impl Order {
    /// Starts to pay an order; the same key starts the same attempt. The amount comes from the order and from nowhere else.
    pub async fn pay(&self, ctx: &Ctx, user: UserId, id: OrderId, key: &IdempotencyKey, channel: Channel) -> Result<PayStarted> {
        let order = self.current(Some(user), id).await?;
        if order.state != OrderState::Unpaid {
            return Err(refusal(order.state));
        }
        let expires = order.due.filter(|due| *due > self.core.clock.now() && order.give_back.is_none()).ok_or(ORDER_STATE)?;
        let request = Pay {
            order: id,
            user,
            amount_fen: order.payable_fen,
            channel,
            subject: self.subject(id).await?,
            // Bounded, and not to be confused with the same key under another order.
            request: sha256_hex(format!("{id}:{}", key.0).as_bytes()),
            expires,
        };
        let started = self.around.payment.pay(ctx, request).await?;
        let state = self.note_attempt(user, id).await?;
        if state == OrderState::Unpaid {
            return Ok(started);
        }
        if state == OrderState::Cancelled {
            // It was cancelled while the attempt began. Should money come in all the same, it is late, and dealt with as such.
            if let Err(e) = self.around.payment.close(ctx, Close { order: id }).await {
                kit::tracing::warn!(order = %id, error = %e, "an attempt to pay a cancelled order is still open");
            }
        }
        Err(refusal(state))
    }

    /// Writes down that an attempt is open; gives the order's state.
    async fn note_attempt(&self, user: UserId, id: OrderId) -> Result<OrderState> {
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            if order.state == OrderState::Unpaid && order.payment == OrderPayment::Unpaid {
                let after = Head { payment: OrderPayment::Paying, ..order.clone() };
                let step = Step { what: OrderEvent::PayStarted, actor: OrderActor::Shopper, actor_id: user.0, note: "" };
                self.step(&tx, &order, after, step).await?;
            }
            Ok(order.state)
        })
    }

    /// How the payment of a shopper's own order stands; `not_found` before the first attempt.
    pub async fn payment_status(&self, ctx: &Ctx, user: UserId, id: OrderId, ask_channel: bool) -> Result<PaymentStatus> {
        let order = self.current(Some(user), id).await?;
        self.around.payment.status(ctx, StatusOf { order: order.id, ask_channel }).await
    }

    /// What the channel shows: the first line's title.
    async fn subject(&self, id: OrderId) -> Result<String> {
        let first = store::first_lines(&self.db, &[id], 1).await?;
        let title = first.first().map_or("", |line| line.title.as_str());
        Ok(format!("尚品商城 {}", title.chars().take(SUBJECT_CHARS).collect::<String>().trim()))
    }
}
