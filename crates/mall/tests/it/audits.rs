//! Each rule of the audit finds the corruption that is planted for it, and only a corrupted mall is accused.

use kit::values;
use mall::audit;

use crate::house::{Mall, Plan};
use crate::people::mug;
use crate::seckill::sold_in;

/// Rule, the service whose database is corrupted, and the corruption.
const PLANTED: &[(&str, &str, &str)] = &[
    ("M1", "order", "update order_line set payable_fen = payable_fen + 1"),
    ("M2", "order", "update orders set discount_fen = discount_fen + 1"),
    ("M3", "order", "update orders set payable_fen = payable_fen - 1"),
    ("M4", "order", "update order_line set shares = '[{\"rule\":\"x\",\"amount_fen\":1}]'"),
    ("M6", "payment", "update payment set paid_fen = paid_fen - 1 where paid_fen > 0"),
    ("M7", "payment", "update payment set effective_attempt = null where paid_fen > 0"),
    ("M9", "payment", "update payment set refunded_fen = refunded_fen + paid_fen + 1 where paid_fen > 0"),
    ("M10", "payment", "update money_entry set amount_fen = amount_fen + 1 where account like 'clearing.%'"),
    ("M11", "payment", "delete from money_entry"),
    ("M13", "order", "update orders set state = 'cancelled' where state = 'paid'"),
    ("S1", "inventory", "update stock set sold = sold + 1 where sold > 0"),
    ("S1", "inventory", "update stock set allotted = allotted + 1 where allotted > 0"),
    ("S3", "inventory", "update reservation set state = 'released' where state = 'locked'"),
    (
        "S3",
        "inventory",
        "insert into reservation (order_id, attempt, sku, qty, state)
         select cast(substr(ref_id, 7) as integer), 0, sku, delta_sold, 'deducted' from ledger where kind = 'take'",
    ),
    ("S4", "inventory", "update stock set allotted = allotted - 1, sold = sold + 1 where allotted > 0"),
    ("S4", "inventory", "update stock set available = available + 1, sold = sold - 1 where sold > 0"),
    ("S5", "inventory", "delete from ledger where kind = 'count'"),
    ("S6", "inventory", "update stock set available = available - 1, locked = locked + 1 where available > 0"),
    ("S6", "inventory", "update allotment set sold = sold + 1, returned = returned - 1 where ended = 1"),
    ("S8", "product", "update spu set sales = sales + 1"),
    ("S9", "inventory", "update allotment set taken = taken - 1 where taken > 0"),
    ("S9", "inventory", "update allotment set returned = returned - 1 where ended = 1"),
    ("S10", "inventory", "delete from ledger where kind = 'take'"),
    ("S10", "inventory", "update allotment set taken = 0 where taken > 0"),
    ("S10", "order", "update orders set state = 'cancelled' where kind = 'seckill' and state = 'paid'"),
    ("O1", "order", "update orders set kind = 'seckill' where state = 'paid'"),
    ("O1", "order", "update orders set kind = 'usual' where kind = 'seckill'"),
    ("O1", "order", "update orders set state = 'received' where state = 'paid'"),
    ("O2", "order", "update orders set idem_key = 'the same'"),
    ("O3", "order", "update orders set due_ms = 1 where state = 'unpaid'"),
    ("O4", "order", "update unpaid_count set n = n + 1"),
    ("O5", "order", "update orders set state = 'shipped' where state = 'paid'"),
    ("O6", "order", "update orders set allotment_id = 0 where kind = 'seckill'"),
    ("O6", "order", "update orders set allotment_id = 1 where kind = 'usual'"),
    ("O6", "order", "delete from won where outcome = 'placed'"),
    ("O6", "order", "update won set outcome = 'off_shelf' where outcome = 'placed'"),
    ("O6", "order", "update won set outcome = 'placed' where outcome = 'not_found'"),
    ("R1", "product", "update review set user_id = user_id + 1"),
    ("R3", "product", "update review_summary set score_5 = score_5 + 1"),
    ("R4", "product", "update keeper set favourites = favourites + 1"),
    ("K1", "seckill", "update item set sold = sold + 1 where sold < quota"),
    ("K2", "seckill", "update item set quota = quota + 1 where state = 'attached'"),
    ("K3", "seckill", "update item set buy_limit = 0"),
    ("K4", "seckill", "update ticket set taken_ms = 1"),
    ("K5", "inventory", "update allotment set sold = sold + 1, returned = returned - 1 where ended = 1"),
    ("K6", "seckill", "update ticket set user_id = (select max(user_id) from cancels where n >= 3) where state = 'won'"),
    ("K7", "seckill", "update ticket set state = 'won' where state = 'paid'"),
    ("U1", "user", "update account set phone_sealed = '13800138000'"),
    ("U2", "user", "update account set state = 'disabled'"),
    ("U3", "user", "delete from account"),
    ("X1", "product", "update spu set price_fen = price_fen + 100"),
    ("X2", "product", "update spu set state = 'unlisted'"),
    (
        "X4",
        "order",
        "insert into dead_letter (id, topic, payload, trace, at_ms, cause) values (1, 'order.paid', '{}', '', 0, 'planted')",
    ),
];

/// These cannot be planted: the table itself refuses a balance below nothing, and a second review, which is tried instead.
const KEPT_BY_THE_TABLE: &[&str] = &["R2", "S2"];

async fn lived_in(plan: Plan) -> Mall {
    let mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(9)).await;
    {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let paid = wang.buy_now(&skus[0], 2, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        wang.pay(&paid).await;
        wang.buy_now(&skus[1], 1, &home, "k2").await.ok();
        let cancelled = wang.buy_now(&skus[1], 1, &home, "k3").await.ok()["id"].as_str().unwrap().to_owned();
        wang.post(&format!("/api/v1/orders/{cancelled}/cancel"), serde_json::json!({})).await.ok();
        mall.win_some(&wang, &skus[0], &home).await;
        let received = wang.buy_and_receive(&skus[1], &home, "k4").await;
        wang.review(&received, &skus[1], 5, "r1").await.ok();
        assert_eq!(
            wang.put(&format!("/api/v1/favourites/{}", mall.spu_of(&mug(9)).await), serde_json::json!({})).await.status,
            204
        );
    }
    mall.settle().await;
    mall
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_finds_its_planted_corruption() {
    let mut silent = Vec::new();
    for (rule, service, corruption) in PLANTED {
        let mall = if rule.starts_with('K') { sold_in(Plan::default()).await } else { lived_in(Plan::default()).await };
        mall.curtain().await;
        let books = mall.books();
        let changed = books.dbs[service].run(corruption, values![]).await.unwrap_or_else(|e| panic!("{rule}: {e}"));
        assert!(changed > 0, "{rule}: the corruption touched nothing");
        // Details are cached per version; the audit must not be comforted by a cache.
        let report = audit::check(&books, &[(*rule).to_owned()]).await.unwrap();
        mall.close().await;
        if !report.violations.iter().any(|v| v.rule == *rule) {
            silent.push((*rule, *corruption));
        }
    }
    assert!(silent.is_empty(), "these rules did not find what was planted: {silent:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_refuses_what_it_keeps_itself() {
    for plan in [Plan::default(), Plan { servers: true, ..Plan::default() }].into_iter().filter(|p| p.possible()) {
        let mall = lived_in(plan).await;
        let books = mall.books();
        assert!(books.dbs["inventory"].run("update stock set available = -1", values![]).await.is_err());
        let again =
            "insert into review select id + 1, source_id, imported, order_id, sku_id, spu_id, user_id, title, specs, picture,
                     received_ms, state, score, grade, words, pictures, anonymous, automatic, author, avatar, created_ms,
                     with_pictures, with_follow_up, follow_up, follow_up_pictures, follow_up_ms, reply, reply_ms, reply_by,
                     hidden_reason, hidden_by from review";
        assert!(books.dbs["product"].run(again, values![]).await.unwrap_err().is(kit::fault::CONFLICT));
        mall.close().await;
    }
}

#[test]
fn every_rule_is_tried() {
    for rule in audit::rules() {
        let tried = PLANTED.iter().any(|(id, ..)| *id == rule.id) || KEPT_BY_THE_TABLE.contains(&rule.id);
        assert!(tried, "{} ({}) has no corruption that it must find", rule.id, rule.says);
    }
}
