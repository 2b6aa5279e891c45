//! The people of a story, with their verbs.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

use crate::house::{Answer, Mall};

/// Somebody at a browser.
#[derive(Clone)]
pub struct Person<'a> {
    pub mall: &'a Mall,
    pub token: String,
    pub phone: String,
    pub ip: IpAddr,
}

static PEOPLE: AtomicU32 = AtomicU32::new(0);

impl<'a> Person<'a> {
    async fn send(&self, method: &str, path: &str, key: Option<&str>, body: Option<Json>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.mall.request(request.body(body).unwrap(), self.ip).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, None).await
    }

    pub async fn post(&self, path: &str, body: Json) -> Answer {
        self.send("POST", path, None, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Json) -> Answer {
        self.send("PUT", path, None, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Json) -> Answer {
        self.send("PATCH", path, None, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, None).await
    }

    pub async fn post_once(&self, path: &str, key: &str, body: Json) -> Answer {
        self.send("POST", path, Some(key), Some(body)).await
    }

    /// Signs in by SMS; also again, when the token has ended.
    pub async fn sign_in(&mut self, device: &str) {
        self.token.clear();
        let asked = json!({ "phone": self.phone, "purpose": "login" });
        assert_eq!(self.post("/api/v1/sms-codes", asked).await.status, 202);
        let code = self.mall.code_for(&self.phone).await;
        let login = json!({ "kind": "code", "phone": self.phone, "code": code });
        let session = self.post("/api/v1/sessions", json!({ "login": login, "device": { "name": device } })).await.ok();
        self.token = session["access_token"].as_str().unwrap().to_owned();
    }

    pub async fn add_to_cart(&self, sku: &str, qty: u32) -> Answer {
        self.post("/api/v1/cart/lines", json!({ "sku_id": sku, "qty": qty })).await
    }

    /// A new address; gives its number.
    pub async fn move_in(&self) -> String {
        let address = json!({
            "name": "王小明", "phone": self.phone, "province": "浙江省", "city": "杭州市", "district": "西湖区",
            "detail": "文三路 478 号华星时代广场 1201", "is_default": true,
        });
        self.post("/api/v1/addresses", address).await.ok()["id"].as_str().unwrap().to_owned()
    }

    /// Orders what is selected in the cart.
    pub async fn place(&self, address: &str, key: &str) -> Answer {
        let body = json!({ "source": { "kind": "cart" }, "address_id": address, "pay_channel": "demo" });
        self.post_once("/api/v1/orders", key, body).await
    }

    /// Orders one thing at once.
    pub async fn buy_now(&self, sku: &str, qty: u32, address: &str, key: &str) -> Answer {
        let source = json!({ "kind": "buy_now", "lines": [{ "sku_id": sku, "qty": qty }] });
        let body = json!({ "source": source, "address_id": address, "pay_channel": "demo" });
        self.post_once("/api/v1/orders", key, body).await
    }

    /// Goes to the cashier for an order; gives the cashier's path.
    pub async fn to_cashier(&self, order: &str, key: &str) -> String {
        let started = self.post_once(&format!("/api/v1/orders/{order}/pay"), key, json!({ "channel": "demo" })).await.ok();
        let url = started["redirect_url"].as_str().unwrap().to_owned();
        url.strip_prefix("http://mall.test").unwrap_or(&url).to_owned()
    }

    /// Presses "pay" at the cashier.
    pub async fn press_pay(&self, cashier: &str) -> Answer {
        let request = Request::post(format!("{cashier}/pay")).header("accept", "application/json");
        self.mall.request(request.body(Body::empty()).unwrap(), self.ip).await
    }

    /// Pays an order, start to end.
    pub async fn pay(&self, order: &str) {
        let cashier = self.to_cashier(order, &format!("pay-{order}")).await;
        self.press_pay(&cashier).await.ok();
        self.mall.settle().await;
    }

    /// Buys one thing, gets it, and says so; gives the order's number.
    pub async fn buy_and_receive(&self, sku: &str, address: &str, key: &str) -> String {
        let id = self.buy_now(sku, 1, address, key).await.ok()["id"].as_str().unwrap().to_owned();
        self.pay(&id).await;
        let keeper = self.mall.operator(&["order.ship"]).await;
        let parcel = json!({ "courier": "顺丰速运", "tracking_no": format!("SF{id}") });
        keeper.post(&format!("/api/v1/admin/orders/{id}/ship"), parcel).await.ok();
        self.mall.settle().await;
        self.post(&format!("/api/v1/orders/{id}/receive"), json!({})).await.ok();
        self.mall.settle().await;
        id
    }

    /// Reviews an item.
    pub async fn review(&self, order: &str, sku: &str, score: u8, key: &str) -> Answer {
        let review = json!({
            "order_id": order, "sku_id": sku, "score": score, "text": "釉色很温润", "pictures": [], "anonymous": false,
        });
        self.post_once("/api/v1/reviews", key, review).await
    }

    pub async fn order(&self, order: &str) -> Json {
        self.get(&format!("/api/v1/orders/{order}")).await.ok()
    }

    pub async fn state_of(&self, order: &str) -> String {
        self.order(order).await["state"].as_str().unwrap().to_owned()
    }
}

impl Mall {
    /// Somebody who has not signed in.
    pub fn stranger(&self) -> Person<'_> {
        let n = PEOPLE.fetch_add(1, SeqCst);
        let [_, a, b, c] = n.to_be_bytes();
        Person { mall: self, token: String::new(), phone: format!("139{n:08}"), ip: [10, a, b, c].into() }
    }

    /// The newest code that was sent to a phone.
    pub async fn code_for(&self, phone: &str) -> String {
        let mail = self.get("/dev/mailbox.json").await.ok();
        let mails = mail["items"].as_array().unwrap();
        let mine = mails.iter().find(|m| m["to"] == phone && m["code"].is_string()).expect("a code was sent");
        mine["code"].as_str().unwrap().to_owned()
    }

    /// A shopper who signs in by SMS, which registers them.
    pub async fn shopper(&self, name: &str) -> Person<'_> {
        let mut person = self.stranger();
        person.sign_in(name).await;
        person
    }

    /// The number of a product that was put on the shelf.
    pub async fn spu_of(&self, line: &Json) -> String {
        let title = line["title"].as_str().unwrap();
        let found = self.get(&format!("/api/v1/search?q={}", crate::house::encode(title))).await.ok();
        found["items"][0]["spu_id"].as_str().unwrap().to_owned()
    }

    /// An operator with these permissions.
    pub async fn operator(&self, permissions: &[&str]) -> Person<'_> {
        let mut person = self.stranger();
        let name = format!("op{}", kit::random::code(8));
        let user = self.processes.iter().find_map(|p| p.here.user.as_ref()).unwrap();
        user.seed_operator(&name, "a-long-password-1", permissions).await.unwrap();
        let login = json!({ "name": name, "password": "a-long-password-1" });
        let session = person.post("/api/v1/admin/sessions", login).await.ok();
        person.token = session["token"].as_str().unwrap().to_owned();
        person
    }
}

/// What a shopper holds who outlives the crash: a browser.
pub struct Browser {
    token: String,
    phone: String,
    ip: std::net::IpAddr,
}

impl Browser {
    pub fn of(person: &Person<'_>) -> Self {
        Browser { token: person.token.clone(), phone: person.phone.clone(), ip: person.ip }
    }

    pub fn at<'a>(&self, mall: &'a Mall) -> Person<'a> {
        Person { mall, token: self.token.clone(), phone: self.phone.clone(), ip: self.ip }
    }
}

/// A product as an import line.
pub fn mug(stock: u32) -> Json {
    json!({
        "source_id": 9001, "title": "手作釉下彩马克杯", "subtitle": "一只杯子，两种颜色", "category": ["家居", "餐厨", "杯具"], "brand": "栖木",
        "unit": "只", "list_price_fen": 6900, "price_fen": 4900, "is_new": true, "is_hot": false, "on_sale": true,
        "attributes": [["材质", "陶瓷"], ["产地", "景德镇"]],
        "skus": [
            { "specs": [["颜色", "雾蓝"]], "price_fen": 4900, "stock": stock },
            { "specs": [["颜色", "奶白"]], "price_fen": 5900, "stock": stock },
        ],
    })
}
