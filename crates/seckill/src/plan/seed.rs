//! Sessions for a shop that shows itself: planned, reviewed and brought online by the same rules as any other.

use contract::SkuId;
use contract::fault::{OFF_SHELF, OUT_OF_STOCK, SKU_BUSY};
use contract::product::SkusOf;
use kit::http::IdempotencyKey;
use kit::{Ctx, Result, Time};

use super::{ActivityChange, Attachment, NewActivity, NewActivityItem};
use crate::Seckill;
use crate::state::ActivityState;
use crate::store::activity as store;

/// A session to be seen.
#[derive(Clone, Debug)]
pub struct PlannedSession {
    /// Its title.
    pub title: String,
    /// When it begins; a moment that is over means at once.
    pub starts: Time,
    /// When it ends.
    pub ends: Time,
    /// What is in it.
    pub items: Vec<PlannedItem>,
}

/// A variant in a session to be seen.
#[derive(Clone, Copy, Debug)]
pub struct PlannedItem {
    /// The variant.
    pub sku: SkuId,
    /// Price, in hundredths of the usual one; full yuan where the usual price allows.
    pub percent: i64,
    /// Units.
    pub quota: u32,
    /// Units that one shopper may have.
    pub limit: u32,
}

impl Seckill {
    /// Whether a session runs or is planned.
    pub async fn has_sessions(&self) -> Result<bool> {
        let (now, ahead) = (self.db.clock().now(), [ActivityState::Submitted, ActivityState::Approved, ActivityState::Online]);
        Ok(store::in_states(&self.db, &ahead, 200).await?.iter().any(|row| row.ends > now))
    }

    /// Plans a session, approves it and lets it go online if it is near. Variants that are not to be had are left out; says how
    /// many are in it. A session in which nothing is left is called off.
    pub async fn plan_session(&self, ctx: &Ctx, plan: &PlannedSession) -> Result<usize> {
        // A slow store needs a moment for the steps between: what was to begin at once begins in some seconds.
        let soon = |now: Time| plan.starts.max(now + std::time::Duration::from_secs(10));
        let starts_at = soon(self.db.clock().now());
        let new = NewActivity { title: plan.title.clone(), starts_at, ends_at: plan.ends };
        let id = self.create_activity(0, new).await?.id;
        let mut attached = 0;
        for item in &plan.items {
            let Some(sku) = self.around.product.skus(ctx, SkusOf { skus: vec![item.sku] }).await?.pop() else { continue };
            let exact = contract::Fen(sku.price_fen.0 * item.percent / 100);
            let price_fen = if exact.0 >= 1000 { contract::Fen(exact.0 / 100 * 100) } else { exact };
            let (quota, limit) = (item.quota, item.limit);
            let new = NewActivityItem { sku_id: item.sku, price_fen, quota, limit, parts: None };
            let key = IdempotencyKey(format!("{id}-{}", item.sku));
            match self.attach(ctx, 0, &key, id, &new).await {
                Ok(Attachment::Now(_)) => attached += 1,
                Ok(Attachment::Before(_)) => {}
                Err(e) if e.is(OUT_OF_STOCK) || e.is(SKU_BUSY) || e.is(OFF_SHELF) => {}
                Err(e) => return Err(e),
            }
        }
        if attached == 0 {
            self.cancel(ctx, 0, id, "没有可售的商品").await?;
            return Ok(0);
        }
        // Attaching took its time: what was to begin at once begins now.
        let starts_at = Some(soon(self.db.clock().now()));
        self.edit_activity(0, id, ActivityChange { starts_at, ..ActivityChange::default() }).await?;
        self.submit(0, id).await?;
        self.approve(0, id).await?;
        self.move_on(ctx, id).await?;
        Ok(attached)
    }
}
