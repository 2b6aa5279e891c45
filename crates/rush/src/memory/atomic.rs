//! The atomics of the published view, in one place, so that its test can put those of loom here.

pub(super) use std::sync::atomic::{AtomicU64, Ordering};
