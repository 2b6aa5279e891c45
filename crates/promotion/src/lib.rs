//! 促销: the only place where a price is made.
//!
//! `price` holds the bill and the order of the rules, each rule has a file of its own (`freight`). Must never know stock,
//! payment or who is signed in; unit prices are told to it.

pub mod freight;
mod http;
pub mod price;
mod quote;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use contract::promotion::{Quote, QuoteRequest};
use kit::{Ctx, Db, Result};

pub use http::{FreightRule, routes};

/// Name of the service, of its database and of its section in the settings.
pub const NAME: &str = "promotion";

/// What makes the tables, in order. Freight is a setting, so there are none.
pub const MIGRATIONS: &[kit::db::Migration] = &[];

/// Topics that it listens to.
pub const HEARS: &[&str] = &[];

/// Numbers of the service.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What freight costs.
    pub freight: freight::Freight,
    /// Most lines of a quote.
    pub max_lines: usize,
    /// Most units of a line.
    pub max_qty: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { freight: freight::Freight::default(), max_lines: 120, max_qty: 999 }
    }
}

/// The service.
pub struct Promotion {
    settings: Settings,
}

impl Promotion {
    /// The service with its rules.
    pub fn new(_core: &kit::Core, _db: Db, settings: Settings) -> Arc<Self> {
        Arc::new(Promotion { settings })
    }
}

#[async_trait]
impl contract::promotion::Promotion for Promotion {
    async fn quote(&self, _ctx: &Ctx, request: QuoteRequest) -> Result<Quote> {
        quote::quote(self, &request)
    }
}

/// What it does when it hears: nothing yet.
pub fn subscriptions(_promotion: &Arc<Promotion>) -> kit::db::Subscriptions {
    kit::db::Subscriptions::default()
}

/// The service has no periodic work.
pub fn jobs(_promotion: &Arc<Promotion>, _jobs: &mut kit::cron::Jobs) {}
