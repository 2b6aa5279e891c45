//! An operator says that a refund has been paid by hand. The channel is asked once more before that is believed:
//! a refund that it is still carrying out would reach the payer twice.

use contract::RefundId;
use contract::fault::{CHANNEL_FAILED, NOT_FOUND, ORDER_STATE};
use contract::payment::RefundProgress;
use contract::thirdparty::{RefundOf, RefundState};
use kit::http::Once;
use kit::{Ctx, Error, Result};

use crate::Payment;
use crate::http::RefundView;
use crate::ledger::Way;
use crate::refund::finish;
use crate::store::refund;

impl Payment {
    /// Settles a refund that the channel refused or never answered for.
    pub(crate) async fn settle_by_hand(&self, ctx: &Ctx, once: &Once, id: RefundId, note: &str) -> Result<RefundView> {
        let row = refund::by_id(&self.db, id).await?.ok_or(NOT_FOUND)?;
        let from = row.state()?;
        if !matches!(from, RefundProgress::ByHand | RefundProgress::Refused) {
            return Err(ORDER_STATE.because("the refund is not in an operator's hands"));
        }
        let channel = row.channel()?;
        let asked = self.thirdparty.query_refund(ctx, RefundOf { channel, out_refund_no: id }).await;
        let way = match asked.map_err(|e| CHANNEL_FAILED.because(e).retry_after_s(5))? {
            RefundState::Done => Way::Channel(channel.name()),
            RefundState::Absent | RefundState::Refused => Way::Hand,
            RefundState::Pending => return Err(ORDER_STATE.because("the channel is carrying it out")),
        };
        kit::tx!(self.db, |tx| {
            once.begin(&tx).await?;
            if !finish(&tx, &row, from, way, note).await? {
                return Err(ORDER_STATE.because("the refund has just changed"));
            }
            let row = refund::by_id_in(&tx, id).await?.ok_or_else(|| Error::internal("a refund is not there"))?;
            let view = RefundView::of(&row)?;
            once.answer(&tx, 200, &view).await?;
            Ok(view)
        })
    }
}
