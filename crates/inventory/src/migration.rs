//! Tables: balances, the ledger that alone changes them, what is kept for which order, and what is kept apart for sales.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[INVENTORY, ALLOTMENT];

const INVENTORY: Migration = Migration {
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
};

const ALLOTMENT: Migration = Migration {
    name: "m20261123_000001_allotment",
    up: &[
        "alter table stock add column allotted bigint not null default 0 check (allotted >= 0)",
        "alter table ledger add column delta_allotted bigint not null default 0",
        "alter table ledger add column after_allotted bigint not null default 0",
        // `taken` units have left for paid orders; `sold` and `returned` are 0 until it has `ended`, and sum to `qty` then.
        "create table allotment (
            id bigint not null primary key, sku bigint not null, qty bigint not null, taken bigint not null, ended int not null,
            sold bigint not null, returned bigint not null, made_ms bigint not null, changed_ms bigint not null,
            check (taken >= 0), check (taken <= qty), check (sold >= 0), check (returned >= 0), check (sold + returned <= qty))",
        "create index ix_allotment_sku on allotment (sku)",
    ],
};
