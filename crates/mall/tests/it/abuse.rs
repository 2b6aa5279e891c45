//! What nobody may do.

use serde_json::json;

use crate::people::mug;
use crate::story;

story!(
    /// Somebody else's order and address are not there.
    other_peoples_things, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        li.get(&format!("/api/v1/orders/{id}")).await.refused(404, "not_found");
        li.post(&format!("/api/v1/orders/{id}/cancel"), json!({})).await.refused(404, "not_found");
        li.post_once(&format!("/api/v1/orders/{id}/pay"), "p", json!({ "channel": "demo" })).await.refused(404, "not_found");
        li.get(&format!("/api/v1/addresses/{home}")).await.refused(404, "not_found");
        li.delete(&format!("/api/v1/addresses/{home}")).await.refused(404, "not_found");
        li.buy_now(&skus[0], 1, &home, "k1").await.refused(404, "not_found");
        assert_eq!(wang.state_of(&id).await, "unpaid");
    }
);

story!(
    /// Quantities that are none: nothing is changed by them.
    odd_quantities, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        for qty in [json!(0), json!(-1), json!(1000), json!(1.5), json!("1e9"), json!(2_147_483_648_u64), json!(null)] {
            let answer = wang.post("/api/v1/cart/lines", json!({ "sku_id": skus[0], "qty": qty })).await;
            assert_eq!(answer.status, 422, "{qty}: {}", answer.text);
            let source = json!({ "kind": "buy_now", "lines": [{ "sku_id": skus[0], "qty": qty }] });
            let body = json!({ "source": source, "address_id": home, "pay_channel": "demo" });
            let answer = wang.post_once("/api/v1/orders", "k", body).await;
            assert_eq!(answer.status, 422, "{qty}: {}", answer.text);
        }
        assert_eq!(wang.get("/api/v1/cart").await.ok()["lines"], json!([]));
    }
);

story!(
    /// A token that was logged out, an older refresh token, a token of another kind: nobody.
    tokens_end, |mall| {
        let wang = mall.shopper("小王").await;
        wang.get("/api/v1/users/me").await.ok();
        assert!(wang.delete("/api/v1/sessions/current").await.status < 300);
        wang.get("/api/v1/users/me").await.refused(401, "unauthenticated");
        let mut forged = wang.clone();
        forged.token = format!("{}x", wang.token);
        forged.get("/api/v1/users/me").await.refused(401, "unauthenticated");
    }
);

story!(
    /// A notification with a forged signature, or another amount, changes no order.
    forged_payments, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        wang.to_cashier(&id, "p1").await;
        let body = json!({ "notice_id": "1", "merchant_id": "m", "out_trade_no": id, "channel_trade_no": "c", "amount_fen": 1, "currency": "CNY",
            "paid_at": "2026-11-22T02:00:00Z", "event": "trade.paid" });
        wang.post("/api/v1/notify/demo", body).await.refused(401, "bad_signature");
        wang.post("/api/v1/notify/alipay", json!({})).await.refused(404, "not_found");
        mall.settle().await;
        assert_eq!(wang.state_of(&id).await, "unpaid");
    }
);

story!(
    /// Reading changes nothing, however often.
    reading_is_safe, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        wang.add_to_cart(&skus[0], 1).await.ok();
        let paths = ["/api/v1/cart", "/api/v1/orders", "/api/v1/users/me", "/api/v1/addresses", "/api/v1/categories"];
        for path in paths {
            let first = wang.get(path).await.ok();
            for _ in 0..3 {
                assert_eq!(wang.get(path).await.ok(), first, "{path}");
            }
        }
    }
);
