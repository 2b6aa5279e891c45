//! Tables: how often words were searched for. The index itself is no table.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "m20261122_000001_search",
    up: &[
        "create table hot_word (day bigint not null, words varchar(100) not null, n bigint not null, primary key (day, words))",
    ],
}];
