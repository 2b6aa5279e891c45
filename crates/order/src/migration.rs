//! Tables: orders with their lines, parcels, refunds and history, how many unpaid ones each shopper has, and what became of
//! wins.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[ORDER, WON];

const ORDER: Migration = Migration {
    name: "m20261122_000001_order",
    up: &[
        // `attempt` is the stock reservation that counts; `due_ms` the deadline of the present state, 0 without one;
        // `placed_ms` is 0 until the order stands; `give_back_id` the refund of money that the order could not take.
        "create table orders (
            id bigint not null primary key, user_id bigint not null, state varchar(16) not null, payment varchar(16) not null,
            fulfilment varchar(16) not null, cancel_reason varchar(16) not null, attempt int not null, from_cart int not null,
            channel varchar(16) not null, goods_fen bigint not null, discount_fen bigint not null, freight_fen bigint not null,
            freight_discount_fen bigint not null, payable_fen bigint not null, paid_fen bigint not null,
            refunded_fen bigint not null, give_back_id bigint not null, give_back_reason varchar(32) not null,
            address text not null, remark varchar(200) not null, quote mediumtext not null, idem_key varchar(120) not null,
            created_ms bigint not null, placed_ms bigint not null, due_ms bigint not null, changed_ms bigint not null)",
        "create index ix_orders_user on orders (user_id, created_ms, id)",
        "create index ix_orders_user_state on orders (user_id, state, created_ms, id)",
        "create index ix_orders_state on orders (state, created_ms, id)",
        "create index ix_orders_created on orders (created_ms, id)",
        "create index ix_orders_due on orders (due_ms)",
        "create table order_line (
            id bigint not null primary key, order_id bigint not null, line_no int not null, sku_id bigint not null,
            spu_id bigint not null, spu_version bigint not null, code varchar(120) not null, title varchar(500) not null,
            specs text not null, picture varchar(500), unit varchar(40) not null, list_price_fen bigint not null,
            unit_price_fen bigint not null, qty int not null, amount_fen bigint not null, discount_fen bigint not null,
            payable_fen bigint not null, shares text not null)",
        "create unique index ux_order_line on order_line (order_id, line_no)",
        "create table order_history (
            id bigint not null primary key, order_id bigint not null, what varchar(24) not null, from_state varchar(16) not null,
            to_state varchar(16) not null, payment varchar(16) not null, actor varchar(16) not null, actor_id bigint not null,
            note varchar(200) not null, at_ms bigint not null)",
        "create index ix_order_history on order_history (order_id, id)",
        "create table parcel (
            id bigint not null primary key, order_id bigint not null, courier varchar(40) not null,
            tracking_no varchar(60) not null, shipped_ms bigint not null)",
        "create unique index ux_parcel on parcel (order_id, courier, tracking_no)",
        "create table order_refund (
            refund_id bigint not null primary key, order_id bigint not null, amount_fen bigint not null, at_ms bigint not null)",
        "create index ix_order_refund on order_refund (order_id)",
        "create table unpaid_count (user_id bigint not null primary key, n int not null)",
    ],
};

const WON: Migration = Migration {
    name: "m20261123_000001_won",
    up: &[
        "alter table orders add column kind varchar(16) not null default 'usual'",
        // Where its units come from; 0 of an order that holds stock.
        "alter table orders add column allotment_id bigint not null default 0",
        // What became of each win that was to be placed: `placed`, or the code of the fault that refused it.
        "create table won (
            order_id bigint not null primary key, digest varchar(64) not null, outcome varchar(40) not null, at_ms bigint not null)",
    ],
};
