//! What any service needs and no customer has heard of: time, ids, faults, databases with outbox and inbox,
//! cache, calls between services, HTTP at the edge, limits, leases, configuration, telemetry, secrets.
//! Must never know a business word. Start reading at [`db`] and [`rpc`].

pub mod clock;
pub mod core;
pub mod ctx;
pub mod db;
pub mod fault;
pub mod http;
pub mod ids;
pub mod random;
pub mod rpc;

pub use self::core::Core;
pub use clock::{Clock, Time};
pub use ctx::{Caller, Ctx};
pub use db::{Db, Tx};
pub use fault::{Error, Fault, FieldError, Result};
pub use ids::Ids;

// What the macros of this crate name.
#[doc(hidden)]
pub use {async_trait, axum, sea_orm, serde, serde_json, tracing, utoipa};

sql_number!(Time);

pub mod cache;
pub mod captcha;
pub mod config;
pub mod cron;
pub mod lease;
pub mod limit;
pub mod registry;
pub mod secret;
pub mod telemetry;
