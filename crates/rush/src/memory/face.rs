//! What a pool shows to everybody without a lock: how much there is, and who may have claimed. One thread writes it, after what it says is
//! durable; a refusal that is read from it was true at the moment it was read. Knows no claim. Orders of its atomics are tried by `tests/loom.rs`.

use super::atomic::{AtomicU64, Ordering};

/// Bits of the filter for each unit, and their bounds: a false alarm (a few in a hundred) only costs a way through the queue.
const BITS_A_UNIT: u64 = 16;
const LEAST_BITS: u64 = 64;
const MOST_BITS: u64 = 1 << 24;

const SHUT: u64 = 1 << 32;
const REVISION: u32 = 33;

/// The published part of a pool.
pub struct Face {
    /// Available units (32 bits), closed (1 bit), revision (31 bits): one word, so that they belong together.
    word: AtomicU64,
    /// A Bloom filter of all who ever claimed.
    claimants: Box<[AtomicU64]>,
}

/// One look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Units that may be claimed, or are on their way to another part.
    pub available: u32,
    /// Closed by its owner.
    pub shut: bool,
    /// Changes with each publication (modulo 2³¹).
    pub revision: u32,
}

fn mixed(user: i64) -> u64 {
    // The finaliser of SplitMix64: neighbouring numbers fall far apart.
    let mut x = user.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Face {
    /// A face for a pool of so many units, which shows nothing yet.
    pub fn new(units: u64) -> Self {
        let bits = (units.saturating_mul(BITS_A_UNIT)).clamp(LEAST_BITS, MOST_BITS).next_power_of_two();
        Face { word: AtomicU64::new(SHUT), claimants: (0..bits / 64).map(|_| AtomicU64::new(0)).collect() }
    }

    /// Two bits of the filter, as word and mask. The number of words is a power of two.
    fn bits(&self, user: i64) -> [(usize, u64); 2] {
        let hash = mixed(user);
        let last = self.claimants.len() as u64 - 1;
        [hash, hash >> 32].map(|h| (usize::try_from((h >> 6) & last).unwrap_or(0), 1 << (h & 63)))
    }

    /// Marks one who claimed. Must come before the [`Face::publish`] that shows what he took.
    pub fn mark(&self, user: i64) {
        for (word, bit) in self.bits(user) {
            self.claimants[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// Shows how it stands. One thread only, which counts its publications in `revision`.
    pub fn publish(&self, revision: u64, available: u32, shut: bool) {
        let word = u64::from(available) | if shut { SHUT } else { 0 } | revision << REVISION;
        // Release: who sees this number sees the marks of those who made it so.
        self.word.store(word, Ordering::Release);
    }

    /// How it stands. Must come before [`Face::may_have_claimed`].
    pub fn look(&self) -> Look {
        let word = self.word.load(Ordering::Acquire);
        Look {
            available: u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX),
            shut: word & SHUT != 0,
            revision: u32::try_from(word >> REVISION).unwrap_or(u32::MAX),
        }
    }

    /// False only when this user had claimed nothing at the moment of the look before.
    pub fn may_have_claimed(&self, user: i64) -> bool {
        self.bits(user).into_iter().all(|(word, bit)| self.claimants[word].load(Ordering::Relaxed) & bit != 0)
    }
}
