//! Pools in this process. Each belongs to a shard: one thread that decides, and a journal that it writes by group commit. A claim is
//! answered once it is on the disk; refusals that need no queue come from a published view. Must never know what is claimed or why.

mod atomic;
pub mod disk;
mod face;
mod frame;
mod hall;
mod job;
mod journal;
mod shard;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use kit::fault::{INVALID, UNAVAILABLE};
use kit::{Clock, Error, Result};
use tokio::sync::oneshot;

use crate::figures::Tally;
use crate::state::Pools;
use crate::words::spread;
use crate::{Answer, Ask, Back, Claim, Figures, Glance, Loan, LoanId, MAX_QTY, Opened, Opening, Parts, PoolId, Rush, Standing};
use disk::{Disk, Folder};
use hall::Hall;
use job::Job;
use journal::Journal;
use shard::Shard;

/// How the memory form is laid out.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Threads and journals, `1..=64`. Counts when the folder is new; later the folder says.
    pub shards: u16,
    /// Verbs that may wait for a shard; who finds it full is answered [`Answer::Busy`] at once.
    pub queue: usize,
    /// How long a pool and its tokens are remembered after its window.
    pub grace: Duration,
    /// Bytes that a journal grows by (at least twice what stands in it) before it is written anew.
    pub room: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { shards: 1, queue: 16_384, grace: Duration::from_secs(24 * 3600), room: 32 * 1024 * 1024 }
    }
}

const MOST_SHARDS: u16 = 64;

/// Pools in this process. Clones share them; the last one that goes stops the threads.
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    desks: Vec<Desk>,
    hall: Arc<Hall>,
    tally: Tally,
    clock: Clock,
}

/// Where a shard takes its jobs.
struct Desk {
    inbox: Option<SyncSender<Job>>,
    broken: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.desks.iter_mut().for_each(|desk| desk.inbox = None);
        for thread in self.desks.iter_mut().filter_map(|desk| desk.thread.take()) {
            // A batch at most; then the folder is free for the next who opens it.
            let _ = thread.join();
        }
    }
}

fn storage(e: io::Error) -> Error {
    UNAVAILABLE.because(format_args!("the journal: {e}"))
}

impl Memory {
    /// Pools whose journals stand in this folder, which is made if there is none. Reads it whole; call it where blocking is allowed.
    /// Fails with `unavailable` when the folder cannot be used, another process uses it, or a journal was damaged.
    pub fn open(folder: &Path, settings: Settings, clock: Clock) -> Result<Memory> {
        let disk = Folder::open(folder).map_err(storage)?;
        Self::on(Arc::new(disk), settings, clock)
    }

    /// Pools whose journals stand on this disk.
    pub fn on(disk: Arc<dyn Disk>, settings: Settings, clock: Clock) -> Result<Memory> {
        let fresh = settings.shards.clamp(1, MOST_SHARDS);
        let shards = journal::shards_on(&*disk).map_err(storage)?.unwrap_or(fresh);
        let hall = Arc::new(Hall::new());
        let mut inner = Inner { desks: Vec::new(), hall, tally: Tally::default(), clock };
        for number in 0..shards {
            let journal = Journal::open(disk.clone(), (number, shards), settings.room).map_err(storage)?;
            inner.desks.push(Desk::start(journal, settings, &inner.hall, &inner.clock).map_err(storage)?);
        }
        Ok(Memory(Arc::new(inner)))
    }

    fn desk(&self, pool: PoolId) -> &Desk {
        let shards = self.0.desks.len() as u64;
        &self.0.desks[usize::try_from(spread(pool) % shards).unwrap_or(0)]
    }

    /// Hands a job to the pool's shard and waits for the answer.
    async fn call<T>(&self, pool: PoolId, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T> {
        match self.desk(pool).call(job).await? {
            Some(answer) => Ok(answer),
            None => Err(UNAVAILABLE.because("the shard's queue is full").retry_after_s(1)),
        }
    }
}

impl Desk {
    fn start(journal: (Journal, Pools), settings: Settings, hall: &Arc<Hall>, clock: &Clock) -> io::Result<Desk> {
        let (sender, inbox) = sync_channel(settings.queue.max(1));
        let broken = Arc::new(AtomicBool::new(false));
        let (hall, clock, grace) = (hall.clone(), clock.clone(), settings.grace);
        let shard = Shard::new(journal, inbox, hall, clock, grace);
        let failed = broken.clone();
        let thread = std::thread::Builder::new().name("rush".to_owned()).spawn(move || shard.run(&failed))?;
        Ok(Desk { inbox: Some(sender), broken, thread: Some(thread) })
    }

    /// None when the queue is full.
    async fn call<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<Option<T>> {
        let stopped = || UNAVAILABLE.because("the shard's journal failed");
        if self.broken.load(SeqCst) {
            return Err(stopped());
        }
        let (to, answer) = oneshot::channel();
        match self.inbox.as_ref().map(|inbox| inbox.try_send(job(to))) {
            Some(Ok(())) => answer.await.map(Some).map_err(|_| stopped()),
            Some(Err(TrySendError::Full(_))) => Ok(None),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(stopped()),
        }
    }
}

#[async_trait]
impl Rush for Memory {
    async fn open(&self, opening: Opening) -> Result<Opened> {
        // Checked here: a million amounts take longer than a shard should stand still.
        let image = Box::new(opening.image()?);
        self.call(opening.pool, |to| Job::Open(image, to)).await
    }

    async fn close(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.call(pool, |to| Job::Close(pool, to)).await
    }

    async fn forget(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.call(pool, |to| Job::Forget(pool, to)).await
    }

    async fn describe(&self, pool: PoolId) -> Result<Option<Standing>> {
        self.call(pool, |to| Job::Describe(pool, to)).await
    }

    async fn claim(&self, ask: Ask) -> Result<Answer> {
        let answer = Parts::ask(self, ask).await?;
        self.count(&answer);
        Ok(answer)
    }

    async fn give_back(&self, claim: &Claim) -> Result<Back> {
        let (pool, user, token) = (claim.pool, claim.user, claim.token);
        let back = self.call(pool, |to| Job::GiveBack(pool, user, token, to)).await?;
        self.0.tally.gave_back(back);
        Ok(back)
    }

    async fn waiting(&self, max: u32) -> Result<Vec<PoolId>> {
        let mut found = Vec::new();
        for desk in &self.0.desks {
            let rest = max.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            found.extend(desk.call(|to| Job::Waiting(rest, to)).await?.unwrap_or_default());
        }
        Ok(found)
    }

    async fn deliver(&self, pool: PoolId, max: u32) -> Result<Vec<Claim>> {
        self.call(pool, |to| Job::Deliver(pool, max, to)).await
    }

    async fn acknowledge(&self, upto: &Claim) -> Result<()> {
        let (pool, epoch, upto) = (upto.pool, upto.epoch, upto.seq);
        self.call(pool, |done| Job::Acknowledge { pool, epoch, upto, done }).await
    }

    fn figures(&self) -> Figures {
        self.0.tally.figures(self.0.clock.now())
    }
}

#[async_trait]
impl Parts for Memory {
    async fn ask(&self, ask: Ask) -> Result<Answer> {
        let desk = self.desk(ask.pool);
        if !(1..=MAX_QTY).contains(&ask.qty) {
            return Err(INVALID.because("a claim of no units, or of too many"));
        }
        let now = self.0.clock.now();
        let seen = self.0.hall.see(ask.pool, |portrait| {
            if portrait.amounts && ask.qty != 1 {
                return Err(INVALID.because("a claim of several amounts"));
            }
            Ok(portrait.refuse(&ask, now))
        });
        match seen.unwrap_or(Ok(Some(Answer::Closed)))? {
            Some(answer) if !desk.broken.load(SeqCst) => Ok(answer),
            _ => Ok(desk.call(|to| Job::Claim(ask, to)).await?.unwrap_or(Answer::Busy)),
        }
    }

    fn count(&self, answer: &Answer) {
        self.0.tally.answered(answer, self.0.clock.now());
    }

    async fn glance(&self, pool: PoolId) -> Result<Option<Glance>> {
        Ok(self.0.hall.see(pool, |portrait| portrait.glance()))
    }

    async fn lend(&self, pool: PoolId, to: u16, max: u32) -> Result<Option<Loan>> {
        self.call(pool, |done| Job::Lend { pool, to, max, done }).await
    }

    async fn receive(&self, pool: PoolId, loan: &Loan) -> Result<bool> {
        self.call(pool, |to| Job::Receive(pool, Box::new(loan.clone()), to)).await
    }

    async fn settle(&self, pool: PoolId, loan: LoanId) -> Result<()> {
        self.call(pool, |to| Job::Settle(pool, loan, to)).await
    }

    async fn loans(&self, pool: PoolId) -> Result<Vec<Loan>> {
        self.call(pool, |to| Job::Loans(pool, to)).await
    }
}
