//! Attempts.

use contract::payment::{Channel, Pay};
use contract::{AttemptId, Fen, OrderId, PaymentId};
use kit::sea_orm;
use kit::{Db, Error, Result, Time, Tx, values};

use crate::state::AttemptState;

/// An attempt.
#[derive(Clone, Debug, kit::sea_orm::FromQueryResult)]
pub(crate) struct Row {
    pub id: AttemptId,
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    channel: String,
    state: String,
    pub amount_fen: Fen,
    pub subject: String,
    pub pay_url: String,
    pub channel_trade_no: Option<String>,
    pub expires_ms: Time,
    pub created_ms: Time,
    pub paid_ms: Option<i64>,
}

impl Row {
    pub fn state(&self) -> Result<AttemptState> {
        AttemptState::parse(&self.state).ok_or_else(|| Error::internal(format!("attempt {} is {:?}", self.id, self.state)))
    }

    pub fn channel(&self) -> Result<Channel> {
        Channel::parse(&self.channel).ok_or_else(|| Error::internal(format!("attempt {} went by {:?}", self.id, self.channel)))
    }
}

macro_rules! attempt_where {
    ($rest:literal) => {
        concat!(
            "select id, payment_id, order_id, channel, state, amount_fen, subject, pay_url, channel_trade_no, expires_ms, created_ms, paid_ms
             from attempt where ",
            $rest
        )
    };
}

/// An attempt.
pub(crate) async fn by_id(db: &Db, id: AttemptId) -> Result<Option<Row>> {
    db.fresh(attempt_where!("id = ?"), values![id]).await
}

/// An attempt, inside a transaction.
pub(crate) async fn by_id_in(tx: &Tx, id: AttemptId) -> Result<Option<Row>> {
    tx.one(attempt_where!("id = ?"), values![id]).await
}

/// The attempt of a request.
pub(crate) async fn of_request(tx: &Tx, payment: PaymentId, request: &str) -> Result<Option<Row>> {
    tx.one(attempt_where!("payment_id = ? and request = ?"), values![payment, request]).await
}

/// The attempt that a channel's number belongs to.
pub(crate) async fn of_trade(tx: &Tx, channel: Channel, channel_trade_no: &str) -> Result<Option<Row>> {
    tx.one(attempt_where!("channel = ? and channel_trade_no = ?"), values![channel.name(), channel_trade_no]).await
}

/// Attempts of a payment, the oldest first.
pub(crate) async fn all(db: &Db, payment: PaymentId) -> Result<Vec<Row>> {
    db.all(attempt_where!("payment_id = ? order by id limit 100"), values![payment]).await
}

/// Attempts by which money may still come.
pub(crate) async fn live(tx: &Tx, payment: PaymentId) -> Result<Vec<Row>> {
    tx.all(attempt_where!("payment_id = ? and state in ('creating', 'open', 'unknown') order by id limit 100"), values![payment])
        .await
}

/// How many attempts a payment has.
pub(crate) async fn count(tx: &Tx, payment: PaymentId) -> Result<i64> {
    Ok(tx.number("select count(*) from attempt where payment_id = ?", values![payment]).await?.unwrap_or(0))
}

/// Begins an attempt; false when its request has one.
pub(crate) async fn insert(tx: &Tx, id: AttemptId, payment: PaymentId, pay: &Pay, subject: &str) -> Result<bool> {
    let sql = "insert into attempt (id, payment_id, order_id, channel, request, state, amount_fen, subject, pay_url, expires_ms, asked_ms, created_ms)
               values (?, ?, ?, ?, ?, 'creating', ?, ?, '', ?, 0, ?)";
    let values =
        values![id, payment, pay.order, pay.channel.name(), pay.request.as_str(), pay.amount_fen, subject, pay.expires, tx.now()];
    tx.insert_new(sql, values).await
}

/// The channel has it. False when it was no longer waiting for that.
pub(crate) async fn open(tx: &Tx, id: AttemptId, pay_url: &str) -> Result<bool> {
    let sql = "update attempt set state = 'open', pay_url = ? where id = ? and state in ('creating', 'unknown')";
    Ok(tx.run(sql, values![pay_url, id]).await? == 1)
}

/// Whether the channel has it is not known.
pub(crate) async fn lose_sight(tx: &Tx, id: AttemptId) -> Result<bool> {
    Ok(tx.run("update attempt set state = 'unknown' where id = ? and state = 'creating'", values![id]).await? == 1)
}

/// The channel does not want it.
pub(crate) async fn fail(tx: &Tx, id: AttemptId) -> Result<bool> {
    Ok(tx.run("update attempt set state = 'failed' where id = ? and state in ('creating', 'unknown')", values![id]).await? == 1)
}

/// Closed without money.
pub(crate) async fn close(tx: &Tx, id: AttemptId) -> Result<bool> {
    let sql = "update attempt set state = 'closed' where id = ? and state in ('creating', 'open', 'unknown')";
    Ok(tx.run(sql, values![id]).await? == 1)
}

/// Paid: whatever we thought of it, the money is there. False when it was paid before.
pub(crate) async fn succeed(tx: &Tx, id: AttemptId, channel_trade_no: &str, paid_at: Time) -> Result<bool> {
    let sql = "update attempt set state = 'paid', channel_trade_no = ?, paid_ms = ? where id = ? and state <> 'paid'";
    Ok(tx.run(sql, values![channel_trade_no, paid_at, id]).await? == 1)
}

/// The right to ask the channel now; false when somebody asked a moment ago.
pub(crate) async fn may_ask(db: &Db, id: AttemptId, now: Time, not_since: Time) -> Result<bool> {
    Ok(db.run("update attempt set asked_ms = ? where id = ? and asked_ms <= ?", values![now, id, not_since]).await? == 1)
}
