//! All database access of flash sales. One sentence of SQL each; what may be done is decided elsewhere.

pub mod activity;
pub mod item;
pub mod remind;
pub mod ticket;

use kit::db::Tx;
use kit::sea_orm::{FromQueryResult, Value};
use kit::{Db, Result};

/// What can be asked: a database, or an open transaction.
pub trait Rows: Sync {
    /// All rows of a query.
    fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Vec<R>>> + Send;
}

impl Rows for Db {
    async fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        self.all(sql, values).await
    }
}

impl Rows for Tx {
    async fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        self.all(sql, values).await
    }
}
