//! Single flight: of those who want the same key at the same time one works, the others get its outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use bytes::Bytes;
use dashmap::{DashMap, Entry};
use tokio::sync::watch;

use crate::Result;

type Outcome = Result<Bytes>;

struct Flight {
    outcome: watch::Receiver<Option<Outcome>>,
    spoiled: Arc<AtomicBool>,
}

/// Flights under way, by key. Holds as many as there are loads at this moment.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<DashMap<String, Flight>>);

pub(super) enum Seat {
    /// Nobody works on the key: you do.
    Pilot(Pilot),
    /// Somebody does: wait.
    Passenger(Passenger),
}

pub(super) struct Passenger(watch::Receiver<Option<Outcome>>);

/// The right to work on a key; given back when dropped, so that one who is cancelled strands nobody.
pub(super) struct Pilot {
    flights: Flights,
    key: String,
    outcome: watch::Sender<Option<Outcome>>,
    spoiled: Arc<AtomicBool>,
}

impl Flights {
    pub(super) fn board(&self, key: &str) -> Seat {
        match self.0.entry(key.to_owned()) {
            Entry::Occupied(flight) => Seat::Passenger(Passenger(flight.get().outcome.clone())),
            Entry::Vacant(place) => {
                let (sender, outcome) = watch::channel(None);
                let spoiled = Arc::new(AtomicBool::new(false));
                place.insert(Flight { outcome, spoiled: spoiled.clone() });
                Seat::Pilot(Pilot { flights: self.clone(), key: key.to_owned(), outcome: sender, spoiled })
            }
        }
    }

    /// The key was dropped: who asks from now on must not get what was being read before.
    pub(super) fn spoil(&self, key: &str) {
        if let Some((_, flight)) = self.0.remove(key) {
            flight.spoiled.store(true, SeqCst);
        }
    }
}

impl Passenger {
    /// The outcome; none when the pilot went away without one.
    pub(super) async fn landed(mut self) -> Option<Outcome> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone())
    }
}

impl Pilot {
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled.load(SeqCst)
    }

    pub(super) fn land(self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        self.flights.0.remove_if(&self.key, |_, flight| Arc::ptr_eq(&flight.spoiled, &self.spoiled));
    }
}
