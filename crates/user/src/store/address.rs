//! Shoppers' addresses. Every sentence names the owner.

use contract::{AddressId, UserId};
use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, values};

/// An address as it stands: sealed.
#[derive(Clone, FromQueryResult)]
pub struct Row {
    /// Its id.
    pub id: AddressId,
    /// Receiver.
    pub name_sealed: String,
    /// Receiver's phone.
    pub phone_sealed: String,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县.
    pub district: String,
    /// Street and door.
    pub detail_sealed: String,
    /// 家, 公司 …
    pub tag: Option<String>,
    /// 1 for the default one.
    pub is_default: i32,
}

const COLUMNS: &str = "id, name_sealed, phone_sealed, province, city, district, detail_sealed, tag, is_default";

/// All of a shopper's: the default one first, then the newest.
pub async fn all(db: &Db, user: UserId) -> Result<Vec<Row>> {
    let sql = format!("select {COLUMNS} from address where user_id = ? order by is_default desc, id desc limit 200");
    db.all(&sql, values![user]).await
}

/// One of a shopper's own, from the writer.
pub async fn own(db: &Db, user: UserId, id: AddressId) -> Result<Option<Row>> {
    db.fresh(&format!("select {COLUMNS} from address where id = ? and user_id = ?"), values![id, user]).await
}

/// Inserts an address that is not the default one.
pub async fn insert(tx: &Tx, user: UserId, row: &Row) -> Result<()> {
    let sql =
        "insert into address (id, user_id, name_sealed, phone_sealed, province, city, district, detail_sealed, tag, is_default,
               created_ms, changed_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)";
    let row = values![
        row.id,
        user,
        row.name_sealed.as_str(),
        row.phone_sealed.as_str(),
        row.province.as_str(),
        row.city.as_str(),
        row.district.as_str(),
        row.detail_sealed.as_str(),
        row.tag.clone(),
        tx.now(),
        tx.now(),
    ];
    tx.run(sql, row).await.map(|_| ())
}

/// Replaces an address but for its being the default one. False: not theirs.
pub async fn replace(tx: &Tx, user: UserId, row: &Row) -> Result<bool> {
    let sql =
        "update address set name_sealed = ?, phone_sealed = ?, province = ?, city = ?, district = ?, detail_sealed = ?, tag = ?,
               changed_ms = ? where id = ? and user_id = ?";
    let row = values![
        row.name_sealed.as_str(),
        row.phone_sealed.as_str(),
        row.province.as_str(),
        row.city.as_str(),
        row.district.as_str(),
        row.detail_sealed.as_str(),
        row.tag.clone(),
        tx.now(),
        row.id,
        user,
    ];
    Ok(tx.run(sql, row).await? == 1)
}

/// Deletes an address. False: not theirs.
pub async fn delete(tx: &Tx, user: UserId, id: AddressId) -> Result<bool> {
    Ok(tx.run("delete from address where id = ? and user_id = ?", values![id, user]).await? == 1)
}

/// Makes one the default and every other one not.
pub async fn set_default(tx: &Tx, user: UserId, id: AddressId) -> Result<()> {
    let sql = "update address set is_default = case when id = ? then 1 else 0 end where user_id = ?";
    tx.run(sql, values![id, user]).await.map(|_| ())
}

/// Whether a shopper has a default address.
pub async fn has_default(tx: &Tx, user: UserId) -> Result<bool> {
    let sql = "select count(*) from address where user_id = ? and is_default = 1";
    Ok(tx.number(sql, values![user]).await?.unwrap_or(0) > 0)
}

/// A shopper's newest address.
pub async fn newest(tx: &Tx, user: UserId) -> Result<Option<AddressId>> {
    Ok(tx.number("select max(id) from address where user_id = ?", values![user]).await?.map(AddressId))
}
