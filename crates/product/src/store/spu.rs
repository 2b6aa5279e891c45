//! Products and their history.

use contract::{BrandId, CategoryId, Fen, SpuId};
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Time, Tx, values};

use crate::content::Content;

/// Being prepared; never on the shelf so far.
pub const DRAFT: &str = "draft";
/// On the shelf.
pub const LISTED: &str = "listed";
/// Off the shelf.
pub const UNLISTED: &str = "unlisted";

/// A product.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Spu {
    pub id: SpuId,
    pub version: i64,
    pub title: String,
    pub subtitle: String,
    pub category: CategoryId,
    pub brand: Option<BrandId>,
    pub unit: String,
    pub state: String,
    /// 0 when it never was.
    pub listed_ms: Time,
    pub sales: i64,
    pub price_fen: Fen,
    pub list_price_fen: Fen,
    pub picture: Option<String>,
    /// A [`crate::content::Sheet`] as JSON.
    pub content: String,
    pub changed_ms: Time,
}

impl Spu {
    /// On the shelf.
    pub fn listed(&self) -> bool {
        self.state == LISTED
    }
}

/// How far a product's import has come.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Imported {
    pub id: SpuId,
    pub version: i64,
    pub state: String,
    pub fingerprint: String,
    pub import_id: String,
    pub import_stock: String,
}

/// Version and state, for a cheap look.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Mark {
    pub version: i64,
    pub state: String,
}

/// Columns of a product.
pub const COLUMNS: &str = "id, version, title, subtitle, category, brand, unit, state, listed_ms, sales, price_fen, list_price_fen, \
                       picture, content, changed_ms";

pub async fn spu(db: &Db, id: SpuId) -> Result<Option<Spu>> {
    db.fresh(&format!("select {COLUMNS} from spu where id = ?"), values![id]).await
}

pub async fn spu_in(tx: &Tx, id: SpuId) -> Result<Option<Spu>> {
    tx.one(&format!("select {COLUMNS} from spu where id = ?"), values![id]).await
}

pub async fn mark(db: &Db, id: SpuId) -> Result<Option<Mark>> {
    db.fresh("select version, state from spu where id = ?", values![id]).await
}

pub async fn spus(db: &Db, ids: &[SpuId]) -> Result<Vec<Spu>> {
    let sql = format!("select {COLUMNS} from spu where id in ({})", marks(ids.len()));
    super::fresh_all(db, &sql, super::ids(ids)).await
}

pub async fn listed_after(db: &Db, after: SpuId, limit: u32) -> Result<Vec<Spu>> {
    let sql = format!("select {COLUMNS} from spu where state = 'listed' and id > ? order by id limit ?");
    super::fresh_all(db, &sql, values![after, i64::from(limit)]).await
}

#[derive(FromQueryResult)]
struct IdRow {
    id: SpuId,
}

pub async fn most_sold(db: &Db, limit: u32) -> Result<Vec<SpuId>> {
    let sql = "select id from spu where state = 'listed' order by sales desc limit ?";
    Ok(db.all::<IdRow>(sql, values![i64::from(limit)]).await?.into_iter().map(|r| r.id).collect())
}

pub async fn sales(db: &Db, id: SpuId) -> Result<i64> {
    Ok(db.number("select sales from spu where id = ?", values![id]).await?.unwrap_or(0))
}

/// On the shelf, newest first, below a cursor; in these categories, or in all when there are none.
pub async fn newest(db: &Db, categories: &[CategoryId], below: (Time, SpuId), limit: usize) -> Result<Vec<Spu>> {
    let within = if categories.is_empty() { String::new() } else { format!(" and category in ({})", marks(categories.len())) };
    let sql = format!(
        "select {COLUMNS} from spu where state = 'listed'{within} and (listed_ms < ? or (listed_ms = ? and id < ?)) \
         order by listed_ms desc, id desc limit ?"
    );
    let mut values: Vec<Value> = super::ids(categories);
    values.extend(values![below.0, below.0, below.1, limit as i64]);
    db.all(&sql, values).await
}

/// What an operator looks for.
#[derive(Clone, Debug, Default)]
pub struct Sought<'a> {
    pub state: Option<&'a str>,
    pub title: Option<&'a str>,
    pub categories: Vec<CategoryId>,
}

/// Products in any state, youngest first, with a number below `below`.
pub async fn find(db: &Db, sought: &Sought<'_>, below: SpuId, limit: usize) -> Result<Vec<Spu>> {
    let mut sql = format!("select {COLUMNS} from spu where id < ?");
    let mut values = values![below];
    if let Some(state) = sought.state {
        sql.push_str(" and state = ?");
        values.push(state.into());
    }
    if let Some(title) = sought.title {
        sql.push_str(" and title like ? escape '!'");
        let literal = title.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        values.push(format!("%{literal}%").into());
    }
    if !sought.categories.is_empty() {
        sql.push_str(&format!(" and category in ({})", marks(sought.categories.len())));
        values.extend(super::ids(&sought.categories));
    }
    sql.push_str(" order by id desc limit ?");
    values.push((limit as i64).into());
    super::fresh_all(db, &sql, values).await
}

/// Where a product comes from, and how far its import is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin<'a> {
    pub source: Option<i64>,
    pub import_id: &'a str,
}

/// A new product, version 1; false when there is one from the same source.
pub async fn insert(tx: &Tx, id: SpuId, content: &Content, state: &str, origin: Origin<'_>) -> Result<bool> {
    let sql = "insert into spu (id, source_id, version, title, subtitle, category, brand, unit, state, listed_ms, sales, \
               price_fen, list_price_fen, picture, content, changed_ms, fingerprint, import_id, import_stock) \
               values (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, '', ?, '{}')";
    let listed = if state == LISTED { tx.now() } else { Time(0) };
    let (price, list_price) = prices(content);
    let values = values![
        id,
        origin.source,
        content.title.as_str(),
        content.subtitle.as_str(),
        content.category,
        content.brand,
        content.unit.as_str(),
        state,
        listed,
        price,
        list_price,
        content.picture(),
        serde_json::to_string(&content.sheet())?,
        tx.now(),
        origin.import_id,
    ];
    tx.insert_new(sql, values).await
}

fn prices(content: &Content) -> (Fen, Fen) {
    content.cheapest().map_or((Fen::ZERO, Fen::ZERO), |v| (v.price_fen, v.list_price()))
}

/// New content under the next version, if the version is still this one.
pub async fn update(tx: &Tx, id: SpuId, version: i64, content: &Content) -> Result<bool> {
    let sql = "update spu set version = version + 1, title = ?, subtitle = ?, category = ?, brand = ?, unit = ?, price_fen = ?, \
               list_price_fen = ?, picture = ?, content = ?, changed_ms = ? where id = ? and version = ?";
    let (price, list_price) = prices(content);
    let values = values![
        content.title.as_str(),
        content.subtitle.as_str(),
        content.category,
        content.brand,
        content.unit.as_str(),
        price,
        list_price,
        content.picture(),
        serde_json::to_string(&content.sheet())?,
        tx.now(),
        id,
        version,
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Onto the shelf, from any other state, under the next version; false when it is there already.
pub async fn list(tx: &Tx, id: SpuId) -> Result<bool> {
    let sql = "update spu set state = 'listed', listed_ms = ?, version = version + 1, changed_ms = ? where id = ? and state <> 'listed'";
    Ok(tx.run(sql, values![tx.now(), tx.now(), id]).await? == 1)
}

/// Off the shelf under the next version; false when it is not there.
pub async fn unlist(tx: &Tx, id: SpuId) -> Result<bool> {
    let sql = "update spu set state = 'unlisted', version = version + 1, changed_ms = ? where id = ? and state = 'listed'";
    Ok(tx.run(sql, values![tx.now(), id]).await? == 1)
}

/// Puts an imported product into a state beside a change of its content (which raised the version).
pub async fn set_state(tx: &Tx, id: SpuId, state: &str) -> Result<()> {
    let sql = "update spu set listed_ms = case when ? = 'listed' and state <> 'listed' then ? else listed_ms end where id = ?";
    tx.run(sql, values![state, tx.now(), id]).await?;
    tx.run("update spu set state = ? where id = ?", values![state, id]).await.map(|_| ())
}

pub async fn keep_version(tx: &Tx, id: SpuId, version: i64, content: &Content, operator: i64) -> Result<()> {
    let sql = "insert into spu_version (spu, version, content, operator, at_ms) values (?, ?, ?, ?, ?)";
    tx.run(sql, values![id, version, serde_json::to_string(content)?, operator, tx.now()]).await.map(|_| ())
}

pub async fn add_sales(tx: &Tx, id: SpuId, qty: i64) -> Result<Option<i64>> {
    tx.run("update spu set sales = sales + ? where id = ?", values![qty, id]).await?;
    tx.number("select sales from spu where id = ?", values![id]).await
}

pub async fn imported(db: &Db, source: i64) -> Result<Option<Imported>> {
    let sql = "select id, version, state, fingerprint, import_id, import_stock from spu where source_id = ?";
    db.fresh(sql, values![source]).await
}

/// Notes which import is under way: the last one's end no longer counts.
pub async fn begin_import(tx: &Tx, id: SpuId, import_id: &str, stock: &str) -> Result<()> {
    let sql = "update spu set fingerprint = '', import_id = ?, import_stock = ? where id = ?";
    tx.run(sql, values![import_id, stock, id]).await.map(|_| ())
}

/// The import that is under way has come to its end.
pub async fn end_import(db: &Db, id: SpuId, import_id: &str, fingerprint: &str, stock: &str) -> Result<()> {
    let sql = "update spu set fingerprint = ?, import_stock = ? where id = ? and import_id = ?";
    db.run(sql, values![fingerprint, stock, id, import_id]).await.map(|_| ())
}
