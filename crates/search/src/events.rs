//! What the service hears: products, their sales, their stock; and what it tidies up at night.

use std::sync::Arc;
use std::time::Duration;

use contract::inventory::StockTurned;
use contract::product::{SalesChanged, SpuChanged};
use kit::cron::Jobs;
use kit::db::Subscriptions;

use crate::Search;

/// Topics that it listens to.
pub const HEARS: &[&str] = &["inventory.stock_turned", "product.sales_changed", "product.spu_changed"];

/// What it does about them. No inbox: taking in a product as it is now may be done any number of times.
pub fn subscriptions(x: &Arc<Search>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let here = x.clone();
    s.on::<SpuChanged, _, _>(move |ctx, event, _| {
        let here = here.clone();
        async move { here.take_changed(&ctx, event.spu, event.version, event.listed).await }
    });
    let here = x.clone();
    s.on::<SalesChanged, _, _>(move |_, event, _| {
        let here = here.clone();
        async move { here.take_sales(event.spu, event.sales).await }
    });
    let here = x.clone();
    s.on::<StockTurned, _, _>(move |ctx, event, _| {
        let here = here.clone();
        async move { here.take_turned(&ctx, event.turned.iter().map(|t| t.sku).collect()).await }
    });
    s
}

/// Periodic work: old counts of words are forgotten.
pub fn jobs(x: &Arc<Search>, jobs: &mut Jobs) {
    let here = x.clone();
    jobs.every("search.forget_words", Duration::from_secs(24 * 3600), move |now| {
        let here = here.clone();
        async move { here.forget_words(now).await }
    });
}
