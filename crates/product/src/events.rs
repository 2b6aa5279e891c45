//! What the service hears: orders that empty carts, count sales, and may be reviewed; flash sales; and its own timers.

use std::collections::BTreeMap;
use std::sync::Arc;

use contract::order::{OrderPaid, OrderPlaced, OrderReceived, OrderRefunded};
use contract::product::{ReviewDue, SalesChanged};
use contract::seckill::{SeckillOffline, SeckillOnline};
use contract::{SkuId, SpuId};
use kit::Result;
use kit::db::Subscriptions;

use crate::Product;
use crate::store::{cart, spu};

/// Topics that it listens to.
pub const HEARS: &[&str] = &[
    "order.paid",
    "order.placed",
    "order.received",
    "order.refunded",
    "product.review_due",
    "seckill.offline",
    "seckill.online",
];

/// What it does with them.
pub fn subscriptions(product: &Arc<Product>) -> Subscriptions {
    let mut s = Subscriptions::default();
    let here = product.clone();
    s.on::<OrderPlaced, _, _>(move |_, event, id| {
        let here = here.clone();
        async move { here.clear_bought(&event, id).await }
    });
    let here = product.clone();
    s.on::<OrderPaid, _, _>(move |_, event, id| {
        let here = here.clone();
        async move { here.count_sales(&event, id).await }
    });
    let here = product.clone();
    s.on::<OrderReceived, _, _>(move |_, event, id| {
        let here = here.clone();
        async move { here.open_reviews(&event, id).await }
    });
    let here = product.clone();
    s.on::<OrderRefunded, _, _>(move |_, event, _| {
        let here = here.clone();
        async move { here.close_reviews(&event).await }
    });
    let here = product.clone();
    s.on::<ReviewDue, _, _>(move |ctx, timer, _| {
        let here = here.clone();
        async move { here.review_due(&ctx, &timer).await }
    });
    let here = product.clone();
    s.on::<SeckillOnline, _, _>(move |_, news, _| {
        let here = here.clone();
        async move { here.sale_online(&news).await }
    });
    let here = product.clone();
    s.on::<SeckillOffline, _, _>(move |_, news, _| {
        let here = here.clone();
        async move { here.sale_offline(&news).await }
    });
    s
}

impl Product {
    /// What was bought from the cart leaves it, once: put in again later, it stays.
    async fn clear_bought(&self, event: &OrderPlaced, id: i64) -> Result<()> {
        if !event.from_cart {
            return Ok(());
        }
        let skus: Vec<SkuId> = event.lines.iter().map(|l| l.sku).collect();
        kit::tx!(self.db, |tx| {
            if !tx.first_time("product.clear_bought", id).await? {
                return Ok(());
            }
            cart::open(&tx, event.user).await?;
            cart::delete(&tx, event.user, &skus).await.map(|_| ())
        })
    }

    /// What was paid counts as sold, once.
    async fn count_sales(&self, event: &OrderPaid, id: i64) -> Result<()> {
        // In the order of their numbers, so that two orders never wait for each other.
        let mut sold: BTreeMap<SpuId, i64> = BTreeMap::new();
        for line in &event.lines {
            *sold.entry(line.spu).or_default() += i64::from(line.qty);
        }
        kit::tx!(self.db, |tx| {
            if !tx.first_time("product.count_sales", id).await? {
                return Ok(());
            }
            for (id, qty) in &sold {
                if let Some(sales) = spu::add_sales(&tx, *id, *qty).await? {
                    tx.publish(&SalesChanged { spu: *id, sales }).await?;
                }
            }
            Ok(())
        })
    }
}
