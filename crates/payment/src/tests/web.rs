//! What channels and operators reach over HTTP.

use std::sync::atomic::Ordering::SeqCst;

use axum::Extension;
use contract::fault::BAD_SIGNATURE;
use contract::thirdparty::RefundState;
use kit::ctx::{Caller, Ctx};
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::house::{House, ORDER};
use super::vendor::wire;
use crate::routes;

impl House {
    /// One request on a socket of its own, as an operator with these permissions; gives status, head and body.
    async fn http(&self, method: &str, path: &str, headers: &str, body: &str, may: &[&str]) -> (u16, String, String) {
        let permissions = may.iter().map(|p| (*p).to_owned()).collect();
        let ctx = Ctx::new(if may.is_empty() { Caller::Nobody } else { Caller::Operator { operator: 1, permissions } });
        let router: axum::Router = axum::Router::from(routes(&self.it)).layer(Extension(ctx));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: mall.test\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        // A refused body may not be read to its end.
        let _ = socket.write_all(body.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
        server.abort();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_owned(), body.to_owned())
    }

    async fn list(&self, path: &str) -> Json {
        let (status, _, body) = self.http("GET", path, "", "", &["payment.read"]).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}

#[tokio::test]
async fn channels_hear_success_only_for_what_is_genuine() {
    let house = House::new().await;
    let notice = wire(&house.paid_at_channel("first").await);
    let signed = "x-signature: genuine\r\n";
    let post = async |path: &str, headers: &str, body: &str| house.http("POST", path, headers, body, &[]).await;
    let here = "/api/v1/notify/demo";
    let (status, _, body) = post(here, "", &notice.body).await;
    assert_eq!(status, BAD_SIGNATURE.status, "{body}");
    assert_eq!(post("/api/v1/notify/nobody", signed, &notice.body).await.0, 404);
    assert_eq!(post(here, signed, &" ".repeat(64 * 1024 + 1)).await.0, 413);
    assert_eq!(post(here, signed, "").await.0, 401);
    assert_eq!(post(here, signed, &notice.body.replace("1205", "1206").replace("\"N", "\"X")).await.0, 422);
    for _ in 0..2 {
        let (status, head, body) = post(here, signed, &notice.body).await;
        assert_eq!((status, body.as_str()), (200, "success"), "{head}");
        assert!(head.contains("text/plain"), "{head}");
    }
    let oversized = House::new().await;
    assert_eq!(oversized.http("POST", here, signed, &" ".repeat(64 * 1024), &[]).await.0, 401, "64 kB are read");
}

#[tokio::test]
async fn operators_see_payments_and_settle_refunds() {
    let house = House::new().await;
    house.paid().await;
    *house.vendor.refunds_become.lock().unwrap() = RefundState::Refused;
    for id in 1..=3 {
        house.refund(id, 100).await.unwrap();
    }
    house.pass(0).await;
    let payments = house.list(&format!("/api/v1/admin/payments?order={ORDER}")).await;
    let payment = &payments["items"][0];
    assert_eq!((&payment["state"], &payment["refunding_fen"]), (&Json::from("paid"), &Json::from(300)));
    assert_eq!((&payment["attempts"][0]["effective"], payment["refunds"].as_array().unwrap().len()), (&Json::from(true), 3));
    assert_eq!(house.list("/api/v1/admin/payments?order=5").await["items"], Json::Array(vec![]));
    let first = house.list("/api/v1/admin/refunds?state=refused&limit=2").await;
    let next = first["next"].as_str().unwrap();
    let second = house.list(&format!("/api/v1/admin/refunds?state=refused&limit=2&cursor={next}")).await;
    let ids =
        |page: &Json| page["items"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec!["3".into(), "2".into()], vec!["1".into()]));
    assert_eq!(ids(&house.list("/api/v1/admin/refunds?state=done").await), [""; 0]);
    assert_eq!(ids(&house.list("/api/v1/admin/refunds").await).len(), 3);
    let settle = async |id: i64, key: &str, body: &str, may: &str| {
        let headers = format!("content-type: application/json\r\nidempotency-key: {key}\r\n");
        house.http("POST", &format!("/api/v1/admin/refunds/{id}/settle"), &headers, body, &[may]).await
    };
    let note = "{\"note\":\"银行转账 2026-11-22\"}";
    assert_eq!(settle(1, "k", note, "payment.read").await.0, 403);
    assert_eq!(settle(1, "k", "{\"note\":\"\"}", "refund.settle").await.0, 422);
    assert_eq!(settle(1, "k", "{\"note\":\"a\\u0007\"}", "refund.settle").await.0, 422);
    let (status, head, body) = settle(1, "k", note, "refund.settle").await;
    assert_eq!(status, 200, "{head} {body}");
    let (status, head, again) = settle(1, "k", note, "refund.settle").await;
    assert!(status == 200 && again == body && head.contains("idempotent-replayed: true"), "{head}");
    assert_eq!(settle(2, "k", note, "refund.settle").await.0, 422, "the key was used for another refund");
    assert_eq!(settle(1, "l", note, "refund.settle").await.0, 409);
    assert_eq!(settle(9, "m", note, "refund.settle").await.0, 404);
    assert_eq!(house.http("GET", "/api/v1/admin/refunds", "", "", &[]).await.0, 401);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn shoppers_see_the_channels_that_are_open() {
    let house = House::new().await;
    let list = async |language: &str| {
        let (status, _, body) =
            house.http("GET", "/api/v1/pay-channels", &format!("accept-language: {language}\r\n"), "", &[]).await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Json>(&body).unwrap()["items"].clone()
    };
    assert_eq!(list("zh-CN,en;q=0.8").await, serde_json::json!([{ "channel": "demo", "name": "演示收银台" }]));
    assert_eq!(list("en-GB").await, serde_json::json!([{ "channel": "demo", "name": "Demo cashier" }]));
    assert_eq!(house.vendor.listed.load(SeqCst), 1, "kept for a moment");
    house.vendor.refuses_trades.store(true, SeqCst);
    house.clock.pass(std::time::Duration::from_secs(13));
    assert_eq!(list("zh").await, serde_json::json!([]));
    assert_eq!(house.vendor.listed.load(SeqCst), 2);
}
