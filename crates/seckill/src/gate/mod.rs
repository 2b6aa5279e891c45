//! The way in for a crowd.

mod recount;
