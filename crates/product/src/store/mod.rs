//! All statements of the service, by table. Knows columns, no rules.

pub mod cart;
pub mod frame;
pub mod front;
pub mod home;
pub mod kept;
pub mod review;
pub mod sale;
pub mod sku;
pub mod spu;

use kit::sea_orm::{FromQueryResult, Value};
use kit::{Db, Result};

/// All rows as the writer has them: a replica may be late, and price and shelf state must not be.
pub async fn fresh_all<R: FromQueryResult>(db: &Db, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
    if !db.is_shared() {
        return db.all(sql, values).await;
    }
    kit::tx!(db, |tx| tx.all(sql, values.clone()).await)
}

/// Numbers as values of an `in (…)`.
pub fn ids<T: Copy + Into<Value>>(ids: &[T]) -> Vec<Value> {
    ids.iter().map(|id| (*id).into()).collect()
}
