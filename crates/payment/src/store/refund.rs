//! Refunds.

use contract::payment::{Channel, RefundProgress};
use contract::{AttemptId, Fen, OrderId, PaymentId, RefundId, UserId};
use kit::http::Cursor;
use kit::sea_orm;
use kit::{Db, Error, Result, Time, Tx, values};

/// A refund.
#[derive(Clone, Debug, kit::sea_orm::FromQueryResult)]
pub(crate) struct Row {
    pub id: RefundId,
    pub payment_id: PaymentId,
    pub order_id: OrderId,
    pub user_id: UserId,
    pub attempt_id: AttemptId,
    channel: String,
    pub amount_fen: Fen,
    pub reason: String,
    surplus: i32,
    state: String,
    pub tries: i32,
    pub note: String,
    pub created_ms: Time,
    pub done_ms: Option<i64>,
}

impl Row {
    pub fn state(&self) -> Result<RefundProgress> {
        let known = RefundProgress::ALL.into_iter().find(|state| state.name() == self.state);
        known.ok_or_else(|| Error::internal(format!("refund {} is {:?}", self.id, self.state)))
    }

    pub fn channel(&self) -> Result<Channel> {
        Channel::parse(&self.channel).ok_or_else(|| Error::internal(format!("refund {} goes by {:?}", self.id, self.channel)))
    }

    /// Gives back a second payment, not the one that counts.
    pub const fn is_surplus(&self) -> bool {
        self.surplus != 0
    }
}

/// A refund to be.
pub(crate) struct New<'a> {
    pub id: RefundId,
    pub payment: PaymentId,
    pub order: OrderId,
    pub user: UserId,
    pub attempt: AttemptId,
    pub channel: Channel,
    pub amount: Fen,
    pub reason: &'a str,
    pub surplus: bool,
}

macro_rules! refund_where {
    ($rest:literal) => {
        concat!(
            "select id, payment_id, order_id, user_id, attempt_id, channel, amount_fen, reason, surplus, state, tries, note, created_ms, done_ms
             from refund where ",
            $rest
        )
    };
}

/// A refund.
pub(crate) async fn by_id(db: &Db, id: RefundId) -> Result<Option<Row>> {
    db.fresh(refund_where!("id = ?"), values![id]).await
}

/// A refund, inside a transaction.
pub(crate) async fn by_id_in(tx: &Tx, id: RefundId) -> Result<Option<Row>> {
    tx.one(refund_where!("id = ?"), values![id]).await
}

/// Refunds of a payment, the oldest first.
pub(crate) async fn of_payment(db: &Db, payment: PaymentId) -> Result<Vec<Row>> {
    db.all(refund_where!("payment_id = ? order by id limit 200"), values![payment]).await
}

/// Refunds in a state, the newest first, behind the cursor.
pub(crate) async fn in_state(db: &Db, state: RefundProgress, after: Option<Cursor>, limit: u64) -> Result<Vec<Row>> {
    let before = after.map_or(i64::MAX, |cursor| cursor.id);
    db.all(refund_where!("state = ? and id < ? order by id desc limit ?"), values![state.name(), before, limit]).await
}

/// Refunds, the newest first, behind the cursor.
pub(crate) async fn newest(db: &Db, after: Option<Cursor>, limit: u64) -> Result<Vec<Row>> {
    let before = after.map_or(i64::MAX, |cursor| cursor.id);
    db.all(refund_where!("id < ? order by id desc limit ?"), values![before, limit]).await
}

/// Records a refund; false when its number is taken.
pub(crate) async fn insert(tx: &Tx, new: &New<'_>) -> Result<bool> {
    let sql = "insert into refund (id, payment_id, order_id, user_id, attempt_id, channel, amount_fen, reason, surplus, state, tries, note, created_ms)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, '', ?)";
    let values = values![
        new.id,
        new.payment,
        new.order,
        new.user,
        new.attempt,
        new.channel.name(),
        new.amount,
        new.reason,
        i32::from(new.surplus),
        tx.now()
    ];
    tx.insert_new(sql, values).await
}

/// From one state to another; false when it was not in the first.
pub(crate) async fn turn(tx: &Tx, id: RefundId, from: RefundProgress, to: RefundProgress) -> Result<bool> {
    let sql = "update refund set state = ?, tries = tries + 1 where id = ? and state = ?";
    Ok(tx.run(sql, values![to.name(), id, from.name()]).await? == 1)
}

/// Done, now; false when it was not in the state `from`.
pub(crate) async fn finish(tx: &Tx, id: RefundId, from: RefundProgress, note: &str) -> Result<bool> {
    let sql = "update refund set state = 'done', done_ms = ?, note = ?, tries = tries + 1 where id = ? and state = ?";
    Ok(tx.run(sql, values![tx.now(), note, id, from.name()]).await? == 1)
}
