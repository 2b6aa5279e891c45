//! What time does to sessions: they go online, end, and are settled. A due event for each deadline, and a job that finds whatever
//! is due besides; both may come twice.

use std::sync::Arc;
use std::time::Duration;

use contract::ActivityId;
use contract::fault::ACTIVITY_STATE;
use contract::seckill::{ActivityDue, SeckillCard, SeckillOffline, SeckillOnline};
use kit::cron::Jobs;
use kit::db::Subscriptions;
use kit::{Ctx, Result, Time};

use crate::Seckill;
use crate::plan::Step;
use crate::state::{ActivityEvent, ActivityState, ItemState};
use crate::store::activity::{self as store, ActivityRow};
use crate::store::item::{self, ItemRow};
use crate::store::remind;

/// How often what is due is looked for.
const OFTEN: Duration = Duration::from_secs(5);
/// Most sessions that are looked at a time.
const SESSIONS: u32 = 200;

/// Listens to deadlines of sessions, and to its own news.
pub(crate) fn hear(x: &Arc<Seckill>, s: &mut Subscriptions) {
    let seckill = x.clone();
    s.on::<ActivityDue, _, _>(move |ctx, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.move_on(&ctx, timer.activity).await }
    });
    let seckill = x.clone();
    s.on::<SeckillOnline, _, _>(move |_, news, _| {
        let seckill = seckill.clone();
        async move {
            seckill.refresh().await;
            seckill.open_pools(news.activity).await
        }
    });
    let seckill = x.clone();
    s.on::<SeckillOffline, _, _>(move |_, _, _| {
        let seckill = seckill.clone();
        async move {
            seckill.refresh().await;
            Ok(())
        }
    });
}

/// Looks for what is due, every few seconds.
pub(crate) fn schedule(x: &Arc<Seckill>, jobs: &mut Jobs) {
    let seckill = x.clone();
    jobs.every("seckill.schedule", OFTEN, move |_| {
        let seckill = seckill.clone();
        async move { seckill.sweep(&Ctx::house()).await }
    });
}

impl Seckill {
    /// Moves everything on that is due. What fails is told, and tried again the next time.
    pub(crate) async fn sweep(&self, ctx: &Ctx) -> Result<()> {
        use ActivityState::{Approved, Ended, Online};
        let mut ids: Vec<ActivityId> = Vec::new();
        for states in [&[Online, Approved][..], &[Ended]] {
            ids.extend(store::in_states(&self.db, states, SESSIONS).await?.iter().map(|row| row.id));
        }
        let now = self.db.clock().now();
        ids.extend(item::stuck(&self.db, ItemState::Attaching, now - self.settings.attaching).await?.iter().map(|i| i.activity));
        ids.extend(item::stuck(&self.db, ItemState::Leaving, now - OFTEN).await?.iter().map(|i| i.activity));
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        for id in ids {
            if let Err(error) = self.move_on(ctx, id).await {
                tracing::warn!(activity = %id, %error, "a session could not be moved on; the next round will try");
            }
        }
        Ok(())
    }

    /// Does with a session what is due.
    pub(crate) async fn move_on(&self, ctx: &Ctx, id: ActivityId) -> Result<()> {
        let Some(row) = store::activity(&self.db, id).await? else { return Ok(()) };
        let now = self.db.clock().now();
        match row.state {
            ActivityState::Approved if row.ends <= now => {
                self.call_off(id, Step::of_house(ActivityEvent::Missed)).await?;
                self.tidy_items(ctx, id).await
            }
            ActivityState::Approved if self.is_near(&row, now).await? => self.go_online(id).await,
            ActivityState::Approved => Ok(()),
            ActivityState::Online if row.ends <= now => {
                self.end(id, Step::of_house(ActivityEvent::Ended)).await?;
                self.settle(ctx, id).await
            }
            ActivityState::Online => self.open_pools(id).await,
            ActivityState::Ended => self.settle(ctx, id).await,
            ActivityState::Draft | ActivityState::Submitted | ActivityState::Settled | ActivityState::Cancelled => {
                self.tidy_items(ctx, id).await
            }
        }
    }

    /// Whether a session is to be shown: it starts soon, or is among the next ones.
    async fn is_near(&self, row: &ActivityRow, now: Time) -> Result<bool> {
        if row.starts - self.settings.online_before <= now {
            return Ok(true);
        }
        let mut next = store::in_states(&self.db, &[ActivityState::Online, ActivityState::Approved], SESSIONS).await?;
        next.retain(|other| other.ends > now);
        Ok(next.iter().take(self.settings.nearest as usize).any(|near| near.id == row.id))
    }

    /// Lets shoppers see a session. Again: nothing happens.
    async fn go_online(&self, id: ActivityId) -> Result<()> {
        let news = kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            if before.state != ActivityState::Approved {
                return Ok(None);
            }
            let after = ActivityRow { state: ActivityState::Online, ..before.clone() };
            let row = self.step(&tx, &before, after, Step::of_house(ActivityEvent::Online)).await?;
            let cards = item::items_of(&tx, id).await?.into_iter().map(card).collect();
            let news = SeckillOnline {
                activity: id,
                version: row.version,
                title: row.title.clone(),
                starts: row.starts,
                ends: row.ends,
                cards,
            };
            tx.publish(&news).await?;
            tx.publish_at(&ActivityDue { activity: id }, row.ends).await?;
            Ok(Some(news))
        })?;
        if news.is_some() {
            self.refresh().await;
            // At once; should it fail, the news does it, or the next round.
            self.open_pools(id).await?;
            self.refresh().await;
        }
        Ok(())
    }

    /// Ends a session that is online: nothing more is claimed. Again: nothing happens; `activity_state` when it never was online.
    pub(crate) async fn end(&self, id: ActivityId, step: Step<'_>) -> Result<()> {
        if self.read(&self.db, id).await?.state == ActivityState::Online {
            self.close_pools(id).await?;
        }
        let ended = kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            match before.state {
                ActivityState::Online => {}
                ActivityState::Ended | ActivityState::Settled => return Ok(false),
                _ => return Err(ACTIVITY_STATE.into()),
            }
            let after = ActivityRow { state: ActivityState::Ended, ..before.clone() };
            let row = self.step(&tx, &before, after, step).await?;
            tx.publish(&SeckillOffline { activity: id, version: row.version }).await?;
            tx.publish(&ActivityDue { activity: id }).await?;
            Ok(true)
        })?;
        if ended {
            self.refresh().await;
        }
        Ok(())
    }

    /// Settles a session that has ended, as soon as no order of it is open: what was not paid goes back into stock, once.
    async fn settle(&self, ctx: &Ctx, id: ActivityId) -> Result<()> {
        // Again: somebody may have opened a pool while another closed it.
        self.close_pools(id).await?;
        for item in item::items_of(&self.db, id).await? {
            if item.state == ItemState::Attached && !self.all_is_delivered(&item).await? {
                return Ok(());
            }
        }
        let leaving = kit::tx!(self.db, |tx| {
            let row = self.read(&tx, id).await?;
            if row.state != ActivityState::Ended || item::open_tickets(&tx, id).await? > 0 {
                return Ok(false);
            }
            item::leave_all(&tx, id).await?;
            Ok(true)
        })?;
        if !leaving {
            return Ok(());
        }
        self.tidy_items(ctx, id).await?;
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            for state in [ItemState::Attaching, ItemState::Attached, ItemState::Leaving] {
                if before.state != ActivityState::Ended || item::count_in(&tx, id, state).await? > 0 {
                    return Ok(());
                }
            }
            let after = ActivityRow { state: ActivityState::Settled, ..before.clone() };
            self.step(&tx, &before, after, Step::of_house(ActivityEvent::Settled)).await?;
            remind::delete_of(&tx, id).await
        })
    }

    /// Whether every claim of a closed pool is known to the database. A pool whose data is gone has nothing to tell.
    async fn all_is_delivered(&self, item: &ItemRow) -> Result<bool> {
        let standing = self.pool(item).describe(crate::pools::pool_id(item)).await?;
        Ok(standing.is_none_or(|s| s.shut && s.acknowledged >= s.claims))
    }
}

fn card(item: ItemRow) -> SeckillCard {
    SeckillCard {
        item: item.id,
        sku: item.sku,
        spu: item.spu,
        title: item.title,
        picture: item.picture,
        price_fen: item.price_fen,
        usual_price_fen: item.usual_price_fen,
    }
}
