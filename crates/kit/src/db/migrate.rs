//! Tables by forward-only migrations inside the binary: a list of statements under a name, run once each.

use std::sync::Arc;

use sea_orm::{ConnectionTrait as _, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTraitSelf, SchemaManager, async_trait};

use super::{Db, fault_of};
use crate::fault::Result;

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
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    // One commit a migration where the database can; MySQL commits each schema change by itself.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
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
    /// Runs what has not run yet: the house's tables, then the service's own.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<()> {
        steps(migrations).up(self.writer(), None).await.map_err(|e| fault_of(&e))
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
