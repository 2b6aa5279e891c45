//! Tables: balances, the ledger that alone changes them, and what is kept for which order.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "m20261122_000001_inventory",
    up: &[
        "create table stock (
            sku bigint not null primary key, available bigint not null, locked bigint not null, sold bigint not null,
            check (available >= 0), check (locked >= 0), check (sold >= 0))",
        "create table ledger (
            id bigint not null primary key, sku bigint not null, kind varchar(12) not null, ref_id varchar(160) not null,
            delta_available bigint not null, delta_locked bigint not null, delta_sold bigint not null,
            after_available bigint not null, after_locked bigint not null, after_sold bigint not null,
            operator_id bigint not null, reason varchar(200) not null, at_ms bigint not null)",
        "create unique index ux_ledger_ref on ledger (ref_id, sku, kind)",
        "create index ix_ledger_sku on ledger (sku, id)",
        "create table hold_head (
            order_id bigint not null primary key, attempt bigint not null, state varchar(12) not null, at_ms bigint not null)",
        "create table reservation (
            order_id bigint not null, attempt bigint not null, sku bigint not null, qty bigint not null,
            state varchar(12) not null, primary key (order_id, attempt, sku))",
        "create index ix_reservation_state on reservation (state, sku)",
    ],
}];
