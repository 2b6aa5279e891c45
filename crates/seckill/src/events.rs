//! What the service hears, and what it does on the hour.

use std::sync::Arc;
use std::time::Duration;

use contract::order::{OrderCancelled, OrderPaid};
use contract::seckill::{ReturnDue, WinDue};
use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::Seckill;

/// Topics that the service listens to.
pub const HEARS: &[&str] = &["order.cancelled", "order.paid", "seckill.return_due", "seckill.win_due"];

/// What it does about them.
pub fn subscriptions(x: &Arc<Seckill>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let seckill = x.clone();
    s.on::<OrderCancelled, _, _>(move |_, news, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_cancelled(&news).await }
    });
    let seckill = x.clone();
    s.on::<OrderPaid, _, _>(move |_, news, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_paid(&news).await }
    });
    let seckill = x.clone();
    s.on::<WinDue, _, _>(move |_, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_win_due(&timer).await }
    });
    let seckill = x.clone();
    s.on::<ReturnDue, _, _>(move |_, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_return_due(&timer).await }
    });
    s
}

/// Periodic work: the line is served, pools are looked after.
pub fn jobs(x: &Arc<Seckill>, jobs: &mut Jobs) {
    let seckill = x.clone();
    jobs.every("seckill.pools", Duration::from_secs(5), move |_| {
        let seckill = seckill.clone();
        async move { seckill.tend_pools().await }
    });
    let seckill = x.clone();
    jobs.every("seckill.line", Duration::from_secs(1), move |_| {
        let seckill = seckill.clone();
        async move { seckill.serve_line().await }
    });
}
