//! What the service hears, and what it does on the hour.

use std::sync::Arc;

use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::Seckill;

/// Topics that the service listens to.
pub const HEARS: &[&str] = &[];

/// What it does about them.
pub fn subscriptions(_x: &Arc<Seckill>) -> Subscriptions {
    Subscriptions::default()
}

/// Periodic work.
pub fn jobs(_x: &Arc<Seckill>, _jobs: &mut Jobs) {}
