//! Flash sales, from a claim to an order that is paid or comes to nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::inventory::LevelsOf;
use futures::future::join_all;
use kit::Ctx;
use serde_json::{Value as Json, json};

use crate::captchas::typed;
use crate::house::{Answer, Mall, Plan};
use crate::people::{Browser, Person, mug};
use crate::story;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// A session of an hour with one variant.
pub struct Sale {
    pub activity: String,
    pub item: String,
}

impl Mall {
    /// Plans a session that starts in ten minutes, approves it and waits until it is online.
    pub async fn plan_sale(&self, sku: &str, quota: u32, limit: u32) -> Sale {
        let planner = self.operator(&["seckill.write", "seckill.review", "seckill.read"]).await;
        let starts = self.clock.now() + MINUTE * 10;
        let new = json!({ "title": "早场", "starts_at": starts, "ends_at": starts + MINUTE * 60 });
        let path = "/api/v1/admin/seckill/activities";
        let activity = planner.post(path, new).await.ok()["id"].as_str().unwrap().to_owned();
        let new = json!({ "sku_id": sku, "price_fen": 1990, "quota": quota, "limit": limit });
        let attached = planner.post_once(&format!("{path}/{activity}/items"), &format!("attach-{activity}"), new).await.ok();
        let item = attached["id"].as_str().unwrap().to_owned();
        planner.post(&format!("{path}/{activity}/submit"), json!({})).await.ok();
        planner.post(&format!("{path}/{activity}/approve"), json!({})).await.ok();
        self.pass(SECOND * 5).await;
        let seen = planner.get(&format!("{path}/{activity}")).await.ok();
        assert_eq!(seen["state"], "online", "{seen}");
        Sale { activity, item }
    }

    /// The same, and it has begun.
    pub async fn open_sale(&self, sku: &str, quota: u32, limit: u32) -> Sale {
        let sale = self.plan_sale(sku, quota, limit).await;
        self.pass(MINUTE * 10).await;
        sale
    }

    /// Everybody in line is served.
    pub async fn serve_line(&self) {
        for seckill in self.processes.iter().filter_map(|p| p.here.seckill.as_ref()) {
            seckill.rest().await;
        }
        self.pass(SECOND).await;
    }

    async fn live(&self, sale: &Sale) -> Json {
        let reader = self.operator(&["seckill.read"]).await;
        reader.get(&format!("/api/v1/admin/seckill/activities/{}/live", sale.activity)).await.ok()["items"][0].clone()
    }

    async fn level(&self, sku: &str) -> contract::inventory::Level {
        let skus = vec![sku.parse().unwrap()];
        self.neighbours().inventory.levels(&Ctx::house(), LevelsOf { skus }).await.unwrap()[0]
    }
}

impl Person<'_> {
    pub async fn ask_pass(&self, sale: &Sale, home: &str) -> Answer {
        let captcha = typed(self.mall).await;
        let wish = json!({ "item_id": sale.item, "qty": 1, "address_id": home, "captcha": captcha });
        self.post("/api/v1/seckill/passes", wish).await
    }

    pub async fn claim(&self, pass: &str) -> Answer {
        self.post("/api/v1/seckill/claims", json!({ "pass": pass })).await
    }

    /// A pass and a claim.
    pub async fn take(&self, sale: &Sale, home: &str) -> Answer {
        let pass = self.ask_pass(sale, home).await.ok()["pass"].as_str().unwrap().to_owned();
        self.claim(&pass).await
    }

    pub async fn ticket(&self, ticket: &Json) -> Json {
        self.get(&format!("/api/v1/seckill/tickets/{}", ticket.as_str().unwrap())).await.ok()
    }

    /// Claims one and wins it; gives the order.
    pub async fn win(&self, sale: &Sale, home: &str) -> String {
        let claimed = self.take(sale, home).await;
        assert_eq!(claimed.status, 202, "{}", claimed.text);
        self.mall.serve_line().await;
        let won = self.ticket(&claimed.json()["ticket"]).await;
        assert_eq!(won["state"], "won", "{won}");
        won["order_id"].as_str().unwrap().to_owned()
    }

    pub async fn cancel(&self, order: &str) {
        self.post(&format!("/api/v1/orders/{order}/cancel"), json!({})).await.ok();
        self.mall.settle().await;
    }
}

story!(
    /// A claim is won, paid and taken from what was set apart; one that is not paid is won by somebody else; the rest goes back.
    a_session_from_the_first_claim_to_the_last_unit, |mall| {
        let skus = mall.shelve(mug(20)).await;
        let wang = mall.shopper("小王").await;
        let (home, other) = (wang.move_in().await, mall.shopper("小李").await);
        let others = other.move_in().await;
        let sale = mall.plan_sale(&skus[0], 2, 1).await;
        assert_eq!((mall.level(&skus[0]).await.available, mall.level(&skus[0]).await.allotted), (18, 2));
        wang.ask_pass(&sale, &home).await.refused(409, "seckill_not_open");
        mall.pass(MINUTE * 6).await;
        let pass = wang.ask_pass(&sale, &home).await;
        assert_eq!(pass.status, 201, "{}", pass.text);
        let pass = pass.json();
        assert_eq!((&pass["quote"]["goods_fen"], &pass["quote"]["payable_fen"]), (&json!(1990), &json!(2990)));
        let pass = pass["pass"].as_str().unwrap();
        let early = wang.claim(pass).await.refused(409, "seckill_not_open");
        assert!(early["opens_at"].is_string(), "{early}");
        wang.ask_pass(&sale, &others).await.refused(404, "not_found");
        mall.pass(MINUTE * 4).await;

        let claimed = wang.claim(pass).await;
        assert_eq!(claimed.status, 202, "{}", claimed.text);
        let ticket = claimed.json()["ticket"].clone();
        assert_eq!(wang.claim(pass).await.json()["ticket"], ticket);
        other.get(&format!("/api/v1/seckill/tickets/{}", ticket.as_str().unwrap())).await.refused(404, "not_found");
        mall.serve_line().await;
        let won = wang.ticket(&ticket).await;
        assert_eq!(won["state"], "won", "{won}");
        let order = won["order_id"].as_str().unwrap();
        assert_eq!(wang.state_of(order).await, "unpaid");
        wang.pay(order).await;
        assert_eq!((wang.ticket(&ticket).await["state"].clone(), wang.state_of(order).await), (json!("paid"), "paid".to_owned()));
        assert_eq!((mall.level(&skus[0]).await.sold, mall.level(&skus[0]).await.allotted), (1, 1));

        let late = other.win(&sale, &others).await;
        let zhao = mall.shopper("小赵").await;
        let zhaos = zhao.move_in().await;
        zhao.take(&sale, &zhaos).await.refused(409, "seckill_sold_out");
        mall.pass(MINUTE * 5).await;
        assert_eq!(other.state_of(&late).await, "cancelled");
        let order = zhao.win(&sale, &zhaos).await;
        let live = mall.live(&sale).await;
        let figures = [&live["left"], &live["in_line"], &live["unpaid"], &live["sold"], &live["given_back"]].map(|n| n.as_i64().unwrap());
        assert_eq!(figures, [0, 0, 1, 1, 1], "{live}");
        zhao.cancel(&order).await;
        let mine = zhao.get("/api/v1/seckill/tickets").await.ok();
        assert_eq!((&mine["items"][0]["state"], &mine["items"][0]["price_fen"]), (&json!("cancelled"), &json!(1990)), "{mine}");

        mall.pass(MINUTE * 60).await;
        mall.pass(SECOND * 5).await;
        let mut wang = wang;
        wang.sign_in("手机").await;
        wang.claim(pass).await.refused(409, "pass_expired");
        let planner = mall.operator(&["seckill.read"]).await;
        let seen = planner.get(&format!("/api/v1/admin/seckill/activities/{}", sale.activity)).await.ok();
        assert_eq!(seen["state"], "settled", "{seen}");
        let level = mall.level(&skus[0]).await;
        assert_eq!((level.available, level.allotted, level.sold), (19, 0, 1), "what was not sold is in stock again");
    }
);

story!(
    /// 200 people want ten, all at once: ten of them win, each one.
    two_hundred_want_ten, |mall| {
        let skus = mall.shelve(mug(20)).await;
        let sale = mall.plan_sale(&skus[0], 10, 1).await;
        mall.pass(MINUTE * 6).await;
        let mut crowd = Vec::new();
        for n in 0..200 {
            let person = mall.shopper(&format!("买家{n}")).await;
            let home = person.move_in().await;
            let pass = person.ask_pass(&sale, &home).await.ok()["pass"].as_str().unwrap().to_owned();
            crowd.push((person, pass));
        }
        mall.pass(MINUTE * 4).await;
        // Each sends it twice: a second tap is no second claim.
        let taps = crowd.iter().chain(&crowd);
        let answers = join_all(taps.map(|(person, pass)| person.claim(pass))).await;
        let mut seen: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in &answers {
            *seen.entry((answer.status, answer.code())).or_default() += 1;
        }
        assert_eq!(seen, BTreeMap::from([((202, String::new()), 20), ((409, "seckill_sold_out".into()), 380)]));
        mall.serve_line().await;
        let mut orders = std::collections::BTreeSet::new();
        for ((person, _), answer) in crowd.iter().zip(&answers) {
            if answer.status == 202 {
                let ticket = person.ticket(&answer.json()["ticket"]).await;
                assert_eq!(ticket["state"], "won", "{ticket}");
                assert!(orders.insert(ticket["order_id"].as_str().unwrap().to_owned()));
            }
        }
        assert_eq!(orders.len(), 10);
        let live = mall.live(&sale).await;
        assert_eq!((&live["left"], &live["unpaid"]), (&json!(0), &json!(10)), "{live}");
    }
);

story!(
    /// Three cancelled orders, and a shopper gets no more of this session.
    somebody_cancels_three_times, |mall| {
        let skus = mall.shelve(mug(20)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let sale = mall.open_sale(&skus[0], 3, 2).await;
        for _ in 0..3 {
            let order = wang.win(&sale, &home).await;
            wang.cancel(&order).await;
        }
        wang.ask_pass(&sale, &home).await.refused(403, "seckill_barred");
        let live = mall.live(&sale).await;
        assert_eq!((&live["left"], &live["given_back"]), (&json!(3), &json!(3)), "{live}");
    }
);

/// What the gate knew is gone: it is counted from the books, within 30 seconds, and nobody has lost or won anything by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_forgets_everything() {
    let mut mall = Mall::start(Plan::default()).await;
    let skus = mall.shelve(mug(20)).await;
    let sale = mall.open_sale(&skus[0], 3, 1).await;
    let (wang, home, order, ticket) = {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.win(&sale, &home).await;
        let ticket = wang.get("/api/v1/seckill/tickets").await.ok()["items"][0]["ticket"].clone();
        (Browser::of(&wang), home, order, ticket)
    };
    mall.settle().await;
    mall.lose_gate().await;
    mall.pass(SECOND * 5).await;
    mall.pass(SECOND * 5).await;
    {
        let wang = wang.at(&mall);
        assert_eq!(wang.ticket(&ticket).await["state"], "won");
        wang.ask_pass(&sale, &home).await.refused(409, "seckill_limited");
        wang.pay(&order).await;
        let mut won = 0;
        for name in ["甲", "乙", "丙"] {
            let person = mall.shopper(name).await;
            let home = person.move_in().await;
            won += usize::from(person.take(&sale, &home).await.status == 202);
        }
        assert_eq!(won, 2, "three, less the one that was won before");
        mall.serve_line().await;
    }
    mall.curtain().await;
    mall.close().await;
}

const PLANS: &[Plan] = &[
    Plan { split: false, servers: false, doubled: false, stutter: false },
    Plan { split: false, servers: true, doubled: false, stutter: false },
];

/// Claims one unit while the mall may stop after the `n`-th commit; gives whether it ran to its end.
async fn claim_and_crash(plan: Plan, n: i64) -> bool {
    let mut mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(2)).await;
    let sale = mall.open_sale(&skus[0], 1, 1).await;
    let (browser, pass) = {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let pass = wang.ask_pass(&sale, &home).await.ok()["pass"].as_str().unwrap().to_owned();
        (Browser::of(&wang), pass)
    };
    mall.settle().await;
    mall.crash.arm(n);
    let promised = browser.at(&mall).claim(&pass).await.status == 202;
    mall.serve_line().await;
    let finished = !mall.crash.is_down();

    mall.restart().await;
    mall.pass(SECOND * 5).await;
    let again = {
        let answer = browser.at(&mall).claim(&pass).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        answer.json()["ticket"].clone()
    };
    mall.serve_line().await;
    for _ in 0..4 {
        mall.pass(SECOND * 5).await;
    }
    {
        let wang = browser.at(&mall);
        let ticket = wang.ticket(&again).await;
        assert!(promised && ticket["state"] == "won", "commit {n}: {ticket}");
        let orders = wang.get("/api/v1/orders").await.ok();
        assert_eq!(orders["items"].as_array().unwrap().len(), 1, "one pass, one order: {orders}");
        // Nobody else has it, until it is not paid.
        let li = mall.shopper("小李").await;
        let home = li.move_in().await;
        li.take(&sale, &home).await.refused(409, "seckill_sold_out");
        mall.pass(MINUTE * 6).await;
        mall.pass(SECOND * 10).await;
        assert_eq!(wang.ticket(&again).await["state"], "cancelled");
        li.win(&sale, &home).await;
    }
    mall.curtain().await;
    mall.close().await;
    finished
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claiming_survives_a_crash_after_every_commit() {
    for plan in PLANS.iter().filter(|p| p.possible()) {
        let mut n = 1;
        while !claim_and_crash(*plan, n).await {
            n += 1;
            assert!(n < 200);
        }
        assert!(n > 3, "claiming commits more than {n} times, or the switch does not work");
    }
}

/// Cancels what was won while the mall may stop after the `n`-th commit.
async fn cancel_and_crash(plan: Plan, n: i64) -> bool {
    let mut mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(2)).await;
    let sale = mall.open_sale(&skus[0], 1, 1).await;
    let (browser, order) = {
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.win(&sale, &home).await;
        (Browser::of(&wang), order)
    };
    mall.settle().await;
    mall.crash.arm(n);
    browser.at(&mall).post(&format!("/api/v1/orders/{order}/cancel"), json!({})).await;
    mall.serve_line().await;
    let finished = !mall.crash.is_down();

    mall.restart().await;
    browser.at(&mall).cancel(&order).await;
    // News that a dead process had in its hands is offered again after half a minute.
    for _ in 0..8 {
        mall.pass(SECOND * 5).await;
    }
    {
        let li = mall.shopper("小李").await;
        let home = li.move_in().await;
        li.win(&sale, &home).await;
    }
    mall.curtain().await;
    mall.close().await;
    finished
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_survives_a_crash_after_every_commit() {
    for plan in PLANS.iter().filter(|p| p.possible()) {
        let mut n = 1;
        while !cancel_and_crash(*plan, n).await {
            n += 1;
            assert!(n < 200);
        }
        assert!(n > 3, "cancelling commits more than {n} times, or the switch does not work");
    }
}

/// A mall in which sales were: one is settled, one runs; somebody cancelled three times, somebody paid, somebody has yet to.
pub async fn sold_in(plan: Plan) -> Mall {
    let mall = Mall::start(plan).await;
    let skus = mall.shelve(mug(30)).await;
    {
        let (mut wang, mut li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let (wangs, lis) = (wang.move_in().await, li.move_in().await);
        let first = mall.open_sale(&skus[0], 3, 1).await;
        let paid = wang.win(&first, &wangs).await;
        wang.pay(&paid).await;
        mall.pass(MINUTE * 60).await;
        mall.pass(SECOND * 10).await;
        let second = mall.open_sale(&skus[0], 5, 2).await;
        wang.sign_in("手机").await;
        li.sign_in("手机").await;
        for _ in 0..3 {
            let order = wang.win(&second, &wangs).await;
            wang.cancel(&order).await;
        }
        mall.pass(SECOND * 5).await;
        let paid = li.win(&second, &lis).await;
        li.pay(&paid).await;
        li.win(&second, &lis).await;
    }
    mall.settle().await;
    mall
}
