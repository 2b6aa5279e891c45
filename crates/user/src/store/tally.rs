//! Counters with a limit and an end, and the devices that an account knows.

use kit::db::Tx;
use kit::{Db, Result, Time, values};

/// Counts one more if fewer than `limit` were counted. False: the limit is reached.
pub async fn count(tx: &Tx, scope: &str, subject: &str, span: i64, limit: i64, ends: Time) -> Result<bool> {
    if limit < 1 {
        return Ok(false);
    }
    let add = "update tally set n = n + 1 where scope = ? and subject = ? and span = ? and n < ?";
    if tx.run(add, values![scope, subject, span, limit]).await? == 1 {
        return Ok(true);
    }
    let first = "insert into tally (scope, subject, span, n, ends_ms) values (?, ?, ?, 1, ?)";
    if tx.insert_new(first, values![scope, subject, span, ends]).await? {
        return Ok(true);
    }
    // Somebody else's first count came between the two statements, or the limit is reached: asking again tells.
    Ok(tx.run(add, values![scope, subject, span, limit]).await? == 1)
}

/// How many were counted.
pub async fn counted(tx: &Tx, scope: &str, subject: &str, span: i64) -> Result<i64> {
    let sql = "select n from tally where scope = ? and subject = ? and span = ?";
    Ok(tx.number(sql, values![scope, subject, span]).await?.unwrap_or(0))
}

/// Takes one count back.
pub async fn uncount(tx: &Tx, scope: &str, subject: &str, span: i64) -> Result<()> {
    let sql = "update tally set n = n - 1 where scope = ? and subject = ? and span = ? and n > 0";
    tx.run(sql, values![scope, subject, span]).await.map(|_| ())
}

/// Takes all counts back.
pub async fn clear(tx: &Tx, scope: &str, subject: &str, span: i64) -> Result<()> {
    tx.run("update tally set n = 0 where scope = ? and subject = ? and span = ?", values![scope, subject, span]).await.map(|_| ())
}

/// Whether an account has signed in from this device before.
pub async fn knows_device(tx: &Tx, owner: i64, device: &str) -> Result<bool> {
    let sql = "select count(*) from known_device where owner_id = ? and device_index = ?";
    Ok(tx.number(sql, values![owner, device]).await?.unwrap_or(0) > 0)
}

/// Remembers that an account signed in from this device.
pub async fn know_device(tx: &Tx, owner: i64, device: &str) -> Result<()> {
    let seen = "update known_device set seen_ms = ? where owner_id = ? and device_index = ?";
    if tx.run(seen, values![tx.now(), owner, device]).await? == 0 {
        let new = "insert into known_device (owner_id, device_index, seen_ms) values (?, ?, ?)";
        tx.insert_new(new, values![owner, device, tx.now()]).await?;
    }
    Ok(())
}

/// Deletes what has ended: counters, gates, codes, sessions, devices not seen since `device_before`.
pub async fn sweep(db: &Db, now: Time, device_before: Time) -> Result<u64> {
    let mut gone = 0;
    for (sql, before) in [
        ("delete from tally where ends_ms < ?", now),
        ("delete from sms_gate where next_ms < ?", now),
        ("delete from sms_code where expires_ms < ?", now),
        ("delete from captcha where expires_ms < ?", now),
        ("delete from session where refresh_expires_ms < ?", now),
        ("delete from operator_session where expires_ms < ?", now),
        ("delete from known_device where seen_ms < ?", device_before),
    ] {
        gone += db.run(sql, values![before]).await?;
    }
    Ok(gone)
}
