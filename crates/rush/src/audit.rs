//! The invariant of a pool, for anybody who holds the owner's books beside it: pool = sold + live + left. Pure; reads nothing itself.

use crate::Standing;

/// What the owner's books say about a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Units that the pool was given (the quota, or how many amounts).
    pub quota: u64,
    /// Units in orders (or credits) that stand, made from claims of this pool.
    pub sold: u64,
    /// Units claimed whose fate is open: delivered or not, no order yet, not given back.
    pub live: u64,
}

/// A pool that does not add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was counted.
    pub what: &'static str,
    /// What it should be.
    pub expected: u64,
    /// What it is.
    pub found: u64,
}

/// Compares a pool (all of its parts) with the owner's books. Exact when nothing is under way; else a difference counts only when
/// it is seen twice. An empty list says that all adds up.
pub fn audit(parts: &[Standing], books: &Books) -> Vec<Mismatch> {
    let sum = |field: fn(&Standing) -> u64| parts.iter().map(field).sum::<u64>();
    let [opened, left, taken] = [sum(|s| s.opened), sum(|s| s.left), sum(|s| s.taken)];
    let [received, lent] = [sum(|s| s.received), sum(|s| s.lent)];
    // What is lent and has not arrived lies in no part and is still the pool's.
    let moving = lent.saturating_sub(received);
    let rules = [
        ("units received without a loan", lent.max(received), lent),
        ("units that the pool was opened with", books.quota, opened),
        ("left + on the way + taken", opened, left + moving + taken),
        ("claims that are sold or live", books.sold + books.live, taken),
        ("sold + live + left", books.quota, books.sold + books.live + left + moving),
    ];
    rules.into_iter().filter(|(_, e, f)| e != f).map(|(what, expected, found)| Mismatch { what, expected, found }).collect()
}
