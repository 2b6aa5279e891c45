//! Tables: payments, attempts, refunds; what came in; what was strange; the books.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "m20261122_000001_payment",
    up: &[
        "create table payment (
            id bigint not null primary key, order_id bigint not null, user_id bigint not null, amount_fen bigint not null,
            state varchar(10) not null, effective_attempt bigint, paid_fen bigint not null, refunding_fen bigint not null,
            refunded_fen bigint not null, version int not null, created_ms bigint not null, paid_ms bigint)",
        "create unique index ux_payment_order on payment (order_id)",
        "create table attempt (
            id bigint not null primary key, payment_id bigint not null, order_id bigint not null, channel varchar(20) not null,
            request varchar(120) not null, state varchar(10) not null, amount_fen bigint not null, subject varchar(200) not null,
            pay_url text not null, channel_trade_no varchar(64), expires_ms bigint not null, asked_ms bigint not null,
            created_ms bigint not null, paid_ms bigint)",
        "create unique index ux_attempt_request on attempt (payment_id, request)",
        "create unique index ux_attempt_trade on attempt (channel, channel_trade_no)",
        "create table refund (
            id bigint not null primary key, payment_id bigint not null, order_id bigint not null, user_id bigint not null,
            attempt_id bigint not null, channel varchar(20) not null, amount_fen bigint not null, reason varchar(200) not null,
            surplus int not null, state varchar(10) not null, tries int not null, note varchar(200) not null,
            created_ms bigint not null, done_ms bigint)",
        "create index ix_refund_payment on refund (payment_id, id)",
        "create index ix_refund_state on refund (state, id)",
        "create table notice (
            channel varchar(20) not null, notice_id varchar(64) not null, attempt_id bigint not null, amount_fen bigint not null,
            refused varchar(30) not null, at_ms bigint not null, primary key (channel, notice_id))",
        "create table anomaly (
            id bigint not null primary key, kind varchar(30) not null, channel varchar(20) not null, attempt_id bigint not null,
            channel_trade_no varchar(64) not null, amount_fen bigint not null, currency varchar(3) not null,
            source varchar(10) not null, at_ms bigint not null)",
        "create unique index ux_anomaly on anomaly (kind, channel, attempt_id, channel_trade_no, amount_fen)",
        "create table history (
            id bigint not null primary key, payment_id bigint not null, what varchar(10) not null, what_id bigint not null,
            new_state varchar(10) not null, cause varchar(30) not null, at_ms bigint not null)",
        "create index ix_history_payment on history (payment_id, id)",
        "create table money_move (
            id bigint not null primary key, kind varchar(20) not null, ref_id bigint not null, at_ms bigint not null)",
        "create unique index ux_money_move_ref on money_move (kind, ref_id)",
        "create table money_entry (
            move_id bigint not null, account varchar(40) not null, amount_fen bigint not null, primary key (move_id, account))",
    ],
}];
