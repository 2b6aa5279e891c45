//! A cache in memory or in Redis, one set of verbs: sessions, codes, counters, and read-through values.
//! Whatever stands here may vanish at any moment (weight, restart, failover), so nothing that must be
//! true may rest on it alone. Must never know what its values mean.

mod flight;
mod memory;
#[cfg(feature = "cluster")]
mod redis;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Clock, Error, Result, random};
use flight::{Flights, Seat};
use memory::Memory;

/// How long an absent value is remembered by [`Cache::load`]: long enough to stop a flood of questions
/// about things that do not exist, short enough that a new thing shows soon.
const ABSENT: Duration = Duration::from_secs(5);

/// A cache. Clones share the same store.
#[derive(Clone)]
pub struct Cache {
    store: Store,
    flights: Flights,
}

#[derive(Clone)]
enum Store {
    Memory(Memory),
    #[cfg(feature = "cluster")]
    Redis(redis::Redis),
}

/// Runs one verb on whichever store there is.
macro_rules! on_store {
    ($cache:expr, $store:ident => $call:expr) => {
        match &$cache.store {
            Store::Memory($store) => $call,
            #[cfg(feature = "cluster")]
            Store::Redis($store) => $call,
        }
    };
}

impl Cache {
    /// A cache in this process, whose entries expire by the machine's clock.
    pub fn memory() -> Self {
        Self::memory_on(Clock::system())
    }

    /// A cache in this process, whose entries expire by `clock`: a clock that is moved by hand expires them too.
    pub fn memory_on(clock: Clock) -> Self {
        Cache { store: Store::Memory(Memory::new(clock)), flights: Flights::default() }
    }

    /// A cache in Redis, under keys that begin with `key_prefix`. Fails with `unavailable` when the server
    /// does not answer now; later it reconnects by itself.
    #[cfg(feature = "cluster")]
    pub async fn redis(url: &str, key_prefix: &str) -> Result<Self> {
        Ok(Cache { store: Store::Redis(redis::Redis::open(url, key_prefix).await?), flights: Flights::default() })
    }

    /// The value, if it is there. Every verb fails with `unavailable` when Redis does not answer in time.
    pub async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        on_store!(self, store => store.get(key).await)
    }

    /// Writes the value, whether one was there or not. As with [`Cache::drop_key`], no older one comes back by a load.
    pub async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        self.flights.spoil(key);
        on_store!(self, store => store.put(key, value, ttl).await)
    }

    /// Writes the value if none is there, atomically. Says whether it did.
    pub async fn put_new(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool> {
        on_store!(self, store => store.put_new(key, value, ttl).await)
    }

    /// Forgets the value. A [`Cache::load`] of this process that is under way will not bring an older one back.
    pub async fn drop_key(&self, key: &str) -> Result<()> {
        self.flights.spoil(key);
        on_store!(self, store => store.drop_key(key).await)
    }

    /// Reads and forgets the value, atomically: of several takers one gets it.
    pub async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        on_store!(self, store => store.take(key).await)
    }

    /// Adds one to a counter, atomically, and returns its new value. A counter that was absent starts at one
    /// and lives for `ttl`; later counts do not prolong it.
    pub async fn count(&self, key: &str, ttl: Duration) -> Result<i64> {
        on_store!(self, store => store.count(key, ttl).await)
    }

    /// Forgets the value if it is `expected`, atomically. Says whether it was.
    pub async fn take_if(&self, key: &str, expected: &[u8]) -> Result<bool> {
        on_store!(self, store => store.take_if(key, expected).await)
    }

    /// The value, from the cache or else from `loader`, which then runs once in this process while others wait for
    /// its outcome. It is kept for `ttl` ± 20 %, so that values written together do not expire together; that
    /// there is none is remembered for 5 s. A Redis that does not answer costs the cache, not the value.
    pub async fn load<T, F, Fut>(&self, key: &str, ttl: Duration, loader: F) -> Result<Option<T>>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Option<T>>>,
    {
        loop {
            let store_answers = match self.get(key).await {
                Ok(Some(bytes)) => match decode(&bytes) {
                    Ok(value) => return Ok(value),
                    // Written by another version of the program: as good as absent.
                    Err(_) => true,
                },
                Ok(None) => true,
                Err(e) => {
                    metrics::counter!("cache_unavailable_total").increment(1);
                    tracing::debug!(key, error = %e, "cache does not answer, loading instead");
                    false
                }
            };
            match self.flights.board(key) {
                Seat::Passenger(outcome) => match outcome.landed().await {
                    Some(outcome) => return outcome.and_then(|bytes| decode(&bytes)),
                    // The one who was loading went away; somebody else has to.
                    None => continue,
                },
                Seat::Pilot(flight) => {
                    let outcome = self.fetch(key, ttl, store_answers, &flight, loader).await;
                    flight.land(outcome.as_ref().map(|(bytes, _)| bytes.clone()).map_err(Error::clone));
                    return outcome.map(|(_, value)| value);
                }
            }
        }
    }

    /// What the one who loads does: look again (the last one may have landed since), load, write.
    async fn fetch<T, F, Fut>(
        &self,
        key: &str,
        ttl: Duration,
        store_answers: bool,
        flight: &flight::Pilot,
        loader: F,
    ) -> Result<(Bytes, Option<T>)>
    where
        T: Serialize + DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Option<T>>>,
    {
        if store_answers
            && let Ok(Some(bytes)) = self.get(key).await
            && let Ok(value) = decode(&bytes)
        {
            return Ok((bytes, value));
        }
        let value = loader().await?;
        let bytes = match &value {
            Some(value) => Bytes::from(serde_json::to_vec(value)?),
            None => Bytes::new(),
        };
        if store_answers {
            let keep = if value.is_some() { jittered(ttl) } else { ABSENT };
            let written = on_store!(self, store => store.put(key, bytes.clone(), keep).await);
            // A key that was dropped while we loaded must not come back with what we read before.
            if written.is_ok() && flight.is_spoiled() {
                let _ = on_store!(self, store => store.drop_key(key).await);
            }
        }
        Ok((bytes, value))
    }
}

/// JSON is never empty, so emptiness can say "there is none".
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<Option<T>> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(bytes)?))
}

/// 80 % to 120 % of a duration.
fn jittered(ttl: Duration) -> Duration {
    let per_mille = u32::try_from(800 + random::below(401)).unwrap_or(1000);
    (ttl / 1000).saturating_mul(per_mille)
}
