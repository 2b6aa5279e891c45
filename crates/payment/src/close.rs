//! Closing the payment of an order: at the channels first, so that nothing more comes in; then here.

use contract::OrderId;
use contract::fault::{CHANNEL_FAILED, UNAVAILABLE};
use contract::payment::Closed;
use kit::{Ctx, Result};

use crate::Payment;
use crate::ask::{Found, Question};
use crate::state::Stored;
use crate::store::{self, attempt, payment};

/// New attempts may begin while the old ones are being closed; after so many rounds the caller has to come again.
const ROUNDS: usize = 5;

/// What stands in the way of closing.
enum Step {
    Ended(Closed),
    Live(Vec<attempt::Row>),
}

impl Payment {
    pub(crate) async fn close_all(&self, ctx: &Ctx, order: OrderId) -> Result<Closed> {
        for _ in 0..ROUNDS {
            let live = match self.try_close(order).await? {
                Step::Ended(closed) => return Ok(closed),
                Step::Live(live) => live,
            };
            for row in live {
                // Money that does not fit is money: the order must not be taken for unpaid before somebody has looked.
                if self.ask(ctx, &row, Question::Close).await? == Found::Strange {
                    return Err(CHANNEL_FAILED.because("the channel reports money that does not fit"));
                }
            }
        }
        Err(UNAVAILABLE.because("new attempts to pay keep coming").retry_after_s(1))
    }

    /// Closes the payment if no attempt is in the way.
    async fn try_close(&self, order: OrderId) -> Result<Step> {
        kit::tx!(self.db, |tx| {
            if let Some(id) = payment::insert_closed_unless(&tx, order).await? {
                store::note(&tx, id, "payment", id.0, "closed", "close").await?;
                return Ok(Step::Ended(Closed::Unpaid));
            }
            let Some(owner) = payment::of_order_in(&tx, order).await? else {
                return Err(UNAVAILABLE.because("a payment has just begun"));
            };
            match owner.state()? {
                Stored::Paid => return Ok(Step::Ended(Closed::Paid)),
                Stored::Closed => return Ok(Step::Ended(Closed::Unpaid)),
                Stored::Open => {}
            }
            // Attempts begin with the same row in hand, so what is seen behind this line is all there is.
            if !payment::hold_open(&tx, owner.id).await? {
                return Err(UNAVAILABLE.because("the payment has just changed").retry_after_s(1));
            }
            let live = attempt::live(&tx, owner.id).await?;
            if !live.is_empty() {
                return Ok(Step::Live(live));
            }
            payment::close(&tx, owner.id).await?;
            store::note(&tx, owner.id, "payment", owner.id.0, "closed", "close").await?;
            Ok(Step::Ended(Closed::Unpaid))
        })
    }
}
