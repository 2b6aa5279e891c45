//! What came in from channels, what was strange about it, and the books.

use contract::Fen;
use contract::payment::Channel;
use kit::{Result, Tx, values};

use crate::settle::Fact;

/// Keeps a notification; false when it came before.
pub(crate) async fn insert_notice(tx: &Tx, notice_id: &str, fact: &Fact) -> Result<bool> {
    let sql = "insert into notice (channel, notice_id, attempt_id, amount_fen, refused, at_ms) values (?, ?, ?, ?, '', ?)";
    tx.insert_new(sql, values![fact.channel.name(), notice_id, fact.attempt, fact.amount, tx.now()]).await
}

/// Whether a notification that came before had been refused.
pub(crate) async fn was_refused(tx: &Tx, channel: Channel, notice_id: &str) -> Result<bool> {
    let sql = "select count(*) from notice where channel = ? and notice_id = ? and refused <> ''";
    Ok(tx.number(sql, values![channel.name(), notice_id]).await? == Some(1))
}

/// Writes down that a notification was refused, and why.
pub(crate) async fn refuse_notice(tx: &Tx, channel: Channel, notice_id: &str, kind: &str) -> Result<()> {
    let sql = "update notice set refused = ? where channel = ? and notice_id = ?";
    tx.run(sql, values![kind, channel.name(), notice_id]).await.map(|_| ())
}

/// Keeps something strange for people to look at; false when it is known.
pub(crate) async fn insert_anomaly(tx: &Tx, kind: &str, fact: &Fact) -> Result<bool> {
    let sql = "insert into anomaly (id, kind, channel, attempt_id, channel_trade_no, amount_fen, currency, source, at_ms)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let values = values![
        tx.id::<i64>(),
        kind,
        fact.channel.name(),
        fact.attempt,
        fact.channel_trade_no.as_str(),
        fact.amount,
        fact.currency.as_str(),
        fact.source,
        tx.now()
    ];
    tx.insert_new(sql, values).await
}

/// Begins a movement in the books; false when the same thing has moved already.
pub(crate) async fn insert_move(tx: &Tx, id: i64, kind: &str, reference: i64) -> Result<bool> {
    tx.insert_new("insert into money_move (id, kind, ref_id, at_ms) values (?, ?, ?, ?)", values![id, kind, reference, tx.now()])
        .await
}

/// One side of a movement.
pub(crate) async fn insert_entry(tx: &Tx, move_id: i64, account: &str, amount: Fen) -> Result<()> {
    let sql = "insert into money_entry (move_id, account, amount_fen) values (?, ?, ?)";
    tx.run(sql, values![move_id, account, amount]).await.map(|_| ())
}
