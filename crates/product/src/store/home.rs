//! What operators composed for the home page: banners, shortcuts, sections; and the products that a page may show.

use contract::CategoryId;
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Result, Time, Tx, values};

use super::spu::{COLUMNS, Spu};
use crate::home::{HomeBannerId, HomeSectionId, HomeShortcutId};

/// A banner.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Banner {
    pub id: HomeBannerId,
    pub picture: String,
    pub title: String,
    pub link: String,
    pub position: i32,
    pub from_ms: Option<Time>,
    pub until_ms: Option<Time>,
}

/// A shortcut.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Shortcut {
    pub id: HomeShortcutId,
    pub name: String,
    pub picture: Option<String>,
    pub link: String,
    pub position: i32,
}

/// A section.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Section {
    pub id: HomeSectionId,
    pub kind: String,
    pub title: String,
    pub subtitle: String,
    pub link: Option<String>,
    pub position: i32,
    /// Things that it shows at most.
    pub amount: i32,
    /// A [`crate::home::Choice`] as JSON.
    pub choice: String,
}

const BANNER: &str = "select id, picture, title, link, position, from_ms, until_ms from home_banner";
const SHORTCUT: &str = "select id, name, picture, link, position from home_shortcut";
const SECTION: &str = "select id, kind, title, subtitle, link, position, amount, choice from home_section";

/// First statement of every change: one change after the other.
pub async fn lock(tx: &Tx) -> Result<()> {
    tx.run("update frame_revision set number = number + 1 where name = 'home'", values![]).await.map(|_| ())
}

pub async fn banners(db: &Db) -> Result<Vec<Banner>> {
    super::fresh_all(db, &format!("{BANNER} order by position, id"), values![]).await
}

pub async fn shortcuts(db: &Db) -> Result<Vec<Shortcut>> {
    super::fresh_all(db, &format!("{SHORTCUT} order by position, id"), values![]).await
}

pub async fn sections(db: &Db) -> Result<Vec<Section>> {
    super::fresh_all(db, &format!("{SECTION} order by position, id"), values![]).await
}

pub async fn banner(tx: &Tx, id: HomeBannerId) -> Result<Option<Banner>> {
    tx.one(&format!("{BANNER} where id = ?"), values![id]).await
}

pub async fn shortcut(tx: &Tx, id: HomeShortcutId) -> Result<Option<Shortcut>> {
    tx.one(&format!("{SHORTCUT} where id = ?"), values![id]).await
}

pub async fn section(tx: &Tx, id: HomeSectionId) -> Result<Option<Section>> {
    tx.one(&format!("{SECTION} where id = ?"), values![id]).await
}

/// How many there are of each: banners, shortcuts, sections.
pub async fn counts(tx: &Tx) -> Result<[i64; 3]> {
    let count = async |sql: &str| Ok::<i64, kit::Error>(tx.number(sql, values![]).await?.unwrap_or(0));
    Ok([
        count("select count(*) from home_banner").await?,
        count("select count(*) from home_shortcut").await?,
        count("select count(*) from home_section").await?,
    ])
}

/// False when another one has the title.
pub async fn insert_banner(tx: &Tx, b: &Banner) -> Result<bool> {
    let sql = "insert into home_banner (id, picture, title, link, position, from_ms, until_ms) values (?, ?, ?, ?, ?, ?, ?)";
    let (picture, title, link) = (b.picture.as_str(), b.title.as_str(), b.link.as_str());
    tx.insert_new(sql, values![b.id, picture, title, link, b.position, b.from_ms, b.until_ms]).await
}

/// False when another one has the title.
pub async fn update_banner(tx: &Tx, b: &Banner) -> Result<bool> {
    let sql = "update home_banner set picture = ?, title = ?, link = ?, position = ?, from_ms = ?, until_ms = ? where id = ?";
    let (picture, title, link) = (b.picture.as_str(), b.title.as_str(), b.link.as_str());
    tx.insert_new(sql, values![picture, title, link, b.position, b.from_ms, b.until_ms, b.id]).await
}

pub async fn delete_banner(tx: &Tx, id: HomeBannerId) -> Result<()> {
    tx.run("delete from home_banner where id = ?", values![id]).await.map(|_| ())
}

/// False when another one has the name.
pub async fn insert_shortcut(tx: &Tx, s: &Shortcut) -> Result<bool> {
    let sql = "insert into home_shortcut (id, name, picture, link, position) values (?, ?, ?, ?, ?)";
    tx.insert_new(sql, values![s.id, s.name.as_str(), s.picture.as_deref(), s.link.as_str(), s.position]).await
}

/// False when another one has the name.
pub async fn update_shortcut(tx: &Tx, s: &Shortcut) -> Result<bool> {
    let sql = "update home_shortcut set name = ?, picture = ?, link = ?, position = ? where id = ?";
    tx.insert_new(sql, values![s.name.as_str(), s.picture.as_deref(), s.link.as_str(), s.position, s.id]).await
}

pub async fn delete_shortcut(tx: &Tx, id: HomeShortcutId) -> Result<()> {
    tx.run("delete from home_shortcut where id = ?", values![id]).await.map(|_| ())
}

/// False when another one has the title.
pub async fn insert_section(tx: &Tx, s: &Section) -> Result<bool> {
    let sql =
        "insert into home_section (id, kind, title, subtitle, link, position, amount, choice) values (?, ?, ?, ?, ?, ?, ?, ?)";
    let (kind, title, subtitle) = (s.kind.as_str(), s.title.as_str(), s.subtitle.as_str());
    tx.insert_new(sql, values![s.id, kind, title, subtitle, s.link.as_deref(), s.position, s.amount, s.choice.as_str()]).await
}

/// False when another one has the title.
pub async fn update_section(tx: &Tx, s: &Section) -> Result<bool> {
    let sql = "update home_section set title = ?, subtitle = ?, link = ?, position = ?, amount = ?, choice = ? where id = ?";
    let (title, subtitle, choice) = (s.title.as_str(), s.subtitle.as_str(), s.choice.as_str());
    tx.insert_new(sql, values![title, subtitle, s.link.as_deref(), s.position, s.amount, choice, s.id]).await
}

pub async fn delete_section(tx: &Tx, id: HomeSectionId) -> Result<()> {
    tx.run("delete from home_section where id = ?", values![id]).await.map(|_| ())
}

/// On the shelf, most sold first; in these categories, or in all when there are none.
pub async fn most_sold(db: &Db, categories: &[CategoryId], limit: usize) -> Result<Vec<Spu>> {
    let within = if categories.is_empty() { String::new() } else { format!(" and category in ({})", marks(categories.len())) };
    let sql = format!("select {COLUMNS} from spu where state = 'listed'{within} order by sales desc limit ?");
    let mut values: Vec<Value> = super::ids(categories);
    values.push((limit as i64).into());
    db.all(&sql, values).await
}
