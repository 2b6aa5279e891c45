//! Sessions of shoppers: one row a signed-in device, with digests of its tokens.

use contract::UserId;
use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, values};

/// A session as it stands.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Session {
    /// Its id, which never changes.
    pub id: i64,
    /// Whose.
    pub user_id: UserId,
    /// Blind index of the device's id, or of its network.
    pub device_index: String,
    /// As the client named itself.
    pub device_name: String,
    /// For the owner's list.
    pub ip_masked: String,
    /// Blind index of the network that it was last refreshed from.
    pub ip_index: String,
    /// Digest of the access token.
    pub access_hash: String,
    /// End of the access token.
    pub access_expires_ms: Time,
    /// Digest of the refresh token.
    pub refresh_hash: String,
    /// End of the refresh token.
    pub refresh_expires_ms: Time,
    /// Digest of the refresh token before it; empty when there was none.
    pub previous_hash: String,
    /// When that one was exchanged.
    pub rotated_ms: Time,
    /// The current pair, sealed under a key that only the holder of the previous refresh token has.
    pub successor_sealed: String,
    /// Last use, to the minute.
    pub seen_ms: Time,
    /// Log-in.
    pub created_ms: Time,
}

const COLUMNS: &str = "id, user_id, device_index, device_name, ip_masked, ip_index, access_hash, access_expires_ms, refresh_hash,
    refresh_expires_ms, previous_hash, rotated_ms, successor_sealed, seen_ms, created_ms";

/// Inserts a session.
pub async fn insert(tx: &Tx, s: &Session) -> Result<()> {
    let sql = format!("insert into session ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let row = values![
        s.id,
        s.user_id,
        s.device_index.as_str(),
        s.device_name.as_str(),
        s.ip_masked.as_str(),
        s.ip_index.as_str(),
        s.access_hash.as_str(),
        s.access_expires_ms,
        s.refresh_hash.as_str(),
        s.refresh_expires_ms,
        s.previous_hash.as_str(),
        s.rotated_ms,
        s.successor_sealed.as_str(),
        s.seen_ms,
        s.created_ms,
    ];
    tx.run(&sql, row).await.map(|_| ())
}

/// By access token.
pub async fn by_access(db: &Db, access_hash: &str) -> Result<Option<Session>> {
    db.fresh(&format!("select {COLUMNS} from session where access_hash = ?"), values![access_hash]).await
}

/// By id.
pub async fn by_id(tx: &Tx, id: i64) -> Result<Option<Session>> {
    tx.one(&format!("select {COLUMNS} from session where id = ?"), values![id]).await
}

/// One of a shopper's own, from the writer.
pub async fn own(db: &Db, user: UserId, id: i64) -> Result<Option<Session>> {
    db.fresh(&format!("select {COLUMNS} from session where id = ? and user_id = ?"), values![id, user]).await
}

/// A shopper's sessions, newest first.
pub async fn of_user(tx: &Tx, user: UserId) -> Result<Vec<Session>> {
    tx.all(&format!("select {COLUMNS} from session where user_id = ? order by id desc limit 100"), values![user]).await
}

/// A shopper's sessions that have not ended, newest first, for the list.
pub async fn live(db: &Db, user: UserId, now: Time) -> Result<Vec<Session>> {
    let sql = format!("select {COLUMNS} from session where user_id = ? and refresh_expires_ms > ? order by id desc limit 100");
    db.all(&sql, values![user, now]).await
}

/// Exchanges both tokens, if `s.previous_hash` is still the current refresh token.
pub async fn rotate(tx: &Tx, s: &Session) -> Result<bool> {
    let sql = "update session set access_hash = ?, access_expires_ms = ?, refresh_hash = ?, refresh_expires_ms = ?,
               previous_hash = ?, rotated_ms = ?, successor_sealed = ?, ip_masked = ?, ip_index = ?, seen_ms = ?
               where id = ? and refresh_hash = ?";
    let row = values![
        s.access_hash.as_str(),
        s.access_expires_ms,
        s.refresh_hash.as_str(),
        s.refresh_expires_ms,
        s.previous_hash.as_str(),
        s.rotated_ms,
        s.successor_sealed.as_str(),
        s.ip_masked.as_str(),
        s.ip_index.as_str(),
        s.seen_ms,
        s.id,
        s.previous_hash.as_str(),
    ];
    Ok(tx.run(sql, row).await? == 1)
}

/// Writes the last use, if nobody has since `before`.
pub async fn touch(db: &Db, id: i64, now: Time, before: Time) -> Result<()> {
    db.run("update session set seen_ms = ? where id = ? and seen_ms <= ?", values![now, id, before]).await.map(|_| ())
}

/// Ends a session: both tokens die.
pub async fn end(tx: &Tx, user: UserId, id: i64) -> Result<bool> {
    Ok(tx.run("delete from session where id = ? and user_id = ?", values![id, user]).await? == 1)
}
