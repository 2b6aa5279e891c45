//! Carts.

use contract::{Fen, SkuId, UserId};
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Tx, values};

/// A line of a cart.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Line {
    pub sku_id: SkuId,
    pub qty: i32,
    pub checked: i32,
    pub price_at_add_fen: Fen,
}

/// A shopper's lines, latest first.
pub async fn lines(db: &Db, user: UserId) -> Result<Vec<Line>> {
    let sql = "select sku_id, qty, checked, price_at_add_fen from cart_line where user_id = ? order by position desc";
    super::fresh_all(db, sql, values![user]).await
}

pub async fn line(db: &Db, user: UserId, sku: SkuId) -> Result<Option<Line>> {
    let sql = "select sku_id, qty, checked, price_at_add_fen from cart_line where user_id = ? and sku_id = ?";
    db.fresh(sql, values![user, sku]).await
}

pub async fn line_in(tx: &Tx, user: UserId, sku: SkuId) -> Result<Option<Line>> {
    let sql = "select sku_id, qty, checked, price_at_add_fen from cart_line where user_id = ? and sku_id = ?";
    tx.one(sql, values![user, sku]).await
}

/// Lines of a cart, inside a change of it.
pub async fn count_in(tx: &Tx, user: UserId) -> Result<i64> {
    let sql = "select cast(line_count as signed) from cart where user_id = ?";
    Ok(tx.number(sql, values![user]).await?.unwrap_or(0))
}

/// First statement of every change of lines: a cart's changes go one after the other.
pub async fn open(tx: &Tx, user: UserId) -> Result<()> {
    let now = tx.now();
    if tx.run("update cart set changed_ms = ? where user_id = ?", values![now, user]).await? == 0 {
        tx.insert_new("insert into cart (user_id, line_count, changed_ms) values (?, 0, ?)", values![user, now]).await?;
        // Whoever lost that insert waits here for the winner.
        tx.run("update cart set changed_ms = ? where user_id = ?", values![now, user]).await?;
    }
    Ok(())
}

/// Adds pieces to a line, up to `most`; false when there is no such line or it would be too many.
pub async fn add_qty(tx: &Tx, user: UserId, sku: SkuId, qty: u32, most: i64) -> Result<bool> {
    let sql = "update cart_line set qty = qty + ?, checked = 1 where user_id = ? and sku_id = ? and qty + ? <= ?";
    Ok(tx.run(sql, values![i64::from(qty), user, sku, i64::from(qty), most]).await? == 1)
}

/// Takes a place in the cart, if one is free.
pub async fn take_place(tx: &Tx, user: UserId, places: u32) -> Result<bool> {
    let sql = "update cart set line_count = line_count + 1 where user_id = ? and line_count < ?";
    Ok(tx.run(sql, values![user, i64::from(places)]).await? == 1)
}

pub async fn insert_line(tx: &Tx, user: UserId, sku: SkuId, qty: u32, price: Fen) -> Result<bool> {
    let sql = "insert into cart_line (user_id, sku_id, qty, checked, position, price_at_add_fen) values (?, ?, ?, 1, ?, ?)";
    tx.insert_new(sql, values![user, sku, i64::from(qty), tx.id::<i64>(), price]).await
}

pub async fn set_qty(tx: &Tx, user: UserId, sku: SkuId, qty: u32) -> Result<bool> {
    let sql = "update cart_line set qty = ? where user_id = ? and sku_id = ?";
    Ok(tx.run(sql, values![i64::from(qty), user, sku]).await? == 1)
}

/// Selects lines or not: these, or all.
pub async fn check(tx: &Tx, user: UserId, skus: Option<&[SkuId]>, checked: bool) -> Result<u64> {
    let within = skus.map(|s| format!(" and sku_id in ({})", marks(s.len()))).unwrap_or_default();
    let mut values: Vec<Value> = values![i32::from(checked), user];
    values.extend(skus.map(super::ids).unwrap_or_default());
    tx.run(&format!("update cart_line set checked = ? where user_id = ?{within}"), values).await
}

/// Takes lines out and frees their places; gives their number.
pub async fn delete(tx: &Tx, user: UserId, skus: &[SkuId]) -> Result<u64> {
    if skus.is_empty() {
        return Ok(0);
    }
    let sql = format!("delete from cart_line where user_id = ? and sku_id in ({})", marks(skus.len()));
    let mut values: Vec<Value> = values![user];
    values.extend(super::ids(skus));
    let gone = tx.run(&sql, values).await?;
    let freed = i64::try_from(gone).unwrap_or(0);
    tx.run("update cart set line_count = line_count - ? where user_id = ?", values![freed, user]).await?;
    Ok(gone)
}

pub async fn count(db: &Db, user: UserId) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        line_count: i32,
    }
    let row: Option<Count> = db.fresh("select line_count from cart where user_id = ?", values![user]).await?;
    Ok(row.map_or(0, |r| i64::from(r.line_count)))
}
