//! Captchas: what was drawn, as an HMAC, and whether it was tried.

use kit::db::Tx;
use kit::sea_orm;
use kit::{Db, Result, Time, values};

/// Keeps a captcha that was drawn.
pub async fn insert(tx: &Tx, id: &str, answer_mac: &str, expires: Time) -> Result<()> {
    let sql = "insert into captcha (id, answer_mac, tried, tried_mac, used_for, expires_ms) values (?, ?, 0, '', '', ?)";
    tx.run(sql, values![id, answer_mac, expires]).await.map(|_| ())
}

/// Takes the one try of a captcha. False: too late, tried before, or never drawn. The same try again (same answer, for the same
/// thing) is the same try.
pub async fn take_try(db: &Db, id: &str, tried_mac: &str, used_for: &str) -> Result<bool> {
    let sql = "update captcha set tried = 1, tried_mac = ?, used_for = ? where id = ?
               and ((tried = 0 and expires_ms > ?) or (tried = 1 and tried_mac = ? and used_for = ?))";
    Ok(db.run(sql, values![tried_mac, used_for, id, db.clock().now(), tried_mac, used_for]).await? == 1)
}

#[derive(kit::sea_orm::FromQueryResult)]
struct Row {
    answer_mac: String,
}

/// The HMAC of what was drawn.
pub async fn answer_mac(db: &Db, id: &str) -> Result<Option<String>> {
    Ok(db.fresh::<Row>("select answer_mac from captcha where id = ?", values![id]).await?.map(|row| row.answer_mac))
}
