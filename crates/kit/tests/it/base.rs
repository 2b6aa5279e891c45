//! A database for one test: a file in a temporary folder, or a schema on the MariaDB that `MALL_TEST_MYSQL` names.

use std::future::Future;
use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
use std::time::Duration;

use kit::db::{CrashSwitch, DbUrl, Migration};
use kit::sea_orm::{ConnectionTrait as _, Database};
use kit::{Clock, Db, Ids, Time};

/// Longest wait for something that must happen; only a failing test ever waits so long.
pub const SOON: Duration = Duration::from_secs(20);

/// When the tests' clock stands at first.
pub const START: Time = Time(1_795_000_000_000);

/// The tables that the tests write to.
pub const TABLES: &[Migration] = &[Migration {
    name: "m20261122_000001_tables",
    up: &[
        "create table account (id bigint not null primary key, owner varchar(40) not null, cents bigint not null)",
        "create unique index ux_account_owner on account (owner)",
    ],
}];

/// A database for one test, with a clock that stands still.
#[derive(Clone)]
pub struct Base {
    pub clock: Clock,
    pub crash: CrashSwitch,
    pub at: DbUrl,
}

static NODE: AtomicU16 = AtomicU16::new(0);

impl Base {
    /// One more process at the database, without tables.
    pub async fn open(&self) -> Db {
        let ids = Ids::new(self.clock.clone(), NODE.fetch_add(1, SeqCst));
        Db::open("bank", &self.at, self.clock.clone(), ids, self.crash.clone()).await.unwrap()
    }

    /// The database with the tests' tables.
    pub async fn db(&self) -> Db {
        let db = self.open().await;
        db.migrate(TABLES).await.unwrap();
        db
    }

    /// The same database for a process that starts after a crash.
    pub fn restarted(&self) -> Base {
        Base { crash: CrashSwitch::default(), ..self.clone() }
    }

    pub fn pass_ms(&self, ms: u64) {
        self.clock.pass(Duration::from_millis(ms));
    }
}

/// Puts an account there.
pub async fn put_account(db: &Db, id: i64, cents: i64) {
    let sql = "insert into account (id, owner, cents) values (?, ?, ?)";
    assert_eq!(db.run(sql, kit::values![id, format!("owner {id}"), cents]).await.unwrap(), 1);
}

/// The cents of an account.
pub async fn cents(db: &Db, id: i64) -> Option<i64> {
    db.number("select cents from account where id = ?", kit::values![id]).await.unwrap()
}

/// The rows of a table.
pub async fn count(db: &Db, table: &str) -> i64 {
    db.number(&format!("select count(*) from {table}"), vec![]).await.unwrap().unwrap()
}

/// Waits for what must happen.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, what).await.expect("this should have happened long ago")
}

/// A database file in a temporary folder.
pub async fn on_sqlite<W: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Base) -> W) {
    let folder = tempfile::tempdir().unwrap();
    let at = DbUrl::File { path: folder.path().join("bank.db"), durable: false };
    body(Base { clock: Clock::manual(START), crash: CrashSwitch::default(), at }).await;
}

/// A schema of its own on the MariaDB of the test run; says once when there is none.
pub async fn on_mariadb<W: Future<Output = ()> + Send + 'static>(body: impl FnOnce(Base) -> W) {
    static TOLD: Once = Once::new();
    let tell = |why: &'static str| {
        // Past the capture of the test harness: a test that did not run must be seen.
        TOLD.call_once(|| std::io::stderr().write_all(format!("\nMariaDB is not tested: {why}\n").as_bytes()).unwrap());
    };
    let Ok(server) = std::env::var("MALL_TEST_MYSQL") else {
        return tell("MALL_TEST_MYSQL is not set (scripts/with-engines sets it)");
    };
    if !cfg!(feature = "cluster") {
        return tell("built without --features cluster");
    }
    let schema = format!("t_{:016x}", u64::from_le_bytes(kit::random::bytes()));
    let at = DbUrl::Server { url: format!("{server}/{schema}"), replica: None, connections: 16 };
    let test = tokio::spawn(body(Base { clock: Clock::manual(START), crash: CrashSwitch::default(), at }));
    let outcome = test.await;
    let root = Database::connect(&server).await.unwrap();
    root.execute_unprepared(&format!("drop database if exists {schema}")).await.unwrap();
    root.close().await.unwrap();
    if let Err(failed) = outcome {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// The same test on every kind of database: `each_database! { name: |base| { … } }`.
macro_rules! each_database {
    ($($(#[$meta:meta])* $name:ident: |$base:ident| $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "not every test needs all of its module")]
            use super::*;
            $(#[$meta])*
            async fn test($base: $crate::base::Base) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() { $crate::base::on_sqlite(test).await }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_mariadb() { $crate::base::on_mariadb(test).await }
        }
    )*};
}
pub(crate) use each_database;
