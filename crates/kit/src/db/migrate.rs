//! Tables by forward-only migrations inside the binary: a list of statements under a name, run once each.

use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager, async_trait};

use super::{Db, fault_of};
use crate::fault::Result;
#[cfg(feature = "cluster")]
use crate::fault::UNAVAILABLE;

/// One step of a service's schema. Never edited after a release: a later one is added.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// `m20261122_000001_orders`: sorts by time.
    pub name: &'static str,
    /// Statements in the one dialect that both databases read.
    pub up: &'static [&'static str],
}

/// A migration that has not run yet on some database.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose database.
    pub service: &'static str,
    /// Its name.
    pub name: String,
    /// What it will run.
    pub statements: &'static [&'static str],
}

/// The house's own tables, in every service's database.
const HOUSE: Migration = Migration {
    name: "m20261122_000000_house",
    up: &[
        "create table if not exists outbox (
            id bigint not null primary key, topic varchar(80) not null, payload mediumtext not null, trace varchar(64) not null,
            due_ms bigint not null, lease_ms bigint not null, attempts int not null)",
        "create index ix_outbox_due on outbox (due_ms, id)",
        "create table if not exists dead_letter (
            id bigint not null primary key, topic varchar(80) not null, payload mediumtext not null, trace varchar(64) not null,
            at_ms bigint not null, cause text not null)",
        "create table if not exists inbox (
            consumer varchar(80) not null, event_id bigint not null, at_ms bigint not null, primary key (consumer, event_id))",
        "create index ix_inbox_at on inbox (at_ms)",
        "create table if not exists lease (
            name varchar(100) not null primary key, holder varchar(64) not null, until_ms bigint not null, fence bigint not null)",
        "create table if not exists idempotency (
            who bigint not null, route varchar(60) not null, idem_key varchar(120) not null, fingerprint varchar(64) not null,
            status int not null, body mediumtext not null, created_ms bigint not null, primary key (who, route, idem_key))",
        "create index ix_idempotency_at on idempotency (created_ms)",
    ],
};

struct Step(Migration);

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.0.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in self.0.up {
            match manager.get_connection().execute_unprepared(statement).await {
                // A migration that was cut short there begins again, and finds its first steps done.
                Err(e) if manager.get_database_backend() == DbBackend::MySql && is_there_already(&e) => {}
                Err(e) => return Err(e),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    // One commit a migration where the database can; MySQL commits each schema change by itself.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// Table, column or index exists.
fn is_there_already(e: &DbErr) -> bool {
    let text = e.to_string();
    ["1050 (", "1060 (", "1061 ("].iter().any(|mark| text.contains(mark))
}

struct Steps(Arc<[Migration]>);

impl MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0.iter().map(|m| Box::new(Step(*m)) as Box<dyn MigrationTrait>).collect()
    }
}

fn steps(of: &[Migration]) -> Steps {
    Steps(std::iter::once(HOUSE).chain(of.iter().copied()).collect())
}

impl Db {
    /// Runs what has not run yet: the house's tables, then the service's own. Processes that start together take turns.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<()> {
        #[cfg(feature = "cluster")]
        let _turn = self.turn().await?;
        steps(migrations).up(self.writer(), None).await.map_err(|e| fault_of(&e))
    }

    /// The right to change the tables of a shared database; given back with the connection.
    #[cfg(feature = "cluster")]
    async fn turn(&self) -> Result<Option<sea_orm::sqlx::MySqlConnection>> {
        use sea_orm::sqlx::{ConnectOptions as _, query_scalar};
        if !self.is_shared() {
            return Ok(None);
        }
        let busy = |why: String| UNAVAILABLE.because(why).retry_after_s(1);
        let options = self.writer().get_mysql_connection_pool().connect_options();
        let mut connection = options.connect().await.map_err(|e| busy(e.to_string()))?;
        let lock = "select get_lock(left(concat('migrate ', database()), 64), 60)";
        let taken: Option<i64> = query_scalar(lock).fetch_one(&mut connection).await.map_err(|e| busy(e.to_string()))?;
        if taken == Some(1) { Ok(Some(connection)) } else { Err(busy("another process migrates".into())) }
    }

    /// What [`Db::migrate`] would run.
    pub async fn plan(&self, migrations: &[Migration]) -> Result<Vec<Plan>> {
        let all = steps(migrations);
        let pending = all.get_pending_migrations(self.writer()).await.map_err(|e| fault_of(&e))?;
        Ok(pending
            .iter()
            .filter_map(|p| all.0.iter().find(|m| m.name == p.name()))
            .map(|m| Plan { service: self.service(), name: m.name.into(), statements: m.up })
            .collect())
    }
}
