//! Codes by text message.

use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Result, Time, values};

/// Passes the gate of a phone if its time has come, and closes it until `next`. False: too soon.
pub async fn pass_gate(tx: &Tx, phone_index: &str, next: Time) -> Result<bool> {
    let pass = "update sms_gate set next_ms = ? where phone_index = ? and next_ms <= ?";
    if tx.run(pass, values![next, phone_index, tx.now()]).await? == 1 {
        return Ok(true);
    }
    tx.insert_new("insert into sms_gate (phone_index, next_ms) values (?, ?)", values![phone_index, next]).await
}

/// When the gate of a phone opens.
pub async fn gate_opens(tx: &Tx, phone_index: &str) -> Result<Option<Time>> {
    Ok(tx.number("select next_ms from sms_gate where phone_index = ?", values![phone_index]).await?.map(Time))
}

/// Opens the gate of a phone again, if nobody has passed it since.
pub async fn open_gate(db: &kit::Db, phone_index: &str, closed_until: Time) -> Result<()> {
    let sql = "update sms_gate set next_ms = 0 where phone_index = ? and next_ms = ?";
    db.run(sql, values![phone_index, closed_until]).await.map(|_| ())
}

/// Keeps a code for a phone and purpose; the one before it is gone.
pub async fn keep(tx: &Tx, phone_index: &str, purpose: &str, id: i64, mac: &str, expires: Time) -> Result<()> {
    let again =
        "update sms_code set id = ?, code_mac = ?, expires_ms = ?, tries = 0, used = 0 where phone_index = ? and purpose = ?";
    if tx.run(again, values![id, mac, expires, phone_index, purpose]).await? == 0 {
        let first =
            "insert into sms_code (phone_index, purpose, id, code_mac, expires_ms, tries, used) values (?, ?, ?, ?, ?, 0, 0)";
        tx.run(first, values![phone_index, purpose, id, mac, expires]).await?;
    }
    Ok(())
}

/// Takes one of the tries of a code that still counts. False: no such code.
pub async fn take_try(tx: &Tx, phone_index: &str, purpose: &str, tries: i32) -> Result<bool> {
    let sql = "update sms_code set tries = tries + 1
               where phone_index = ? and purpose = ? and used = 0 and tries < ? and expires_ms > ?";
    Ok(tx.run(sql, values![phone_index, purpose, tries, tx.now()]).await? == 1)
}

/// What a code is compared with.
#[derive(FromQueryResult)]
pub struct Kept {
    /// Of this sending.
    pub id: i64,
    /// HMAC of the code.
    pub code_mac: String,
}

/// The code of a phone and purpose.
pub async fn kept(tx: &Tx, phone_index: &str, purpose: &str) -> Result<Option<Kept>> {
    tx.one("select id, code_mac from sms_code where phone_index = ? and purpose = ?", values![phone_index, purpose]).await
}

/// Uses a code up. False: somebody else did.
pub async fn use_up(tx: &Tx, phone_index: &str, purpose: &str, id: i64) -> Result<bool> {
    let sql = "update sms_code set used = 1 where phone_index = ? and purpose = ? and id = ? and used = 0";
    Ok(tx.run(sql, values![phone_index, purpose, id]).await? == 1)
}
