//! Carries events from the outbox of one service to everyone who listens, here or on another host.
//!
//! At least once, in any order: whoever hears keeps an inbox row with its effect. A listener that fails is asked again
//! with growing pauses; an event that nobody could take for a day goes to `dead_letter`, which the audit reports.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use sea_orm::FromQueryResult;
use tokio_util::sync::CancellationToken;

use super::{Db, Event, Parcel, marks, outbox};
use crate::ctx::Ctx;
use crate::fault::{Error, Result};
use crate::{Time, values};

/// Rows taken at once.
const BATCH: usize = 64;
/// Events on their way at once.
const ABREAST: usize = 16;
/// How long a process keeps rows that it has claimed from a shared database.
const LEASE: Duration = Duration::from_secs(30);
/// Longest nap when nothing wakes the relay: a due row is late by this much at most.
const NAP: Duration = Duration::from_millis(250);
/// Deliveries tried before an event is set aside; with pauses up to an hour this is about a day.
const ATTEMPTS: i32 = 40;

/// What one consumer does with one topic.
pub type Handler = Arc<dyn Fn(Ctx, Parcel) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Where an event goes: a service in this process, or one on another host.
#[async_trait]
pub trait Stop: Send + Sync {
    /// Takes the event, or says why not; may be asked again with the same event.
    async fn take(&self, parcel: &Parcel) -> Result<()>;
}

/// What a service listens to.
#[derive(Default, Clone)]
pub struct Subscriptions {
    handlers: HashMap<&'static str, Vec<Handler>>,
}

impl Subscriptions {
    /// Listens to an event. The handler gets its body and its id, the key of the inbox row.
    pub fn on<E, F, W>(&mut self, handle: F)
    where
        E: Event,
        F: Fn(Ctx, E, i64) -> W + Send + Sync + 'static,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        let handle = Arc::new(handle);
        let handler: Handler = Arc::new(move |ctx, parcel| {
            let handle = handle.clone();
            Box::pin(async move { handle(ctx, serde_json::from_str(&parcel.payload)?, parcel.id).await })
        });
        self.handlers.entry(E::TOPIC).or_default().push(handler);
    }

    /// Topics that it listens to, in alphabetical order.
    pub fn topics(&self) -> Vec<&'static str> {
        let mut topics: Vec<_> = self.handlers.keys().copied().collect();
        topics.sort_unstable();
        topics
    }
}

#[async_trait]
impl Stop for Subscriptions {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        for handler in self.handlers.get(parcel.topic.as_str()).into_iter().flatten() {
            let ctx = Ctx::on_trace(&parcel.trace);
            let work = handler(ctx.clone(), parcel.clone());
            // A task of its own, so that a panic in one listener is an error like any other.
            tokio::spawn(outbox::on_trace(ctx.trace.clone(), work)).await.map_err(Error::internal)??;
        }
        Ok(())
    }
}

/// Who hears what.
#[derive(Clone, Default)]
pub struct Bus {
    stops: HashMap<String, Vec<Arc<dyn Stop>>>,
}

impl Bus {
    /// Sends the topics to this stop too.
    pub fn connect<'a>(&mut self, topics: impl IntoIterator<Item = &'a str>, stop: &Arc<dyn Stop>) {
        for topic in topics {
            self.stops.entry(topic.to_owned()).or_default().push(stop.clone());
        }
    }

    /// Hands an event to all who listen; every stop is tried, the first failure is told.
    pub async fn deliver(&self, parcel: &Parcel) -> Result<()> {
        let mut outcome = Ok(());
        for stop in self.stops.get(&parcel.topic).into_iter().flatten() {
            outcome = outcome.and(stop.take(parcel).await);
        }
        outcome
    }
}

/// Empties the outbox of one service.
#[derive(Clone)]
pub struct Relay {
    db: Db,
    bus: Arc<Bus>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    topic: String,
    payload: String,
    trace: String,
    attempts: i32,
}

impl Relay {
    /// A relay from this database to that bus.
    pub fn new(db: Db, bus: Arc<Bus>) -> Self {
        Relay { db, bus }
    }

    /// Delivers until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let woken = self.db.wake().notified();
            match self.step().await {
                Ok(n) if n >= BATCH => continue,
                Ok(_) => {}
                Err(e) => tracing::warn!(service = self.db.service(), error = %e, "relay could not read its outbox"),
            }
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(NAP) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Delivers what is due, one batch; gives the number of events that were tried.
    pub async fn step(&self) -> Result<usize> {
        let rows = self.claim().await?;
        let tried = rows.len();
        let outcomes: Vec<(Row, Result<()>)> = futures::stream::iter(rows)
            .map(|row| async {
                let parcel =
                    Parcel { id: row.id, topic: row.topic.clone(), payload: row.payload.clone(), trace: row.trace.clone() };
                let outcome = self.bus.deliver(&parcel).await;
                (row, outcome)
            })
            .buffer_unordered(ABREAST)
            .collect()
            .await;
        let (gone, kept): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, outcome)| outcome.is_ok());
        if !gone.is_empty() {
            let sql = format!("delete from outbox where id in ({})", marks(gone.len()));
            self.db.run(&sql, gone.iter().map(|(row, _)| row.id.into()).collect()).await?;
        }
        for (row, outcome) in kept {
            if let Err(e) = outcome {
                self.put_back(&row, &e).await?;
            }
        }
        Ok(tried)
    }

    /// Due rows that nobody else has. On a database of our own, reading is enough: this relay is its only one.
    async fn claim(&self) -> Result<Vec<Row>> {
        let now = self.db.clock().now();
        let sql = "select id, topic, payload, trace, attempts from outbox where due_ms <= ? and lease_ms <= ?
                   order by due_ms, id limit 64";
        let rows: Vec<Row> = self.db.all(sql, values![now, now]).await?;
        if !self.db.is_shared() || rows.is_empty() {
            return Ok(rows);
        }
        let mut mine = HashSet::new();
        for row in &rows {
            let taken = "update outbox set lease_ms = ? where id = ? and lease_ms <= ?";
            if self.db.run(taken, values![now + LEASE, row.id, now]).await? == 1 {
                mine.insert(row.id);
            }
        }
        Ok(rows.into_iter().filter(|row| mine.contains(&row.id)).collect())
    }

    async fn put_back(&self, row: &Row, error: &Error) -> Result<()> {
        let now = self.db.clock().now();
        let attempts = row.attempts + 1;
        metrics::counter!("outbox_failures_total", "service" => self.db.service(), "topic" => row.topic.clone()).increment(1);
        tracing::warn!(service = self.db.service(), topic = row.topic, event = row.id, attempts, trace = row.trace, error = %error,
            "an event was not taken; it will be offered again");
        if attempts < ATTEMPTS {
            let next = now + pause(attempts);
            let sql = "update outbox set attempts = ?, lease_ms = ? where id = ?";
            return self.db.run(sql, values![attempts, next, row.id]).await.map(|_| ());
        }
        crate::tx!(self.db, |tx| {
            let sql = "insert into dead_letter (id, topic, payload, trace, at_ms, cause) values (?, ?, ?, ?, ?, ?)";
            let values = values![row.id, row.topic.as_str(), row.payload.as_str(), row.trace.as_str(), now, error.to_string()];
            tx.run(sql, values).await?;
            tx.run("delete from outbox where id = ?", values![row.id]).await?;
            Ok(())
        })
    }
}

/// 100 ms, doubling, at most an hour.
fn pause(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 16)).unwrap_or(1) - 1;
    Duration::from_millis(100 << doublings).min(Duration::from_secs(3600))
}

/// Removes inbox and idempotency rows that no repeat can reach any more.
impl Db {
    /// Forgets inbox rows and idempotency keys older than `before`; gives the number of rows.
    pub async fn forget(&self, before: Time) -> Result<u64> {
        let inbox = self.run("delete from inbox where at_ms < ?", values![before]).await?;
        Ok(inbox + self.run("delete from idempotency where created_ms < ?", values![before]).await?)
    }
}
