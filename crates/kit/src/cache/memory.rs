//! The cache of one process: bounded by weight, the least recently used leaves first.

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::Expiry;
use moka::future::Cache as Moka;
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;

use crate::{Clock, Error, Result, Time};

/// Keys and values together, in bytes.
const CAPACITY_BYTES: u64 = 64 * 1024 * 1024;
/// What an entry costs beside its key and value.
const ENTRY_BYTES: usize = 128;

#[derive(Clone)]
struct Entry {
    bytes: Bytes,
    until: Time,
}

#[derive(Clone)]
pub(super) struct Memory {
    entries: Moka<String, Entry>,
    clock: Clock,
}

/// Tells moka when an entry may go. Who reads still looks at `until` himself: moka follows the machine's time,
/// and a clock that is moved by hand is ahead of it.
struct Lifetime(Clock);

impl Lifetime {
    fn left(&self, entry: &Entry) -> Option<Duration> {
        match self.0 {
            Clock::System(_) => Some(entry.until.since(self.0.now())),
            Clock::Manual(_) => None,
        }
    }
}

impl Expiry<String, Entry> for Lifetime {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        self.left(entry)
    }

    fn expire_after_update(&self, _: &String, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        self.left(entry)
    }
}

impl Memory {
    pub(super) fn new(clock: Clock) -> Self {
        let weigh = |key: &String, entry: &Entry| u32::try_from(key.len() + entry.bytes.len() + ENTRY_BYTES).unwrap_or(u32::MAX);
        let entries = Moka::builder()
            .max_capacity(CAPACITY_BYTES)
            .weigher(weigh)
            // The default policy may refuse a new entry in favour of old popular ones; a session that was
            // just made must not be refused.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Lifetime(clock.clone()))
            .build();
        Memory { entries, clock }
    }

    fn entry(&self, bytes: Bytes, ttl: Duration) -> Entry {
        // At least a millisecond, as in Redis, where nothing may live for no time.
        Entry { bytes, until: self.clock.now() + ttl.max(Duration::from_millis(1)) }
    }

    fn alive(&self, entry: &Entry) -> bool {
        entry.until > self.clock.now()
    }

    /// Decides on one key while nobody else can: gets the living value, returns what to do.
    async fn compute(&self, key: &str, decide: impl FnOnce(Option<Entry>) -> Op<Entry>) -> CompResult<String, Entry> {
        let decide = |found: Option<moka::Entry<String, Entry>>| {
            let living = found.map(moka::Entry::into_value).filter(|entry| self.alive(entry));
            std::future::ready(decide(living))
        };
        self.entries.entry_by_ref(key).and_compute_with(decide).await
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.entries.get(key).await.filter(|entry| self.alive(entry)).map(|entry| entry.bytes))
    }

    pub(super) async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        self.entries.insert(key.to_owned(), self.entry(value, ttl)).await;
        Ok(())
    }

    pub(super) async fn put_new(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool> {
        let mut written = false;
        self.compute(key, |living| {
            written = living.is_none();
            if written { Op::Put(self.entry(value, ttl)) } else { Op::Nop }
        })
        .await;
        Ok(written)
    }

    pub(super) async fn drop_key(&self, key: &str) -> Result<()> {
        self.entries.invalidate(key).await;
        Ok(())
    }

    pub(super) async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        let mut taken = None;
        self.compute(key, |living| {
            taken = living.map(|entry| entry.bytes);
            Op::Remove
        })
        .await;
        Ok(taken)
    }

    pub(super) async fn count(&self, key: &str, ttl: Duration) -> Result<i64> {
        let mut outcome = Err(Error::internal("the cached value is not a counter"));
        self.compute(key, |living| {
            let (now, until) = match living {
                None => (Some(1), None),
                Some(old) => (parse_count(&old.bytes).and_then(|n| n.checked_add(1)), Some(old.until)),
            };
            let Some(now) = now else { return Op::Nop };
            outcome = Ok(now);
            let mut entry = self.entry(Bytes::from(now.to_string()), ttl);
            entry.until = until.unwrap_or(entry.until);
            Op::Put(entry)
        })
        .await;
        outcome
    }

    pub(super) async fn take_if(&self, key: &str, expected: &[u8]) -> Result<bool> {
        let mut taken = false;
        self.compute(key, |living| {
            taken = living.is_some_and(|entry| entry.bytes == expected);
            if taken { Op::Remove } else { Op::Nop }
        })
        .await;
        Ok(taken)
    }

    /// Weight of all that is kept, in bytes.
    #[cfg(test)]
    pub(super) async fn weigh(&self) -> u64 {
        self.entries.run_pending_tasks().await;
        self.entries.weighted_size()
    }
}

fn parse_count(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
