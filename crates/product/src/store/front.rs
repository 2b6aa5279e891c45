//! Front categories, the back categories that they show, and their seasons.

use contract::CategoryId;
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, Tx, values};

use crate::front::FrontCategoryId;

/// A front category.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FrontCategory {
    pub id: FrontCategoryId,
    /// 0 above the roots.
    pub parent: FrontCategoryId,
    /// 1–3.
    pub level: i32,
    pub name: String,
    pub picture: Option<String>,
    pub flag: String,
    pub position: i32,
}

/// A back category that a front category shows.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Source {
    pub front: FrontCategoryId,
    pub category: CategoryId,
}

/// Another place for a time.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SeasonRow {
    pub front: FrontCategoryId,
    pub from_ms: Time,
    pub until_ms: Time,
    pub position: i32,
}

const FRONT: &str = "select id, parent, level, name, picture, flag, position from front_category";

/// First statement of every change: one change after the other.
pub async fn lock(tx: &Tx) -> Result<()> {
    tx.run("update frame_revision set number = number + 1 where name = 'front'", values![]).await.map(|_| ())
}

pub async fn categories(db: &Db) -> Result<Vec<FrontCategory>> {
    super::fresh_all(db, &format!("{FRONT} order by level, position, id"), values![]).await
}

pub async fn sources(db: &Db) -> Result<Vec<Source>> {
    super::fresh_all(db, "select front, category from front_category_source order by front, position", values![]).await
}

pub async fn seasons(db: &Db) -> Result<Vec<SeasonRow>> {
    let sql = "select front, from_ms, until_ms, position from front_category_season order by front, from_ms";
    super::fresh_all(db, sql, values![]).await
}

pub async fn all_in(tx: &Tx) -> Result<Vec<FrontCategory>> {
    tx.all(&format!("{FRONT} order by level, position, id"), values![]).await
}

/// False when a sibling has the name.
pub async fn insert(tx: &Tx, c: &FrontCategory) -> Result<bool> {
    let sql = "insert into front_category (id, parent, level, name, picture, flag, position) values (?, ?, ?, ?, ?, ?, ?)";
    let (name, picture) = (c.name.as_str(), c.picture.as_deref());
    tx.insert_new(sql, values![c.id, c.parent, c.level, name, picture, c.flag.as_str(), c.position]).await
}

/// False when a sibling has the name.
pub async fn update(tx: &Tx, c: &FrontCategory) -> Result<bool> {
    let sql = "update front_category set parent = ?, level = ?, name = ?, picture = ?, flag = ?, position = ? where id = ?";
    let (name, picture) = (c.name.as_str(), c.picture.as_deref());
    tx.insert_new(sql, values![c.parent, c.level, name, picture, c.flag.as_str(), c.position, c.id]).await
}

pub async fn delete(tx: &Tx, id: FrontCategoryId) -> Result<()> {
    tx.run("delete from front_category_source where front = ?", values![id]).await?;
    tx.run("delete from front_category_season where front = ?", values![id]).await?;
    tx.run("delete from front_category where id = ?", values![id]).await.map(|_| ())
}

pub async fn set_sources(tx: &Tx, front: FrontCategoryId, categories: &[CategoryId]) -> Result<()> {
    tx.run("delete from front_category_source where front = ?", values![front]).await?;
    for (position, category) in (0i32..).zip(categories) {
        let sql = "insert into front_category_source (front, category, position) values (?, ?, ?)";
        tx.run(sql, values![front, *category, position]).await?;
    }
    Ok(())
}

/// A back category goes: nothing shows it any more.
pub async fn forget_source(tx: &Tx, category: CategoryId) -> Result<()> {
    tx.run("delete from front_category_source where category = ?", values![category]).await.map(|_| ())
}

pub async fn set_seasons(tx: &Tx, front: FrontCategoryId, seasons: &[SeasonRow]) -> Result<()> {
    tx.run("delete from front_category_season where front = ?", values![front]).await?;
    for s in seasons {
        let sql = "insert into front_category_season (front, from_ms, until_ms, position) values (?, ?, ?, ?)";
        tx.run(sql, values![front, s.from_ms, s.until_ms, s.position]).await?;
    }
    Ok(())
}

/// The product sold most of a category or brand.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Best {
    /// Category or brand.
    pub owner: i64,
    pub spu: contract::SpuId,
    pub sales: i64,
    pub picture: String,
}

/// Of each category with something on the shelf, the product sold most that has a picture.
pub async fn best_of_categories(db: &Db) -> Result<Vec<Best>> {
    db.all(&best("category", String::new()), values![]).await
}

/// The same of these brands.
pub async fn best_of_brands(db: &Db, brands: &[contract::BrandId]) -> Result<Vec<Best>> {
    if brands.is_empty() {
        return Ok(Vec::new());
    }
    let values = [super::ids(brands), super::ids(brands)].concat();
    db.all(&best("brand", format!(" and {{t}}brand in ({})", marks(brands.len()))), values).await
}

/// Most sales first, then the smallest number of several; `{t}` in the filter stands for the table's name.
fn best(of: &str, filter: String) -> String {
    let (inner, outer) = (filter.replace("{t}", ""), filter.replace("{t}", "s."));
    format!(
        "select p.{of} as owner, p.id as spu, p.sales, p.picture from spu p join (\
           select min(s.id) as id from spu s join (\
             select {of}, max(sales) as most from spu where state = 'listed' and picture is not null{inner} group by {of}\
           ) t on t.{of} = s.{of} and t.most = s.sales \
           where s.state = 'listed' and s.picture is not null{outer} group by s.{of}\
         ) b on b.id = p.id"
    )
}
