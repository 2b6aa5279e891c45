//! SQL of the counts of words.

use kit::sea_orm::{self, FromQueryResult};
use kit::{Db, Result, Tx, values};

/// Adds to the count of a day.
pub async fn add(tx: &Tx, day: i64, words: &str, n: i64) -> Result<()> {
    let more = "update hot_word set n = n + ? where day = ? and words = ?";
    if tx.run(more, values![n, day, words]).await? > 0 {
        return Ok(());
    }
    if tx.insert_new("insert into hot_word (day, words, n) values (?, ?, ?)", values![day, words, n]).await? {
        return Ok(());
    }
    // Another process was first.
    tx.run(more, values![n, day, words]).await.map(|_| ())
}

#[derive(FromQueryResult)]
struct Row {
    words: String,
}

/// The words most searched for since a day, most frequent first.
pub async fn hottest(db: &Db, since_day: i64, limit: u32) -> Result<Vec<String>> {
    let sql = "select words from hot_word where day >= ? group by words order by sum(n) desc, words limit ?";
    let rows: Vec<Row> = db.all(sql, values![since_day, i64::from(limit)]).await?;
    Ok(rows.into_iter().map(|row| row.words).collect())
}

/// Forgets the days before one.
pub async fn forget(db: &Db, before_day: i64) -> Result<()> {
    db.run("delete from hot_word where day < ?", values![before_day]).await.map(|_| ())
}
