//! One service's database: SQLite or MySQL/MariaDB behind one dialect of SQL text.
//!
//! Reads go through [`Db::all`] and [`Db::one`]; writes through [`tx!`](crate::tx), whose body may run again on a
//! deadlock and therefore holds nothing but statements; a single autocommit write through [`Db::run`].
//! Must never know what the tables mean.

mod migrate;
mod open;
mod outbox;
mod relay;
mod tx;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, FromQueryResult, SqlErr, Statement, Value};
use tokio::sync::Notify;

pub use migrate::{Migration, Plan};
pub use open::DbUrl;
pub use outbox::{Event, Parcel, current_trace, on_trace};
pub use relay::{Bus, Handler, Relay, Stop, Subscriptions};
pub use tx::{Outcome, Tx, finish, in_transaction, inside};

use crate::fault::{CONFLICT, Error, Result, UNAVAILABLE};
use crate::{Clock, Ids};

/// Values of a statement, in the order of its `?` marks.
#[macro_export]
macro_rules! values {
    ($($v:expr),* $(,)?) => { vec![$($crate::sea_orm::Value::from($v)),*] };
}

/// Runs a body as one transaction of a [`Db`]: commits when it gives `Ok`, rolls back when it gives `Err`, runs it
/// again (three times at most) when the database says deadlock. The body must be safe to run again: statements only.
///
/// ```ignore
/// let order = kit::tx!(self.db, |tx| {
///     store::insert(&tx, &order).await?;
///     tx.publish(&OrderPlaced { … }).await?;
///     Ok(order.id)
/// })?;
/// ```
#[macro_export]
macro_rules! tx {
    ($db:expr, |$tx:ident| $body:expr) => {{
        let db: $crate::db::Db = $crate::db::Db::clone(&$db);
        let mut attempt = 0u32;
        loop {
            let $tx = match db.begin().await {
                Ok(tx) => tx,
                Err(e) => break Err(e),
            };
            let result = $crate::db::inside(async { $body }).await;
            match $crate::db::finish($tx, result, &mut attempt).await {
                $crate::db::Outcome::Done(result) => break result,
                $crate::db::Outcome::Again => continue,
            }
        }
    }};
}

/// `?,?,?` for `n` values of an `in (…)`.
pub fn marks(n: usize) -> String {
    let mut text = "?,".repeat(n);
    text.pop();
    text
}

/// Stops a mall in a test as `kill -9` would: after a number of commits, nothing more gets through. A write that the
/// database refuses counts as a commit too.
#[derive(Clone, Debug, Default)]
pub struct CrashSwitch(Arc<CrashState>);

#[derive(Debug, Default)]
struct CrashState {
    commits_left: AtomicI64,
    armed: AtomicBool,
    down: AtomicBool,
}

impl CrashSwitch {
    /// Goes down right after `commits` further commits.
    pub fn arm(&self, commits: i64) {
        self.0.commits_left.store(commits, SeqCst);
        self.0.armed.store(true, SeqCst);
    }

    /// Whether it has gone down.
    pub fn is_down(&self) -> bool {
        self.0.down.load(SeqCst)
    }

    /// Refuses when down.
    pub fn check(&self) -> Result<()> {
        if self.is_down() { Err(UNAVAILABLE.because("the process has crashed (test)")) } else { Ok(()) }
    }

    /// Asks for one commit before it is made, so that no task that waited in line meanwhile gets one too many.
    fn before_commit(&self) -> Result<LastCommit<'_>> {
        self.check()?;
        let left = if self.0.armed.load(SeqCst) { self.0.commits_left.fetch_sub(1, SeqCst) } else { i64::MAX };
        if left <= 0 {
            return Err(UNAVAILABLE.because("the process is crashing (test)"));
        }
        Ok(LastCommit((left == 1).then_some(self)))
    }
}

/// Takes the house down when the commit that it stands for is over, however it went.
struct LastCommit<'a>(Option<&'a CrashSwitch>);

impl LastCommit<'_> {
    /// The commit is over; nobody hears of it when it was the last one.
    fn done(self) -> Result<()> {
        match self.0 {
            Some(switch) => {
                switch.0.down.store(true, SeqCst);
                switch.check()
            }
            None => Ok(()),
        }
    }
}

impl Drop for LastCommit<'_> {
    fn drop(&mut self) {
        if let Some(switch) = self.0 {
            switch.0.down.store(true, SeqCst);
        }
    }
}

/// One service's database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    service: &'static str,
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    backend: DbBackend,
    clock: Clock,
    ids: Ids,
    wake: Notify,
    crash: CrashSwitch,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.0.service)
    }
}

impl Db {
    /// Name of the service that owns it.
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// The clock that its rows are stamped with.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Where its ids come from.
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Whether several processes may write to it (MySQL) or only this one (SQLite).
    pub fn is_shared(&self) -> bool {
        self.0.backend != DbBackend::Sqlite
    }

    /// Woken when a transaction left an event.
    pub(crate) fn wake(&self) -> &Notify {
        &self.0.wake
    }

    pub(crate) fn crash(&self) -> &CrashSwitch {
        &self.0.crash
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.0.writer
    }

    pub(crate) fn statement(&self, sql: &str, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.0.backend, sql, values)
    }

    /// All rows of a query, from a reader. On SQLite a reader sees every commit; on a replica it may be late, so
    /// money, stock and limits are read with [`Db::fresh`] or inside a transaction.
    pub async fn all<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        self.0.crash.check()?;
        let rows = self.0.reader.query_all_raw(self.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        rows.iter().map(|row| R::from_query_result(row, "").map_err(|e| fault_of(&e))).collect()
    }

    /// The first row of a query, from a reader.
    pub async fn one<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Option<R>> {
        self.0.crash.check()?;
        let row = self.0.reader.query_one_raw(self.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        row.map(|row| R::from_query_result(&row, "").map_err(|e| fault_of(&e))).transpose()
    }

    /// The first column of the first row, as a number; `None` without rows or when null.
    pub async fn number(&self, sql: &str, values: Vec<Value>) -> Result<Option<i64>> {
        self.0.crash.check()?;
        let row = self.0.reader.query_one_raw(self.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        row.map_or(Ok(None), |row| row.try_get_by_index::<Option<i64>>(0).map_err(|e| fault_of(&e)))
    }

    /// The first row of a query, from the writer: reads what was just written, also beside a replica.
    pub async fn fresh<R: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Option<R>> {
        if !self.is_shared() {
            return self.one(sql, values).await;
        }
        self.0.crash.check()?;
        let row = self.0.writer.query_one_raw(self.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        row.map(|row| R::from_query_result(&row, "").map_err(|e| fault_of(&e))).transpose()
    }

    /// One write that commits by itself; gives the number of rows that changed (matched, on MySQL too).
    pub async fn run(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        self.refuse_inside_transaction()?;
        let commit = self.0.crash.before_commit()?;
        let done = self.0.writer.execute_raw(self.statement(sql, values)).await.map_err(|e| fault_of(&e))?;
        commit.done()?;
        Ok(done.rows_affected())
    }

    /// One insert that commits by itself; false when a unique key was already there.
    pub async fn insert_new(&self, sql: &str, values: Vec<Value>) -> Result<bool> {
        self.refuse_inside_transaction()?;
        let commit = self.0.crash.before_commit()?;
        match self.0.writer.execute_raw(self.statement(sql, values)).await {
            Ok(_) => commit.done().map(|()| true),
            Err(e) if is_duplicate(&e) => Ok(false),
            Err(e) => Err(fault_of(&e)),
        }
    }

    /// A second write of the same task would wait for the transaction's own lock, or for the only connection to a file.
    fn refuse_inside_transaction(&self) -> Result<()> {
        if in_transaction() {
            return Err(Error::internal(format!("{} was written to beside an open transaction", self.0.service)));
        }
        Ok(())
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        self.number("select 1", vec![]).await.map(|_| ())
    }
}

fn is_duplicate(e: &DbErr) -> bool {
    matches!(e.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// A database error as a fault: a lost race may run again, an unreachable or busy database is `unavailable`, a unique key
/// that nobody expected is a conflict, anything else is a mistake of ours.
fn fault_of(e: &DbErr) -> Error {
    let text = e.to_string();
    if is_duplicate(e) {
        return CONFLICT.because(text);
    }
    let lost_race =
        ["1213 ", "1205 ", "1020 ", "Deadlock found", "Lock wait timeout", "database is locked", "Record has changed"];
    if lost_race.iter().any(|mark| text.contains(mark)) {
        return UNAVAILABLE.because(text).retry_after_s(1).again();
    }
    match e {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => UNAVAILABLE.because(text).retry_after_s(1),
        _ if text.contains("Broken pipe") || text.contains("Connection re") || text.contains("disk is full") => {
            UNAVAILABLE.because(text).retry_after_s(1)
        }
        _ => Error::internal(text),
    }
}

/// Longest wait for a connection before a request is told that the house is busy.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
