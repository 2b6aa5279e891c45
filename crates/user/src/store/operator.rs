//! Operators, what they may do, and their sessions.

use contract::OperatorId;
use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, values};

/// An operator as it stands.
#[derive(Clone, FromQueryResult)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// Lower case.
    pub name: String,
    /// PHC text.
    pub password_hash: String,
}

/// By name in lower case.
pub async fn by_name(db: &Db, name: &str) -> Result<Option<Operator>> {
    db.fresh("select id, name, password_hash from operator where name = ?", values![name]).await
}

/// By id.
pub async fn by_id(db: &Db, id: OperatorId) -> Result<Option<Operator>> {
    db.fresh("select id, name, password_hash from operator where id = ?", values![id]).await
}

/// Inserts an operator. False: the name is taken.
pub async fn insert(tx: &Tx, id: OperatorId, name: &str, hash: &str) -> Result<bool> {
    let sql = "insert into operator (id, name, password_hash, disabled, created_ms) values (?, ?, ?, 0, ?)";
    tx.insert_new(sql, values![id, name, hash, tx.now()]).await
}

/// Gives an operator a permission, unless it has it.
pub async fn grant(tx: &Tx, id: OperatorId, permission: &str) -> Result<()> {
    let sql = "insert into operator_permission (operator_id, permission) values (?, ?)";
    tx.insert_new(sql, values![id, permission]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Granted {
    permission: String,
}

/// What an operator may do, in alphabetical order.
pub async fn permissions(db: &Db, id: OperatorId) -> Result<Vec<String>> {
    let sql = "select permission from operator_permission where operator_id = ? order by permission limit 1000";
    let rows: Vec<Granted> = db.all(sql, values![id]).await?;
    Ok(rows.into_iter().map(|row| row.permission).collect())
}

/// A session as it stands.
#[derive(Clone, FromQueryResult)]
pub struct Session {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub operator_id: OperatorId,
    /// Digest of its token.
    pub token_hash: String,
    /// Its end, however much it is used.
    pub expires_ms: Time,
    /// Last use, to the minute.
    pub seen_ms: Time,
}

/// Inserts a session, if the operator is not disabled. False: it is.
pub async fn open(tx: &Tx, s: &Session) -> Result<bool> {
    let sql = "insert into operator_session (id, operator_id, token_hash, expires_ms, seen_ms, created_ms)
               select ?, id, ?, ?, ?, ? from operator where id = ? and disabled = 0";
    let row = values![s.id, s.token_hash.as_str(), s.expires_ms, s.seen_ms, s.seen_ms, s.operator_id];
    Ok(tx.run(sql, row).await? == 1)
}

/// By token.
pub async fn session_by_token(db: &Db, token_hash: &str) -> Result<Option<Session>> {
    let sql = "select s.id, s.operator_id, s.token_hash, s.expires_ms, s.seen_ms from operator_session s
               join operator o on o.id = s.operator_id where s.token_hash = ? and o.disabled = 0";
    db.fresh(sql, values![token_hash]).await
}

/// An operator's sessions.
pub async fn sessions(tx: &Tx, operator: OperatorId) -> Result<Vec<Session>> {
    let sql = "select id, operator_id, token_hash, expires_ms, seen_ms from operator_session where operator_id = ? limit 1000";
    tx.all(sql, values![operator]).await
}

/// Writes the last use, if nobody has since `before`.
pub async fn touch(db: &Db, id: i64, now: Time, before: Time) -> Result<()> {
    db.run("update operator_session set seen_ms = ? where id = ? and seen_ms <= ?", values![now, id, before]).await.map(|_| ())
}

/// Ends a session.
pub async fn end(tx: &Tx, operator: OperatorId, id: i64) -> Result<()> {
    tx.run("delete from operator_session where id = ? and operator_id = ?", values![id, operator]).await.map(|_| ())
}
