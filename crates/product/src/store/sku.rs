//! Variants.

use contract::{BrandId, CategoryId, Fen, SkuId, SpuId};
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Tx, values};

/// A variant.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Sku {
    pub id: SkuId,
    pub spu: SpuId,
    pub code: String,
    /// JSON list of name and value.
    pub specs: String,
    pub specs_hash: String,
    pub price_fen: Fen,
    pub list_price_fen: Fen,
    pub picture: Option<String>,
    pub position: i32,
    /// No longer sold; the row stays for carts and orders that name it.
    pub removed: i32,
}

/// A variant with what its product says of it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Sold {
    pub id: SkuId,
    pub spu: SpuId,
    pub version: i64,
    pub code: String,
    pub title: String,
    pub specs: String,
    pub picture: Option<String>,
    pub main_picture: Option<String>,
    pub list_price_fen: Fen,
    pub price_fen: Fen,
    pub unit: String,
    pub category: CategoryId,
    pub brand: Option<BrandId>,
    pub state: String,
    pub removed: i32,
}

const COLUMNS: &str = "id, spu, code, specs, specs_hash, price_fen, list_price_fen, picture, position, removed";

pub async fn sold(db: &Db, ids: &[SkuId]) -> Result<Vec<Sold>> {
    let sql = format!(
        "select k.id, k.spu, p.version, k.code, p.title, k.specs, k.picture, p.picture as main_picture, k.list_price_fen, \
         k.price_fen, p.unit, p.category, p.brand, p.state, k.removed \
         from sku k join spu p on p.id = k.spu where k.id in ({})",
        marks(ids.len())
    );
    super::fresh_all(db, &sql, super::ids(ids)).await
}

/// Variants of these products that are sold, in their order.
pub async fn of_spus(db: &Db, spus: &[SpuId]) -> Result<Vec<Sku>> {
    let sql =
        format!("select {COLUMNS} from sku where spu in ({}) and removed = 0 order by spu, position, id", marks(spus.len()));
    super::fresh_all(db, &sql, super::ids(spus)).await
}

/// All variants that a product ever had.
pub async fn all_of(tx: &Tx, spu: SpuId) -> Result<Vec<Sku>> {
    tx.all(&format!("select {COLUMNS} from sku where spu = ? order by position, id"), values![spu]).await
}

#[derive(FromQueryResult)]
struct SpuRow {
    spu: SpuId,
}

pub async fn spus_of(db: &Db, skus: &[SkuId]) -> Result<Vec<SpuId>> {
    let sql = format!("select distinct spu from sku where id in ({})", marks(skus.len()));
    Ok(super::fresh_all::<SpuRow>(db, &sql, super::ids(skus)).await?.into_iter().map(|r| r.spu).collect())
}

/// New variants; false when a code is in use.
pub async fn insert(tx: &Tx, skus: &[Sku]) -> Result<bool> {
    if skus.is_empty() {
        return Ok(true);
    }
    let rows = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"; skus.len()].join(", ");
    let sql = format!(
        "insert into sku (id, spu, code, specs, specs_hash, price_fen, list_price_fen, picture, position, removed) values {rows}"
    );
    let mut values: Vec<Value> = Vec::with_capacity(skus.len() * 9);
    for s in skus {
        values.extend(values![
            s.id,
            s.spu,
            s.code.as_str(),
            s.specs.as_str(),
            s.specs_hash.as_str(),
            s.price_fen,
            s.list_price_fen,
            s.picture.as_deref(),
            s.position
        ]);
    }
    tx.insert_new(&sql, values).await
}

/// Writes a variant anew; false when its code is in use.
pub async fn update(tx: &Tx, s: &Sku) -> Result<bool> {
    let sql = "update sku set code = ?, specs = ?, specs_hash = ?, price_fen = ?, list_price_fen = ?, picture = ?, position = ?, \
               removed = ? where id = ?";
    let values = values![
        s.code.as_str(),
        s.specs.as_str(),
        s.specs_hash.as_str(),
        s.price_fen,
        s.list_price_fen,
        s.picture.as_deref(),
        s.position,
        s.removed,
        s.id
    ];
    tx.insert_new(sql, values).await
}

/// Takes the combination from a variant: another one is about to have it.
pub async fn give_up_specs(tx: &Tx, id: SkuId) -> Result<()> {
    tx.run("update sku set specs_hash = ? where id = ?", values![format!("~{id}"), id]).await.map(|_| ())
}

pub async fn remove(tx: &Tx, id: SkuId) -> Result<()> {
    tx.run("update sku set removed = 1 where id = ?", values![id]).await.map(|_| ())
}
