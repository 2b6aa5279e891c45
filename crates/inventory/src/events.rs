//! What the service hears: paid orders take their stock (what they hold, or out of the allotment that they name), cancelled
//! ones give back what they hold.
//! News names the attempt that it is about, so that what comes late cannot touch an order that was revived meanwhile.

use std::sync::Arc;

use contract::order::{OrderCancelled, OrderPaid};
use kit::db::{Event as _, Subscriptions};

use crate::{Inventory, commit, release, take};

/// Topics that it listens to, in alphabetical order.
pub const HEARS: &[&str] = &[OrderCancelled::TOPIC, OrderPaid::TOPIC];

/// What it does when it hears.
pub fn subscriptions(inventory: &Arc<Inventory>) -> Subscriptions {
    let mut subscriptions = Subscriptions::default();
    let this = inventory.clone();
    subscriptions.on::<OrderPaid, _, _>(move |_ctx, paid, id| {
        let this = this.clone();
        async move {
            kit::tx!(this.db, |tx| {
                if tx.first_time("inventory.order_paid", id).await? {
                    match paid.allotment {
                        Some(allotment) => take::within(&tx, paid.order, allotment, &paid.lines).await?,
                        None => {
                            commit::within(&tx, paid.order, Some(paid.attempt)).await?;
                        }
                    }
                }
                Ok(())
            })
        }
    });
    let this = inventory.clone();
    subscriptions.on::<OrderCancelled, _, _>(move |_ctx, cancelled, id| {
        let this = this.clone();
        async move {
            // An order that was to take its units from an allotment has taken none: they are there for the next one.
            if cancelled.allotment.is_some() {
                return Ok(());
            }
            kit::tx!(this.db, |tx| {
                if tx.first_time("inventory.order_cancelled", id).await? {
                    release::within(&tx, cancelled.order, Some(cancelled.attempt)).await?;
                }
                Ok(())
            })
        }
    });
    subscriptions
}
