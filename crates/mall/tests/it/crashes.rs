//! The mall stops after every commit of a story, as by `kill -9`, starts again, and the story still ends well.

use std::time::Duration;

use crate::house::{Mall, Plan};
use crate::people::{Browser, mug};

const PLANS: &[Plan] = &[
    Plan { split: false, servers: false, doubled: false, stutter: false },
    Plan { split: false, servers: true, doubled: false, stutter: false },
];

/// More commits than any story here makes; reaching it means that the story never ran to its end.
const TOO_MANY: i64 = 200;

/// Places an order while the mall may stop after the `n`-th commit; gives whether it ran to its end.
async fn place_and_crash(plan: Plan, n: i64) -> bool {
    let mut mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(2)).await;
    let (browser, home) = {
        let wang = mall.shopper("小王").await;
        (Browser::of(&wang), wang.move_in().await)
    };
    mall.settle().await;
    mall.crash.arm(n);
    let answer = browser.at(&mall).buy_now(&skus[0], 1, &home, "once").await;
    mall.settle().await;
    let finished = !mall.crash.is_down();
    let promised = answer.status == 201;

    mall.restart().await;
    let again = browser.at(&mall).buy_now(&skus[0], 1, &home, "once").await;
    mall.settle().await;
    assert!(!promised || again.status == 201, "an order that was acknowledged is there: {}", again.text);
    // Whatever was left half done is healed by its timer; the same key then has its final answer.
    mall.pass(Duration::from_secs(70)).await;
    let last = browser.at(&mall).buy_now(&skus[0], 1, &home, "once").await;
    assert!(last.status == 201 || last.code() == "placing_expired", "{} {}", last.status, last.text);
    let orders = browser.at(&mall).get("/api/v1/orders").await.ok();
    assert!(orders["items"].as_array().unwrap().len() <= 1, "one key, one order: {orders}");
    mall.pass(Duration::from_secs(31 * 60)).await;
    mall.curtain().await;
    mall.close().await;
    finished
}

/// Pays an order while the mall may stop after the `n`-th commit.
async fn pay_and_crash(plan: Plan, n: i64) -> bool {
    let mut mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(2)).await;
    let (browser, order) = {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_now(&skus[0], 1, &home, "once").await.ok()["id"].as_str().unwrap().to_owned();
        (Browser::of(&wang), order)
    };
    mall.settle().await;
    mall.crash.arm(n);
    let mut taken = false;
    {
        let wang = browser.at(&mall);
        let path = format!("/api/v1/orders/{order}/pay");
        let started = wang.post_once(&path, "pay", serde_json::json!({ "channel": "demo" })).await;
        if let Some(url) = started.json()["redirect_url"].as_str() {
            taken = wang.press_pay(url.strip_prefix("http://mall.test").unwrap_or(url)).await.status < 300;
        }
        mall.settle().await;
    }
    let finished = !mall.crash.is_down();

    mall.restart().await;
    mall.settle().await;
    mall.pass(Duration::from_secs(10)).await;
    mall.pass(Duration::from_secs(120)).await;
    if !taken {
        let wang = browser.at(&mall);
        let started =
            wang.post_once(&format!("/api/v1/orders/{order}/pay"), "pay", serde_json::json!({ "channel": "demo" })).await;
        // The word may have been lost after the money was taken: then there is nothing left to pay.
        if started.code() != "already_paid" {
            let url = started.ok()["redirect_url"].as_str().unwrap().to_owned();
            let pressed = wang.press_pay(url.strip_prefix("http://mall.test").unwrap_or(&url)).await;
            assert!(pressed.status < 300 || pressed.status == 409, "{} {}", pressed.status, pressed.text);
        }
        mall.settle().await;
        mall.pass(Duration::from_secs(120)).await;
    }
    let reader = mall.operator(&["order.read"]).await;
    let shown = reader.get(&format!("/api/v1/admin/orders/{order}")).await.ok();
    assert_eq!(shown["state"], "paid", "money that was taken is never lost (commit {n}): {shown}");
    mall.curtain().await;
    mall.close().await;
    finished
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn placing_survives_a_crash_after_every_commit() {
    for plan in PLANS.iter().filter(|p| p.possible()) {
        let mut n = 1;
        while !place_and_crash(*plan, n).await {
            n += 1;
            assert!(n < TOO_MANY);
        }
        assert!(n > 3, "placing commits more than {n} times, or the switch does not work");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_survives_a_crash_after_every_commit() {
    for plan in PLANS.iter().filter(|p| p.possible()) {
        let mut n = 1;
        while !pay_and_crash(*plan, n).await {
            n += 1;
            assert!(n < TOO_MANY);
        }
        assert!(n > 5, "paying commits more than {n} times, or the switch does not work");
    }
}

/// Receives an order and reviews it while the mall may stop after the `n`-th commit.
async fn review_and_crash(plan: Plan, n: i64) -> bool {
    let mut mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(2)).await;
    let spu = mall.spu_of(&mug(2)).await;
    let (browser, order) = {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_now(&skus[0], 1, &home, "once").await.ok()["id"].as_str().unwrap().to_owned();
        wang.pay(&order).await;
        let keeper = mall.operator(&["order.ship"]).await;
        let parcel = serde_json::json!({ "courier": "顺丰速运", "tracking_no": "SF1" });
        keeper.post(&format!("/api/v1/admin/orders/{order}/ship"), parcel).await.ok();
        (Browser::of(&wang), order)
    };
    mall.settle().await;
    let receive = format!("/api/v1/orders/{order}/receive");
    mall.crash.arm(n);
    let promised = {
        let wang = browser.at(&mall);
        wang.post(&receive, serde_json::json!({})).await;
        mall.settle().await;
        wang.review(&order, &skus[0], 4, "once").await.status == 201
    };
    mall.settle().await;
    let finished = !mall.crash.is_down();

    mall.restart().await;
    mall.pass(Duration::from_secs(120)).await;
    {
        let wang = browser.at(&mall);
        wang.post(&receive, serde_json::json!({})).await.ok();
        mall.settle().await;
        if promised {
            assert_eq!(wang.get("/api/v1/reviews").await.ok()["items"].as_array().unwrap().len(), 1, "acknowledged, so there");
        }
        wang.review(&order, &skus[0], 4, "once").await.ok();
        wang.review(&order, &skus[0], 1, "twice").await.refused(409, "review_exists");
    }
    mall.pass(Duration::from_secs(8 * 24 * 3600)).await;
    let summary = mall.get(&format!("/api/v1/spus/{spu}/reviews/summary")).await.ok();
    assert_eq!(summary["scores"], serde_json::json!([0, 0, 0, 1, 0]), "commit {n}");
    mall.curtain().await;
    mall.close().await;
    finished
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reviewing_survives_a_crash_after_every_commit() {
    for plan in PLANS.iter().filter(|p| p.possible()) {
        let mut n = 1;
        while !review_and_crash(*plan, n).await {
            n += 1;
            assert!(n < TOO_MANY);
        }
        assert!(n > 3, "receiving and reviewing commit more than {n} times, or the switch does not work");
    }
}
