//! 支付: one payment an order, attempts by channels, notifications and questions, refunds, and the books of every movement of money.
//! A payment that comes twice is given back; a late one is told to whoever asked for it. Must never know what is in an order,
//! and never believes a sum that it did not ask for.

mod ask;
mod by_hand;
mod channels;
mod close;
mod events;
mod http;
mod ledger;
mod migration;
mod notify;
mod pay;
mod refund;
mod schedule;
mod settings;
mod settle;
mod state;
mod status;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use contract::payment as shape;
use contract::thirdparty::Thirdparty;
use kit::cache::Cache;
use kit::{Core, Ctx, Db, Result};

pub use events::{HEARS, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::Settings;

/// The service's name.
pub const NAME: &str = "payment";

/// The service.
pub struct Payment {
    db: Db,
    cache: Cache,
    settings: Settings,
    thirdparty: Arc<dyn Thirdparty>,
}

impl Payment {
    /// The service on its database, beside the channels.
    pub fn new(core: &Core, db: Db, settings: Settings, thirdparty: Arc<dyn Thirdparty>) -> Arc<Self> {
        Arc::new(Payment { db, cache: core.cache.clone(), settings, thirdparty })
    }
}

#[async_trait]
impl shape::Payment for Payment {
    async fn pay(&self, ctx: &Ctx, request: shape::Pay) -> Result<shape::PayStarted> {
        self.start(ctx, request).await
    }

    async fn close(&self, ctx: &Ctx, request: shape::Close) -> Result<shape::Closed> {
        self.close_all(ctx, request.order).await
    }

    async fn status(&self, ctx: &Ctx, request: shape::StatusOf) -> Result<shape::PaymentStatus> {
        self.tell(ctx, &request).await
    }

    async fn refund(&self, _: &Ctx, request: shape::Refund) -> Result<shape::Refunded> {
        self.give_back(request).await
    }
}

/// The service has no periodic work: every question to a channel is a due event.
pub fn jobs(_payment: &Arc<Payment>, _jobs: &mut kit::cron::Jobs) {}
