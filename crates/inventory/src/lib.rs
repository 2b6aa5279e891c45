//! 库存: how many there are of each variant, and for whom they are kept.
//!
//! A hold keeps all lines of an order or none; a release gives them back, a commit counts them as sold. An allotment is kept
//! apart from all that for a flash sale, whose paid orders take from it. `ledger` is the only writer of balances, `state` the rule that makes every verb repeatable. Must never know prices, products or people.

mod allot;
mod commit;
mod count;
mod end_allotment;
mod events;
mod head;
mod hold;
mod http;
mod ledger;
mod levels;
mod migration;
mod release;
mod state;
mod store;
mod take;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use contract::inventory::{
    Allot, AllotmentEnded, Allotted, Commit, Committed, Count, EndAllotment, Held, Hold, Level, LevelsOf, Release, Released,
};
use kit::{Ctx, Db, Result};

pub use events::{HEARS, subscriptions};
pub use http::{StockEntry, routes};
pub use migration::MIGRATIONS;

/// Name of the service, of its database and of its section in the settings.
pub const NAME: &str = "inventory";

/// Numbers of the service.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Most lines of a hold.
    pub max_lines: usize,
    /// Most units of a line.
    pub max_qty: u32,
    /// Most variants that levels are told of at once.
    pub max_levels: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { max_lines: 200, max_qty: 999, max_levels: 1_000 }
    }
}

/// The service.
pub struct Inventory {
    db: Db,
    settings: Settings,
}

impl Inventory {
    /// The service over its database.
    pub fn new(_core: &kit::Core, db: Db, settings: Settings) -> Arc<Self> {
        Arc::new(Inventory { db, settings })
    }
}

#[async_trait]
impl contract::inventory::Inventory for Inventory {
    async fn hold(&self, _ctx: &Ctx, request: Hold) -> Result<Held> {
        hold::hold(self, &request).await
    }

    async fn release(&self, _ctx: &Ctx, request: Release) -> Result<Released> {
        release::release(self, &request).await
    }

    async fn commit(&self, _ctx: &Ctx, request: Commit) -> Result<Committed> {
        commit::commit(self, &request).await
    }

    async fn levels(&self, _ctx: &Ctx, request: LevelsOf) -> Result<Vec<Level>> {
        levels::levels(self, &request).await
    }

    async fn count(&self, ctx: &Ctx, request: Count) -> Result<Vec<Level>> {
        count::count(self, ctx, &request).await
    }

    async fn allot(&self, _ctx: &Ctx, request: Allot) -> Result<Allotted> {
        allot::allot(self, &request).await
    }

    async fn end_allotment(&self, _ctx: &Ctx, request: EndAllotment) -> Result<AllotmentEnded> {
        end_allotment::end_allotment(self, &request).await
    }
}

/// The service has no periodic work: deadlines are those of orders, and news of them arrives as events.
pub fn jobs(_inventory: &Arc<Inventory>, _jobs: &mut kit::cron::Jobs) {}
