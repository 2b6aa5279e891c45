//! SQL of the variants in sessions.

use contract::{ActivityId, AllotmentId, Fen, SkuId, SpuId};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, values};

/// A variant in a session.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ItemRow {
    /// Its number: of the pool and of the allotment too.
    pub id: AllotmentId,
    /// Its session.
    pub activity_id: ActivityId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title of the product.
    pub title: String,
    /// What tells it from its siblings, JSON.
    pub specs: String,
    /// Picture.
    pub picture: Option<String>,
    /// Price outside.
    pub usual_price_fen: Fen,
    /// Price in the session.
    pub price_fen: Fen,
    /// Units.
    pub quota: i32,
    /// Units a shopper.
    pub buy_limit: i32,
    /// Parts of its pool.
    pub parts: i32,
    /// Epoch of its pool.
    pub epoch: i64,
    /// Where it stands.
    pub state: String,
    /// Units of tickets that stand.
    pub sold: i32,
    /// Units of those that are paid.
    pub paid: i32,
    /// When it was attached.
    pub created_ms: Time,
    /// When it changed.
    pub changed_ms: Time,
}

const COLUMNS: &str = "select id, activity_id, sku_id, spu_id, title, specs, picture, usual_price_fen, price_fen, quota, buy_limit,
    parts, epoch, state, sold, paid, created_ms, changed_ms from item";

/// An item.
pub async fn item(db: &Db, id: AllotmentId) -> Result<Option<ItemRow>> {
    db.fresh(&format!("{COLUMNS} where id = ?"), values![id]).await
}

/// All items of a session.
pub async fn items_of(db: &Db, activity: ActivityId) -> Result<Vec<ItemRow>> {
    db.all(&format!("{COLUMNS} where activity_id = ? order by id"), values![activity]).await
}

/// All items of online sessions.
pub async fn online_items(db: &Db) -> Result<Vec<ItemRow>> {
    let sql = format!("{COLUMNS} where state = 'attached' and activity_id in (select id from activity where state = 'online') order by id");
    db.all(&sql, values![]).await
}
