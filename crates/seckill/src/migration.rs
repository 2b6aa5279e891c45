//! Tables: sessions with their history, the variants in them, tickets, cancellations, reminders.

use kit::db::Migration;

/// What makes the tables, in order.
pub const MIGRATIONS: &[Migration] = &[SECKILL, ATTACHING, TICKET];

const SECKILL: Migration = Migration {
    name: "m20261123_000001_seckill",
    up: &[
        "create table activity (
            id bigint not null primary key, title varchar(120) not null, starts_ms bigint not null, ends_ms bigint not null,
            state varchar(16) not null, paused int not null, version bigint not null, created_ms bigint not null,
            changed_ms bigint not null)",
        "create index ix_activity_state on activity (state, starts_ms)",
        "create table activity_history (
            id bigint not null primary key, activity_id bigint not null, what varchar(16) not null, from_state varchar(16) not null,
            to_state varchar(16) not null, operator_id bigint not null, note varchar(200) not null, at_ms bigint not null)",
        "create index ix_activity_history on activity_history (activity_id, id)",
        // `sold` counts units of tickets that stand (to be ordered, unpaid, paid), `paid` those that are paid. `epoch` is the pool's.
        "create table item (
            id bigint not null primary key, activity_id bigint not null, sku_id bigint not null, spu_id bigint not null,
            title varchar(500) not null, specs text not null, picture varchar(500), usual_price_fen bigint not null,
            price_fen bigint not null, quota int not null, buy_limit int not null, parts int not null, epoch bigint not null,
            state varchar(16) not null, sold int not null, paid int not null, created_ms bigint not null, changed_ms bigint not null,
            check (sold >= 0), check (sold <= quota), check (paid >= 0))",
        "create index ix_item_activity on item (activity_id, id)",
        // A variant is in one session at a time.
        "create table busy_sku (sku_id bigint not null primary key, item_id bigint not null)",
        "create table ticket (
            order_id bigint not null primary key, activity_id bigint not null, item_id bigint not null, epoch bigint not null,
            part int not null, seq bigint not null, user_id bigint not null, token varchar(32) not null, qty int not null,
            address_id bigint not null, state varchar(16) not null, reason varchar(16) not null, returned int not null,
            taken_ms bigint not null, due_ms bigint not null, changed_ms bigint not null)",
        "create unique index ux_ticket_seq on ticket (item_id, epoch, part, seq)",
        "create unique index ux_ticket_token on ticket (item_id, token)",
        "create index ix_ticket_user on ticket (user_id, order_id)",
        "create index ix_ticket_state on ticket (state, due_ms)",
        "create index ix_ticket_item on ticket (item_id, state)",
        "create table cancels (
            activity_id bigint not null, user_id bigint not null, n int not null, primary key (activity_id, user_id))",
        "create table reminder (
            activity_id bigint not null, user_id bigint not null, item_id bigint not null,
            primary key (activity_id, user_id, item_id))",
    ],
};

/// What an attachment that a crash cut off needs to be finished: the request that waits for its answer, and with how many sold
/// units the allotment is ended, so that the same number is told again.
const ATTACHING: Migration = Migration {
    name: "m20261123_000002_attaching",
    up: &[
        "alter table item add column subtitle varchar(500) not null default ''",
        "alter table item add column operator_id bigint not null default 0",
        "alter table item add column idem_key varchar(120) not null default ''",
        "alter table item add column ended_sold int not null default -1",
        "create index ix_item_state on item (state, changed_ms)",
        "create index ix_reminder_user on reminder (user_id, activity_id)",
    ],
};

/// An order is asked for with the same words each time, whatever the settings say by then.
const TICKET: Migration =
    Migration { name: "m20261123_000003_ticket", up: &["alter table ticket add column pay_s int not null default 300"] };
