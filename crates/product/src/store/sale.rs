//! What is known of flash sales.

use contract::ActivityId;
use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Time, Tx, values};

/// A session.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Sale {
    pub activity_id: ActivityId,
    /// Of several news the one with the highest counts.
    pub version: i64,
    pub title: String,
    pub starts_ms: Time,
    pub ends_ms: Time,
    /// Cards as JSON.
    pub cards: String,
}

/// Those that may be seen.
pub async fn online(db: &Db) -> Result<Vec<Sale>> {
    let sql =
        "select activity_id, version, title, starts_ms, ends_ms, cards from sale where online = 1 order by ends_ms limit 50";
    super::fresh_all(db, sql, values![]).await
}

/// Takes in news of one, unless newer news came before.
pub async fn keep(tx: &Tx, sale: &Sale, online: bool) -> Result<()> {
    let Sale { activity_id, version, title, starts_ms, ends_ms, cards } = sale;
    let new = "insert into sale (activity_id, version, online, title, starts_ms, ends_ms, cards) values (?, ?, ?, ?, ?, ?, ?)";
    let row = values![*activity_id, *version, online, title.as_str(), *starts_ms, *ends_ms, cards.as_str()];
    if tx.insert_new(new, row).await? {
        return Ok(());
    }
    let sql = "update sale set version = ?, online = ?, title = ?, starts_ms = ?, ends_ms = ?, cards = ?
               where activity_id = ? and version < ?";
    let values = values![*version, online, title.as_str(), *starts_ms, *ends_ms, cards.as_str(), *activity_id, *version];
    tx.run(sql, values).await.map(|_| ())
}
