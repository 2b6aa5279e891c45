//! How much is let in: keyed rates ([`RateLimit`]), calls to something that fails ([`Breaker`]), calls at the
//! same time ([`Bulkhead`]). All three protect this process only; a limit that must hold stands in a database.
//! Must never know whom it limits.

mod breaker;
mod bulkhead;
mod rate;

pub use breaker::{Breaker, BreakerRule, Pass};
pub use bulkhead::{Bulkhead, Place};
pub use rate::{RateLimit, RetryAfter};
