//! Opens a database: a file with one writer and readers beside it, or a server with a writer and optional readers.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use tokio::sync::Notify;

use super::{ACQUIRE_TIMEOUT, CrashSwitch, Db, Inner, fault_of};
use crate::fault::{Error, Result};
use crate::{Clock, Ids};

/// Readers beside the one writer of a SQLite file.
const SQLITE_READERS: u32 = 4;

/// Where a service's database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbUrl {
    /// A file of its own; made when absent.
    File {
        /// The file.
        path: PathBuf,
        /// Commit means on the disk. Off only in tests.
        durable: bool,
    },
    /// A MySQL or MariaDB database; made when absent.
    Server {
        /// `mysql://user:password@host:port/database`.
        url: String,
        /// The same for a replica that reads may go to.
        replica: Option<String>,
        /// Connections of this process.
        connections: u32,
    },
}

impl Db {
    /// Opens (and makes, when absent) the database of a service. Tables come from [`Db::migrate`].
    pub async fn open(service: &'static str, at: &DbUrl, clock: Clock, ids: Ids, crash: CrashSwitch) -> Result<Db> {
        let (writer, reader) = match at {
            DbUrl::File { path, durable } => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(Error::internal)?;
                }
                let writer = sqlite(path, *durable, 1, false).await?;
                (writer, sqlite(path, *durable, SQLITE_READERS, true).await?)
            }
            DbUrl::Server { url, replica, connections } => {
                create_schema(url).await?;
                let writer = server(url, *connections).await?;
                let reader = match replica {
                    Some(replica) => server(replica, *connections).await?,
                    None => writer.clone(),
                };
                (writer, reader)
            }
        };
        let backend = writer.get_database_backend();
        Ok(Db(Arc::new(Inner { service, writer, reader, backend, clock, ids, wake: Notify::new(), crash })))
    }

    /// Lets a SQLite file commit without waiting for the disk, or makes it wait again (and brings what there is onto the
    /// disk). Only for filling a store that would be filled anew after a power cut.
    pub async fn hurry(&self, hurried: bool) -> Result<()> {
        if self.is_shared() {
            return Ok(());
        }
        let run = async |sql: &str| self.0.writer.execute_unprepared(sql).await.map_err(|e| fault_of(&e));
        if hurried {
            run("pragma synchronous = off").await?;
        } else {
            run("pragma synchronous = full").await?;
            run("pragma wal_checkpoint(truncate)").await?;
        }
        Ok(())
    }

    /// Closes the connections; a SQLite file is checkpointed by its last one.
    pub async fn close(&self) {
        for pool in [&self.0.reader, &self.0.writer] {
            if let Err(e) = pool.clone().close().await {
                tracing::warn!(service = self.service(), cause = %e, "database did not close cleanly");
            }
        }
    }
}

async fn sqlite(path: &std::path::Path, durable: bool, connections: u32, reader: bool) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", path.display()));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT * 2)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |o: SqliteConnectOptions| {
            o.journal_mode(SqliteJournalMode::Wal)
                .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
                .busy_timeout(Duration::from_secs(10))
                .foreign_keys(true)
                .pragma("cache_size", if reader { "-512" } else { "-2048" })
                .pragma("query_only", if reader { "1" } else { "0" })
                .pragma("temp_store", "memory")
                .statement_cache_capacity(200)
        });
    Database::connect(options).await.map_err(|e| fault_of(&e))
}

async fn server(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(true)
        .sqlx_logging(false);
    // A lock that is not had in this time is a lost race, long before the caller's own deadline.
    #[cfg(feature = "cluster")]
    options.map_sqlx_mysql_pool_opts(|pool| {
        pool.after_connect(|connection, _| {
            Box::pin(async move {
                use sea_orm::sqlx::Executor as _;
                connection.execute("set session innodb_lock_wait_timeout = 5").await.map(|_| ())
            })
        })
    });
    Database::connect(options).await.map_err(|e| fault_of(&e))
}

/// `utf8mb4_bin`, so that equality means the same as on SQLite: byte for byte.
#[cfg(feature = "cluster")]
async fn create_schema(url: &str) -> Result<()> {
    let Some((server_url, schema)) = url.rsplit_once('/') else { return Ok(()) };
    let schema = schema.split('?').next().unwrap_or(schema);
    if schema.is_empty() || !schema.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(Error::internal(format!("{schema:?} is no name for a database")));
    }
    let root = server(server_url, 1).await?;
    root.execute_unprepared(&format!("create database if not exists {schema} character set utf8mb4 collate utf8mb4_bin"))
        .await
        .map_err(|e| fault_of(&e))?;
    root.close().await.map_err(|e| fault_of(&e))
}

#[cfg(not(feature = "cluster"))]
async fn create_schema(_url: &str) -> Result<()> {
    Err(Error::internal("this binary was built without the cluster feature and knows no MySQL"))
}
