//! What the tests speak in.

use std::time::Duration;

use kit::{Clock, Time};
use rush::memory::Settings;
use rush::{Answer, Ask, Claim, Opening, PoolId, Terms, Token, Units, UserId};

pub const START: Time = Time(1_800_000_000_000);
pub const HOUR: Duration = Duration::from_secs(3600);

pub fn clock() -> Clock {
    Clock::manual(START)
}

pub const fn settings(shards: u16) -> Settings {
    Settings { shards, queue: 4096, grace: HOUR, room: 4096 }
}

pub const fn terms(limit: u32) -> Terms {
    Terms { limit, returns: 3, opens: START, closes: Time(START.0 + 3_600_000) }
}

/// An opening of the first epoch.
pub fn opening(pool: impl Into<PoolId>, left: Units, limit: u32) -> Opening {
    Opening { pool: pool.into(), epoch: 1, terms: terms(limit), left, carried: Vec::new() }
}

pub fn token(n: u64) -> Token {
    Token(u128::from(n).to_le_bytes())
}

pub fn ask(pool: impl Into<PoolId>, user: i64, qty: u32, n: u64) -> Ask {
    Ask { pool: pool.into(), epoch: 1, user: UserId(user), qty, token: token(n) }
}

#[track_caller]
pub fn taken(answer: Answer) -> Claim {
    match answer {
        Answer::Taken(claim) => claim,
        other => panic!("not taken: {other:?}"),
    }
}

/// How many times longer than usual random tests run.
pub fn cases(usual: u32) -> u32 {
    let times: u32 = std::env::var("MALL_TEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    usual.saturating_mul(times)
}

/// Numbers from a seed (SplitMix64): the same history for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ (x >> 31)) % n
    }
}
