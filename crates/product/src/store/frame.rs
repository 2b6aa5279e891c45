//! Categories, brands, attributes.

use contract::{BrandId, CategoryId};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Tx, values};

/// A category.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Category {
    pub id: CategoryId,
    /// 0 above the roots.
    pub parent: CategoryId,
    /// 1–3.
    pub level: i32,
    pub name: String,
    pub picture: Option<String>,
    pub position: i32,
}

/// A brand.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Brand {
    pub id: BrandId,
    pub name: String,
    pub kind: String,
    pub logo: Option<String>,
}

/// A brand under a leaf.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Link {
    pub brand: BrandId,
    pub category: CategoryId,
}

/// An attribute of a leaf.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Attribute {
    pub id: i64,
    pub category: CategoryId,
    pub kind: String,
    pub name: String,
    pub searchable: i32,
    pub by_operator: i32,
    pub unit: String,
    pub options: String,
}

const CATEGORY: &str = "select id, parent, level, name, picture, position from category";
const BRAND: &str = "select id, name, kind, logo from brand";
const ATTRIBUTE: &str = "select id, category, kind, name, searchable, by_operator, unit, options from attribute";

#[derive(FromQueryResult)]
struct Revision {
    number: i64,
}

/// The revision of the whole.
pub async fn revision(db: &Db) -> Result<i64> {
    let sql = "select number from frame_revision where name = 'frame'";
    Ok(db.fresh::<Revision>(sql, values![]).await?.map_or(0, |r| r.number))
}

/// First statement of every change: one change after the other, and everybody learns of it.
pub async fn raise_revision(tx: &Tx) -> Result<()> {
    tx.run("update frame_revision set number = number + 1 where name = 'frame'", values![]).await.map(|_| ())
}

pub async fn categories(db: &Db) -> Result<Vec<Category>> {
    super::fresh_all(db, &format!("{CATEGORY} order by level, position, id"), values![]).await
}

pub async fn brands(db: &Db) -> Result<Vec<Brand>> {
    super::fresh_all(db, &format!("{BRAND} order by id"), values![]).await
}

pub async fn links(db: &Db) -> Result<Vec<Link>> {
    super::fresh_all(db, "select brand, category from brand_category", values![]).await
}

pub async fn attributes(db: &Db) -> Result<Vec<Attribute>> {
    super::fresh_all(db, &format!("{ATTRIBUTE} order by id"), values![]).await
}

pub async fn category(tx: &Tx, id: CategoryId) -> Result<Option<Category>> {
    tx.one(&format!("{CATEGORY} where id = ?"), values![id]).await
}

pub async fn category_named(tx: &Tx, parent: CategoryId, name: &str) -> Result<Option<Category>> {
    tx.one(&format!("{CATEGORY} where parent = ? and name = ?"), values![parent, name]).await
}

pub async fn category_ids_below(tx: &Tx, parent: CategoryId) -> Result<Vec<Category>> {
    tx.all(&format!("{CATEGORY} where parent = ?"), values![parent]).await
}

pub async fn insert_category(tx: &Tx, c: &Category) -> Result<bool> {
    let sql = "insert into category (id, parent, level, name, picture, position, touched_ms) values (?, ?, ?, ?, ?, ?, ?)";
    tx.insert_new(sql, values![c.id, c.parent, c.level, c.name.as_str(), c.picture.as_deref(), c.position, tx.now()]).await
}

pub async fn update_category(tx: &Tx, c: &Category) -> Result<bool> {
    let sql = "update category set parent = ?, level = ?, name = ?, picture = ?, position = ? where id = ?";
    tx.insert_new(sql, values![c.parent, c.level, c.name.as_str(), c.picture.as_deref(), c.position, c.id]).await
}

pub async fn set_picture(tx: &Tx, id: CategoryId, picture: &str) -> Result<()> {
    tx.run("update category set picture = ? where id = ?", values![picture, id]).await.map(|_| ())
}

/// Locks a category against being deleted by somebody else; false when it is gone.
pub async fn touch_category(tx: &Tx, id: CategoryId) -> Result<bool> {
    Ok(tx.run("update category set touched_ms = ? where id = ?", values![tx.now(), id]).await? == 1)
}

/// Locks a brand against being deleted by somebody else; false when it is gone.
pub async fn touch_brand(tx: &Tx, id: BrandId) -> Result<bool> {
    Ok(tx.run("update brand set touched_ms = ? where id = ?", values![tx.now(), id]).await? == 1)
}

pub async fn delete_category(tx: &Tx, id: CategoryId) -> Result<()> {
    tx.run("delete from brand_category where category = ?", values![id]).await?;
    tx.run("delete from attribute where category = ?", values![id]).await?;
    tx.run("delete from category where id = ?", values![id]).await.map(|_| ())
}

pub async fn spus_in_category(tx: &Tx, id: CategoryId) -> Result<i64> {
    Ok(tx.number("select count(*) from spu where category = ?", values![id]).await?.unwrap_or(0))
}

pub async fn spus_of_brand(tx: &Tx, id: BrandId) -> Result<i64> {
    Ok(tx.number("select count(*) from spu where brand = ?", values![id]).await?.unwrap_or(0))
}

pub async fn brand(tx: &Tx, id: BrandId) -> Result<Option<Brand>> {
    tx.one(&format!("{BRAND} where id = ?"), values![id]).await
}

pub async fn brand_named(tx: &Tx, name: &str) -> Result<Option<Brand>> {
    tx.one(&format!("{BRAND} where name = ?"), values![name]).await
}

pub async fn insert_brand(tx: &Tx, b: &Brand) -> Result<bool> {
    let sql = "insert into brand (id, name, kind, logo, touched_ms) values (?, ?, ?, ?, ?)";
    tx.insert_new(sql, values![b.id, b.name.as_str(), b.kind.as_str(), b.logo.as_deref(), tx.now()]).await
}

pub async fn update_brand(tx: &Tx, b: &Brand) -> Result<bool> {
    let sql = "update brand set name = ?, kind = ?, logo = ? where id = ?";
    tx.insert_new(sql, values![b.name.as_str(), b.kind.as_str(), b.logo.as_deref(), b.id]).await
}

pub async fn delete_brand(tx: &Tx, id: BrandId) -> Result<()> {
    tx.run("delete from brand_category where brand = ?", values![id]).await?;
    tx.run("delete from brand where id = ?", values![id]).await.map(|_| ())
}

pub async fn link(tx: &Tx, brand: BrandId, category: CategoryId) -> Result<bool> {
    tx.insert_new("insert into brand_category (brand, category) values (?, ?)", values![brand, category]).await
}

pub async fn unlink_all(tx: &Tx, brand: BrandId) -> Result<()> {
    tx.run("delete from brand_category where brand = ?", values![brand]).await.map(|_| ())
}

pub async fn attribute(tx: &Tx, id: i64) -> Result<Option<Attribute>> {
    tx.one(&format!("{ATTRIBUTE} where id = ?"), values![id]).await
}

pub async fn attribute_named(tx: &Tx, category: CategoryId, kind: &str, name: &str) -> Result<Option<Attribute>> {
    tx.one(&format!("{ATTRIBUTE} where category = ? and kind = ? and name = ?"), values![category, kind, name]).await
}

pub async fn insert_attribute(tx: &Tx, a: &Attribute) -> Result<bool> {
    let sql = "insert into attribute (id, category, kind, name, searchable, by_operator, unit, options) values (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = values![
        a.id,
        a.category,
        a.kind.as_str(),
        a.name.as_str(),
        a.searchable,
        a.by_operator,
        a.unit.as_str(),
        a.options.as_str()
    ];
    tx.insert_new(sql, values).await
}

pub async fn update_attribute(tx: &Tx, a: &Attribute) -> Result<bool> {
    let sql = "update attribute set name = ?, searchable = ?, by_operator = ?, unit = ?, options = ? where id = ?";
    let values = values![a.name.as_str(), a.searchable, a.by_operator, a.unit.as_str(), a.options.as_str(), a.id];
    tx.insert_new(sql, values).await
}

pub async fn delete_attribute(tx: &Tx, id: i64) -> Result<u64> {
    tx.run("delete from attribute where id = ?", values![id]).await
}
