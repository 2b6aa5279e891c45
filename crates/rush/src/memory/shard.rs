//! The one thread that changes the pools of a shard. It takes what waits, decides, writes one batch, and only then shows and answers
//! it. Knows when; what is decided stands in [`crate::state`].

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use kit::{Clock, Time};

use super::face::Face;
use super::hall::{Hall, Portrait};
use super::job::{Job, Reply};
use super::journal::Journal;
use crate::state::{Effect, Pool, Pools, Turn};
use crate::{Answer, Back, MAX_DELIVERED, PoolId};

/// Most verbs of one batch.
const BATCH: usize = 8192;
/// A batch ends when it has so many bytes.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// How long a shard is idle before it seals its journal.
const IDLE: Duration = Duration::from_millis(50);
/// How often pools that are over are looked for, and how many leave at a time.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
const SWEEP: usize = 100;

/// What a batch gathers until it is written.
#[derive(Default)]
struct Batch {
    effects: Vec<u8>,
    replies: Vec<Reply>,
    touched: Vec<PoolId>,
    marks: Vec<(PoolId, i64)>,
}

pub(super) struct Shard {
    pools: Pools,
    journal: Journal,
    inbox: Receiver<Job>,
    hall: Arc<Hall>,
    clock: Clock,
    grace: Duration,
    /// What hangs for each pool, and how often it was changed.
    portraits: HashMap<PoolId, (Arc<Portrait>, u64)>,
    next_sweep: Time,
}

impl Shard {
    /// A shard of these pools, which are shown at once. Pools are remembered for `grace` after their window.
    pub(super) fn new(
        (journal, pools): (Journal, Pools),
        inbox: Receiver<Job>,
        hall: Arc<Hall>,
        clock: Clock,
        grace: Duration,
    ) -> Self {
        let standing: Vec<PoolId> = pools.iter().map(|pool| pool.standing().pool).collect();
        let (portraits, next_sweep) = (HashMap::new(), Time(i64::MIN));
        let mut shard = Shard { pools, journal, inbox, hall, clock, grace, portraits, next_sweep };
        standing.into_iter().for_each(|pool| shard.hang(pool));
        shard
    }

    /// Works until nobody can ask any more, or the journal fails: then `broken` is set, and nothing is answered any more.
    pub(super) fn run(mut self, broken: &AtomicBool) {
        if let Err(e) = self.work() {
            // A failed sync may have lost what it was about: only a restart, which reads what is there, may go on.
            broken.store(true, SeqCst);
            tracing::error!(error = %e, "the journal of a shard failed; its pools take nothing more until a restart");
        }
    }

    fn work(&mut self) -> io::Result<()> {
        let mut batch = Batch::default();
        loop {
            match self.inbox.recv_timeout(IDLE) {
                Ok(job) => self.round(job, &mut batch)?,
                Err(RecvTimeoutError::Disconnected) => return self.journal.seal(),
                Err(RecvTimeoutError::Timeout) => {
                    self.journal.seal()?;
                    self.renew_if_long(false)?;
                    // Idle for long: nothing is due but what the next job finds.
                    match self.inbox.recv() {
                        Ok(job) => self.round(job, &mut batch)?,
                        Err(_) => return Ok(()),
                    }
                }
            }
        }
    }

    /// One batch: decide, write, show, answer.
    fn round(&mut self, first: Job, batch: &mut Batch) -> io::Result<()> {
        let now = self.clock.now();
        self.sweep(now, batch)?;
        self.decide(first, now, batch)?;
        while batch.replies.len() < BATCH && batch.effects.len() < BATCH_BYTES {
            let Ok(job) = self.inbox.try_recv() else { break };
            self.decide(job, now, batch)?;
        }
        // A batch that changes nothing (refusals, repeats, questions) needs no disk: all before it is durable already.
        if !batch.effects.is_empty() {
            metrics::histogram!("rush_batch_verbs").record(u32::try_from(batch.replies.len()).unwrap_or(u32::MAX));
            if let Err(e) = self.journal.append(&batch.effects) {
                batch.replies.clear();
                return Err(e);
            }
        }
        self.show(batch);
        batch.effects.clear();
        batch.replies.drain(..).for_each(Reply::send);
        self.renew_if_long(true)
    }

    fn renew_if_long(&mut self, now: bool) -> io::Result<()> {
        if self.journal.is_long(now) { self.journal.renew(&self.pools) } else { Ok(()) }
    }

    /// Pools whose window ended long ago leave with their tokens.
    fn sweep(&mut self, now: Time, batch: &mut Batch) -> io::Result<()> {
        if now < self.next_sweep {
            return Ok(());
        }
        self.next_sweep = now + SWEEP_EVERY;
        for pool in self.pools.over(now, self.grace, SWEEP) {
            self.make(Effect::Forgotten { pool }, batch)?;
        }
        Ok(())
    }

    /// Makes an effect true here and in the batch.
    fn make(&mut self, effect: Effect, batch: &mut Batch) -> io::Result<()> {
        self.pools.apply(&effect).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
        effect.write(&mut batch.effects);
        if let Effect::Taken { pool, entry, .. } = &effect {
            batch.marks.push((*pool, entry.user.0));
        }
        batch.touched.push(effect.pool());
        if let Effect::Opened(image) = &effect {
            // It gets a new face, not the old one with a new number.
            self.portraits.remove(&image.pool);
        }
        Ok(())
    }

    fn turn<A>(&mut self, turn: Turn<A>, batch: &mut Batch) -> io::Result<A> {
        if let Some(effect) = turn.effect {
            self.make(effect, batch)?;
        }
        Ok(turn.answer)
    }

    /// A verb on a pool, or `absent` when it does not stand.
    fn on<A>(&mut self, pool: PoolId, batch: &mut Batch, absent: A, verb: impl FnOnce(&Pool) -> Turn<A>) -> io::Result<A> {
        match self.pools.get(pool).map(verb) {
            Some(turn) => self.turn(turn, batch),
            None => Ok(absent),
        }
    }

    fn decide(&mut self, job: Job, now: Time, batch: &mut Batch) -> io::Result<()> {
        let reply = match job {
            Job::Claim(ask, to) => Reply::Claim(to, self.on(ask.pool, batch, Answer::Closed, |p| p.claim(&ask, now))?),
            Job::GiveBack(pool, user, token, to) => {
                Reply::Back(to, self.on(pool, batch, Back::Unknown, |p| p.give_back(user, token))?)
            }
            Job::Open(image, to) => {
                let turn = self.pools.open(image);
                Reply::Opened(to, self.turn(turn, batch)?)
            }
            Job::Close(pool, to) => {
                self.on(pool, batch, (), Pool::shut)?;
                Reply::Standing(to, self.pools.get(pool).map(Pool::standing))
            }
            Job::Forget(pool, to) => {
                let standing = self.pools.get(pool).map(Pool::standing);
                if standing.is_some() {
                    self.make(Effect::Forgotten { pool }, batch)?;
                }
                Reply::Standing(to, standing)
            }
            Job::Describe(pool, to) => Reply::Standing(to, self.pools.get(pool).map(Pool::standing)),
            Job::Waiting(max, to) => Reply::Pools(to, self.pools.waiting(max)),
            Job::Deliver(pool, max, to) => {
                let max = max.min(MAX_DELIVERED);
                Reply::Claims(to, self.pools.get(pool).map(|p| p.undelivered(max)).unwrap_or_default())
            }
            Job::Acknowledge { pool, epoch, upto, done } => {
                self.on(pool, batch, (), |p| p.acknowledge(epoch, upto))?;
                Reply::Done(done)
            }
            Job::Lend { pool, to, max, done } => Reply::Loan(done, self.on(pool, batch, None, |p| p.lend(to, max))?),
            Job::Receive(pool, loan, to) => Reply::Received(to, self.on(pool, batch, false, |p| p.receive(&loan))?),
            Job::Settle(pool, id, to) => {
                self.on(pool, batch, (), |p| p.settle(id))?;
                Reply::Done(to)
            }
            Job::Loans(pool, to) => Reply::Loans(to, self.pools.get(pool).map(Pool::loans).unwrap_or_default()),
        };
        batch.replies.push(reply);
        Ok(())
    }

    /// Shows what is durable now, marks before numbers.
    fn show(&mut self, batch: &mut Batch) {
        for (pool, user) in batch.marks.drain(..) {
            if let Some((portrait, _)) = self.portraits.get(&pool) {
                portrait.face.mark(user);
            }
        }
        batch.touched.sort_unstable();
        batch.touched.dedup();
        for id in batch.touched.drain(..) {
            match (self.pools.get(id), self.portraits.get_mut(&id)) {
                (Some(pool), Some((portrait, revision))) => {
                    *revision += 1;
                    portrait.face.publish(*revision, pool.available(), pool.is_shut());
                }
                (Some(_), None) => self.hang(id),
                (None, _) => {
                    self.portraits.remove(&id);
                    self.hall.take_down(id);
                }
            }
        }
    }

    /// A new face for a pool.
    fn hang(&mut self, id: PoolId) {
        let Some(pool) = self.pools.get(id) else { return };
        let standing = pool.standing();
        let face = Face::new(standing.opened.max(standing.claims));
        pool.users().for_each(|user| face.mark(user.0));
        face.publish(1, pool.available(), pool.is_shut());
        let (epoch, terms) = (pool.epoch(), *pool.terms());
        let portrait = Arc::new(Portrait { epoch, terms, amounts: pool.is_of_amounts(), face });
        self.hall.hang(id, &portrait);
        self.portraits.insert(id, (portrait, 1));
    }
}
