//! Tables of the service.

use kit::db::Migration;

/// The schema, forward only.
pub const MIGRATIONS: &[Migration] = &[CATALOGUE, CART, KEPT, REVIEW, FRONT, SALE];

const CATALOGUE: Migration = Migration {
    name: "m20261122_000001_catalogue",
    up: &[
        // Raised by every change of categories, brands and attributes, first thing in its transaction: it puts such
        // changes one after the other, and tells other processes that what they keep is old.
        "create table frame_revision (name varchar(20) not null primary key, number bigint not null)",
        "insert into frame_revision (name, number) values ('frame', 1)",
        "create table category (
            id bigint not null primary key, parent bigint not null, level int not null, name varchar(60) not null,
            picture varchar(191), position int not null, touched_ms bigint not null)",
        "create unique index ux_category_name on category (parent, name)",
        "create table brand (
            id bigint not null primary key, name varchar(60) not null, kind varchar(10) not null, logo varchar(191),
            touched_ms bigint not null)",
        "create unique index ux_brand_name on brand (name)",
        "create table brand_category (brand bigint not null, category bigint not null, primary key (brand, category))",
        "create index ix_brand_category on brand_category (category)",
        "create table attribute (
            id bigint not null primary key, category bigint not null, kind varchar(10) not null, name varchar(60) not null,
            searchable int not null, by_operator int not null, unit varchar(20) not null, options mediumtext not null)",
        "create unique index ux_attribute_name on attribute (category, kind, name)",
        "create table spu (
            id bigint not null primary key, source_id bigint, version bigint not null, title varchar(191) not null,
            subtitle varchar(191) not null, category bigint not null, brand bigint, unit varchar(20) not null,
            state varchar(10) not null, listed_ms bigint not null, sales bigint not null, price_fen bigint not null,
            list_price_fen bigint not null, picture varchar(191), content mediumtext not null, changed_ms bigint not null,
            fingerprint varchar(40) not null, import_id varchar(60) not null, import_stock mediumtext not null)",
        "create unique index ux_spu_source on spu (source_id)",
        "create index ix_spu_shelf on spu (state, listed_ms, id)",
        "create index ix_spu_category on spu (category, state, listed_ms, id)",
        "create index ix_spu_sales on spu (state, sales)",
        "create index ix_spu_brand on spu (brand)",
        "create table spu_version (
            spu bigint not null, version bigint not null, content mediumtext not null, operator bigint not null,
            at_ms bigint not null, primary key (spu, version))",
        "create table sku (
            id bigint not null primary key, spu bigint not null, code varchar(40) not null, specs text not null,
            specs_hash varchar(40) not null, price_fen bigint not null, list_price_fen bigint not null,
            picture varchar(191), position int not null, removed int not null)",
        "create unique index ux_sku_code on sku (code)",
        "create unique index ux_sku_specs on sku (spu, specs_hash)",
    ],
};

const CART: Migration = Migration {
    name: "m20261122_000002_cart",
    up: &[
        "create table cart (user_id bigint not null primary key, line_count int not null, changed_ms bigint not null)",
        "create table cart_line (
            user_id bigint not null, sku_id bigint not null, qty int not null, checked int not null, position bigint not null,
            price_at_add_fen bigint not null, primary key (user_id, sku_id))",
    ],
};

const KEPT: Migration = Migration {
    name: "m20261123_000001_kept",
    up: &[
        "create table keeper (user_id bigint not null primary key, favourites int not null, changed_ms bigint not null)",
        "create table favourite (
            user_id bigint not null, spu_id bigint not null, price_fen bigint not null, at_ms bigint not null,
            primary key (user_id, spu_id))",
        "create index ix_favourite_at on favourite (user_id, at_ms, spu_id)",
        "create table footprint (
            user_id bigint not null, spu_id bigint not null, price_fen bigint not null, at_ms bigint not null,
            primary key (user_id, spu_id))",
        "create index ix_footprint_at on footprint (user_id, at_ms, spu_id)",
    ],
};

const REVIEW: Migration = Migration {
    name: "m20261123_000002_review",
    up: &[
        // What is known of an order's items: that they came, or that the money went back. Both news lock this row first.
        "create table review_order (order_id bigint not null primary key, refunded int not null)",
        // The right to review an item and the review itself are one row, so that one item has one review. `created_ms` is 0
        // until it is written. An imported one has its own number and no order.
        "create table review (
            id bigint not null primary key, source_id bigint, imported int not null, order_id bigint, sku_id bigint not null,
            spu_id bigint not null, user_id bigint not null, title varchar(191) not null, specs text not null,
            picture varchar(191), received_ms bigint not null, state varchar(10) not null, score int not null,
            grade varchar(10) not null, words text not null, pictures text not null, anonymous int not null,
            automatic int not null, author varchar(100) not null, avatar varchar(191), created_ms bigint not null,
            with_pictures int not null, with_follow_up int not null, follow_up text not null, follow_up_pictures text not null,
            follow_up_ms bigint not null, reply text not null, reply_ms bigint not null, reply_by bigint not null,
            hidden_reason varchar(200) not null, hidden_by bigint not null)",
        "create unique index ux_review_item on review (order_id, sku_id)",
        "create unique index ux_review_source on review (source_id)",
        "create index ix_review_spu on review (spu_id, state, created_ms, id)",
        "create index ix_review_grade on review (spu_id, state, grade, created_ms, id)",
        "create index ix_review_pictures on review (spu_id, state, with_pictures, created_ms, id)",
        "create index ix_review_follow_up on review (spu_id, state, with_follow_up, created_ms, id)",
        "create index ix_review_open on review (user_id, state, received_ms, id)",
        "create index ix_review_own on review (user_id, created_ms, id)",
        "create index ix_review_created on review (created_ms, id)",
        "create index ix_review_state on review (state, created_ms, id)",
        "create table review_summary (
            spu_id bigint not null primary key, score_1 bigint not null, score_2 bigint not null, score_3 bigint not null,
            score_4 bigint not null, score_5 bigint not null, with_pictures bigint not null, with_follow_up bigint not null)",
    ],
};

const FRONT: Migration = Migration {
    name: "m20261123_000003_front",
    up: &[
        // These two rows put changes one after the other, as the first one does for back categories.
        "insert into frame_revision (name, number) values ('front', 1)",
        "insert into frame_revision (name, number) values ('home', 1)",
        "create table front_category (
            id bigint not null primary key, parent bigint not null, level int not null, name varchar(60) not null,
            picture varchar(191), flag varchar(10) not null, position int not null)",
        "create unique index ux_front_category_name on front_category (parent, name)",
        "create table front_category_source (
            front bigint not null, category bigint not null, position int not null, primary key (front, category))",
        "create index ix_front_category_source on front_category_source (category)",
        "create table front_category_season (
            front bigint not null, from_ms bigint not null, until_ms bigint not null, position int not null,
            primary key (front, from_ms))",
        "create table home_banner (
            id bigint not null primary key, picture varchar(191) not null, title varchar(60) not null, link varchar(300) not null,
            position int not null, from_ms bigint, until_ms bigint)",
        "create unique index ux_home_banner_title on home_banner (title)",
        "create table home_shortcut (
            id bigint not null primary key, name varchar(60) not null, picture varchar(191), link varchar(300) not null,
            position int not null)",
        "create unique index ux_home_shortcut_name on home_shortcut (name)",
        "create table home_section (
            id bigint not null primary key, kind varchar(20) not null, title varchar(60) not null, subtitle varchar(120) not null,
            link varchar(300), position int not null, amount int not null, choice mediumtext not null)",
        "create unique index ux_home_section_title on home_section (title)",
    ],
};

const SALE: Migration = Migration {
    name: "m20261123_000004_sale",
    up: &[
        // What is known of flash sales. One that is over stays, so that old news cannot bring it back.
        "create table sale (
            activity_id bigint not null primary key, version bigint not null, online int not null, title varchar(120) not null,
            starts_ms bigint not null, ends_ms bigint not null, cards mediumtext not null)",
        "create index ix_sale_online on sale (online, ends_ms)",
    ],
};
