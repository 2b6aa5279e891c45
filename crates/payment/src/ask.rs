//! Asking a channel how an attempt ended: by the clock until it is known, or because somebody waits.

use contract::fault::CHANNEL_FAILED;
use contract::payment::AttemptDue;
use contract::thirdparty::{TradeOf, TradeState};
use kit::{Ctx, Result};

use crate::Payment;
use crate::schedule::next_question;
use crate::settle::{Fact, Settled, settle};
use crate::store::{self, attempt, money};

/// What is asked of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// How does it stand?
    Query,
    /// Close it, and how does it stand then?
    Close,
}

impl Question {
    const fn name(self) -> &'static str {
        match self {
            Question::Query => "query",
            Question::Close => "close",
        }
    }
}

/// How an attempt stands after a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Paid, and settled.
    Paid,
    /// Closed without money.
    Closed,
    /// Not decided.
    Open,
    /// The channel reports money that does not fit.
    Strange,
}

impl Payment {
    /// Asks the channel and writes down what it says.
    pub(crate) async fn ask(&self, ctx: &Ctx, row: &attempt::Row, question: Question) -> Result<Found> {
        let trade = TradeOf { channel: row.channel()?, out_trade_no: row.id };
        let answer = match question {
            Question::Query => self.thirdparty.query_trade(ctx, trade).await,
            Question::Close => self.thirdparty.close_trade(ctx, trade).await,
        };
        match answer.map_err(|e| CHANNEL_FAILED.because(e).retry_after_s(2))? {
            TradeState::Paid { channel_trade_no, amount_fen, paid_at } => {
                let fact = Fact::answered(row, channel_trade_no, amount_fen, paid_at, question.name())?;
                let settled = kit::tx!(self.db, |tx| settle(&tx, &fact).await)?;
                Ok(if matches!(settled, Settled::Strange(_)) { Found::Strange } else { Found::Paid })
            }
            TradeState::Closed => self.closed(row, question).await,
            // Nothing to close: the trade never came to be, and a creation that is still on its way finds the attempt closed.
            TradeState::Absent if question == Question::Close => self.closed(row, question).await,
            TradeState::Absent | TradeState::Open => Ok(Found::Open),
        }
    }

    async fn closed(&self, row: &attempt::Row, question: Question) -> Result<Found> {
        kit::tx!(self.db, |tx| {
            if attempt::close(&tx, row.id).await? {
                store::note(&tx, row.payment_id, "attempt", row.id.0, "closed", question.name()).await?;
            }
            Ok(())
        })?;
        Ok(Found::Closed)
    }

    /// The timer of an attempt: asks, and sets the next timer unless the end is known.
    pub(crate) async fn attempt_due(&self, ctx: &Ctx, due: &AttemptDue, event: i64) -> Result<()> {
        let Some(row) = attempt::by_id(&self.db, due.attempt).await? else { return Ok(()) };
        if !row.state()?.is_live() {
            return Ok(());
        }
        let now = self.db.clock().now();
        let question = if row.expires_ms <= now { Question::Close } else { Question::Query };
        match self.ask(ctx, &row, question).await {
            Ok(Found::Paid | Found::Closed) => return Ok(()),
            Ok(Found::Open | Found::Strange) => {}
            Err(e) => tracing::warn!(attempt = row.id.0, error = %e, "a channel did not say how an attempt ended"),
        }
        let asked = due.asked.saturating_add(1);
        let next = next_question(&self.settings, row.created_ms, row.expires_ms, asked, now);
        kit::tx!(self.db, |tx| {
            if !tx.first_time("payment.ask_attempt", event).await? {
                return Ok(());
            }
            match next {
                Some(next) => tx.publish_at(&AttemptDue { attempt: row.id, asked }, next).await,
                None => {
                    let fact = Fact::answered(&row, String::new(), row.amount_fen, now, question.name())?;
                    money::insert_anomaly(&tx, "never_answered", &fact).await?;
                    metrics::counter!("payment_anomalies_total", "kind" => "never_answered").increment(1);
                    tracing::error!(attempt = row.id.0, "nobody knows how an attempt ended; an operator has to look");
                    Ok(())
                }
            }
        })
    }
}
