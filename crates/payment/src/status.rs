//! How a payment stands; on request the channel is asked first, but not more often than it likes.

use contract::OrderId;
use contract::fault::NOT_FOUND;
use contract::payment::{PaymentStatus, StatusOf};
use kit::{Ctx, Result};

use crate::Payment;
use crate::ask::Question;
use crate::store::attempt::{self, Row};
use crate::store::payment;

impl Payment {
    pub(crate) async fn tell(&self, ctx: &Ctx, of: &StatusOf) -> Result<PaymentStatus> {
        if of.ask_channel {
            self.ask_all(ctx, of.order).await?;
        }
        let owner = payment::of_order(&self.db, of.order).await?.ok_or(NOT_FOUND)?;
        let live = has_live(&attempt::all(&self.db, owner.id).await?)?;
        Ok(PaymentStatus {
            payment: owner.id,
            state: owner.state()?.shown(live, owner.paid_fen.0, owner.refunded_fen.0),
            kept_fen: owner.paid_fen.minus(owner.refunded_fen).unwrap_or_default(),
            refunded_fen: owner.refunded_fen,
        })
    }

    /// Asks about each live attempt. A channel that does not answer changes nothing: what we know is told.
    async fn ask_all(&self, ctx: &Ctx, order: OrderId) -> Result<()> {
        let owner = payment::of_order(&self.db, order).await?.ok_or(NOT_FOUND)?;
        for row in attempt::all(&self.db, owner.id).await? {
            let now = self.db.clock().now();
            if !row.state()?.is_live() || !attempt::may_ask(&self.db, row.id, now, now - self.settings.ask_pause).await? {
                continue;
            }
            if let Err(e) = self.ask(ctx, &row, Question::Query).await {
                tracing::debug!(attempt = row.id.0, error = %e, "a channel was asked and did not answer");
            }
        }
        Ok(())
    }
}

/// Whether any attempt may still bring money.
pub(crate) fn has_live(attempts: &[Row]) -> Result<bool> {
    attempts.iter().try_fold(false, |live, row| Ok(live || row.state()?.is_live()))
}
