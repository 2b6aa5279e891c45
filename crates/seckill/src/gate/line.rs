//! The line behind the gate: what the engine took is brought into the books in batches, the engine is told, orders are placed. Woken by
//! each claim, and by a job for what other processes took or a crash left. Two consumers of one pool do each other no harm (an item is
//! locked while its tickets change, and a claim has one row), they only do the work twice; so where processes share, a lease keeps one away.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::AllotmentId;
use kit::lease::Lease;
use kit::{Result, Time};
use rush::PoolId;

use crate::Seckill;
use crate::store::item::{self, ItemRow};
use crate::store::ticket;

/// Pools looked at in one round.
const POOLS: u32 = 64;
/// Claims of one batch: as many as orders can be placed with one call.
pub(crate) const BATCH: u32 = 200;
/// Batches of one pool before others have their turn.
const IN_A_ROW: usize = 10;
/// How long a consumer that died keeps others away.
const LEASE: Duration = Duration::from_secs(10);

/// What became of a visit to a pool.
#[derive(Clone, Copy, Debug, Default)]
struct Served {
    claims: usize,
    /// The books refused what the engine gave.
    oversold: bool,
}

impl Seckill {
    /// Somebody stands in line: a consumer comes at once, or the one that is at work looks again.
    pub fn wake(self: &Arc<Self>) {
        if self.gate.woken.swap(true, SeqCst) {
            return;
        }
        let seckill = self.clone();
        self.gate.begin(async move {
            if let Err(e) = seckill.serve_line().await {
                tracing::warn!(error = %e, "the line was not served; the job will");
            }
        });
    }

    /// Serves everybody who stands in line, and asks again for orders that should stand by now.
    pub(crate) async fn serve_line(&self) -> Result<()> {
        let _turn = self.gate.turn.lock().await;
        // Who comes from now on wakes the next one; who came before is seen here.
        self.gate.woken.store(false, SeqCst);
        loop {
            let mut served = 0;
            for pool in self.engine.waiting(POOLS).await? {
                match self.serve(pool).await {
                    Ok(claims) => served += claims,
                    // The others do not wait for one that cannot be served.
                    Err(e) => tracing::warn!(%pool, error = %e, "the line of a pool was not served"),
                }
            }
            if served == 0 {
                break;
            }
        }
        self.place_late(self.core.clock.now()).await
    }

    /// Waits until nobody is served in this process: before its stores close. Claims that come later wait for the next start.
    pub async fn rest(&self) {
        self.gate.rest().await;
    }

    /// Serves one pool for a while; gives the number of claims.
    async fn serve(&self, pool: PoolId) -> Result<usize> {
        let Some(item) = item::item(&self.db, AllotmentId(pool.number)).await? else {
            // A database that is older than the engine. Nobody can serve it, and it is no reason to stop.
            metrics::counter!("seckill_strange_pools_total").increment(1);
            return Ok(0);
        };
        let lease = if self.db.is_shared() {
            let name = format!("line:{pool}");
            match Lease::take(&self.db, &name, &self.gate.holder, LEASE, self.core.clock.now()).await? {
                Some(lease) => Some(lease),
                None => return Ok(0),
            }
        } else {
            None
        };
        let served = self.batches(&item, pool, IN_A_ROW).await;
        if let Some(lease) = lease {
            lease.release().await?;
        }
        let served = served?;
        if served.oversold {
            tracing::error!(item = %item.id, "the engine gave away more than there is; it is counted anew");
            self.recount(&item).await?;
        }
        Ok(served.claims)
    }

    /// Takes up to `most` batches of a pool into the books and places their orders.
    async fn batches(&self, item: &ItemRow, pool: PoolId, most: usize) -> Result<Served> {
        let mut served = Served::default();
        let mut orders_answer = true;
        for _ in 0..most {
            let claims = self.engine.deliver(pool, BATCH).await?;
            let Some(last) = claims.last() else { break };
            let taken = self.take_in(item, &claims).await?;
            self.engine.acknowledge(last).await?;
            served.claims += claims.len();
            served.oversold |= taken.oversold;
            metrics::histogram!("seckill_batch_claims").record(u32::try_from(claims.len()).unwrap_or(u32::MAX));
            // Tickets that get no order now are asked for again when they are due; the line goes on, and does not wait for each batch.
            if orders_answer && let Err(e) = self.place(item, &taken.ordering).await {
                tracing::warn!(%pool, error = %e, "orders were not placed; they will be asked for again");
                orders_answer = false;
            }
        }
        Ok(served)
    }

    /// Empties the line of an item whose pool is closed.
    pub(super) async fn drain(&self, item: &ItemRow) -> Result<()> {
        for part in 0..parts(item) {
            while self.batches(item, PoolId::from(item.id.0).part(part), IN_A_ROW).await?.claims > 0 {}
        }
        Ok(())
    }

    /// Asks again for orders that should stand by now.
    async fn place_late(&self, now: Time) -> Result<()> {
        for id in ticket::late_items(&self.db, now, POOLS).await? {
            self.place_late_of(id, now).await?;
        }
        Ok(())
    }

    /// The same for one item.
    pub(crate) async fn place_late_of(&self, id: AllotmentId, now: Time) -> Result<()> {
        let Some(item) = item::item(&self.db, id).await? else { return Ok(()) };
        let mut seen = BTreeSet::new();
        loop {
            let mut late = ticket::late(&self.db, id, now, BATCH).await?;
            late.retain(|row| seen.insert(row.order_id));
            if late.is_empty() {
                return Ok(());
            }
            self.place(&item, &late).await?;
        }
    }
}

/// Parts of an item's pool.
pub(crate) fn parts(item: &ItemRow) -> u16 {
    item.parts.max(1)
}
