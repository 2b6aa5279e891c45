//! Small things that the shop's pages lean on.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::people::mug;
use crate::story;

story!(
    /// The channels that are open, by their names; the payer comes back to the result page of the order.
    a_payer_chooses_and_comes_back, |mall| {
        let channels = mall.get("/api/v1/pay-channels").await.ok();
        assert_eq!(channels, json!({ "items": [{ "channel": "demo", "name": "演示收银台" }] }));
        let english = Request::get("/api/v1/pay-channels").header("accept-language", "en").body(Body::empty()).unwrap();
        assert_eq!(mall.request(english, [127, 0, 0, 1].into()).await.ok()["items"][0]["name"], "Demo cashier");

        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        let cashier = wang.to_cashier(&id, "p1").await;
        let browser = Request::post(format!("{cashier}/pay")).body(Body::empty()).unwrap();
        let paid = mall.request(browser, wang.ip).await;
        assert_eq!((paid.status, paid.headers["location"].to_str().unwrap()), (303, &*format!("/pay/result?order={id}")));
        mall.settle().await;
        assert_eq!(wang.state_of(&id).await, "paid");
    }
);

story!(
    /// Countdowns run by the mall's clock.
    the_clock_is_the_malls, |mall| {
        assert_eq!(mall.get("/api/v1/clock").await.ok(), json!({ "now": mall.clock.now() }));
        mall.pass(Duration::from_secs(90)).await;
        assert_eq!(mall.get("/api/v1/clock").await.ok(), json!({ "now": "2026-11-22T02:01:30.000Z" }));
    }
);
