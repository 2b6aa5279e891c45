//! What comes in over HTTP: shapes, permissions, replays, the description of the API.

use axum::body::Body as HttpBody;
use axum::extract::FromRequest as _;
use axum::extract::FromRequestParts as _;
use axum::http::Request;
use axum::response::IntoResponse as _;
use contract::permission::OrderShip;
use kit::Caller;
use kit::http::{Body, Operator, Shopper, Stored};

use super::*;
use crate::http::shopper_replay;

async fn parse(json: &str) -> Result<PlaceOrder> {
    let request = Request::post("/").header("content-type", "application/json").body(HttpBody::from(json.to_owned())).unwrap();
    Body::<PlaceOrder>::from_request(request, &()).await.map(|body| body.0)
}

#[tokio::test]
async fn a_body_says_what_and_where_to_and_nothing_else() {
    let good = r#"{"source":{"kind":"buy_now","lines":[{"sku_id":"110","qty":2}]},"address_id":"9","pay_channel":"demo"}"#;
    assert!(matches!(parse(good).await.unwrap().source, OrderSource::BuyNow { lines } if lines[0].qty == 2));
    let cart = r#"{"source":{"kind":"cart"},"address_id":"9","remark":"好","pay_channel":"demo","expected_payable_fen":100}"#;
    assert!(matches!(parse(cart).await.unwrap().source, OrderSource::Cart {}));

    let long = "字".repeat(201);
    for (from, to) in [
        (r#""pay_channel""#, r#""price_fen":1,"pay_channel""#),
        (r#""pay_channel""#, r#""user_id":"5","pay_channel""#),
        (r#""pay_channel""#, r#""state":"paid","pay_channel""#),
        (r#""qty":2"#, r#""qty":2,"price_fen":1"#),
        (r#""qty":2"#, r#""qty":-2"#),
        (r#""qty":2"#, r#""qty":0"#),
        (r#""qty":2"#, r#""qty":1000"#),
        (r#""qty":2"#, r#""qty":2.5"#),
        (r#""kind":"buy_now""#, r#""kind":"gift""#),
        (r#""kind":"buy_now","#, r#""kind":"cart","#),
        (r#"{"sku_id":"110","qty":2}"#, ""),
        (r#""110""#, "110"),
        (r#""9""#, r#""-9""#),
        (r#""demo""#, r#""free""#),
        (r#""pay_channel""#, r#""expected_payable_fen":-1,"pay_channel""#),
        (r#""pay_channel""#, r#""remark":"a\u0007b","pay_channel""#),
        (r#""pay_channel""#, &format!(r#""remark":"{long}","pay_channel""#)),
    ] {
        let e = parse(&good.replace(from, to)).await.unwrap_err();
        assert_eq!((e.status(), e.errors().len()), (422, 1), "{to}: {e}");
    }
    assert_eq!(parse("{").await.unwrap_err().status(), 400);
}

#[tokio::test]
async fn only_those_may_call_who_may() {
    let parts = |caller: Option<Caller>| {
        let (mut parts, _) = Request::new(()).into_parts();
        if let Some(caller) = caller {
            parts.extensions.insert(Ctx::new(caller));
        }
        parts
    };
    let operator = |permission: &str| Caller::Operator { operator: 7, permissions: vec![permission.to_owned()].into() };
    assert_eq!(Shopper::from_request_parts(&mut parts(None), &()).await.err().unwrap().status(), 401);
    assert_eq!(Shopper::from_request_parts(&mut parts(Some(operator("order.ship"))), &()).await.err().unwrap().status(), 401);
    let ships = async |caller| Operator::<OrderShip>::from_request_parts(&mut parts(Some(caller)), &()).await.map(|o| o.operator);
    assert_eq!(ships(operator("order.ship")).await.unwrap(), 7);
    assert_eq!(ships(operator("order.read")).await.unwrap_err().status(), 403);
}

#[tokio::test]
async fn a_replay_says_so_and_a_refusal_stays_one() {
    let fine = shopper_replay(Stored { status: 201, body: "{}".into() }).unwrap();
    assert_eq!((fine.status().as_u16(), fine.headers()["idempotent-replayed"].to_str().unwrap()), (201, "true"));
    let kept = serde_json::to_string(&kit::Error::from(fault::PLACING_EXPIRED)).unwrap();
    let refused = shopper_replay(Stored { status: 409, body: kept }).unwrap().into_response();
    assert_eq!(refused.headers()["idempotent-replayed"], "true");
    let english = kit::http::render(refused, true, "r1");
    assert_eq!((english.status().as_u16(), &english.headers()["idempotent-replayed"]), (409, &"true".parse().unwrap()));
    let body = axum::body::to_bytes(english.into_body(), 10_000).await.unwrap();
    let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&problem["code"], &problem["title"]), (&"placing_expired".into(), &fault::PLACING_EXPIRED.en.into()));
}

#[tokio::test]
async fn the_service_hears_what_it_says_and_its_routes_are_described() {
    let w = World::new().await;
    assert_eq!(subscriptions(&w.order).topics(), HEARS);
    let api = crate::routes(&w.order).split_for_parts().1;
    let json = serde_json::to_value(&api).unwrap();
    let mut ids: Vec<String> = vec![];
    for (path, item) in json["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/orders") || path.starts_with("/api/v1/admin/orders"));
        for operation in item.as_object().unwrap().values() {
            let scheme = if path.contains("/admin/") { "operator" } else { "shopper" };
            assert!(operation["security"][0].get(scheme).is_some(), "{path}");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 13);
    assert!(json["components"]["schemas"]["OrderDetail"].is_object());
}
