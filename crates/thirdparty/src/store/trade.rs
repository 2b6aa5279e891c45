//! Books of the demo cashier: trades, their refunds, and notifications that wait.

use contract::thirdparty::{CreateTrade, RefundTrade};
use contract::{AttemptId, Fen, RefundId};
use kit::sea_orm;
use kit::{Db, Result, Time, Tx, values};

/// A trade.
#[derive(Clone, Debug, kit::sea_orm::FromQueryResult)]
pub(crate) struct Trade {
    pub out_trade_no: AttemptId,
    pub token: String,
    pub subject: String,
    pub amount_fen: Fen,
    pub currency: String,
    pub state: String,
    pub return_url: String,
    pub expires_ms: Time,
    pub channel_trade_no: Option<String>,
    pub paid_ms: Option<i64>,
}

/// A refund of a trade.
#[derive(kit::sea_orm::FromQueryResult)]
pub(crate) struct TradeRefund {
    pub out_trade_no: AttemptId,
    pub amount_fen: Fen,
    pub state: String,
}

/// A notification that waits for its `success`.
#[derive(kit::sea_orm::FromQueryResult)]
pub(crate) struct Waiting {
    pub out_trade_no: AttemptId,
    pub event: String,
    pub state: String,
}

macro_rules! trade_where {
    ($rest:literal) => {
        concat!(
            "select out_trade_no, token, subject, amount_fen, currency, state, return_url, expires_ms, channel_trade_no, paid_ms
             from trade where ",
            $rest
        )
    };
}

/// Opens a trade; false when the number is taken.
pub(crate) async fn insert(db: &Db, new: &CreateTrade, token: &str, subject: &str) -> Result<bool> {
    let sql = "insert into trade (out_trade_no, token, subject, amount_fen, currency, state, refunded_fen, return_url, expires_ms, created_ms)
               values (?, ?, ?, ?, 'CNY', 'open', 0, ?, ?, ?)";
    let now = db.clock().now();
    db.insert_new(sql, values![new.out_trade_no, token, subject, new.amount_fen, new.return_url.as_str(), new.expires, now]).await
}

/// A trade by the mall's number.
pub(crate) async fn by_number(db: &Db, number: AttemptId) -> Result<Option<Trade>> {
    db.fresh(trade_where!("out_trade_no = ?"), values![number]).await
}

/// A trade by the secret in its address.
pub(crate) async fn by_token(db: &Db, token: &str) -> Result<Option<Trade>> {
    db.fresh(trade_where!("token = ?"), values![token]).await
}

/// Trades that can be paid, the newest first.
pub(crate) async fn open(db: &Db, now: Time, limit: u32) -> Result<Vec<Trade>> {
    db.all(trade_where!("state = 'open' and expires_ms > ? order by created_ms desc limit ?"), values![now, limit]).await
}

/// Takes the money of an open trade that has not expired; false when it cannot be taken.
pub(crate) async fn pay(tx: &Tx, number: AttemptId, channel_trade_no: &str) -> Result<bool> {
    let sql = "update trade set state = 'paid', channel_trade_no = ?, paid_ms = ? where out_trade_no = ? and state = 'open' and expires_ms > ?";
    Ok(tx.run(sql, values![channel_trade_no, tx.now(), number, tx.now()]).await? == 1)
}

/// Closes an open trade; false when it is not open.
pub(crate) async fn close(db: &Db, number: AttemptId) -> Result<bool> {
    Ok(db.run("update trade set state = 'closed' where out_trade_no = ? and state = 'open'", values![number]).await? == 1)
}

/// Takes a refund out of what a paid trade still holds; false when it holds less.
pub(crate) async fn take_back(tx: &Tx, number: AttemptId, amount: Fen) -> Result<bool> {
    let sql = "update trade set refunded_fen = refunded_fen + ? where out_trade_no = ? and state = 'paid' and refunded_fen + ? <= amount_fen";
    Ok(tx.run(sql, values![amount, number, amount]).await? == 1)
}

/// Keeps a refund; false when its number is taken.
pub(crate) async fn insert_refund(tx: &Tx, refund: &RefundTrade, state: &str, reason: &str) -> Result<bool> {
    let sql =
        "insert into trade_refund (out_refund_no, out_trade_no, amount_fen, state, reason, created_ms) values (?, ?, ?, ?, ?, ?)";
    tx.insert_new(sql, values![refund.out_refund_no, refund.out_trade_no, refund.amount_fen, state, reason, tx.now()]).await
}

/// A refund.
pub(crate) async fn refund(db: &Db, number: RefundId) -> Result<Option<TradeRefund>> {
    db.fresh("select out_trade_no, amount_fen, state from trade_refund where out_refund_no = ?", values![number]).await
}

/// A refund, inside a transaction.
pub(crate) async fn refund_in(tx: &Tx, number: RefundId) -> Result<Option<TradeRefund>> {
    tx.one("select out_trade_no, amount_fen, state from trade_refund where out_refund_no = ?", values![number]).await
}

/// A pending refund reaches the payer.
pub(crate) async fn finish_refund(db: &Db, number: RefundId) -> Result<()> {
    let sql = "update trade_refund set state = 'done' where out_refund_no = ? and state = 'pending'";
    db.run(sql, values![number]).await.map(|_| ())
}

/// Queues a notification.
pub(crate) async fn queue_notice(tx: &Tx, id: &str, number: AttemptId, event: &str) -> Result<()> {
    let sql = "insert into trade_notice (id, out_trade_no, event, state, tries, at_ms) values (?, ?, ?, 'waiting', 0, ?)";
    tx.run(sql, values![id, number, event, tx.now()]).await.map(|_| ())
}

/// A queued notification.
pub(crate) async fn notice(db: &Db, id: &str) -> Result<Option<Waiting>> {
    db.fresh("select out_trade_no, event, state from trade_notice where id = ?", values![id]).await
}

/// Counts a delivery and says where the notification stands now.
pub(crate) async fn mark_notice(tx: &Tx, id: &str, state: &str) -> Result<()> {
    let sql = "update trade_notice set state = ?, tries = tries + 1 where id = ? and state = 'waiting'";
    tx.run(sql, values![state, id]).await.map(|_| ())
}
