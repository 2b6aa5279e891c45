//! The pools of variants in the engine: which engine, which rules, whether they stand as they should. Opening is repeatable work:
//! whoever comes finds it done or does it.

use std::sync::Arc;

use contract::ActivityId;
use kit::{Result, Time};
use rush::{Opening, Parts, PoolId, Rush, Split, Standing, Terms, Units};

use crate::Seckill;
use crate::state::{ActivityState, ItemState};
use crate::store::activity::ActivityRow;
use crate::store::item::{self, ItemRow};

/// The pool of a variant.
pub(crate) fn pool_id(item: &ItemRow) -> PoolId {
    PoolId::from(item.id.0)
}

impl Seckill {
    /// The engine of a variant's pool: whole, or in parts.
    pub(crate) fn pool(&self, item: &ItemRow) -> Arc<dyn Rush> {
        let engine: Arc<dyn Parts> = self.engine.clone();
        if item.parts > 1 { Arc::new(Split::new(engine, item.parts)) } else { engine }
    }

    /// The rules of a variant's pool in a session with this window.
    pub(crate) fn terms(&self, item: &ItemRow, opens: Time, closes: Time) -> Terms {
        Terms { limit: item.buy_limit, returns: self.settings.cancels, opens, closes }
    }

    /// Where a variant's pool stands; none unless all of its parts do, under one epoch.
    pub(crate) async fn standing(&self, item: &ItemRow) -> Result<Option<Standing>> {
        if item.parts <= 1 {
            return self.engine.describe(pool_id(item)).await;
        }
        let split = Split::new(self.engine.clone(), item.parts);
        let parts = split.describe_parts(pool_id(item)).await?;
        let all = parts.len() == usize::from(item.parts);
        let one = parts.windows(2).all(|pair| pair[0].epoch == pair[1].epoch && pair[0].shut == pair[1].shut);
        if all && one { split.describe(pool_id(item)).await } else { Ok(None) }
    }

    /// Sees to it that the pools of a session stand as they should: open while it is online and not paused, closed otherwise.
    pub(crate) async fn open_pools(&self, activity: ActivityId) -> Result<()> {
        let Some(row) = crate::store::activity::activity(&self.db, activity).await? else { return Ok(()) };
        if row.state != ActivityState::Online {
            return Ok(());
        }
        let mut outcome = Ok(());
        for item in item::items_of(&self.db, activity).await? {
            if item.state != ItemState::Attached {
                continue;
            }
            let done = if row.paused || self.db.clock().now() >= row.ends {
                self.close_pool(&item).await
            } else {
                self.open_pool(&row, &item).await
            };
            // One pool that fails must not keep the others shut.
            outcome = outcome.and(done);
        }
        outcome
    }

    async fn open_pool(&self, activity: &ActivityRow, item: &ItemRow) -> Result<()> {
        if item.epoch == 0 {
            return self.open_first(activity, item).await;
        }
        match self.standing(item).await? {
            Some(s) if s.epoch == item.epoch && !s.shut => Ok(()),
            // Its data was lost, or it was closed for a pause: only the database knows what is left.
            _ => self.recount(item).await,
        }
    }

    /// Nobody can have claimed before: claims name an epoch, and the first one is told after it stands.
    async fn open_first(&self, activity: &ActivityRow, item: &ItemRow) -> Result<()> {
        let terms = self.terms(item, activity.starts, activity.ends);
        let opening = Opening { pool: pool_id(item), epoch: 1, terms, left: Units::Alike(item.quota), carried: Vec::new() };
        self.pool(item).open(opening).await?;
        kit::tx!(self.db, |tx| item::opened_first(&tx, item.id).await)
    }

    /// Closes the pool of a variant, if it stands.
    pub(crate) async fn close_pool(&self, item: &ItemRow) -> Result<()> {
        let pool = self.pool(item);
        match pool.describe(pool_id(item)).await? {
            Some(s) if !s.shut => pool.close(pool_id(item)).await.map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Closes the pools of a session.
    pub(crate) async fn close_pools(&self, activity: ActivityId) -> Result<()> {
        for item in item::items_of(&self.db, activity).await? {
            self.close_pool(&item).await?;
        }
        Ok(())
    }
}
