//! What this process answered: counters, and claims a second. Knows no pool.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

use kit::Time;

use crate::{Answer, Back};

/// Answers of this process since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Claims that were taken.
    pub taken: u64,
    /// Repeats of a claim.
    pub duplicate: u64,
    /// Told that there is not enough.
    pub sold_out: u64,
    /// Told that they have enough.
    pub limited: u64,
    /// Came before or after the window.
    pub not_open: u64,
    /// Asked for a pool that does not stand.
    pub closed: u64,
    /// Turned away because too many asked.
    pub busy: u64,
    /// Claims that were given back.
    pub given_back: u64,
    /// Claims taken in the last whole second.
    pub claims_per_s: u64,
}

/// Counts answers. Its counters are for people: they may be a moment apart.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    answers: [AtomicU64; 7],
    given_back: AtomicU64,
    second: AtomicI64,
    this_second: AtomicU64,
    last_second: AtomicU64,
}

const NAMES: [&str; 7] = ["taken", "duplicate", "sold_out", "limited", "not_open", "closed", "busy"];

fn place(answer: &Answer) -> usize {
    match answer {
        Answer::Taken(_) => 0,
        Answer::Duplicate(_) => 1,
        Answer::SoldOut => 2,
        Answer::Limited => 3,
        Answer::NotOpen => 4,
        Answer::Closed => 5,
        Answer::Busy => 6,
    }
}

impl Tally {
    pub(crate) fn answered(&self, answer: &Answer, now: Time) {
        let place = place(answer);
        self.answers[place].fetch_add(1, Relaxed);
        if place == 0 {
            self.roll(now);
            self.this_second.fetch_add(1, Relaxed);
        }
        metrics::counter!("rush_answers_total", "answer" => NAMES[place]).increment(1);
    }

    pub(crate) fn gave_back(&self, back: Back) {
        if back == Back::Now {
            self.given_back.fetch_add(1, Relaxed);
            metrics::counter!("rush_given_back_total").increment(1);
        }
    }

    /// The first who sees a new second closes the one before.
    fn roll(&self, now: Time) {
        let second = now.ms().div_euclid(1000);
        let before = self.second.load(Relaxed);
        if second > before && self.second.compare_exchange(before, second, Relaxed, Relaxed).is_ok() {
            let counted = self.this_second.swap(0, Relaxed);
            self.last_second.store(if second == before + 1 { counted } else { 0 }, Relaxed);
        }
    }

    pub(crate) fn figures(&self, now: Time) -> Figures {
        self.roll(now);
        let count = |place: usize| self.answers[place].load(Relaxed);
        Figures {
            taken: count(0),
            duplicate: count(1),
            sold_out: count(2),
            limited: count(3),
            not_open: count(4),
            closed: count(5),
            busy: count(6),
            given_back: self.given_back.load(Relaxed),
            claims_per_s: self.last_second.load(Relaxed),
        }
    }
}
