//! Giving money back: set aside by one conditional write, carried out by a timer, asked about until it is known.

use std::time::Duration;

use contract::RefundId;
use contract::fault::{CONFLICT, INVALID, NOT_FOUND, REFUND_EXCEEDS};
use contract::payment::{Refund, RefundDue, RefundProgress, RefundSucceeded, Refunded, SurplusRefunded};
use contract::thirdparty::{RefundOf, RefundState, RefundTrade};
use contract::{AttemptId, PaymentId};
use kit::{Ctx, Error, Result, Tx};

use crate::Payment;
use crate::ledger::{self, Move, Way};
use crate::store::{self, attempt, payment, refund};

/// Characters of a reason that are kept.
const REASON_CHARS: usize = 200;

impl Payment {
    /// Records a refund, once per number, if the payment still holds that much.
    pub(crate) async fn give_back(&self, ask: Refund) -> Result<Refunded> {
        if ask.amount_fen.0 <= 0 {
            return Err(INVALID.at("/amount_fen", "range", "must be positive"));
        }
        let reason: String = ask.reason.chars().filter(|c| !c.is_control()).take(REASON_CHARS).collect();
        kit::tx!(self.db, |tx| {
            if let Some(kept) = refund::by_id_in(&tx, ask.id).await? {
                let same = (kept.order_id, kept.amount_fen) == (ask.order, ask.amount_fen);
                return if same {
                    Ok(Refunded { refund: ask.id })
                } else {
                    Err(CONFLICT.because("this refund has other contents"))
                };
            }
            let owner = payment::of_order_in(&tx, ask.order).await?.ok_or(NOT_FOUND)?;
            let effective = AttemptId(owner.effective_attempt.ok_or(REFUND_EXCEEDS)?);
            if !payment::set_aside(&tx, owner.id, ask.amount_fen).await? {
                return Err(REFUND_EXCEEDS.into());
            }
            let paid =
                attempt::by_id_in(&tx, effective).await?.ok_or_else(|| Error::internal("a payment without its attempt"))?;
            let new = refund::New {
                id: ask.id,
                payment: owner.id,
                order: owner.order_id,
                user: owner.user_id,
                attempt: effective,
                channel: paid.channel()?,
                amount: ask.amount_fen,
                reason: &reason,
                surplus: false,
            };
            if !refund::insert(&tx, &new).await? {
                return Err(CONFLICT.because("the same refund runs beside this one"));
            }
            store::note(&tx, owner.id, "refund", ask.id.0, "pending", "asked").await?;
            tx.publish(&RefundDue { refund: ask.id, tried: 0 }).await?;
            Ok(Refunded { refund: ask.id })
        })
    }

    /// The timer of a refund: carries it out or asks how it ended, and comes again until that is known.
    pub(crate) async fn refund_due(&self, ctx: &Ctx, due: &RefundDue, event: i64) -> Result<()> {
        let Some(row) = refund::by_id(&self.db, due.refund).await? else { return Ok(()) };
        if row.state()? != RefundProgress::Pending {
            return Ok(());
        }
        match self.tell_channel(ctx, &row).await {
            Ok(RefundState::Done) => {
                let channel = row.channel()?.name();
                return kit::tx!(self.db, |tx| finish(&tx, &row, RefundProgress::Pending, Way::Channel(channel), "")
                    .await
                    .map(|_| ()));
            }
            Ok(RefundState::Refused) => {
                metrics::counter!("payment_refunds_refused_total").increment(1);
                tracing::error!(refund = row.id.0, "a channel refuses a refund; an operator has to pay by hand");
                return kit::tx!(self.db, |tx| turn(&tx, row.payment_id, row.id, RefundProgress::Refused).await);
            }
            Ok(RefundState::Pending | RefundState::Absent) => {}
            Err(e) => tracing::warn!(refund = row.id.0, error = %e, "a channel did not say how a refund ended"),
        }
        self.come_again(due, &row, event).await
    }

    async fn come_again(&self, due: &RefundDue, row: &refund::Row, event: i64) -> Result<()> {
        let tried = due.tried.saturating_add(1);
        let pause = usize::try_from(tried).ok().and_then(|n| self.settings.refund_pauses_s.get(n));
        kit::tx!(self.db, |tx| {
            if !tx.first_time("payment.carry_out_refund", event).await? {
                return Ok(());
            }
            let Some(pause_s) = pause else {
                metrics::counter!("payment_refunds_by_hand_total").increment(1);
                tracing::error!(refund = row.id.0, "nobody knows how a refund ended; an operator has to look");
                return turn(&tx, row.payment_id, row.id, RefundProgress::ByHand).await;
            };
            refund::turn(&tx, row.id, RefundProgress::Pending, RefundProgress::Pending).await?;
            let due = tx.now() + Duration::from_secs(*pause_s);
            tx.publish_at(&RefundDue { refund: row.id, tried }, due).await
        })
    }

    /// The channel knows a refund by its number, so telling it again can only repeat its answer. After a first try it is asked
    /// before it is told, because some channels mistake a repeat for an error.
    async fn tell_channel(&self, ctx: &Ctx, row: &refund::Row) -> Result<RefundState> {
        let channel = row.channel()?;
        if row.tries > 0 {
            match self.thirdparty.query_refund(ctx, RefundOf { channel, out_refund_no: row.id }).await? {
                RefundState::Absent => {}
                known => return Ok(known),
            }
        }
        let tell = RefundTrade {
            channel,
            out_trade_no: row.attempt_id,
            out_refund_no: row.id,
            amount_fen: row.amount_fen,
            reason: row.reason.clone(),
        };
        self.thirdparty.refund_trade(ctx, tell).await
    }
}

/// Out of `pending`, to where an operator has to look. The amount stays set aside.
async fn turn(tx: &Tx, payment: PaymentId, id: RefundId, to: RefundProgress) -> Result<()> {
    if refund::turn(tx, id, RefundProgress::Pending, to).await? {
        store::note(tx, payment, "refund", id.0, to.name(), "channel").await?;
    }
    Ok(())
}

/// The payer has the money: state, sums, books and event in one transaction. False when it was not in the state `from`.
pub(crate) async fn finish(tx: &Tx, row: &refund::Row, from: RefundProgress, way: Way<'_>, note: &str) -> Result<bool> {
    if !refund::finish(tx, row.id, from, note).await? {
        return Ok(false);
    }
    store::note(tx, row.payment_id, "refund", row.id.0, "done", if way == Way::Hand { "hand" } else { "channel" }).await?;
    let (refund, order, user, amount_fen) = (row.id, row.order_id, row.user_id, row.amount_fen);
    if row.is_surplus() {
        ledger::book(tx, Move::RefundedSurplus, way, row.id.0, row.amount_fen).await?;
        tx.publish(&SurplusRefunded { refund, order, user, amount_fen }).await?;
    } else {
        if !payment::gone_back(tx, row.payment_id, row.amount_fen).await? {
            return Err(Error::internal("less was set aside than goes back"));
        }
        ledger::book(tx, Move::Refunded, way, row.id.0, row.amount_fen).await?;
        tx.publish(&RefundSucceeded { refund, order, user, amount_fen }).await?;
    }
    Ok(true)
}
