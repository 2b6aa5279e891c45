//! What payment hears: its own timers, nothing else.

use std::sync::Arc;

use contract::payment::{AttemptDue, RefundDue};
use kit::db::Subscriptions;

use crate::Payment;

/// Topics that the service listens to.
pub const HEARS: &[&str] = &["payment.attempt_due", "payment.refund_due"];

/// What it does about them.
pub fn subscriptions(x: &Arc<Payment>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let payment = x.clone();
    s.on::<AttemptDue, _, _>(move |ctx, due, event| {
        let payment = payment.clone();
        async move { payment.attempt_due(&ctx, &due, event).await }
    });
    let payment = x.clone();
    s.on::<RefundDue, _, _>(move |ctx, due, event| {
        let payment = payment.clone();
        async move { payment.refund_due(&ctx, &due, event).await }
    });
    s
}
