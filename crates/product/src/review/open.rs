//! What orders tell: an order that was received opens a right for each of its items; one whose money went back closes what
//! is still open. A cancelled order never was received, so nothing was opened for it.

use std::collections::BTreeSet;

use contract::SkuId;
use contract::order::{OrderReceived, OrderRefunded};
use contract::product::ReviewDue;
use kit::Result;

use super::state;
use crate::Product;
use crate::store::review as store;

impl Product {
    /// Opens a right for each item, once; the automatic review is due from here.
    pub(crate) async fn open_reviews(&self, event: &OrderReceived, id: i64) -> Result<()> {
        // The same variant is one item, however many lines it has.
        let skus: BTreeSet<SkuId> = event.lines.iter().map(|l| l.sku).collect();
        kit::tx!(self.db, |tx| {
            if !tx.first_time("product.open_reviews", id).await? {
                return Ok(());
            }
            let refunded = store::open_order(&tx, event.order, false).await?;
            let state = if refunded { state::CLOSED } else { state::OPEN };
            for sku in &skus {
                if let Some(item) = store::item(&tx, *sku).await? {
                    store::insert_right(&tx, event.order, event.user, &item, state).await?;
                }
            }
            let due = tx.now() + self.settings.review.auto_after;
            if refunded { Ok(()) } else { tx.publish_at(&ReviewDue { order: event.order }, due).await }
        })
    }

    /// Closes what is still open of an order whose money went back, also when it is told before the receipt.
    pub(crate) async fn close_reviews(&self, event: &OrderRefunded) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::open_order(&tx, event.order, true).await?;
            store::close_order(&tx, event.order).await
        })
    }
}
