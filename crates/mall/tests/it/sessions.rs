//! Sessions of flash sales, from their plan to their end.

use std::time::Duration;

use contract::SkuId;
use contract::inventory::LevelsOf;
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::house::Mall;
use crate::people::{Person, mug};
use crate::story;

const MINUTE: Duration = Duration::from_secs(60);
const ACTIVITIES: &str = "/api/v1/admin/seckill/activities";

/// Who may do everything with flash sales.
async fn a_planner(mall: &Mall) -> Person<'_> {
    mall.operator(&["seckill.write", "seckill.review", "seckill.run", "seckill.read"]).await
}

async fn draft(mall: &Mall, planner: &Person<'_>, minutes: u32) -> String {
    let starts = mall.clock.now() + MINUTE * minutes;
    let new = json!({ "title": "早场", "starts_at": starts, "ends_at": starts + MINUTE * 60 });
    planner.post(ACTIVITIES, new).await.ok()["id"].as_str().unwrap().to_owned()
}

fn offer(sku: &str, quota: u32, limit: u32) -> Json {
    json!({ "sku_id": sku, "price_fen": 990, "quota": quota, "limit": limit })
}

async fn attach(planner: &Person<'_>, activity: &str, offer: Json) -> String {
    let key = offer.to_string().bytes().filter(u8::is_ascii_alphanumeric).map(char::from).collect::<String>();
    let item = planner.post_once(&format!("{ACTIVITIES}/{activity}/items"), &key, offer).await.ok();
    assert_eq!(item["state"], "attached");
    item["id"].as_str().unwrap().to_owned()
}

async fn approve(mall: &Mall, planner: &Person<'_>, activity: &str) {
    for step in ["submit", "approve"] {
        planner.post(&format!("{ACTIVITIES}/{activity}/{step}"), json!({})).await.ok();
    }
    mall.settle().await;
}

/// What may be ordered by anybody, and what lies apart.
async fn level(mall: &Mall, sku: &str) -> (i64, i64) {
    let skus = vec![sku.parse::<SkuId>().unwrap()];
    let level = mall.neighbours().inventory.levels(&kit::Ctx::house(), LevelsOf { skus }).await.unwrap()[0];
    (level.available, level.allotted)
}

async fn sessions(mall: &Mall) -> Vec<Json> {
    mall.get("/api/v1/seckill/sessions").await.ok()["items"].as_array().unwrap().clone()
}

story!(
    /// A session is planned, reviewed, seen, over; what nobody bought may be ordered by anybody again.
    a_session_from_its_plan_to_its_end, |mall| {
        let skus = mall.shelve(mug(20)).await;
        let spu = mall.spu_of(&mug(20)).await;
        let (planner, wang) = (a_planner(mall).await, mall.shopper("小王").await);
        let activity = draft(mall, &planner, 30).await;
        let path = format!("{ACTIVITIES}/{activity}");
        let dear = json!({ "sku_id": skus[0], "price_fen": 4900, "quota": 5, "limit": 1 });
        let refused = planner.post_once(&format!("{path}/items"), "dear", dear).await.refused(422, "invalid");
        assert_eq!(refused["errors"][0]["pointer"], "/price_fen");
        let many = planner.post_once(&format!("{path}/items"), "many", offer(&skus[0], 21, 1)).await.refused(409, "out_of_stock");
        assert_eq!(many["available"], 20, "{many}");
        let item = attach(&planner, &activity, offer(&skus[0], 15, 2)).await;
        assert_eq!(attach(&planner, &activity, offer(&skus[0], 15, 2)).await, item, "the same key, the same answer");
        let other = attach(&planner, &activity, offer(&skus[1], 5, 1)).await;
        assert_eq!((level(mall, &skus[0]).await, level(mall, &skus[1]).await), ((5, 15), (15, 5)));
        for _ in 0..2 {
            assert_eq!(planner.delete(&format!("/api/v1/admin/seckill/items/{other}")).await.status, 204);
        }
        assert_eq!(level(mall, &skus[1]).await, (20, 0));
        assert_eq!((sessions(mall).await.len(), wang.get(&format!("/api/v1/seckill/items/{item}")).await.status), (0, 404));

        mall.operator(&["seckill.write"]).await.post(&format!("{path}/approve"), json!({})).await.refused(403, "forbidden");
        approve(mall, &planner, &activity).await;
        let shown = sessions(mall).await;
        assert_eq!((shown.len(), &shown[0]["id"], &shown[0]["state"]), (1, &json!(activity), &json!("upcoming")));
        let card = &shown[0]["items"][0];
        assert_eq!((&card["id"], &card["left"], &card["limit"]), (&json!(item), &json!(15), &json!(2)));
        assert_eq!((&card["price_fen"], &card["list_price_fen"]), (&json!(990), &json!(4900)));
        let whole = mall.get(&format!("/api/v1/seckill/items/{item}")).await.ok();
        assert_eq!((&whole["subtitle"], &whole["session"]["title"]), (&json!("一只杯子，两种颜色"), &json!("早场")));
        let of_spu = mall.get(&format!("/api/v1/seckill/of-spu/{spu}")).await.ok();
        assert_eq!((&of_spu["items"][0]["id"], &of_spu["items"][0]["session"]["id"]), (&json!(item), &json!(activity)));

        let reminder = format!("/api/v1/seckill/reminders/{item}");
        assert_eq!(wang.put(&reminder, json!({})).await.status, 204);
        assert_eq!(wang.get("/api/v1/seckill/reminders").await.ok(), json!({ "items": [item] }));
        assert_eq!(wang.delete(&reminder).await.status, 204);

        mall.pass(MINUTE * 30).await;
        // Operators who do nothing for a quarter of an hour sign in again.
        let planner = a_planner(mall).await;
        let live = format!("/api/v1/seckill/items/{item}/live");
        assert_eq!(mall.get(&live).await.ok()["state"], "running");
        planner.post(&format!("{path}/pause"), json!({})).await.ok();
        mall.pass(MINUTE).await;
        assert_eq!(mall.get(&live).await.ok()["state"], "paused");
        planner.post(&format!("{path}/resume"), json!({})).await.ok();
        mall.pass(MINUTE).await;
        let running = mall.get(&live).await.ok();
        assert_eq!((&running["state"], &running["left"]), (&json!("running"), &json!(15)));
        planner.post(&format!("{path}/cancel"), json!({ "reason": "改期" })).await.refused(409, "activity_state");

        mall.pass(MINUTE * 60).await;
        mall.pass(MINUTE).await;
        let (planner, wang) = (a_planner(mall).await, mall.shopper("小王").await);
        assert_eq!(planner.get(&path).await.ok()["state"], "settled");
        assert_eq!((level(mall, &skus[0]).await, sessions(mall).await.len()), ((20, 0), 0));
        assert_eq!(mall.get(&live).await.ok()["state"], "ended");
        let home = wang.move_in().await;
        wang.buy_now(&skus[0], 20, &home, "rest").await.ok();
    }
);

story!(
    /// Two sessions, one variant, 200 requests at once: it is in one of them, and its units lie apart once.
    two_hundred_attach_one_variant, |mall| {
        let skus = mall.shelve(mug(50)).await;
        let planner = a_planner(mall).await;
        let (a, b) = (draft(mall, &planner, 30).await, draft(mall, &planner, 60).await);
        let tries = (0..200).map(|n| {
            let (planner, sku, to) = (&planner, &skus[0], if n % 2 == 0 { &a } else { &b });
            async move { planner.post_once(&format!("{ACTIVITIES}/{to}/items"), &format!("k{n}"), offer(sku, 10, 1)).await }
        });
        let answers = join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.refused(409, "sku_busy");
        }
        assert_eq!(level(mall, &skus[0]).await, (40, 10));
        for activity in [&a, &b] {
            let path = format!("{ACTIVITIES}/{activity}/cancel");
            for _ in 0..2 {
                assert_eq!(planner.post(&path, json!({ "reason": "改期" })).await.ok()["state"], "cancelled");
            }
        }
        mall.settle().await;
        assert_eq!(level(mall, &skus[0]).await, (50, 0));
    }
);
