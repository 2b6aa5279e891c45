//! What the service hears, and what it does on the hour.

use std::sync::Arc;

use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::{Seckill, gate, remind, schedule};

/// Topics that the service listens to.
pub const HEARS: &[&str] = &[
    "order.cancelled",
    "order.paid",
    "seckill.activity_due",
    "seckill.offline",
    "seckill.online",
    "seckill.reminder_due",
    "seckill.return_due",
    "seckill.win_due",
];

/// What it does about them.
pub fn subscriptions(x: &Arc<Seckill>) -> Subscriptions {
    let mut s = Subscriptions::default();
    schedule::hear(x, &mut s);
    remind::hear(x, &mut s);
    gate::hear(x, &mut s);
    s
}

/// Periodic work.
pub fn jobs(x: &Arc<Seckill>, jobs: &mut Jobs) {
    schedule::schedule(x, jobs);
    gate::schedule(x, jobs);
}
