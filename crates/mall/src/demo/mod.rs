//! What the demo store is made of: its own catalogue and its own pictures, both invented and both the same on every run. Knows nothing of
//! the services that will keep them.

pub mod catalogue;
pub mod clock;
pub mod front;
pub mod pictures;
pub mod reviews;
pub mod sales;
