//! Tables of accounts. Personal data stands here sealed, with a blind index where it is looked up; tokens and codes
//! stand here only as digests.

use kit::db::Migration;

/// Schema steps, oldest first.
pub const MIGRATIONS: &[Migration] = &[FIRST, CAPTCHA];

const FIRST: Migration = Migration {
    name: "m20261122_000001_user",
    up: &[
        "create table if not exists account (
            id bigint not null primary key, phone_index varchar(64) not null, phone_sealed varchar(255) not null,
            username varchar(40), password_hash varchar(255), nickname varchar(80) not null, avatar varchar(255),
            gender varchar(10) not null, birthday varchar(10), state varchar(10) not null, epoch bigint not null,
            address_count int not null, created_ms bigint not null, changed_ms bigint not null)",
        "create unique index ux_account_phone on account (phone_index)",
        "create unique index ux_account_username on account (username)",
        "create table if not exists session (
            id bigint not null primary key, user_id bigint not null, device_index varchar(64) not null,
            device_name varchar(240) not null, ip_masked varchar(60) not null, ip_index varchar(64) not null,
            access_hash varchar(64) not null, access_expires_ms bigint not null,
            refresh_hash varchar(64) not null, refresh_expires_ms bigint not null,
            previous_hash varchar(64) not null, rotated_ms bigint not null, successor_sealed varchar(1000) not null,
            seen_ms bigint not null, created_ms bigint not null)",
        "create unique index ux_session_access on session (access_hash)",
        "create index ix_session_user on session (user_id, id)",
        "create index ix_session_end on session (refresh_expires_ms)",
        "create table if not exists known_device (
            owner_id bigint not null, device_index varchar(64) not null, seen_ms bigint not null,
            primary key (owner_id, device_index))",
        "create index ix_known_device_seen on known_device (seen_ms)",
        "create table if not exists sms_gate (phone_index varchar(64) not null primary key, next_ms bigint not null)",
        "create index ix_sms_gate_next on sms_gate (next_ms)",
        "create table if not exists sms_code (
            phone_index varchar(64) not null, purpose varchar(20) not null, id bigint not null, code_mac varchar(64) not null,
            expires_ms bigint not null, tries int not null, used int not null, primary key (phone_index, purpose))",
        "create index ix_sms_code_end on sms_code (expires_ms)",
        "create table if not exists tally (
            scope varchar(30) not null, subject varchar(64) not null, span bigint not null, n bigint not null,
            ends_ms bigint not null, primary key (scope, subject, span))",
        "create index ix_tally_end on tally (ends_ms)",
        "create table if not exists address (
            id bigint not null primary key, user_id bigint not null, name_sealed varchar(400) not null,
            phone_sealed varchar(255) not null, province varchar(120) not null, city varchar(120) not null,
            district varchar(120) not null, detail_sealed varchar(1500) not null, tag varchar(80), is_default int not null,
            created_ms bigint not null, changed_ms bigint not null)",
        "create index ix_address_user on address (user_id, id)",
        "create table if not exists operator (
            id bigint not null primary key, name varchar(40) not null, password_hash varchar(255) not null,
            disabled int not null, created_ms bigint not null)",
        "create unique index ux_operator_name on operator (name)",
        "create table if not exists operator_permission (
            operator_id bigint not null, permission varchar(60) not null, primary key (operator_id, permission))",
        "create table if not exists operator_session (
            id bigint not null primary key, operator_id bigint not null, token_hash varchar(64) not null,
            expires_ms bigint not null, seen_ms bigint not null, created_ms bigint not null)",
        "create unique index ux_operator_session_token on operator_session (token_hash)",
        "create index ix_operator_session_operator on operator_session (operator_id)",
        "create index ix_operator_session_end on operator_session (expires_ms)",
    ],
};

const CAPTCHA: Migration = Migration {
    name: "m20261122_000002_captcha",
    up: &[
        "create table if not exists captcha (
            id varchar(64) not null primary key, answer_mac varchar(64) not null, tried int not null,
            tried_mac varchar(64) not null, used_for varchar(64) not null, expires_ms bigint not null)",
        "create index ix_captcha_end on captcha (expires_ms)",
    ],
};
