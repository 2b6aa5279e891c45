//! Uploads: what was agreed, what came, what it is used for.

use contract::UserId;
use contract::thirdparty::UploadPurpose;
use kit::sea_orm;
use kit::{Db, Result, Time, Tx, values};

/// An upload that is agreed.
pub(crate) struct NewUpload<'a> {
    pub key: &'a str,
    pub user: UserId,
    pub purpose: UploadPurpose,
    pub content_type: &'a str,
    pub expires: Time,
}

/// An upload.
#[derive(Clone, Debug, kit::sea_orm::FromQueryResult)]
pub(crate) struct Upload {
    pub content_type: String,
    pub state: String,
    pub digest: String,
}

/// A key.
#[derive(kit::sea_orm::FromQueryResult)]
struct Key {
    upload_key: String,
}

/// Counts one more upload of a shopper's day; false when there were `limit`.
pub(crate) async fn count(tx: &Tx, user: UserId, limit: i64) -> Result<bool> {
    let day = tx.now().day();
    if limit < 1 {
        return Ok(false);
    }
    let add = "update upload_tally set n = n + 1 where user_id = ? and day_no = ? and n < ?";
    if tx.run(add, values![user, day, limit]).await? == 1 {
        return Ok(true);
    }
    if tx.insert_new("insert into upload_tally (user_id, day_no, n) values (?, ?, 1)", values![user, day]).await? {
        return Ok(true);
    }
    // Somebody else's first count came between the two statements, or the limit is reached: asking again tells.
    Ok(tx.run(add, values![user, day, limit]).await? == 1)
}

/// Keeps what was agreed.
pub(crate) async fn insert(tx: &Tx, new: &NewUpload<'_>) -> Result<()> {
    let sql =
        "insert into upload (upload_key, user_id, purpose, content_type, state, used_for, digest, bytes, expires_ms, created_ms)
               values (?, ?, ?, ?, 'issued', '', '', 0, ?, ?)";
    let row = values![new.key, new.user, new.purpose.name(), new.content_type, new.expires, tx.now()];
    tx.run(sql, row).await.map(|_| ())
}

/// An upload by its key.
pub(crate) async fn by_key(db: &Db, key: &str) -> Result<Option<Upload>> {
    db.fresh("select content_type, state, digest from upload where upload_key = ?", values![key]).await
}

/// Gives a key to the file with this digest, for good; false when another file has it, or the key is gone.
pub(crate) async fn pin(db: &Db, key: &str, digest: &str, bytes: i64) -> Result<bool> {
    let sql = "update upload set digest = ?, bytes = ? where upload_key = ? and state = 'issued' and (digest = '' or digest = ?)";
    Ok(db.run(sql, values![digest, bytes, key, digest]).await? == 1)
}

/// The file of a key lies on the shelf; false when somebody else said so, or the key is gone.
pub(crate) async fn stored(db: &Db, key: &str) -> Result<bool> {
    Ok(db.run("update upload set state = 'stored' where upload_key = ? and state = 'issued'", values![key]).await? == 1)
}

/// Uses an upload for something; again for the same thing it stays so. False when it cannot be used for that.
pub(crate) async fn keep(tx: &Tx, key: &str, user: UserId, purpose: UploadPurpose, for_id: &str) -> Result<bool> {
    let sql = "update upload set state = 'used', used_for = ? where upload_key = ? and user_id = ? and purpose = ?
               and (state = 'stored' or (state = 'used' and used_for = ?))";
    Ok(tx.run(sql, values![for_id, key, user, purpose.name(), for_id]).await? == 1)
}

/// Keys that were agreed before and never used, and those whose deletion was not finished.
pub(crate) async fn unused(db: &Db, before: Time, limit: u32) -> Result<Vec<String>> {
    let sql = "select upload_key from upload where state in ('issued', 'stored', 'gone') and created_ms < ? order by created_ms limit ?";
    Ok(db.all::<Key>(sql, values![before, limit]).await?.into_iter().map(|row| row.upload_key).collect())
}

/// Takes a key away that nobody uses; false when somebody does by now.
pub(crate) async fn take_away(db: &Db, key: &str) -> Result<bool> {
    let sql = "update upload set state = 'gone' where upload_key = ? and state in ('issued', 'stored', 'gone')";
    Ok(db.run(sql, values![key]).await? == 1)
}

/// Forgets a key that was taken away.
pub(crate) async fn forget(db: &Db, key: &str) -> Result<()> {
    db.run("delete from upload where upload_key = ? and state = 'gone'", values![key]).await.map(|_| ())
}

/// Forgets the counts of days that are over.
pub(crate) async fn forget_counts(db: &Db, before_day: i64) -> Result<()> {
    db.run("delete from upload_tally where day_no < ?", values![before_day]).await.map(|_| ())
}
