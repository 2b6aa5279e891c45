//! A bulkhead: so many at work, so many in line, the rest is refused at once, so that one slow thing
//! does not take every worker and all memory with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::fault::UNAVAILABLE;
use crate::{Error, Result};

/// Bounded concurrency with a bounded queue. Clones share the places.
#[derive(Clone, Debug)]
pub struct Bulkhead {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
}

/// A place at work, given back when dropped.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// One who waits, and stops to count when he goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl Bulkhead {
    /// `concurrent` at work (at least one), `queue` in line.
    pub fn new(concurrent: usize, queue: usize) -> Self {
        let places = Arc::new(Semaphore::new(concurrent.clamp(1, Semaphore::MAX_PERMITS)));
        Bulkhead { places, waiting: Arc::default(), queue }
    }

    /// Waits in line for a place. Fails at once with `unavailable` (come back in 1 s) when the line is full.
    pub async fn enter(&self) -> Result<Place> {
        if let Ok(permit) = self.places.clone().try_acquire_owned() {
            return Ok(Place(permit));
        }
        let line = |waiting| (waiting < self.queue).then_some(waiting + 1);
        if self.waiting.fetch_update(SeqCst, SeqCst, line).is_err() {
            return Err(Error::from(UNAVAILABLE).because("the bulkhead's line is full").retry_after_s(1));
        }
        let _waiting = Waiting(&self.waiting);
        self.places.clone().acquire_owned().await.map(Place).map_err(Error::internal)
    }

    /// How many stand in line now.
    pub fn in_line(&self) -> usize {
        self.waiting.load(SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn places_then_line_then_refusal() {
        let bulkhead = Bulkhead::new(2, 1);
        let first = bulkhead.enter().await.unwrap();
        let _second = bulkhead.enter().await.unwrap();
        let mut third = Box::pin(bulkhead.enter());
        assert!(poll!(&mut third).is_pending());
        assert_eq!(bulkhead.in_line(), 1);
        let refused = bulkhead.enter().await.unwrap_err();
        assert!(refused.is(UNAVAILABLE));
        assert_eq!(refused.retry_after(), Some(1));
        drop(first);
        let third = third.await.unwrap();
        assert_eq!(bulkhead.in_line(), 0);
        drop(third);
        assert!(bulkhead.enter().await.is_ok());
    }

    #[tokio::test]
    async fn who_goes_away_leaves_the_line() {
        let bulkhead = Bulkhead::new(1, 1);
        let _held = bulkhead.enter().await.unwrap();
        let mut waiting = Box::pin(bulkhead.enter());
        assert!(poll!(&mut waiting).is_pending());
        drop(waiting);
        assert_eq!(bulkhead.in_line(), 0);
        let mut next = Box::pin(bulkhead.enter());
        assert!(poll!(&mut next).is_pending(), "there is room in line again");
    }
}
