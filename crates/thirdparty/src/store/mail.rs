//! Messages of the mailbox.

use kit::sea_orm;
use kit::{Db, Result, Time, values};

/// A message to keep.
pub(crate) struct NewMail<'a> {
    pub id: i64,
    pub request: &'a str,
    pub kind: &'a str,
    pub sealed: &'a str,
}

/// A message as it is kept.
#[derive(kit::sea_orm::FromQueryResult)]
pub(crate) struct Mail {
    pub id: i64,
    pub request: String,
    pub kind: String,
    pub sealed: String,
    pub at_ms: Time,
}

/// Keeps a message; false when its request was there already.
pub(crate) async fn insert(db: &Db, mail: &NewMail<'_>) -> Result<bool> {
    let sql = "insert into mail (id, request, kind, sealed, at_ms) values (?, ?, ?, ?, ?)";
    db.insert_new(sql, values![mail.id, mail.request, mail.kind, mail.sealed, db.clock().now()]).await
}

/// The newest messages first.
pub(crate) async fn newest(db: &Db, limit: u32) -> Result<Vec<Mail>> {
    let sql = "select id, request, kind, sealed, at_ms from mail order by id desc limit ?";
    db.all(sql, values![limit]).await
}

/// Forgets what is older.
pub(crate) async fn forget(db: &Db, before: Time) -> Result<()> {
    db.run("delete from mail where at_ms < ?", values![before]).await.map(|_| ())
}
