//! The engine from outside: its rules beside a plain model, its forms under a crowd, its journal on a disk that forgets.
//! `MALL_TEST_CASES=n` makes the random tests n times as long.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod conform;
mod crash;
mod crowd;
mod disk;
mod journal;
mod kill;
mod model;
mod people;
#[cfg(feature = "cluster")]
mod redis;
mod split;
