//! All database access of accounts, by noun. Plain values in, rows out; one sentence of SQL a function where it goes.

pub mod account;
pub mod address;
pub mod captcha;
pub mod code;
pub mod operator;
pub mod session;
pub mod tally;
