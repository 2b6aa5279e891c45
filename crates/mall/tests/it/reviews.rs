//! Reviews, favourites and footprints, as people use them.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::house::Mall;
use crate::people::mug;
use crate::story;

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn shown(mall: &Mall, spu: &str, filter: &str) -> Vec<Json> {
    let page = mall.get(&format!("/api/v1/spus/{spu}/reviews?filter={filter}")).await.ok();
    page["items"].as_array().unwrap().clone()
}

async fn summary(mall: &Mall, spu: &str) -> Json {
    mall.get(&format!("/api/v1/spus/{spu}/reviews/summary")).await.ok()
}

story!(
    /// Buy, receive, review: everybody sees it, once; the same request again has the same answer; nobody else may.
    a_buyer_reviews_a_mug, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let home = wang.move_in().await;
        let early = wang.buy_now(&skus[1], 1, &home, "early").await.ok()["id"].as_str().unwrap().to_owned();
        wang.review(&early, &skus[1], 5, "r0").await.refused(404, "not_found");
        let order = wang.buy_and_receive(&skus[0], &home, "k1").await;
        let pending = wang.get(&format!("/api/v1/reviews/pending?order_id={order}")).await.ok();
        let item = &pending["items"][0];
        assert_eq!((&item["sku_id"], &item["title"]), (&json!(skus[0]), &json!("手作釉下彩马克杯")), "{pending}");
        assert_eq!(wang.get("/api/v1/reviews/counts").await.ok(), json!({ "pending": 1 }));
        li.review(&order, &skus[0], 1, "r1").await.refused(404, "not_found");
        wang.review(&order, &skus[1], 1, "r1").await.refused(404, "not_found");
        wang.review(&order, &skus[0], 6, "r1").await.refused(422, "invalid");

        let first = wang.review(&order, &skus[0], 4, "r1").await;
        let again = wang.review(&order, &skus[0], 4, "r1").await;
        assert_eq!((first.status, first.json()), (201, again.json()), "{}", first.text);
        assert_eq!(again.headers.get("idempotent-replayed").map(|v| v.as_bytes()), Some(&b"true"[..]));
        wang.review(&order, &skus[0], 4, "r2").await.refused(409, "review_exists");
        assert_eq!(wang.get("/api/v1/reviews/counts").await.ok(), json!({ "pending": 0 }));

        let seen = shown(mall, &spu, "all").await;
        assert_eq!((seen.len(), &seen[0]["text"], &seen[0]["specs"][0]["value"]), (1, &json!("釉色很温润"), &json!("雾蓝")));
        assert_eq!(seen[0]["author"]["name"].as_str().unwrap().chars().nth(1), Some('*'), "{seen:?}");
        let expected = json!({ "count": 1, "average_tenths": 40, "good_percent": 100, "scores": [0, 0, 0, 1, 0],
            "with_pictures": 0, "with_follow_up": 0 });
        assert_eq!(summary(mall, &spu).await, expected);

        let id = first.json()["id"].as_str().unwrap().to_owned();
        let more = json!({ "text": "用了一周，依旧喜欢", "pictures": [] });
        let path = format!("/api/v1/reviews/{id}/follow-up");
        li.post_once(&path, "f1", more.clone()).await.refused(404, "not_found");
        for _ in 0..2 {
            let own = wang.post_once(&path, "f1", more.clone()).await.ok();
            assert_eq!((&own["follow_up"]["text"], &own["may_follow_up"]), (&more["text"], &json!(false)), "{own}");
        }
        wang.post_once(&path, "f2", more).await.refused(409, "review_exists");
        assert_eq!(shown(mall, &spu, "follow_up").await.len(), 1);
        assert_eq!(summary(mall, &spu).await["with_follow_up"], 1);
    }
);

story!(
    /// Who wants to be nobody is nobody to others, and an operator may hide a review, show it again, and reply.
    anonymous_and_moderated, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_and_receive(&skus[0], &home, "k1").await;
        let review = json!({ "order_id": order, "sku_id": skus[0], "score": 1, "text": "加我微信", "pictures": [], "anonymous": true });
        let id = wang.post_once("/api/v1/reviews", "r1", review).await.ok()["id"].as_str().unwrap().to_owned();
        let author = &shown(mall, &spu, "bad").await[0]["author"];
        assert_eq!(author, &json!({ "name": "匿名用户" }));

        mall.operator(&[]).await.get("/api/v1/admin/reviews").await.refused(403, "forbidden");
        let keeper = mall.operator(&["review.moderate"]).await;
        let reply = json!({ "text": "已联系您处理" });
        keeper.post(&format!("/api/v1/admin/reviews/{id}/reply"), reply.clone()).await.ok();
        assert_eq!(shown(mall, &spu, "all").await[0]["reply"]["text"], reply["text"]);
        for _ in 0..2 {
            let hidden = keeper.post(&format!("/api/v1/admin/reviews/{id}/hide"), json!({ "reason": "广告" })).await.ok();
            assert_eq!((&hidden["hidden"], &hidden["hidden_reason"]), (&json!(true), &json!("广告")));
        }
        assert_eq!((shown(mall, &spu, "all").await.len(), summary(mall, &spu).await["count"].clone()), (0, json!(0)));
        assert_eq!(wang.get("/api/v1/reviews").await.ok()["items"][0]["hidden"], true, "the author sees it as hidden");
        let listed = keeper.get(&format!("/api/v1/admin/reviews?spu_id={spu}&hidden=true")).await.ok();
        assert_eq!(listed["items"][0]["id"], id.as_str());
        keeper.post(&format!("/api/v1/admin/reviews/{id}/show"), json!({})).await.ok();
        assert_eq!(summary(mall, &spu).await["scores"], json!([1, 0, 0, 0, 0]));
    }
);

story!(
    /// What nobody reviews within seven days of the receipt gets five stars without words, and may still be followed up.
    nobody_reviews_a_mug, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let mut wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_and_receive(&skus[0], &home, "k1").await;
        mall.pass(7 * DAY - Duration::from_secs(60)).await;
        assert_eq!(summary(mall, &spu).await["count"], 0);
        mall.pass(Duration::from_secs(120)).await;
        let seen = shown(mall, &spu, "good").await;
        assert_eq!((&seen[0]["automatic"], &seen[0]["score"], &seen[0]["text"]), (&json!(true), &json!(5), &json!("")));
        wang.sign_in("手机").await;
        wang.review(&order, &skus[0], 1, "late").await.refused(409, "review_closed");
        let path = format!("/api/v1/reviews/{}/follow-up", seen[0]["id"].as_str().unwrap());
        wang.post_once(&path, "f1", json!({ "text": "忘了评价，很好用", "pictures": [] })).await.ok();
        assert_eq!(summary(mall, &spu).await["with_follow_up"], 1);
        mall.pass(30 * DAY).await;
        assert_eq!(summary(mall, &spu).await["count"], 1);
    }
);

story!(
    /// 200 reviews of one item at once: one is there, and the counters say so.
    two_hundred_reviews_at_once, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_and_receive(&skus[0], &home, "k1").await;
        let keys: Vec<String> = (0..200).map(|n| format!("r{n}")).collect();
        let answers = join_all(keys.iter().zip((1..=5).cycle()).map(|(key, score)| wang.review(&order, &skus[0], score, key))).await;
        let mut seen: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in answers {
            *seen.entry((answer.status, answer.code())).or_default() += 1;
        }
        assert_eq!(seen, BTreeMap::from([((201, String::new()), 1), ((409, "review_exists".into()), 199)]));
        assert_eq!((summary(mall, &spu).await["count"].clone(), shown(mall, &spu, "all").await.len()), (json!(1), 1));
    }
);

story!(
    /// All the money goes back: nothing is left to review, and the order is found among the refunded.
    money_that_went_back, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let kept = wang.buy_and_receive(&skus[0], &home, "k1").await;
        let back = wang.buy_and_receive(&skus[1], &home, "k2").await;
        assert_eq!(wang.get("/api/v1/reviews/counts").await.ok(), json!({ "pending": 2 }));
        assert_eq!(wang.get("/api/v1/orders?refunded=true").await.ok()["items"], json!([]));
        let paid = wang.order(&back).await["amounts"]["paid_fen"].as_i64().unwrap();
        let refund = contract::payment::Refund {
            id: contract::RefundId(77),
            order: back.parse().unwrap(),
            amount_fen: contract::Fen(paid),
            reason: "七天无理由".into(),
        };
        mall.neighbours().payment.refund(&kit::Ctx::house(), refund).await.unwrap();
        mall.settle().await;
        mall.pass(Duration::from_secs(60)).await;
        let refunded = wang.get("/api/v1/orders?refunded=true").await.ok();
        let ids: Vec<&Json> = refunded["items"].as_array().unwrap().iter().map(|o| &o["id"]).collect();
        assert_eq!(ids, [&json!(back)]);
        wang.review(&back, &skus[1], 1, "r1").await.refused(409, "review_closed");
        wang.review(&kept, &skus[0], 5, "r2").await.ok();
        assert_eq!(wang.get("/api/v1/reviews/counts").await.ok(), json!({ "pending": 0 }));
    }
);

story!(
    /// What a shopper keeps of products is theirs alone, and shows the price then and now.
    favourites_and_footprints, |mall| {
        mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        for list in ["favourites", "footprints"] {
            let one = format!("/api/v1/{list}/{spu}");
            for _ in 0..2 {
                assert_eq!(wang.put(&one, json!({})).await.status, 204);
            }
            wang.put(&format!("/api/v1/{list}/5"), json!({})).await.refused(404, "not_found");
            assert_eq!(li.delete(&one).await.status, 204);
        }
        assert_eq!(wang.get(&format!("/api/v1/spus/{spu}/live")).await.ok()["favourite"], true);
        assert_eq!(li.get(&format!("/api/v1/spus/{spu}/live")).await.ok()["favourite"], false);
        assert_eq!(mall.get(&format!("/api/v1/spus/{spu}/live")).await.ok().get("favourite"), None);
        let mut cheaper = mug(5);
        cheaper["skus"][0]["price_fen"] = json!(3900);
        mall::commands::import::take_in(mall.neighbours(), cheaper.to_string().as_bytes()).await.unwrap();
        mall.settle().await;
        for list in ["favourites", "footprints"] {
            let kept = wang.get(&format!("/api/v1/{list}")).await.ok();
            let item = &kept["items"][0];
            assert_eq!((&item["price_then_fen"], &item["price_fen"], &item["listed"]), (&json!(4900), &json!(3900), &json!(true)), "{kept}");
            assert_eq!(li.get(&format!("/api/v1/{list}")).await.ok()["items"], json!([]));
        }
        assert_eq!(wang.delete("/api/v1/footprints").await.status, 204);
        assert_eq!(wang.get("/api/v1/footprints").await.ok()["items"], json!([]));
        assert_eq!(wang.delete(&format!("/api/v1/favourites/{spu}")).await.status, 204);
        assert_eq!(wang.get("/api/v1/favourites").await.ok()["items"], json!([]));
    }
);

story!(
    /// A review shows pictures that its author uploaded; somebody else's are refused and leave the item open.
    a_review_with_pictures, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let home = wang.move_in().await;
        let order = wang.buy_and_receive(&skus[0], &home, "k1").await;
        let (mine, theirs, face) = (wang.upload("review").await, li.upload("review").await, wang.upload("avatar").await);
        let review = |pictures: Json| {
            json!({ "order_id": order, "sku_id": skus[0], "score": 5, "text": "", "pictures": pictures, "anonymous": false })
        };
        for other in [&theirs, &face] {
            wang.post_once("/api/v1/reviews", "r1", review(json!([mine, other]))).await.refused(422, "upload_unknown");
        }
        wang.post_once("/api/v1/reviews", "r1", review(json!(["../../etc/passwd"]))).await.refused(422, "invalid");
        let id = wang.post_once("/api/v1/reviews", "r1", review(json!([mine]))).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(shown(mall, &spu, "picture").await[0]["pictures"], json!([mine]));
        assert_eq!(summary(mall, &spu).await["with_pictures"], 1);
        let more = |key: &str| json!({ "text": "再补一张", "pictures": [key] });
        let path = format!("/api/v1/reviews/{id}/follow-up");
        wang.post_once(&path, "f1", more(&mine)).await.refused(422, "upload_unknown");
        let second = wang.upload("review").await;
        wang.post_once(&path, "f1", more(&second)).await.ok();
        assert_eq!(shown(mall, &spu, "follow_up").await[0]["follow_up"]["pictures"], json!([second]));
        assert_eq!(summary(mall, &spu).await["with_pictures"], 1);
    }
);

story!(
    /// Reviews from elsewhere: a second time changes nothing, a bad line is told and the others go in.
    reviews_from_elsewhere, |mall| {
        mall.shelve(mug(5)).await;
        let spu = mall.spu_of(&mug(5)).await;
        let of = |source: i64, score: u8| {
            json!({ "spu_source": source, "reviews": [{ "source_id": 700 + i64::from(score), "author": "林深见鹿", "score": score,
                "text": "杯壁厚实", "at": "2026-10-01T08:00:00Z", "reply": { "text": "感谢", "at": "2026-10-02T08:00:00Z" } }] })
        };
        let text = format!("{}\n{}\n{}\n{}\n", of(9001, 5), of(9999, 4), of(9001, 6), of(9001, 3));
        for _ in 0..2 {
            let report = mall::commands::import::reviews(mall.neighbours(), text.as_bytes()).await;
            assert_eq!((report.created + report.unchanged, report.refused.len()), (2, 2), "{report:?}");
            assert_eq!(summary(mall, &spu).await["scores"], json!([0, 0, 1, 0, 1]));
        }
        let seen = shown(mall, &spu, "middle").await;
        assert_eq!((&seen[0]["author"]["name"], &seen[0]["reply"]["text"]), (&json!("林*鹿"), &json!("感谢")), "{seen:?}");
    }
);
