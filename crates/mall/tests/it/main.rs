//! The mall, tried as people use it. One binary: a file for each theme, `house.rs` builds the mall, `people.rs` are the people
//! in it. Each story runs embedded, split over HTTP, on MariaDB and Redis, with every call made twice, and with news that
//! comes twice and out of order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod abuse;
mod audits;
mod binary;
mod captchas;
mod crashes;
mod fronts;
mod house;
mod imports;
mod pages;
mod people;
mod races;
mod reviews;
mod routes;
mod seckill;
mod sessions;
mod stories;
mod tidy;
mod uploads;
mod wins;
