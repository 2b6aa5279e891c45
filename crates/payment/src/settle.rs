//! The one way by which money becomes a fact: notifications, questions and closings all end here.
//! The first success of a payment counts; a further one is given back; a repeat does nothing; what does not fit is set aside.

use contract::payment::{Channel, PaymentSucceeded, RefundDue};
use contract::{AttemptId, Fen, RefundId, UserId};
use kit::{Error, Result, Time, Tx};

use crate::ledger::{self, Move, Way};
use crate::store::{self, attempt, money, payment, refund};

/// The only money that the mall takes.
const CURRENCY: &str = "CNY";

/// What a channel says about money that it took.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub attempt: AttemptId,
    pub channel: Channel,
    pub channel_trade_no: String,
    pub amount: Fen,
    pub currency: String,
    pub paid_at: Time,
    /// How we heard of it: `notify`, `query`, `close`.
    pub source: &'static str,
}

impl Fact {
    /// From an answer to a question: channels answer in the currency of the trade, which is ours.
    pub fn answered(row: &attempt::Row, number: String, amount: Fen, paid_at: Time, source: &'static str) -> Result<Self> {
        let currency = CURRENCY.to_owned();
        Ok(Fact { attempt: row.id, channel: row.channel()?, channel_trade_no: number, amount, currency, paid_at, source })
    }
}

/// What became of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It is the payment of its order.
    Counts,
    /// It came on top, and goes back.
    Surplus,
    /// It was known.
    Known,
    /// It does not fit what we asked for: nothing was changed, people look at it.
    Strange(&'static str),
}

/// Settles a fact, in the transaction of whoever heard it.
pub(crate) async fn settle(tx: &Tx, fact: &Fact) -> Result<Settled> {
    let row = attempt::by_id_in(tx, fact.attempt).await?;
    let row = match row {
        Some(row) if row.channel()? == fact.channel => row,
        _ => return strange(tx, fact, "unknown_trade").await,
    };
    if fact.amount != row.amount_fen {
        return strange(tx, fact, "wrong_amount").await;
    }
    if fact.currency != CURRENCY {
        return strange(tx, fact, "wrong_currency").await;
    }
    match attempt::of_trade(tx, fact.channel, &fact.channel_trade_no).await? {
        Some(same) if same.id == row.id => return Ok(Settled::Known),
        Some(_) => return strange(tx, fact, "number_of_another").await,
        None => {}
    }
    if !attempt::succeed(tx, row.id, &fact.channel_trade_no, fact.paid_at).await? {
        return strange(tx, fact, "second_number").await;
    }
    store::note(tx, row.payment_id, "attempt", row.id.0, "paid", fact.source).await?;
    let owner = payment::of_order_in(tx, row.order_id).await?.ok_or_else(|| Error::internal("an attempt without a payment"))?;
    if payment::succeed(tx, owner.id, row.id, fact.amount, fact.paid_at).await? {
        count(tx, fact, &owner).await?;
        Ok(Settled::Counts)
    } else {
        return_surplus(tx, fact, &owner).await?;
        Ok(Settled::Surplus)
    }
}

async fn count(tx: &Tx, fact: &Fact, owner: &payment::Row) -> Result<()> {
    store::note(tx, owner.id, "payment", owner.id.0, "paid", fact.source).await?;
    ledger::book(tx, Move::Received, Way::Channel(fact.channel.name()), fact.attempt.0, fact.amount).await?;
    tx.publish(&PaymentSucceeded {
        payment: owner.id,
        order: owner.order_id,
        user: owner.user_id,
        amount_fen: fact.amount,
        channel: fact.channel,
        paid_at: fact.paid_at,
    })
    .await
}

/// A second payment of one order goes back whole. It never was the order's money, so the order's sums stay as they are.
async fn return_surplus(tx: &Tx, fact: &Fact, owner: &payment::Row) -> Result<()> {
    ledger::book(tx, Move::ReceivedSurplus, Way::Channel(fact.channel.name()), fact.attempt.0, fact.amount).await?;
    let id: RefundId = tx.id();
    let user: UserId = owner.user_id;
    let new = refund::New {
        id,
        payment: owner.id,
        order: owner.order_id,
        user,
        attempt: fact.attempt,
        channel: fact.channel,
        amount: fact.amount,
        reason: "重复支付，自动退回",
        surplus: true,
    };
    if !refund::insert(tx, &new).await? {
        return Err(Error::internal("a new number was taken"));
    }
    store::note(tx, owner.id, "refund", id.0, "pending", "surplus").await?;
    metrics::counter!("payment_surplus_total", "channel" => fact.channel.name()).increment(1);
    tx.publish(&RefundDue { refund: id, tried: 0 }).await
}

/// Sets a fact aside that does not fit. The money may be real, so people have to look; the order never moves by it.
async fn strange(tx: &Tx, fact: &Fact, kind: &'static str) -> Result<Settled> {
    if money::insert_anomaly(tx, kind, fact).await? {
        metrics::counter!("payment_anomalies_total", "kind" => kind).increment(1);
        tracing::error!(
            kind,
            attempt = fact.attempt.0,
            amount_fen = fact.amount.0,
            source = fact.source,
            "a channel reports money that does not fit"
        );
    }
    Ok(Settled::Strange(kind))
}
