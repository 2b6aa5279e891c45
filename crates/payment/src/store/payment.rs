//! Payments.

use contract::payment::Pay;
use contract::{AttemptId, Fen, OrderId, PaymentId, UserId};
use kit::sea_orm;
use kit::{Db, Error, Result, Time, Tx, values};

use crate::state::Stored;

/// A payment.
#[derive(Clone, Debug, kit::sea_orm::FromQueryResult)]
pub(crate) struct Row {
    pub id: PaymentId,
    pub order_id: OrderId,
    pub user_id: UserId,
    pub amount_fen: Fen,
    state: String,
    pub effective_attempt: Option<i64>,
    pub paid_fen: Fen,
    pub refunding_fen: Fen,
    pub refunded_fen: Fen,
    pub created_ms: Time,
    pub paid_ms: Option<i64>,
}

impl Row {
    pub fn state(&self) -> Result<Stored> {
        Stored::parse(&self.state).ok_or_else(|| Error::internal(format!("payment {} is {:?}", self.id, self.state)))
    }
}

const OF_ORDER: &str =
    "select id, order_id, user_id, amount_fen, state, effective_attempt, paid_fen, refunding_fen, refunded_fen,
    created_ms, paid_ms from payment where order_id = ?";

/// The payment of an order.
pub(crate) async fn of_order(db: &Db, order: OrderId) -> Result<Option<Row>> {
    db.fresh(OF_ORDER, values![order]).await
}

/// The payment of an order, inside a transaction.
pub(crate) async fn of_order_in(tx: &Tx, order: OrderId) -> Result<Option<Row>> {
    tx.one(OF_ORDER, values![order]).await
}

const INSERT: &str =
    "insert into payment (id, order_id, user_id, amount_fen, state, paid_fen, refunding_fen, refunded_fen, version, created_ms)
    values (?, ?, ?, ?, ?, 0, 0, 0, 0, ?)";

/// Begins the payment of an order; does nothing when it has begun.
pub(crate) async fn insert(tx: &Tx, pay: &Pay) -> Result<bool> {
    let id: PaymentId = tx.id();
    tx.insert_new(INSERT, values![id, pay.order, pay.user, pay.amount_fen, "open", tx.now()]).await
}

/// A closed payment of an order that nobody began to pay, so that nobody can begin; none when it has a payment.
pub(crate) async fn insert_closed_unless(tx: &Tx, order: OrderId) -> Result<Option<PaymentId>> {
    if of_order_in(tx, order).await?.is_some() {
        return Ok(None);
    }
    let id: PaymentId = tx.id();
    let made = tx.insert_new(INSERT, values![id, order, UserId(0), Fen::ZERO, "closed", tx.now()]).await?;
    Ok(made.then_some(id))
}

/// Takes the row until the transaction ends, if the payment is open: attempts begin and payments close one after the other.
pub(crate) async fn hold_open(tx: &Tx, id: PaymentId) -> Result<bool> {
    Ok(tx.run("update payment set version = version + 1 where id = ? and state = 'open'", values![id]).await? == 1)
}

/// Closes an open payment.
pub(crate) async fn close(tx: &Tx, id: PaymentId) -> Result<bool> {
    Ok(tx.run("update payment set state = 'closed', version = version + 1 where id = ? and state = 'open'", values![id]).await?
        == 1)
}

/// The first success: this attempt counts. False when another does. A closed payment is paid late.
pub(crate) async fn succeed(tx: &Tx, id: PaymentId, attempt: AttemptId, amount: Fen, paid_at: Time) -> Result<bool> {
    let sql = "update payment set state = 'paid', effective_attempt = ?, paid_fen = ?, paid_ms = ?, version = version + 1
               where id = ? and state in ('open', 'closed')";
    Ok(tx.run(sql, values![attempt, amount, paid_at, id]).await? == 1)
}

/// Sets an amount aside to be given back, if that much is still there.
pub(crate) async fn set_aside(tx: &Tx, id: PaymentId, amount: Fen) -> Result<bool> {
    let sql = "update payment set refunding_fen = refunding_fen + ?, version = version + 1
               where id = ? and state = 'paid' and refunding_fen + refunded_fen + ? <= paid_fen";
    Ok(tx.run(sql, values![amount, id, amount]).await? == 1)
}

/// What was set aside has gone back.
pub(crate) async fn gone_back(tx: &Tx, id: PaymentId, amount: Fen) -> Result<bool> {
    let sql = "update payment set refunding_fen = refunding_fen - ?, refunded_fen = refunded_fen + ?, version = version + 1
               where id = ? and refunding_fen >= ?";
    Ok(tx.run(sql, values![amount, amount, id, amount]).await? == 1)
}
