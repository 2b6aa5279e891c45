//! What accounts hear: nothing yet. What they tell is in `contract::user`.

use std::sync::Arc;

use kit::db::Subscriptions;

use crate::User;

/// Topics that this service listens to.
pub const HEARS: &[&str] = &[];

/// What it does when it hears them.
pub fn subscriptions(_user: &Arc<User>) -> Subscriptions {
    Subscriptions::default()
}
