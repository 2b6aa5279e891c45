//! What the vendors hear: their own timer; and what they tidy up on the hour.

use std::sync::Arc;
use std::time::Duration;

use contract::thirdparty::NoticeDue;
use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::Thirdparty;

/// Topics that the service listens to.
pub const HEARS: &[&str] = &["thirdparty.notice_due"];

/// What it does about them.
pub fn subscriptions(x: &Arc<Thirdparty>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let thirdparty = x.clone();
    s.on::<NoticeDue, _, _>(move |_, due, event| {
        let thirdparty = thirdparty.clone();
        async move { thirdparty.cashier.deliver(&due, event).await }
    });
    s
}

/// Periodic work: the mailbox forgets, and uploads that nothing uses go.
pub fn jobs(x: &Arc<Thirdparty>, jobs: &mut Jobs) {
    let thirdparty = x.clone();
    jobs.every("thirdparty.forget_mail", Duration::from_secs(3600), move |now| {
        let thirdparty = thirdparty.clone();
        async move { thirdparty.forget_mail(now).await }
    });
    let thirdparty = x.clone();
    jobs.every("thirdparty.forget_uploads", Duration::from_secs(3600), move |now| {
        let thirdparty = thirdparty.clone();
        async move { thirdparty.forget_uploads(now).await }
    });
}
