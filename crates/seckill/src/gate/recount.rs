//! The engine may lose what it knows (a server restarted, a folder gone, a replica in the place of its primary). The books do not: what
//! is left is counted from them, and the pool opens again under the next epoch. In this order: the old pool closes, its line is
//! emptied, the books are read and the epoch raised in one transaction, the pool opens on what was read. A ticket that changes
//! before that transaction is in the count; one that changes after it is given back into the new pool. Whoever crashes between is
//! followed by another count; of two at once one raises the epoch.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::AllotmentId;
use kit::fault::UNAVAILABLE;
use kit::lease::Lease;
use kit::{Error, Result};
use rush::audit::{self, Books, Mismatch};
use rush::{Carried, MAX_DELIVERED, Opened, Opening, PoolId, Standing, Token, Units};

use super::line::parts;
use crate::Seckill;
use crate::store::item::{self, ItemRow};
use crate::store::ticket::{self, Course, TicketRow};

/// How often a pool that another one opened meanwhile is counted before the job's next round.
const ROUNDS: usize = 3;
/// Tickets read at once.
const PAGE: u32 = 1000;
/// How long a process that died while counting keeps others from it.
const LEASE: Duration = Duration::from_secs(10);

impl Seckill {
    /// Looks after the pools of all that is online: those that should take claims and do not are counted and opened anew. For a job.
    pub(crate) async fn tend_pools(&self) -> Result<()> {
        let mut outcome = Ok(());
        for item in item::online_items(&self.db).await? {
            let tended = self.tend(&item).await;
            if let Err(e) = &tended {
                tracing::error!(item = %item.id, error = %e, "a pool could not be looked after");
            }
            // The others do not wait for one that does not answer.
            outcome = outcome.and(tended);
        }
        outcome
    }

    async fn tend(&self, item: &ItemRow) -> Result<()> {
        if item.epoch == 0 {
            // It was never open: that is not for a recount to do.
            return Ok(());
        }
        let Some(course) = ticket::course(&self.db, item.id).await? else { return Ok(()) };
        if !course.is_open(self.core.clock.now()) {
            return Ok(());
        }
        let standings = self.standings(item).await?;
        let epoch = u64::try_from(course.epoch).unwrap_or(0);
        let sound = standings.len() == usize::from(parts(item)) && standings.iter().all(|s| s.epoch == epoch && !s.shut);
        if !sound {
            tracing::warn!(item = %item.id, epoch, "a pool does not stand as it should; it is counted anew");
            return self.recount(item).await;
        }
        self.note(item, &standings).await
    }

    /// A claim found no pool: this process has not heard of a new epoch, or there is none yet. Somebody looks, once for all who ask.
    pub(super) fn hear_again(self: &Arc<Self>, item: AllotmentId) {
        if self.gate.alarmed.swap(true, SeqCst) {
            return;
        }
        let seckill = self.clone();
        self.gate.begin(async move {
            let looked = async {
                match item::item(&seckill.db, item).await? {
                    Some(item) => seckill.tend(&item).await,
                    None => Ok(()),
                }
            };
            let looked = looked.await;
            seckill.refresh().await;
            if let Err(e) = looked {
                tracing::warn!(%item, error = %e, "a pool that does not stand could not be looked after; the job will");
            }
            seckill.gate.alarmed.store(false, SeqCst);
        });
    }

    /// Where each part of an item's pool stands; those that do not are left out.
    pub(crate) async fn standings(&self, item: &ItemRow) -> Result<Vec<Standing>> {
        let mut found = Vec::new();
        for part in 0..parts(item) {
            found.extend(self.engine.describe(PoolId::from(item.id.0).part(part)).await?);
        }
        Ok(found)
    }

    /// Counts what is left of an item from the books and opens its pool under the next epoch: after the engine lost its data, and
    /// after a pause. Nothing happens when somebody else did so since `item` was read, or its session is not online.
    pub(crate) async fn recount(&self, item: &ItemRow) -> Result<()> {
        let _one = self.gate.counting.lock().await;
        let outcome = self.count_alone(item).await;
        self.refresh().await;
        outcome
    }

    /// Keeps other processes away meanwhile. They do no harm, but each count costs the epoch of another.
    async fn count_alone(&self, item: &ItemRow) -> Result<()> {
        if !self.db.is_shared() {
            return self.count_and_open(item).await;
        }
        let name = format!("recount:{}", item.id);
        let Some(lease) = Lease::take(&self.db, &name, &self.gate.holder, LEASE, self.core.clock.now()).await? else {
            return Ok(());
        };
        let outcome = self.count_and_open(item).await;
        lease.release().await?;
        outcome
    }

    async fn count_and_open(&self, item: &ItemRow) -> Result<()> {
        let mut known = i64::try_from(item.epoch).map_err(Error::internal)?;
        for _ in 0..ROUNDS {
            let Some(course) = ticket::course(&self.db, item.id).await? else { return Ok(()) };
            if course.epoch != known || !course.is_on(self.core.clock.now()) {
                return Ok(());
            }
            let pool = self.pool(item);
            pool.close(PoolId::from(item.id.0)).await?;
            self.drain(item).await?;
            let standing = self.standings(item).await?.iter().map(|s| s.epoch).max().unwrap_or(0);
            let next = standing.max(u64::try_from(known).unwrap_or(0)) + 1;
            let Some(opening) = self.count(item, &course, next).await? else { return Ok(()) };
            metrics::counter!("seckill_recounts_total").increment(1);
            let opened = pool.open(opening).await?;
            tracing::info!(item = %item.id, epoch = next, ?opened, "a pool was counted anew");
            match opened {
                Opened::Now | Opened::Already => return self.shut_if_over(item).await,
                Opened::Stale => return Ok(()),
                // Somebody opened it between, or the engine lost it again: what was counted is old.
                Opened::StillOpen | Opened::Doubtful => known = i64::try_from(next).map_err(Error::internal)?,
            }
        }
        Err(UNAVAILABLE.because("a pool was opened by others each time that it was counted"))
    }

    /// A session that was paused or stopped while its pool was counted takes no claims.
    async fn shut_if_over(&self, item: &ItemRow) -> Result<()> {
        let course = ticket::course(&self.db, item.id).await?;
        if !course.is_some_and(|course| course.is_open(self.core.clock.now())) {
            self.pool(item).close(PoolId::from(item.id.0)).await?;
        }
        Ok(())
    }

    /// Raises the epoch and reads the books in one transaction. None when somebody else was quicker.
    async fn count(&self, item: &ItemRow, course: &Course, next: u64) -> Result<Option<Opening>> {
        let epoch = i64::try_from(next).map_err(Error::internal)?;
        let tickets = kit::tx!(self.db, |tx| {
            if !ticket::raise_epoch(&tx, item.id, course.epoch, epoch).await? {
                return Ok(None);
            }
            ticket::all_returned(&tx, item.id).await?;
            let mut tickets: Vec<TicketRow> = Vec::new();
            loop {
                let last = tickets.last().map_or(contract::OrderId(0), |row| row.order_id);
                let page = ticket::after(&tx, item.id, last, PAGE).await?;
                if page.is_empty() {
                    return Ok(Some(tickets));
                }
                tickets.extend(page);
            }
        })?;
        let Some(tickets) = tickets else { return Ok(None) };
        let carried = tickets.iter().map(carry).collect::<Result<Vec<Carried>>>()?;
        let live: u32 = carried.iter().filter(|c| !c.given_back).map(|c| c.qty).sum();
        let left = item.quota.saturating_sub(live);
        let terms = self.terms(item, course.starts_ms, course.ends_ms);
        Ok(Some(Opening { pool: PoolId::from(item.id.0), epoch: next, terms, left: Units::Alike(left), carried }))
    }

    /// Notes what does not add up between the engine and the books. Things are under way, so it counts when it is seen twice.
    async fn note(&self, item: &ItemRow, standings: &[Standing]) -> Result<()> {
        let found = self.compare(item, standings).await?;
        let Ok(mut amiss) = self.gate.amiss.lock() else { return Ok(()) };
        if found.is_empty() {
            amiss.remove(&item.id);
        } else if amiss.insert(item.id, found.clone()).as_ref() == Some(&found) {
            metrics::counter!("seckill_mismatches_total").increment(1);
            tracing::error!(item = %item.id, ?found, "the engine and the books do not agree");
        }
        Ok(())
    }

    async fn compare(&self, item: &ItemRow, standings: &[Standing]) -> Result<Vec<Mismatch>> {
        let sums = ticket::sums(&self.db, item.id).await?;
        let mut waiting = 0;
        for part in 0..parts(item) {
            let claims = self.engine.deliver(PoolId::from(item.id.0).part(part), MAX_DELIVERED).await?;
            waiting += claims.iter().filter(|claim| !claim.given_back).map(|claim| u64::from(claim.qty)).sum::<u64>();
        }
        let unsigned = |n: i64| u64::try_from(n).unwrap_or(0);
        let [quota, sold] = [item.quota, item.sold].map(u64::from);
        Ok(audit::audit(standings, &Books { quota, sold, live: waiting + unsigned(sums.unreturned) }))
    }

    /// What does not add up between the engine and the books, of everything that is online, in words. Exact when nothing is under way:
    /// for audits of a process that has both.
    pub async fn mismatches(&self) -> Result<Vec<(AllotmentId, String)>> {
        let mut found = Vec::new();
        for item in item::online_items(&self.db).await? {
            let standings = self.standings(&item).await?;
            if standings.is_empty() {
                continue;
            }
            let wrong = self.compare(&item, &standings).await?;
            found.extend(wrong.iter().map(|m| (item.id, format!("{}: {} and not {}", m.what, m.found, m.expected))));
        }
        Ok(found)
    }
}

/// A ticket as the new pool knows it.
fn carry(row: &TicketRow) -> Result<Carried> {
    Ok(Carried {
        user: rush::UserId(row.user_id.0),
        token: token_of(row)?,
        qty: u32::try_from(row.qty).map_err(Error::internal)?,
        amount: None,
        at: row.taken_ms,
        given_back: !row.state()?.is_live(),
    })
}

/// The token of a ticket, as the engine knows it.
pub(crate) fn token_of(row: &TicketRow) -> Result<Token> {
    let number = u128::from_str_radix(&row.token, 16).map_err(Error::internal)?;
    Ok(Token(number.to_be_bytes()))
}
