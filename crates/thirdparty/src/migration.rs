//! Tables: mail of the demo's mailbox, the demo cashier's own books, and what shoppers upload.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[FIRST, UPLOADS];

const FIRST: Migration = Migration {
    name: "m20261122_000001_thirdparty",
    up: &[
        "create table mail (
            id bigint not null primary key, request varchar(120) not null, kind varchar(20) not null,
            sealed text not null, at_ms bigint not null)",
        "create unique index ux_mail_request on mail (request)",
        "create table trade (
            out_trade_no bigint not null primary key, token varchar(64) not null, subject varchar(200) not null,
            amount_fen bigint not null, currency varchar(3) not null, state varchar(10) not null,
            refunded_fen bigint not null, return_url varchar(500) not null, expires_ms bigint not null,
            channel_trade_no varchar(40), paid_ms bigint, created_ms bigint not null)",
        "create unique index ux_trade_token on trade (token)",
        "create index ix_trade_state on trade (state, created_ms)",
        "create table trade_refund (
            out_refund_no bigint not null primary key, out_trade_no bigint not null, amount_fen bigint not null,
            state varchar(10) not null, reason varchar(200) not null, created_ms bigint not null)",
        "create table trade_notice (
            id varchar(40) not null primary key, out_trade_no bigint not null, event varchar(20) not null,
            state varchar(10) not null, tries int not null, at_ms bigint not null)",
    ],
};

const UPLOADS: Migration = Migration {
    name: "m20261122_000002_uploads",
    up: &[
        "create table upload (
            upload_key varchar(80) not null primary key, user_id bigint not null, purpose varchar(20) not null,
            content_type varchar(20) not null, state varchar(10) not null, used_for varchar(64) not null,
            digest varchar(64) not null, bytes bigint not null, expires_ms bigint not null, created_ms bigint not null)",
        "create index ix_upload_unused on upload (state, created_ms)",
        "create table upload_tally (
            user_id bigint not null, day_no bigint not null, n bigint not null, primary key (user_id, day_no))",
    ],
};
