//! What orders hear: their own timers, and what became of money; and what they do on the hour.
//!
//! Deliveries may be repeated: an order's own state is the mark that it has heard, kept in the same transaction as the effect.

use std::sync::Arc;
use std::time::Duration;

use contract::order::{AfterSaleClosed, PaymentExpired, PlacingExpired, ReceiptDue};
use contract::payment::{PaymentSucceeded, RefundSucceeded};
use kit::Ctx;
use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::Order;

/// Topics that the service listens to.
pub const HEARS: &[&str] = &[
    "order.after_sale_closed",
    "order.payment_expired",
    "order.placing_expired",
    "order.receipt_due",
    "payment.refund_succeeded",
    "payment.succeeded",
];

/// What it does about them.
pub fn subscriptions(x: &Arc<Order>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let order = x.clone();
    s.on::<PlacingExpired, _, _>(move |_, timer, event| {
        let order = order.clone();
        async move { order.expire_placing(&timer, Some(event)).await }
    });
    let order = x.clone();
    s.on::<PaymentExpired, _, _>(move |ctx, timer, event| {
        let order = order.clone();
        async move { order.expire_payment(&ctx, &timer, Some(event)).await }
    });
    let order = x.clone();
    s.on::<ReceiptDue, _, _>(move |_, timer, event| {
        let order = order.clone();
        async move { order.receipt_due(&timer, Some(event)).await }
    });
    let order = x.clone();
    s.on::<AfterSaleClosed, _, _>(move |_, timer, event| {
        let order = order.clone();
        async move { order.after_sale_closed(&timer, Some(event)).await }
    });
    let order = x.clone();
    s.on::<PaymentSucceeded, _, _>(move |ctx, news, _| {
        let order = order.clone();
        async move { order.hear_paid(&ctx, &news).await }
    });
    let order = x.clone();
    s.on::<RefundSucceeded, _, _>(move |_, news, _| {
        let order = order.clone();
        async move { order.hear_refunded(&news).await }
    });
    s
}

/// Periodic work: overdue orders are moved on, old answers are forgotten.
pub fn jobs(x: &Arc<Order>, jobs: &mut Jobs) {
    let order = x.clone();
    jobs.every("order.sweep", Duration::from_secs(300), move |now| {
        let order = order.clone();
        async move { order.sweep(&Ctx::house(), now).await }
    });
    let order = x.clone();
    jobs.every("order.forget", Duration::from_secs(3600), move |now| {
        let order = order.clone();
        async move { order.db.forget(now - order.settings.memory).await.map(|_| ()) }
    });
}
