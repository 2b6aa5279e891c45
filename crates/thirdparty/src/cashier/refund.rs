//! Giving money back, at the channel: once per number, never more than the trade holds.

use std::sync::atomic::Ordering::SeqCst;

use contract::RefundId;
use contract::fault::{CONFLICT, TIMEOUT, UNAVAILABLE};
use contract::thirdparty::{RefundState, RefundTrade};
use kit::{Error, Result};

use super::{Cashier, faults};
use crate::store::trade::{self, TradeRefund};

impl Cashier {
    /// Gives money back; the same number again gives the same refund.
    pub async fn refund(&self, refund: RefundTrade) -> Result<RefundState> {
        self.awake()?;
        let refused = self.faults.refunds_refused.load(SeqCst) || refund.amount_fen.0 <= 0;
        let taken = if self.faults.refunds_pend.load(SeqCst) { "pending" } else { "done" };
        let reason: String = refund.reason.chars().take(100).collect();
        let kept = kit::tx!(self.db, |tx| {
            if let Some(kept) = trade::refund_in(&tx, refund.out_refund_no).await? {
                return Ok(kept);
            }
            let fits = !refused && trade::take_back(&tx, refund.out_trade_no, refund.amount_fen).await?;
            let state = if fits { taken } else { "refused" };
            if !trade::insert_refund(&tx, &refund, state, &reason).await? {
                return Err(UNAVAILABLE.because("the same refund runs beside this one"));
            }
            Ok(TradeRefund { out_trade_no: refund.out_trade_no, amount_fen: refund.amount_fen, state: state.to_owned() })
        })?;
        if (kept.out_trade_no, kept.amount_fen) != (refund.out_trade_no, refund.amount_fen) {
            return Err(CONFLICT.because(format!("refund {} exists with other contents", refund.out_refund_no)));
        }
        if faults::count_down(&self.faults.refunds_time_out) {
            return Err(TIMEOUT.because("the demo cashier gave the money back and kept silent"));
        }
        state_of(&kept.state)
    }

    /// How a refund stands.
    pub async fn query_refund(&self, number: RefundId) -> Result<RefundState> {
        self.awake()?;
        if !self.faults.refunds_pend.load(SeqCst) {
            trade::finish_refund(&self.db, number).await?;
        }
        trade::refund(&self.db, number).await?.map_or(Ok(RefundState::Absent), |kept| state_of(&kept.state))
    }
}

fn state_of(state: &str) -> Result<RefundState> {
    match state {
        "pending" => Ok(RefundState::Pending),
        "done" => Ok(RefundState::Done),
        "refused" => Ok(RefundState::Refused),
        other => Err(Error::internal(format!("a refund is {other:?}"))),
    }
}
