//! Tables.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[];
