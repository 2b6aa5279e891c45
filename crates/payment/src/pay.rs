//! Starting to pay: the attempt is written down first, then the channel is told, then its address is kept. Whatever the channel's
//! silence means, the attempt keeps its number, so that asking again can never open a second trade.

use contract::AttemptId;
use contract::fault::{ALREADY_PAID, CHANNEL_FAILED, CHANNEL_UNKNOWN, CONFLICT, INVALID, KEY_REUSED, ORDER_STATE, TOO_MANY};
use contract::payment::{AttemptDue, Pay, PayStarted};
use contract::thirdparty::CreateTrade;
use kit::{Ctx, Error, Result};

use crate::schedule::next_question;
use crate::state::{AttemptState, Stored};
use crate::store::{self, attempt, payment};
use crate::{Payment, ask};

/// Longest request name, as its column.
const REQUEST_CHARS: usize = 120;
/// What a channel shows of a subject, in characters.
const SUBJECT_CHARS: usize = 100;

fn check(pay: &Pay) -> Result<()> {
    if pay.amount_fen.0 <= 0 {
        return Err(INVALID.at("/amount_fen", "range", "must be positive"));
    }
    if pay.request.is_empty() || pay.request.chars().count() > REQUEST_CHARS {
        return Err(INVALID.at("/request", "length", "1 to 120 characters"));
    }
    Ok(())
}

impl Payment {
    pub(crate) async fn start(&self, ctx: &Ctx, pay: Pay) -> Result<PayStarted> {
        check(&pay)?;
        let row = self.intend(&pay).await?;
        match row.state()? {
            AttemptState::Open => Ok(started(&row, row.pay_url.clone())),
            AttemptState::Creating | AttemptState::Unknown => self.open_trade(ctx, &row).await,
            AttemptState::Paid => Err(ALREADY_PAID.into()),
            AttemptState::Failed | AttemptState::Closed => Err(ORDER_STATE.because("this attempt is over")),
        }
    }

    /// Writes the attempt down, or finds the one of the same request.
    async fn intend(&self, pay: &Pay) -> Result<attempt::Row> {
        let subject: String = pay.subject.chars().filter(|c| !c.is_control()).take(SUBJECT_CHARS).collect();
        kit::tx!(self.db, |tx| {
            let now = tx.now();
            if payment::of_order_in(&tx, pay.order).await?.is_none() {
                payment::insert(&tx, pay).await?;
            }
            let owner = payment::of_order_in(&tx, pay.order).await?.ok_or_else(|| Error::internal("a payment is not there"))?;
            match owner.state()? {
                Stored::Closed => return Err(ORDER_STATE.because("the payment is closed")),
                _ if (owner.amount_fen, owner.user_id) != (pay.amount_fen, pay.user) => {
                    return Err(CONFLICT.because("the payment has another amount or payer"));
                }
                Stored::Paid => return Err(ALREADY_PAID.into()),
                Stored::Open => {}
            }
            if let Some(row) = attempt::of_request(&tx, owner.id, &pay.request).await? {
                return if row.channel()? == pay.channel { Ok(row) } else { Err(KEY_REUSED.into()) };
            }
            if pay.expires <= now {
                return Err(ORDER_STATE.because("the time to pay is over"));
            }
            if !payment::hold_open(&tx, owner.id).await? {
                return Err(CONFLICT.because("the payment has just changed"));
            }
            if attempt::count(&tx, owner.id).await? >= self.settings.attempts {
                return Err(TOO_MANY.because("too many attempts to pay one order"));
            }
            let id: AttemptId = tx.id();
            if !attempt::insert(&tx, id, owner.id, pay, &subject).await? {
                return Err(CONFLICT.because("the same request runs beside this one"));
            }
            store::note(&tx, owner.id, "attempt", id.0, "creating", "pay").await?;
            if let Some(due) = next_question(&self.settings, now, pay.expires, 0, now) {
                tx.publish_at(&AttemptDue { attempt: id, asked: 0 }, due).await?;
            }
            attempt::by_id_in(&tx, id).await?.ok_or_else(|| Error::internal("an attempt is not there"))
        })
    }

    /// Tells the channel, under the attempt's own number.
    async fn open_trade(&self, ctx: &Ctx, row: &attempt::Row) -> Result<PayStarted> {
        if row.expires_ms <= self.db.clock().now() {
            return Err(ORDER_STATE.because("the time to pay is over"));
        }
        let return_url = match self.settings.return_url.as_str() {
            "" => String::new(),
            url => format!("{url}{}", row.order_id),
        };
        let trade = CreateTrade {
            channel: row.channel()?,
            out_trade_no: row.id,
            amount_fen: row.amount_fen,
            subject: row.subject.clone(),
            expires: row.expires_ms,
            return_url,
        };
        match self.thirdparty.create_trade(ctx, trade).await {
            Ok(created) => self.opened(ctx, row, created.pay_url).await,
            Err(e) if e.is(CHANNEL_UNKNOWN) || e.is(INVALID) || e.is(CONFLICT) => {
                self.turn(row, AttemptState::Failed).await?;
                Err(e)
            }
            Err(e) => {
                self.turn(row, AttemptState::Unknown).await?;
                Err(CHANNEL_FAILED.because(e).retry_after_s(2))
            }
        }
    }

    async fn turn(&self, row: &attempt::Row, to: AttemptState) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let turned = match to {
                AttemptState::Failed => attempt::fail(&tx, row.id).await?,
                _ => attempt::lose_sight(&tx, row.id).await?,
            };
            if turned {
                store::note(&tx, row.payment_id, "attempt", row.id.0, to.name(), "pay").await?;
            }
            Ok(())
        })
    }

    /// The channel has the trade. If the attempt was closed meanwhile, the trade has to be closed as well.
    async fn opened(&self, ctx: &Ctx, row: &attempt::Row, pay_url: String) -> Result<PayStarted> {
        let opened = kit::tx!(self.db, |tx| {
            let opened = attempt::open(&tx, row.id, &pay_url).await?;
            if opened {
                store::note(&tx, row.payment_id, "attempt", row.id.0, "open", "pay").await?;
            }
            Ok(opened)
        })?;
        if opened {
            return Ok(started(row, pay_url));
        }
        let now = attempt::by_id(&self.db, row.id).await?.ok_or_else(|| Error::internal("an attempt is not there"))?;
        match now.state()? {
            AttemptState::Open => Ok(started(&now, now.pay_url.clone())),
            AttemptState::Paid => Err(ALREADY_PAID.into()),
            _ => match self.ask(ctx, &now, ask::Question::Close).await? {
                ask::Found::Paid => Err(ALREADY_PAID.into()),
                _ => Err(ORDER_STATE.because("the payment was closed meanwhile")),
            },
        }
    }
}

fn started(row: &attempt::Row, redirect_url: String) -> PayStarted {
    PayStarted { payment: row.payment_id, attempt: row.id, redirect_url }
}
