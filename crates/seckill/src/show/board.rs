//! Keeps what is shown: read at most once a second, by one for all who ask, and only while somebody asks. A house whose database
//! does not answer goes on showing what it knew.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use contract::{ActivityId, AllotmentId};
use futures::{FutureExt as _, StreamExt as _};
use kit::{Result, Time};
use rush::Standing;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::online::{Online, Session};
use super::view::{SeckillCardView, SeckillSession};
use crate::Seckill;
use crate::state::{ActivityState, ItemState};
use crate::store::activity::{self, ActivityRow};
use crate::store::item::{self, ItemRow};

/// How old what is shown may be.
const FRESH: Duration = Duration::from_secs(1);
/// How old it may be while somebody is reading it anew already: others need not wait.
const STALE: Duration = Duration::from_secs(5);
/// How long those who looked at a session hear that it is over.
const AFTERWARDS: Duration = Duration::from_secs(10 * 60);
/// Most sessions that are shown at once.
const SESSIONS: u32 = 50;
/// Pools that are asked at a time.
const ABREAST: usize = 16;

/// Where a pool stands, as of a second ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Units that may be claimed.
    pub left: u32,
    /// Claims whose outcome is not known yet.
    pub in_line: u32,
}

/// What is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// As of when; none before the first time.
    at: Option<Time>,
    /// Until when a state in it stays what it is.
    until: Time,
    /// The sessions.
    pub online: Arc<Online>,
    /// Where the pools of their variants stand.
    pub figures: HashMap<AllotmentId, Figures>,
    /// Variants of sessions that were over lately.
    pub over: HashMap<AllotmentId, Figures>,
    /// The list of sessions, as JSON.
    pub sessions: Bytes,
}

impl Default for Shown {
    fn default() -> Self {
        Shown {
            at: None,
            until: Time(i64::MAX),
            online: Arc::default(),
            figures: HashMap::new(),
            over: HashMap::new(),
            sessions: Bytes::from_static(b"[]"),
        }
    }
}

impl Shown {
    fn is_fresh(&self, now: Time) -> bool {
        self.at.is_some_and(|at| now < at + FRESH) && now < self.until
    }

    fn is_bearable(&self, now: Time) -> bool {
        self.at.is_some_and(|at| now < at + STALE)
    }
}

/// Holds what is shown.
#[derive(Default)]
pub(crate) struct Board {
    shown: ArcSwap<Shown>,
    /// Held by the one who reads it anew.
    renewal: Arc<Mutex<()>>,
    #[cfg(test)]
    renewals: std::sync::atomic::AtomicU32,
}

impl Seckill {
    /// The sessions that are online, as this process knows them, without waiting. What is older than a second is read anew beside
    /// this call; whoever may wait asks [`Seckill::online_now`].
    pub(crate) fn online(&self) -> Arc<Online> {
        let shown = self.board.shown.load();
        if !shown.is_fresh(self.db.clock().now())
            && let Ok(turn) = self.board.renewal.clone().try_lock_owned()
            && let Some(me) = self.me.upgrade()
        {
            self.gate.begin(async move { drop(me.renew(turn).await) });
        }
        shown.online.clone()
    }

    /// The sessions that are online, as of a second ago. Waits only when what is known is older than some seconds.
    pub(crate) async fn online_now(&self) -> Result<Arc<Online>> {
        Ok(self.shown().await?.online.clone())
    }

    /// What is shown, as of a second ago. Of many who ask one reads it anew.
    pub(crate) async fn shown(&self) -> Result<Arc<Shown>> {
        let shown = self.board.shown.load_full();
        let now = self.db.clock().now();
        if shown.is_fresh(now) {
            return Ok(shown);
        }
        let renewal = self.board.renewal.clone();
        let turn = match renewal.clone().try_lock_owned() {
            Ok(turn) => turn,
            Err(_) if shown.is_bearable(now) => return Ok(shown),
            Err(_) => {
                let turn = renewal.lock_owned().await;
                let shown = self.board.shown.load_full();
                if shown.is_fresh(self.db.clock().now()) {
                    return Ok(shown);
                }
                turn
            }
        };
        self.renew(turn).await
    }

    /// Reads what is shown anew: something has changed.
    pub(crate) async fn refresh(&self) {
        let turn = self.board.renewal.clone().lock_owned().await;
        if let Err(error) = self.renew(turn).await {
            tracing::warn!(%error, "what is shown of flash sales could not be read");
        }
    }

    async fn renew(&self, turn: OwnedMutexGuard<()>) -> Result<Arc<Shown>> {
        #[cfg(test)]
        self.board.renewals.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let before = self.board.shown.load_full();
        let now = self.db.clock().now();
        let shown = match self.look(&before, now).await {
            Ok(shown) => shown,
            Err(error) if before.at.is_some() => {
                tracing::warn!(%error, "flash sales are shown as they were");
                // The gate works without a database: what was open stays open, and the next second tries again.
                Shown { at: Some(now), ..(*before).clone() }
            }
            Err(error) => return Err(error),
        };
        let shown = Arc::new(shown);
        self.board.shown.store(shown.clone());
        drop(turn);
        Ok(shown)
    }

    /// How often it was read anew.
    #[cfg(test)]
    pub(crate) fn renewals(&self) -> u32 {
        self.board.renewals.load(std::sync::atomic::Ordering::SeqCst)
    }

    async fn look(&self, before: &Shown, now: Time) -> Result<Shown> {
        let online = activity::in_states(&self.db, &[ActivityState::Online], SESSIONS).await?;
        let mut over = activity::in_states(&self.db, &[ActivityState::Ended], SESSIONS).await?;
        let closing: Vec<ActivityId> = over.iter().map(|a| a.id).collect();
        over.extend(activity::changed_since(&self.db, ActivityState::Settled, now - AFTERWARDS, SESSIONS).await?);
        let ids: Vec<ActivityId> = online.iter().chain(&over).map(|a| a.id).collect();
        let mut of: HashMap<ActivityId, Vec<ItemRow>> = HashMap::new();
        for item in item::of_activities(&self.db, &ids).await? {
            of.entry(item.activity).or_default().push(item);
        }
        let session = |row: ActivityRow| {
            let mut items = of.remove(&row.id).unwrap_or_default();
            items.retain(|item| item.state == ItemState::Attached);
            Session::new(row, items)
        };
        let online = Online::new(online.into_iter().map(session).collect());
        let gone: Vec<ItemRow> = of.into_values().flatten().collect();
        let shown: Vec<ItemRow> = online.sessions.iter().flat_map(|s| s.items.clone()).collect();
        let figures = self.figures(shown, &before.figures).await;
        let (closing, gone): (Vec<ItemRow>, Vec<ItemRow>) = gone.into_iter().partition(|i| closing.contains(&i.activity));
        let waiting = self.figures(closing.clone(), &HashMap::new()).await;
        let in_line = |id: &AllotmentId| waiting.get(id).map_or(0, |f| f.in_line);
        let over = gone.iter().chain(&closing).map(|item| (item.id, Figures { left: 0, in_line: in_line(&item.id) })).collect();
        let sessions = Bytes::from(serde_json::to_vec(&sessions(&online, &figures, now))?);
        let turns = online.sessions.iter().flat_map(|s| [s.starts, s.ends]).filter(|at| *at > now);
        let until = turns.min().unwrap_or(Time(i64::MAX));
        Ok(Shown { at: Some(now), until, online: Arc::new(online), figures, over, sessions })
    }

    /// Where the pools of these stand; one that does not answer stands as it did before.
    async fn figures(&self, items: Vec<ItemRow>, before: &HashMap<AllotmentId, Figures>) -> HashMap<AllotmentId, Figures> {
        let mut looks = Vec::with_capacity(items.len());
        for item in items {
            let known = before.get(&item.id).copied().unwrap_or_default();
            looks.push(self.figure(item, known).boxed());
        }
        futures::stream::iter(looks).buffer_unordered(ABREAST).collect().await
    }

    async fn figure(&self, item: ItemRow, known: Figures) -> (AllotmentId, Figures) {
        let figures = match self.pool(&item).describe(crate::pools::pool_id(&item)).await {
            Ok(Some(standing)) => of_standing(&item, &standing),
            // Not open yet, or its data was lost: what the database says is near enough.
            Ok(None) => Figures { left: item.quota.saturating_sub(item.sold), in_line: 0 },
            Err(_) => known,
        };
        (item.id, figures)
    }
}

fn of_standing(item: &ItemRow, standing: &Standing) -> Figures {
    let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Figures { left: count(standing.left).min(item.quota), in_line: count(standing.claims.saturating_sub(standing.acknowledged)) }
}

fn sessions(online: &Online, figures: &HashMap<AllotmentId, Figures>, now: Time) -> Vec<SeckillSession> {
    let card = |item: &ItemRow| SeckillCardView::of(item, figures.get(&item.id).copied().unwrap_or_default());
    let session = |s: &Session| {
        Some(SeckillSession {
            id: s.id,
            title: s.title.clone(),
            starts_at: s.starts,
            ends_at: s.ends,
            state: s.state(now)?,
            items: s.items.iter().map(card).collect(),
        })
    };
    online.sessions.iter().filter_map(session).collect()
}
