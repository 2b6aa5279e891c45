//! The edge as a handler sees it: who calls, what the body says, how an answer or a problem looks.
//! Must never know which service it serves.

mod caller;
mod idempotency;
mod input;
mod page;
mod problem;
mod ready;

pub use caller::{Anyone, HouseCall, Operator, Permission, Shopper};
pub use idempotency::{IdempotencyKey, Once, Stored};
pub use input::{Body, Params, PathOf};
pub use page::{Cursor, Page, PageParams};
pub use problem::{Problem, render, wants_english};
pub use ready::ReadyMade;
