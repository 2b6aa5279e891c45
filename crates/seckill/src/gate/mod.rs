//! The gate: passes before the rush, claims in it, the line behind it, and what is done when the engine lost its data. The slow work
//! stands before the gate and behind it; in it there is the engine and nothing else.

pub mod claim;
pub mod line;
pub mod pass;
pub mod recount;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use contract::order::{OrderCancelled, OrderPaid};
use contract::seckill::{ReturnDue, WinDue};
use contract::{AllotmentId, UserId};
use kit::cron::Jobs;
use kit::db::Subscriptions;
use kit::limit::{Bulkhead, RateLimit};
use kit::random;
use rush::audit::Mismatch;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::Seckill;
use crate::settings::GateSettings;

/// How often the line is looked at without a wake-up.
const LINE: Duration = Duration::from_secs(1);
/// How often pools are looked after.
const POOLS: Duration = Duration::from_secs(5);

/// Listens to what becomes of orders that were won, and to its own timers.
pub(crate) fn hear(x: &Arc<Seckill>, s: &mut Subscriptions) {
    let seckill = x.clone();
    s.on::<OrderCancelled, _, _>(move |_, news, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_cancelled(&news).await }
    });
    let seckill = x.clone();
    s.on::<OrderPaid, _, _>(move |_, news, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_paid(&news).await }
    });
    let seckill = x.clone();
    s.on::<WinDue, _, _>(move |_, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_win_due(&timer).await }
    });
    let seckill = x.clone();
    s.on::<ReturnDue, _, _>(move |_, timer, _| {
        let seckill = seckill.clone();
        async move { seckill.hear_return_due(&timer).await }
    });
}

/// Serves the line and looks after the pools.
pub(crate) fn schedule(x: &Arc<Seckill>, jobs: &mut Jobs) {
    let seckill = x.clone();
    jobs.every("seckill.pools", POOLS, move |_| {
        let seckill = seckill.clone();
        async move { seckill.tend_pools().await }
    });
    let seckill = x.clone();
    jobs.every("seckill.line", LINE, move |_| {
        let seckill = seckill.clone();
        async move { seckill.serve_line().await }
    });
}

/// What the gate keeps in memory; a restart may forget all of it.
pub(crate) struct Gate {
    /// How often a shopper asks for passes.
    passes: RateLimit<UserId>,
    /// Keeps a crowd of claims from the rest of the process.
    pub(crate) claims: Bulkhead,
    /// One consumer of this process at a time.
    turn: Mutex<()>,
    /// Somebody is about to look at the line.
    woken: AtomicBool,
    /// One recount of this process at a time.
    counting: Mutex<()>,
    /// Somebody is about to look after the pools.
    alarmed: AtomicBool,
    /// What was begun and goes on by itself.
    tasks: std::sync::Mutex<JoinSet<()>>,
    /// This process, as the holder of leases.
    holder: String,
    /// What did not add up at the last look.
    amiss: std::sync::Mutex<BTreeMap<AllotmentId, Vec<Mismatch>>>,
}

impl Gate {
    pub(crate) fn new(settings: &GateSettings) -> Self {
        Gate {
            passes: RateLimit::hourly(settings.passes_per_hour),
            claims: Bulkhead::new(settings.claims_at_once, settings.claims_waiting),
            turn: Mutex::default(),
            woken: AtomicBool::new(false),
            counting: Mutex::default(),
            alarmed: AtomicBool::new(false),
            tasks: std::sync::Mutex::default(),
            holder: random::token(),
            amiss: std::sync::Mutex::default(),
        }
    }
}

impl Gate {
    /// Begins what nobody waits for.
    pub(crate) fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(mut tasks) = self.tasks.lock() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(work);
        }
    }

    /// Waits for all that was begun.
    async fn rest(&self) {
        let tasks = self.tasks.lock().map(|mut tasks| std::mem::take(&mut *tasks)).unwrap_or_default();
        tasks.join_all().await;
    }
}
