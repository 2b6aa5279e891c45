//! A transaction: statements, events that leave with them, and the rule that nothing else happens inside.

use std::future::Future;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, FromQueryResult, IsolationLevel, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _, Value,
};

use super::{Db, Event, fault_of, is_duplicate, outbox};
use crate::fault::{Error, Result};
use crate::{Time, random};

/// Times that a transaction which lost a race is run again.
const ATTEMPTS: u32 = 5;

tokio::task_local! {
    static INSIDE: ();
}

/// Runs a transaction's body, so that a call to another service inside it can be refused.
pub async fn inside<T>(body: impl Future<Output = Result<T>>) -> Result<T> {
    INSIDE.scope((), body).await
}

/// Whether this task is inside a transaction: no call leaves the service then.
pub fn in_transaction() -> bool {
    INSIDE.try_with(|()| ()).is_ok()
}

/// An open transaction. Dropping it rolls back.
pub struct Tx {
    db: Db,
    inner: DatabaseTransaction,
    left_events: std::sync::atomic::AtomicBool,
}

/// What became of a transaction.
pub enum Outcome<T> {
    /// Committed, or rolled back with an error.
    Done(Result<T>),
    /// Lost a race; the body runs again.
    Again,
}

impl Db {
    /// Opens a write transaction. Use [`tx!`](crate::tx).
    pub async fn begin(&self) -> Result<Tx> {
        self.refuse_inside_transaction()?;
        self.crash().check()?;
        let options = TransactionOptions {
            // Conditional writes decide; a snapshot that is older than the row would only hide that.
            isolation_level: self.is_shared().then_some(IsolationLevel::ReadCommitted),
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let inner = self.writer().begin_with_options(options).await.map_err(|e| fault_of(&e))?;
        Ok(Tx { db: self.clone(), inner, left_events: false.into() })
    }
}

/// Commits or rolls back. Called by [`tx!`](crate::tx).
pub async fn finish<T>(tx: Tx, result: Result<T>, attempt: &mut u32) -> Outcome<T> {
    let Tx { db, inner, left_events } = tx;
    let allowed = result.and_then(|value| Ok((value, db.crash().before_commit()?)));
    let result = match allowed {
        Ok((value, commit)) => match inner.commit().await {
            Ok(()) => {
                if left_events.into_inner() {
                    db.wake().notify_waiters();
                }
                commit.done().map(|()| value)
            }
            Err(e) => Err(fault_of(&e)),
        },
        Err(e) => {
            if let Err(lost) = inner.rollback().await {
                tracing::debug!(service = db.service(), cause = %lost, "rollback failed; the connection is dropped");
            }
            Err(e)
        }
    };
    match result {
        Err(e) if e.may_run_again() && *attempt + 1 < ATTEMPTS => {
            *attempt += 1;
            let jitter_ms = random::below(10 << *attempt);
            tokio::time::sleep(Duration::from_millis(jitter_ms)).await;
            Outcome::Again
        }
        done => Outcome::Done(done),
    }
}

impl Tx {
    /// The clock's now.
    pub fn now(&self) -> Time {
        self.db.clock().now()
    }

    /// A new id of a type.
    pub fn id<T: From<i64>>(&self) -> T {
        self.db.ids().make()
    }

    /// One write; gives the number of rows that it matched.
    pub async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let done = self.inner.execute_raw(self.db.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        Ok(done.rows_affected())
    }

    /// One insert; false when a unique key was already there. The transaction goes on either way.
    pub async fn insert_new(&self, sql: &str, values: Vec<Value>) -> Result<bool> {
        match self.inner.execute_raw(self.db.statement(sql, values)).await {
            Ok(_) => Ok(true),
            Err(e) if is_duplicate(&e) => Ok(false),
            Err(e) => Err(fault_of(&e)),
        }
    }

    /// All rows of a query.
    pub async fn all<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        let rows = self.inner.query_all_raw(self.db.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        rows.iter().map(|row| R::from_query_result(row, "").map_err(|e| fault_of(&e))).collect()
    }

    /// The first row of a query.
    pub async fn one<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Option<R>> {
        let row = self.inner.query_one_raw(self.db.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        row.map(|row| R::from_query_result(&row, "").map_err(|e| fault_of(&e))).transpose()
    }

    /// The first column of the first row, as a number.
    pub async fn number(&self, sql: &str, values: Vec<Value>) -> Result<Option<i64>> {
        let row = self.inner.query_one_raw(self.db.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        row.map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0).map_err(|e| fault_of(&e)))
    }

    /// Leaves an event with this transaction: delivered after the commit, at least once.
    pub async fn publish<E: Event>(&self, event: &E) -> Result<()> {
        self.publish_at(event, self.now()).await
    }

    /// Leaves an event that is delivered when its time has come: the only timer for business deadlines.
    pub async fn publish_at<E: Event>(&self, event: &E, due: Time) -> Result<()> {
        let payload = serde_json::to_string(event).map_err(Error::internal)?;
        let trace = outbox::current_trace();
        self.run(
            "insert into outbox (id, topic, payload, trace, due_ms, lease_ms, attempts) values (?, ?, ?, ?, ?, 0, 0)",
            values_of(self.id::<i64>(), E::TOPIC, payload, trace, due),
        )
        .await?;
        self.left_events.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Leaves events of one kind, each to be delivered when its time has come, in one statement; at most a few hundred.
    pub async fn publish_all<E: Event>(&self, events: &[(E, Time)]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let trace = outbox::current_trace();
        let mut values = Vec::with_capacity(events.len() * 5);
        for (event, due) in events {
            let payload = serde_json::to_string(event).map_err(Error::internal)?;
            values.extend(values_of(self.id::<i64>(), E::TOPIC, payload, trace.clone(), *due));
        }
        let rows = vec!["(?, ?, ?, ?, ?, 0, 0)"; events.len()].join(", ");
        let sql = format!("insert into outbox (id, topic, payload, trace, due_ms, lease_ms, attempts) values {rows}");
        self.run(&sql, values).await?;
        self.left_events.store(true, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }

    /// Keeps an inbox row; false when this consumer has handled the event before. The row and the consumer's effect
    /// share this transaction, so that a second delivery does nothing.
    pub async fn first_time(&self, consumer: &str, event: i64) -> Result<bool> {
        self.insert_new(
            "insert into inbox (consumer, event_id, at_ms) values (?, ?, ?)",
            crate::values![consumer, event, self.now()],
        )
        .await
    }
}

fn values_of(id: i64, topic: &str, payload: String, trace: String, due: Time) -> Vec<Value> {
    crate::values![id, topic, payload, trace, due]
}
