//! What people come for.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use serde_json::json;

use crate::house::encode;
use crate::people::mug;
use crate::story;

const fn minutes(n: u64) -> Duration {
    Duration::from_secs(n * 60)
}

const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 24 * 3600)
}

story!(
    /// Search, detail, cart, order, pay, ship, receive.
    a_shopper_buys_a_mug, |mall| {
        let skus = mall.shelve(mug(10)).await;
        let wang = mall.shopper("小王").await;

        let found = mall.get(&format!("/api/v1/search?q={}", encode("马克杯"))).await.ok();
        assert_eq!(found["items"][0]["title"], "手作釉下彩马克杯");
        let spu = found["items"][0]["spu_id"].as_str().unwrap().to_owned();
        let detail = mall.get(&format!("/api/v1/spus/{spu}")).await.ok();
        assert_eq!(detail["skus"][0]["price_fen"], 4900);

        let address = wang.move_in().await;
        wang.add_to_cart(&skus[0], 2).await.ok();
        let cart = wang.get("/api/v1/cart").await.ok();
        assert_eq!((&cart["lines"][0]["qty"], &cart["quote"]["payable_fen"]), (&json!(2), &json!(9800)));

        let order = wang.place(&address, "the-first").await;
        assert_eq!(order.status, 201, "{}", order.text);
        let order = order.json();
        let id = order["id"].as_str().unwrap().to_owned();
        assert_eq!((&order["state"], &order["amounts"]["payable_fen"]), (&json!("unpaid"), &json!(9800)));
        assert!(!order.to_string().contains(&wang.phone), "personal data leaves masked: {order}");
        mall.settle().await;
        assert_eq!(wang.get("/api/v1/cart").await.ok()["lines"], json!([]), "what was bought left the cart");

        wang.pay(&id).await;
        assert_eq!(wang.state_of(&id).await, "paid");

        let keeper = mall.operator(&["order.ship", "order.read"]).await;
        let parcel = json!({ "courier": "顺丰速运", "tracking_no": "SF1234567890" });
        keeper.post(&format!("/api/v1/admin/orders/{id}/ship"), parcel).await.ok();
        mall.settle().await;
        assert_eq!(wang.state_of(&id).await, "shipped");

        wang.post(&format!("/api/v1/orders/{id}/receive"), json!({})).await.ok();
        mall.settle().await;
        assert_eq!(wang.state_of(&id).await, "received");

        let after = mall.get(&format!("/api/v1/search?q={}", encode("马克杯"))).await.ok();
        assert_eq!(after["items"][0]["sales"], 2, "what was paid counts as sold");
    }
);

story!(
    /// What a quote says is what placing costs, to the fen, near and far; it keeps nothing and tells nothing about others.
    a_quote_is_what_placing_costs, |mall| {
        let skus = mall.shelve(mug(3)).await;
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let near = wang.move_in().await;
        let far = json!({
            "name": "王小明", "phone": wang.phone, "province": "西藏自治区", "city": "拉萨市", "district": "城关区",
            "detail": "北京中路 35 号",
        });
        let far = wang.post("/api/v1/addresses", far).await.ok()["id"].as_str().unwrap().to_owned();
        let buy = |qty: u32| json!({ "kind": "buy_now", "lines": [{ "sku_id": skus[0], "qty": qty }] });
        let mut totals = Vec::new();
        for (n, address) in [(1, &near), (1, &far)] {
            let asked = json!({ "source": buy(n), "address_id": address });
            let quote = wang.post("/api/v1/orders/quote", asked).await.ok();
            let placed = wang.buy_now(&skus[0], n, address, &format!("to-{address}")).await.json();
            assert_eq!(placed["amounts"]["payable_fen"], quote["payable_fen"], "{quote}");
            totals.push(quote["payable_fen"].as_i64().unwrap());
        }
        assert!(totals[0] < totals[1], "the far one pays more freight: {totals:?}");
        wang.post("/api/v1/orders/quote", json!({ "source": { "kind": "cart" } })).await.refused(409, "cart_empty");
        let peeking = json!({ "source": buy(1), "address_id": near });
        li.post("/api/v1/orders/quote", peeking).await.refused(404, "not_found");
        // More than there is may be priced, and is refused when it is placed: a quote holds nothing.
        wang.post("/api/v1/orders/quote", json!({ "source": buy(9) })).await.ok();
        wang.buy_now(&skus[0], 9, &near, "nine").await.refused(409, "out_of_stock");
    }
);

story!(
    /// An order that nobody pays closes after half an hour, and what was held can be bought again.
    an_unpaid_order_closes, |mall| {
        let skus = mall.shelve(mug(1)).await;
        let (mut wang, mut li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let (home, away) = (wang.move_in().await, li.move_in().await);

        let order = wang.buy_now(&skus[0], 1, &home, "k1").await.ok();
        let id = order["id"].as_str().unwrap().to_owned();
        let refused = li.buy_now(&skus[0], 1, &away, "k1").await.refused(409, "out_of_stock");
        assert_eq!(refused["sku_id"], skus[0].as_str());

        mall.pass(minutes(29)).await;
        assert_eq!(wang.state_of(&id).await, "unpaid");
        mall.pass(minutes(2)).await;
        // Access tokens live half an hour too.
        wang.sign_in("手机").await;
        li.sign_in("手机").await;
        assert_eq!(wang.order(&id).await["cancel_reason"], "timeout");

        li.buy_now(&skus[0], 1, &away, "k2").await.ok();
    }
);

story!(
    /// The shopper cancels; a second cancel changes nothing; a cancelled order is not paid.
    a_shopper_cancels, |mall| {
        let skus = mall.shelve(mug(3)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let order = wang.buy_now(&skus[1], 3, &home, "k1").await.ok();
        let id = order["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            wang.post(&format!("/api/v1/orders/{id}/cancel"), json!({})).await.ok();
            mall.settle().await;
        }
        assert_eq!(wang.state_of(&id).await, "cancelled");
        wang.post_once(&format!("/api/v1/orders/{id}/pay"), "p", json!({ "channel": "demo" })).await.refused(409, "order_state");
        wang.buy_now(&skus[1], 3, &home, "k2").await.ok();
    }
);

story!(
    /// A parcel that nobody confirms counts as received after fifteen days, and after-sale closes seven days later.
    a_parcel_is_received_by_time, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        wang.pay(&id).await;
        let keeper = mall.operator(&["order.ship"]).await;
        let parcel = json!({ "courier": "中通快递", "tracking_no": "ZT0001" });
        keeper.post(&format!("/api/v1/admin/orders/{id}/ship"), parcel).await.ok();
        mall.settle().await;
        // Access tokens live half an hour, so the states are read by an operator of that day.
        mall.pass(days(14)).await;
        assert_eq!(seen_by_operator(mall, &id).await, "shipped");
        mall.pass(days(1) + minutes(1)).await;
        assert_eq!(seen_by_operator(mall, &id).await, "received");
        mall.pass(days(7) + minutes(1)).await;
        assert_eq!(seen_by_operator(mall, &id).await, "done");
    }
);

async fn seen_by_operator(mall: &crate::house::Mall, order: &str) -> String {
    let reader = mall.operator(&["order.read"]).await;
    reader.get(&format!("/api/v1/admin/orders/{order}")).await.ok()["state"].as_str().unwrap().to_owned()
}

story!(
    /// The same request again has one effect and one answer; with another body it is refused.
    the_same_request_twice, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let first = wang.buy_now(&skus[0], 1, &home, "k1").await;
        let again = wang.buy_now(&skus[0], 1, &home, "k1").await;
        assert_eq!(again.headers.get("idempotent-replayed").map(|v| v.as_bytes()), Some(&b"true"[..]));
        assert_eq!((first.status, first.json()), (again.status, again.json()));
        wang.buy_now(&skus[0], 2, &home, "k1").await.refused(422, "idempotency_key_reused");
        let orders = wang.get("/api/v1/orders").await.ok();
        assert_eq!(orders["items"].as_array().unwrap().len(), 1);
        let line = json!({ "sku_id": skus[1], "qty": 1 });
        for _ in 0..3 {
            let added = wang.post_once("/api/v1/cart/lines", "tap", line.clone()).await.ok();
            assert_eq!(added["qty"], 1, "a double tap adds once");
        }
    }
);

story!(
    /// The channel took the money and its word was lost: closing the order asks the channel first, and the order is paid.
    paid_and_nobody_was_told, |mall| {
        let skus = mall.shelve(mug(1)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 1, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        let cashier = wang.to_cashier(&id, "p1").await;
        mall.faults().drop_notices.store(true, SeqCst);
        wang.press_pay(&cashier).await.ok();
        mall.pass(minutes(31)).await;
        mall.faults().drop_notices.store(false, SeqCst);
        mall.pass(minutes(2)).await;
        let reader = mall.operator(&["order.read"]).await;
        let order = reader.get(&format!("/api/v1/admin/orders/{id}")).await.ok();
        assert_eq!(order["state"], "paid", "paid at the channel means paid, whoever heard of it: {order}");
    }
);

story!(
    /// Prices are the house's: a body that names one is refused, and one that moved is told before anything happens.
    prices_come_from_the_house, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let source = json!({ "kind": "buy_now", "lines": [{ "sku_id": skus[0], "qty": 1 }] });
        let cheap = json!({ "source": source, "address_id": home, "pay_channel": "demo", "price_fen": 1 });
        wang.post_once("/api/v1/orders", "k1", cheap).await.refused(422, "invalid");
        let expected = json!({ "source": source, "address_id": home, "pay_channel": "demo", "expected_payable_fen": 100 });
        let moved = wang.post_once("/api/v1/orders", "k2", expected).await.refused(409, "price_changed");
        assert_eq!(moved["quote"]["payable_fen"], 5900, "49.00 and 10.00 freight: {moved}");
        assert_eq!(wang.get("/api/v1/orders").await.ok()["items"], json!([]));
    }
);

/// Everything that a merchant who looks at one order sees of it.
async fn as_merchant_sees(mall: &crate::house::Mall, order: &str) -> serde_json::Value {
    let reader = mall.operator(&["order.read", "payment.read"]).await;
    let order = reader.get(&format!("/api/v1/admin/orders/{order}")).await.ok();
    let payments = reader.get(&format!("/api/v1/admin/payments?order={}", order["id"].as_str().unwrap())).await.ok();
    json!({ "order": order, "payment": payments["items"][0] })
}

story!(
    /// Both tabs pay the same order: the first payment counts, the second goes back, once.
    two_tabs_pay, |mall| {
        let skus = mall.shelve(mug(5)).await;
        let wang = mall.shopper("小王").await;
        let home = wang.move_in().await;
        let id = wang.buy_now(&skus[0], 2, &home, "k1").await.ok()["id"].as_str().unwrap().to_owned();
        let (first, second) = (wang.to_cashier(&id, "tab-1").await, wang.to_cashier(&id, "tab-2").await);
        assert_ne!(first, second, "each tab has its own trade");
        wang.press_pay(&first).await.ok();
        wang.press_pay(&second).await.ok();
        mall.settle().await;
        mall.pass(minutes(1)).await;
        let seen = as_merchant_sees(mall, &id).await;
        let (order, payment) = (&seen["order"], &seen["payment"]);
        assert_eq!((&order["state"], &payment["paid_fen"], &payment["refunded_fen"]), (&json!("paid"), &json!(9800), &json!(0)), "{seen}");
        let refunds = payment["refunds"].as_array().unwrap();
        assert_eq!((refunds.len(), &refunds[0]["state"], &refunds[0]["amount_fen"]), (1, &json!("done"), &json!(9800)), "{seen}");
    }
);

story!(
    /// Search as people do: mixed words, pinyin, filters with counts; what leaves the shelf leaves the search.
    people_search, |mall| {
        mall.shelve(mug(5)).await;
        let case = json!({
            "source_id": 9002, "title": "适用 iPhone 17 Pro 磁吸手机壳", "subtitle": "亲肤硅胶", "category": ["数码", "手机配件", "手机壳"],
            "brand": "极序", "unit": "个", "list_price_fen": 9900, "price_fen": 6900, "attributes": [["材质", "硅胶"]],
            "skus": [{ "specs": [["颜色", "雾蓝"]], "price_fen": 6900, "stock": 0 }],
        });
        mall.shelve(case.clone()).await;
        let titles = async |query: &str| -> Vec<String> {
            let found = mall.get(&format!("/api/v1/search?{query}")).await.ok();
            found["items"].as_array().unwrap().iter().map(|i| i["title"].as_str().unwrap().to_owned()).collect()
        };
        let phone = "适用 iPhone 17 Pro 磁吸手机壳";
        for words in ["iphone手机壳", "手机壳", "IPHONE 17", "shoujike"] {
            assert_eq!(titles(&format!("q={}", encode(words))).await, [phone], "{words}");
        }
        assert_eq!(titles(&format!("q={}&in_stock=true", encode("手机壳"))).await, Vec::<String>::new());
        assert_eq!(titles("sort=price_asc").await, ["手作釉下彩马克杯", phone]);
        assert_eq!(titles(&format!("attr={}", encode("材质:陶瓷"))).await, ["手作釉下彩马克杯"]);
        let all = mall.get("/api/v1/search").await.ok();
        let material = all["facets"]["attributes"].as_array().unwrap().iter().find(|a| a["name"] == "材质").unwrap().clone();
        assert_eq!(material["values"].as_array().unwrap().len(), 2, "{material}");

        let mut gone = case;
        gone["on_sale"] = json!(false);
        mall::commands::import::take_in(mall.neighbours(), gone.to_string().as_bytes()).await.unwrap();
        mall.settle().await;
        assert_eq!(titles(&format!("q={}", encode("手机壳"))).await, Vec::<String>::new());
    }
);
