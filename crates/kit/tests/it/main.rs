//! The kit's core from outside: databases with outbox and inbox, calls between services, HTTP at the edge.
//! Every test has a database of its own; what a database does is tested on SQLite and on MariaDB.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod base;
mod crash;
mod db;
mod http;
mod idempotency;
mod relay;
mod rpc;
mod rpc_wire;
mod tx;
