//! Jobs that recur: every so often, or by a cron pattern in Asia/Shanghai. Of the processes that share a database
//! one runs a job each time; the job's row in the lease table says from when it may run next, so a time
//! that nobody was up for is made good once. Business deadlines are no jobs: those are events with a due time.
//! Must never know what the jobs do.

use std::cmp::Ordering;
use std::panic::AssertUnwindSafe;
use std::str::FromStr as _;
use std::time::Duration;

use croner::errors::CronError;
use croner::{CivilDate, CivilDateTime, CivilTime, Cron, CronDateTime, Resolution, Weekday};
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::db::Db;
use crate::lease::Lease;
use crate::{Error, Result, Time, random};

/// How long after a crash another process takes a job over.
const LEASE: Duration = Duration::from_secs(60);
/// How often a running job's lease is renewed.
const RENEW: Duration = Duration::from_secs(20);
/// Longest sleep of the timer: a clock that was moved by hand is noticed after that.
const NAP: Duration = Duration::from_secs(5);
/// Shortest sleep, so that a database that does not answer is not asked in a tight loop.
const BLINK: Duration = Duration::from_millis(200);

type Handler = Box<dyn Fn(Time) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// The jobs of one service.
pub struct Jobs {
    db: Db,
    jobs: Vec<Job>,
}

struct Job {
    name: &'static str,
    beat: Beat,
    handler: Handler,
    /// Its first moment since this process knows it, for a job that has no row yet.
    first: Option<Time>,
    /// When it is worth looking at the job's row again; unknown at first. Locked while the job runs.
    due: Mutex<Option<Time>>,
}

enum Beat {
    /// At multiples of the period since the epoch, so that all processes mean the same moments.
    Every(Duration),
    Cron(Box<Cron>),
}

impl Beat {
    /// The first moment after `now`; none when the pattern never comes again.
    fn after(&self, now: Time) -> Option<Time> {
        match self {
            Beat::Every(period) => {
                let period_ms = i64::try_from(period.as_millis()).ok()?.max(1);
                Some(Time(now.ms().div_euclid(period_ms).saturating_add(1).saturating_mul(period_ms)))
            }
            Beat::Cron(cron) => {
                let second = Shanghai(Time(now.ms().div_euclid(1000) * 1000));
                cron.find_next_occurrence(&second, false).ok().map(|next| next.0)
            }
        }
    }
}

/// A moment as the wall clock of Asia/Shanghai shows it, for croner.
#[derive(Clone)]
struct Shanghai(Time);

impl CronDateTime for Shanghai {
    fn to_civil(&self) -> CivilDateTime {
        let text = self.0.shanghai();
        let mut parts = text.split(['-', ' ', ':']).map(|part| part.parse::<u32>().unwrap_or_default());
        let mut next = || parts.next().unwrap_or_default();
        let (year, month, day, hour, minute, second) = (next(), next(), next(), next(), next(), next());
        let year = i32::try_from(year).unwrap_or_default();
        let epoch = || CivilDateTime::new(CivilDate::from_parts_unchecked(1970, 1, 1), CivilTime::MIDNIGHT);
        CivilDateTime::from_ymd_hms_opt(year, month, day, hour, minute, second).unwrap_or_else(epoch)
    }

    fn civil_weekday(&self) -> Weekday {
        // Day 0 was a Thursday.
        Weekday::from_days_from_sunday(u32::try_from((self.0.day() + 4).rem_euclid(7)).unwrap_or_default())
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<Self>, CronError> {
        let time = Time::parse(&format!("{civil}+08:00")).ok_or(CronError::InvalidTime)?;
        Ok(Resolution::Single(Shanghai(time)))
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<Self> {
        Some(Shanghai(Time(self.0.ms().checked_add(seconds.checked_mul(1000)?)?)))
    }

    fn cmp_instant(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl Jobs {
    /// No jobs yet; their rows stand in `db`, whose clock says when they are due.
    pub fn new(db: Db) -> Self {
        Jobs { db, jobs: Vec::new() }
    }

    /// Adds a job that runs every `period`, at the multiples of it since the epoch. The name (up to 90 characters)
    /// is its identity over all processes; the handler is given the moment for which it runs, and may run twice.
    pub fn every<F, W>(&mut self, name: &'static str, period: Duration, handler: F)
    where
        F: Fn(Time) -> W + Send + Sync + 'static,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        self.add(name, Beat::Every(period), handler);
    }

    /// Adds a job that runs by a cron pattern (`0 4 * * *`: at four every night) in Asia/Shanghai. Fails with
    /// `internal` on a pattern that does not read.
    pub fn cron<F, W>(&mut self, name: &'static str, pattern: &str, handler: F) -> Result<()>
    where
        F: Fn(Time) -> W + Send + Sync + 'static,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        let cron = Cron::from_str(pattern)
            .map_err(|e| Error::internal(format_args!("the pattern {pattern:?} of job {name} does not read: {e}")))?;
        self.add(name, Beat::Cron(Box::new(cron)), handler);
        Ok(())
    }

    fn add<F, W>(&mut self, name: &'static str, beat: Beat, handler: F)
    where
        F: Fn(Time) -> W + Send + Sync + 'static,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        let handler: Handler = Box::new(move |now| handler(now).boxed());
        let first = beat.after(self.db.clock().now());
        self.jobs.push(Job { name, beat, handler, first, due: Mutex::new(None) });
    }

    /// Runs what is due at `now`, one after the other, in the order of their adding; says how many ran. A job that
    /// missed several of its times runs once. A job that no process ever ran has its first time after it was added.
    pub async fn run_due(&self, now: Time) -> usize {
        let mut ran = 0;
        for job in &self.jobs {
            ran += usize::from(self.run_job(job, now).await);
        }
        ran
    }

    /// Runs jobs as they come due, each beside the others, until `stop`. A job that is running then is finished.
    pub async fn run(&self, stop: CancellationToken) {
        join_all(self.jobs.iter().map(|job| self.run_one(job, &stop))).await;
    }

    async fn run_one(&self, job: &Job, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let now = self.db.clock().now();
            self.run_job(job, now).await;
            if job.first.is_none() {
                return;
            }
            let due = (*job.due.lock().await).unwrap_or(now);
            let nap = due.since(self.db.clock().now()).clamp(BLINK, NAP);
            // Whether it was the timer or the stop is asked above.
            let _ = tokio::time::timeout(nap, stop.cancelled()).await;
        }
    }

    /// Runs a job if it is due and nobody else does. Never fails: what goes wrong is logged and counted.
    async fn run_job(&self, job: &Job, now: Time) -> bool {
        // Locked means that it runs in this process.
        let Ok(mut due) = job.due.try_lock() else { return false };
        match self.try_job(job, &mut due, now).await {
            Ok(ran) => ran,
            Err(error) => {
                tracing::error!(job = job.name, %error, "the schedule of a job cannot be read or written");
                false
            }
        }
    }

    async fn try_job(&self, job: &Job, due: &mut Option<Time>, now: Time) -> Result<bool> {
        let lease_name = format!("job:{}", job.name);
        let Some(first) = job.first else { return Ok(false) };
        if due.is_none() {
            *due = Some(Lease::free_from(&self.db, &lease_name, first).await?);
        }
        if due.is_some_and(|due| due > now) {
            return Ok(false);
        }
        // The holder is new each time: two runs of one process must not pass for one.
        let Some(lease) = Lease::take(&self.db, &lease_name, &random::token(), LEASE, now).await? else {
            // Somebody else has it, until he is done or his lease is over.
            *due = Some(Lease::free_from(&self.db, &lease_name, first).await?);
            return Ok(false);
        };
        // Unknown again until the row is written: if that fails, the row is what counts.
        *due = None;
        if self.perform(job, &lease, now).await {
            let next = job.beat.after(now.max(self.db.clock().now())).unwrap_or(Time(i64::MAX));
            lease.until(next).await?;
            *due = Some(next);
        }
        Ok(true)
    }

    /// Runs the handler while renewing the lease. False when the lease was lost and the run given up.
    async fn perform(&self, job: &Job, lease: &Lease, now: Time) -> bool {
        // A panic is an outcome like others. The work is dropped with this future.
        let work = AssertUnwindSafe(async { (job.handler)(now).await }).catch_unwind();
        let mut work = std::pin::pin!(work);
        let started = std::time::Instant::now();
        let outcome = loop {
            match tokio::time::timeout(RENEW, &mut work).await {
                Ok(Ok(Ok(()))) => break "done",
                Ok(Ok(Err(error))) => {
                    tracing::error!(job = job.name, %error, "a job failed");
                    break "failed";
                }
                Ok(Err(_)) => {
                    tracing::error!(job = job.name, "a job panicked");
                    break "panicked";
                }
                Err(_) => match lease.renew(LEASE, self.db.clock().now()).await {
                    Ok(true) => {}
                    Ok(false) => {
                        tracing::warn!(job = job.name, "a job lost its lease and was given up");
                        break "lost";
                    }
                    // The lease still has time; the next renewal may get through.
                    Err(error) => tracing::warn!(job = job.name, %error, "a job's lease could not be renewed"),
                },
            }
        };
        metrics::counter!("job_runs_total", "job" => job.name, "outcome" => outcome).increment(1);
        metrics::histogram!("job_run_seconds", "job" => job.name).record(started.elapsed().as_secs_f64());
        outcome != "lost"
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;
    use crate::db::{CrashSwitch, DbUrl};
    use crate::{Clock, Ids, fault};

    const MINUTE: Duration = Duration::from_secs(60);
    /// 2026-11-22 18:00:30 in Asia/Shanghai, a Sunday.
    const START: Time = Time(1_795_341_630_000);

    struct House {
        _folder: tempfile::TempDir,
        url: DbUrl,
        clock: Clock,
    }

    impl House {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = DbUrl::File { path: folder.path().join("jobs.db"), durable: false };
            let house = House { _folder: folder, url, clock: Clock::manual(START) };
            house.db().await.migrate(&[]).await.unwrap();
            house
        }

        /// The database as one more process opens it.
        async fn db(&self) -> Db {
            let ids = Ids::new(self.clock.clone(), 1);
            Db::open("jobs", &self.url, self.clock.clone(), ids, CrashSwitch::default()).await.unwrap()
        }

        /// One more process, with a job that counts.
        async fn counting(&self, ran: &Arc<AtomicUsize>) -> Jobs {
            let mut jobs = Jobs::new(self.db().await);
            let ran = ran.clone();
            jobs.every("count", MINUTE, move |_| {
                ran.fetch_add(1, SeqCst);
                ready(Ok(()))
            });
            jobs
        }
    }

    fn next(pattern: &str, after: &str) -> String {
        let beat = Beat::Cron(Box::new(Cron::from_str(pattern).unwrap()));
        beat.after(Time::parse(after).unwrap()).unwrap().shanghai()
    }

    #[test]
    fn patterns_are_shanghai_time() {
        assert_eq!(START.shanghai(), "2026-11-22 18:00:30");
        assert_eq!(next("0 4 * * *", "2026-11-22T18:00:30+08:00"), "2026-11-23 04:00:00");
        assert_eq!(next("0 4 * * *", "2026-11-23T04:00:00.000+08:00"), "2026-11-24 04:00:00");
        assert_eq!(next("0 4 * * *", "2026-11-23T03:59:59.999+08:00"), "2026-11-23 04:00:00");
        assert_eq!(next("30 0 1 * *", "2026-12-31T23:00:00+08:00"), "2027-01-01 00:30:00");
        assert_eq!(next("0 12 29 2 *", "2026-11-22T00:00:00+08:00"), "2028-02-29 12:00:00");
        assert_eq!(next("0 9 * * MON", "2026-11-22T18:00:30+08:00"), "2026-11-23 09:00:00");
        assert_eq!(next("*/15 * * * *", "2026-11-22T18:00:30+08:00"), "2026-11-22 18:15:00");
    }

    #[tokio::test]
    async fn a_job_runs_once_over_all_processes() {
        let house = House::new().await;
        let ran = Arc::new(AtomicUsize::new(0));
        let (a, b) = (house.counting(&ran).await, house.counting(&ran).await);
        assert_eq!(a.run_due(START).await + b.run_due(START).await, 0);
        for minute in 1..=5 {
            house.clock.pass(MINUTE);
            let now = house.clock.now();
            let (one, two) = tokio::join!(a.run_due(now), b.run_due(now));
            assert_eq!(one + two, 1);
            assert_eq!(a.run_due(now).await + b.run_due(now).await, 0);
            assert_eq!(ran.load(SeqCst), minute);
        }
        house.clock.pass(MINUTE * 60);
        assert_eq!(b.run_due(house.clock.now()).await, 1, "an hour missed is one run");
        // A process that starts later makes good what nobody was up for.
        house.clock.pass(MINUTE * 60);
        assert_eq!(house.counting(&ran).await.run_due(house.clock.now()).await, 1);
        assert_eq!(ran.load(SeqCst), 7);
    }

    #[tokio::test]
    async fn a_job_of_a_process_that_died_is_taken_over() {
        let house = House::new().await;
        let ran = Arc::new(AtomicUsize::new(0));
        let mut dying = Jobs::new(house.db().await);
        dying.every("count", MINUTE, |_| pending());
        let other = house.counting(&ran).await;
        assert_eq!(dying.run_due(START).await, 0);
        house.clock.pass(Duration::from_secs(30));
        let now = house.clock.now();
        let stuck = tokio::time::timeout(Duration::from_millis(50), dying.run_due(now));
        assert!(stuck.await.is_err());
        assert_eq!(other.run_due(now + Duration::from_secs(59)).await, 0);
        assert_eq!(other.run_due(now + LEASE).await, 1);
        assert_eq!(ran.load(SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failing_job_stops_no_other() {
        let house = House::new().await;
        let ran = Arc::new(AtomicUsize::new(0));
        let mut jobs = Jobs::new(house.db().await);
        jobs.cron("fails", "* * * * *", |_| ready(Err(fault::INTERNAL.because("on purpose")))).unwrap();
        jobs.every("panics", MINUTE, |_| async { panic!("on purpose") });
        jobs.every("panics at once", MINUTE, |now| if now > START { panic!("on purpose") } else { ready(Ok(())) });
        let counted = ran.clone();
        jobs.every("works", MINUTE, move |now| {
            assert_eq!(now, START + MINUTE);
            counted.fetch_add(1, SeqCst);
            ready(Ok(()))
        });
        house.clock.pass(MINUTE);
        assert_eq!(jobs.run_due(house.clock.now()).await, 4);
        assert_eq!(ran.load(SeqCst), 1);
        assert!(jobs.cron("bad", "every day", |_| ready(Ok(()))).is_err());
    }

    #[tokio::test]
    async fn the_timer_runs_jobs_until_it_is_stopped() {
        let house = House::new().await;
        let mut jobs = Jobs::new(house.db().await);
        let stop = CancellationToken::new();
        let (stopper, clock) = (stop.clone(), house.clock.clone());
        jobs.every("stops", MINUTE, move |_| {
            stopper.cancel();
            ready(Ok(()))
        });
        clock.pass(MINUTE);
        tokio::time::timeout(Duration::from_secs(10), jobs.run(stop)).await.expect("stops");
    }
}
