//! Keyed rates by GCRA: a key may come `burst` times at once and `per_second` times a second for long.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use governor::clock::{Clock as GcraClock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::Error;
use crate::fault::TOO_MANY;

/// How many keys may stand before the first sweep.
const KEYS: usize = 100_000;
/// Counting keys locks the map a little, so it is done once in so many checks.
const CHECKS_PER_COUNT: usize = 1024;

/// A rate for each key. It counts on the machine's monotonic clock.
pub struct RateLimit<K: Hash + Eq + Clone, C: GcraClock = DefaultClock> {
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    checks: AtomicUsize,
    sweep_over: AtomicUsize,
    keys: usize,
}

/// Refused: come back after so many whole seconds (at least one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter {
    /// Seconds.
    pub seconds: u32,
}

impl From<RetryAfter> for Error {
    fn from(wait: RetryAfter) -> Self {
        Error::from(TOO_MANY).retry_after_s(wait.seconds)
    }
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// `per_second` for long and `burst` at once, both at least one.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self::on(DefaultClock::default(), per_second, burst, KEYS)
    }

    /// `per_hour` for long and as many at once, at least one.
    pub fn hourly(per_hour: u32) -> Self {
        let quota = Quota::per_hour(NonZeroU32::new(per_hour).unwrap_or(NonZeroU32::MIN));
        Self::of(DefaultClock::default(), quota, KEYS)
    }
}

impl<K: Hash + Eq + Clone, C: GcraClock + Clone> RateLimit<K, C> {
    fn on(clock: C, per_second: u32, burst: u32, keys: usize) -> Self {
        let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self::of(clock, Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst)), keys)
    }

    fn of(clock: C, quota: Quota, keys: usize) -> Self {
        let limiter = RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone());
        RateLimit { limiter, clock, checks: AtomicUsize::new(0), sweep_over: AtomicUsize::new(keys), keys }
    }

    /// Lets the key in once more, or says when to come back.
    pub fn check(&self, key: &K) -> Result<(), RetryAfter> {
        if self.checks.fetch_add(1, Relaxed) % CHECKS_PER_COUNT == CHECKS_PER_COUNT - 1 {
            self.sweep();
        }
        self.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            RetryAfter { seconds: u32::try_from(seconds).unwrap_or(u32::MAX).max(1) }
        })
    }

    /// Forgets keys that are as good as new. The next sweep waits until the survivors have doubled, so a check
    /// costs a constant on average, and memory stays within twice the keys of one burst's time.
    fn sweep(&self) {
        if self.limiter.len() > self.sweep_over.load(Relaxed) {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.sweep_over.store(self.keys.max(self.limiter.len().saturating_mul(2)), Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let clock = FakeRelativeClock::default();
        let limit = RateLimit::on(clock.clone(), 2, 3, KEYS);
        for _ in 0..3 {
            assert_eq!(limit.check(&"a"), Ok(()));
        }
        assert_eq!(limit.check(&"a"), Err(RetryAfter { seconds: 1 }));
        assert_eq!(limit.check(&"b"), Ok(()), "another key has its own");
        clock.advance(Duration::from_millis(499));
        assert!(limit.check(&"a").is_err());
        clock.advance(Duration::from_millis(1));
        assert_eq!(limit.check(&"a"), Ok(()));
        assert!(limit.check(&"a").is_err());
        clock.advance(Duration::from_secs(60));
        assert_eq!((0..10).filter(|_| limit.check(&"a").is_ok()).count(), 3, "idleness saves up no more than a burst");
    }

    #[test]
    fn an_hour_has_its_share() {
        let limit = RateLimit::hourly(20);
        assert_eq!((0..30).filter(|_| limit.check(&1).is_ok()).count(), 20);
        assert_eq!(limit.check(&1).unwrap_err().seconds, 180);
    }

    #[test]
    fn a_refusal_is_a_fault_with_its_wait() {
        let limit = RateLimit::new(1, 1);
        limit.check(&1).unwrap();
        let error = Error::from(limit.check(&1).unwrap_err());
        assert!(error.is(TOO_MANY));
        assert_eq!(error.retry_after(), Some(1));
    }

    #[test]
    fn keys_that_rest_are_forgotten() {
        let clock = FakeRelativeClock::default();
        let limit = RateLimit::on(clock.clone(), 1, 5, 2_000);
        for key in 0..50_000_u32 {
            limit.check(&key).unwrap();
            clock.advance(Duration::from_millis(10));
        }
        assert!(limit.limiter.len() <= 2_000 + CHECKS_PER_COUNT, "{} keys", limit.limiter.len());
        // One who is in debt is not forgotten by a sweep.
        while limit.check(&1).is_ok() {}
        limit.sweep_over.store(0, Relaxed);
        limit.sweep();
        assert!(limit.check(&1).is_err());
    }
}
