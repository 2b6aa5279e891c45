//! The edge as a handler sees it: bodies, parameters, callers, and how a problem looks.

use garde::Validate;
use http_body_util::BodyExt as _;
use kit::axum::body::Body as HttpBody;
use kit::axum::extract::DefaultBodyLimit;
use kit::axum::http::{HeaderMap, Request};
use kit::axum::response::Response;
use kit::axum::routing::{get, post};
use kit::axum::{Json, Router};
use kit::ctx::Caller;
use kit::fault::{INVALID, UNAVAILABLE};
use kit::http::{
    Anyone, Body, HouseCall, IdempotencyKey, Operator, Params, PathOf, Permission, Shopper, Stored, render, wants_english,
};
use kit::{Ctx, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt as _;

kit::id_types! {
    /// A thing's number.
    ThingId;
}

#[derive(Debug, Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
struct Cart {
    #[garde(length(max = 3), dive)]
    lines: Vec<Line>,
    #[garde(skip)]
    note: Option<String>,
}

#[derive(Debug, Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
struct Line {
    #[garde(skip)]
    thing: ThingId,
    #[garde(range(min = 1, max = 99))]
    qty: u32,
}

#[derive(Debug, Deserialize, Serialize, Validate)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[garde(length(max = 3))]
    #[serde(default)]
    brand: Vec<ThingId>,
    #[garde(range(max = 100))]
    limit: Option<u32>,
    #[garde(skip)]
    word: Option<String>,
}

struct CountCoins;

impl Permission for CountCoins {
    const NAME: &'static str = "coin.count";
}

fn app() -> Router {
    Router::new()
        .route("/carts", post(|_: Anyone, Body(cart): Body<Cart>| async { Json(cart) }))
        .route("/things", get(|Params(filter): Params<Filter>| async { Json(filter) }))
        .route("/things/{id}", get(|PathOf(id): PathOf<ThingId>| async move { Json(id) }))
        .route("/things/{id}/parts/{part}", get(|PathOf(ids): PathOf<(ThingId, u8)>| async move { Json(ids) }))
        .route("/mine", get(|who: Shopper| async move { Json((who.user, who.session)) }))
        .route("/coins", get(|who: Operator<CountCoins>| async move { Json(who.operator) }))
        .route("/house", get(|_: HouseCall| async { "in" }))
        .route("/keys", post(|IdempotencyKey(key): IdempotencyKey| async { key }))
        .route("/busy", get(|| async { Error::from(UNAVAILABLE).because("secret cause").retry_after_s(3) }))
        .route("/again", get(|| async { Stored { status: 201, body: r#"{"id":"1"}"#.into() } }))
        .layer(DefaultBodyLimit::max(2000))
}

/// An answer, taken apart.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    json: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8(bytes.to_vec()).unwrap()));
        Answer { status: parts.status.as_u16(), headers: parts.headers, json }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Status, code, and pointer and kind of the first wrong field.
    fn refusal(&self) -> (u16, &str, &str, &str) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        assert_eq!(self.json["status"], self.status, "{self:?}");
        let text = |v: &'_ Value| -> &str { Box::leak(v.as_str().unwrap_or("").to_owned().into_boxed_str()) };
        let first = &self.json["errors"][0];
        (self.status, text(&self.json["code"]), text(&first["pointer"]), text(&first["code"]))
    }
}

async fn send(request: Request<HttpBody>) -> Answer {
    Answer::of(app().oneshot(request).await.unwrap()).await
}

async fn put_cart(body: impl Into<String>) -> Answer {
    put_cart_as(Some("application/json"), body).await
}

async fn put_cart_as(kind: Option<&str>, body: impl Into<String>) -> Answer {
    let mut request = Request::post("/carts");
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    send(request.body(HttpBody::from(body.into())).unwrap()).await
}

async fn look(path: &str) -> Answer {
    send(Request::get(path).body(HttpBody::empty()).unwrap()).await
}

async fn look_as(path: &str, caller: Caller) -> Answer {
    send(Request::get(path).extension(Ctx::new(caller)).body(HttpBody::empty()).unwrap()).await
}

const GOOD: &str = r#"{"lines":[{"thing":"9223372036854775807","qty":99}],"note":null}"#;

#[tokio::test]
async fn a_good_body_comes_in_whole() {
    for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON"] {
        let answer = put_cart_as(Some(kind), GOOD).await;
        assert_eq!((answer.status, answer.json), (200, serde_json::from_str(GOOD).unwrap()), "{kind}");
    }
}

#[tokio::test]
async fn only_json_is_taken() {
    for kind in [None, Some(""), Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
        assert_eq!(put_cart_as(kind, GOOD).await.refusal().0, 415, "{kind:?}");
    }
}

#[tokio::test]
async fn broken_json_is_malformed() {
    for body in ["", "{", "{\"lines\":[]", "nonsense", "{\"lines\":[]} {}", "{\"lines\":[],}", "\u{0}"] {
        assert_eq!(put_cart(body).await.refusal(), (400, "malformed", "", ""), "{body:?}");
    }
    assert_eq!(put_cart(format!("{}{GOOD}", " ".repeat(3000))).await.refusal().0, 413);
    assert_eq!(put_cart("[".repeat(1500)).await.refusal().0 / 100, 4);
}

#[tokio::test]
async fn a_wrong_shape_names_its_place() {
    let cases = [
        (r#"{"lines":[],"color":"red"}"#, "/color"),
        (r#"{"lines":[{"thing":"1","qty":1},{"thing":"1","qty":1,"price":0}]}"#, "/lines/1/price"),
        (r#"{"lines":[],"lines":[]}"#, "/lines"),
        (r#"{"lines":[{"thing":"1","thing":"2","qty":1}]}"#, "/lines/0/thing"),
        (r#"{"lines":[{"thing":"1","qty":-1}]}"#, "/lines/0/qty"),
        (r#"{"lines":[{"thing":"1","qty":"1"}]}"#, "/lines/0/qty"),
        (r#"{"lines":[{"thing":1,"qty":1}]}"#, "/lines/0/thing"),
        (r#"{"lines":[{"thing":"-1","qty":1}]}"#, "/lines/0/thing"),
        (r#"{"lines":[{"thing":"9223372036854775808","qty":1}]}"#, "/lines/0/thing"),
        (r#"{"lines":[{"thing":"1"}]}"#, "/lines/0/qty"),
        (r#"{"lines":{}}"#, "/lines"),
        ("{}", "/lines"),
        ("[]", "/"),
        ("null", "/"),
    ];
    for (body, pointer) in cases {
        let answer = put_cart(body).await;
        assert_eq!(answer.refusal(), (422, "invalid", pointer, "shape"), "{body}");
        let message = answer.json["errors"][0]["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains("line 1"), "{message}");
    }
}

#[tokio::test]
async fn every_broken_rule_names_its_place() {
    let line = |qty: u32| json!({ "thing": "1", "qty": qty });
    let answer = put_cart(json!({ "lines": [line(0), line(1), line(100)] }).to_string()).await;
    assert_eq!(answer.refusal(), (422, "invalid", "/lines/0/qty", "rule"));
    let errors = answer.json["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[1]["pointer"]), (2, &json!("/lines/2/qty")));
    let long = put_cart(json!({ "lines": [line(1), line(1), line(1), line(1)] }).to_string()).await;
    assert_eq!(long.refusal(), (422, "invalid", "/lines", "rule"));
}

#[tokio::test]
async fn parameters_fill_lists_and_name_what_is_wrong() {
    let answer = look("/things?brand=1&limit=20&brand=2&word=%E5%95%86%E5%93%81+a%26b").await;
    assert_eq!((answer.status, answer.json), (200, json!({ "brand": ["1", "2"], "limit": 20, "word": "商品 a&b" })));
    assert_eq!(look("/things").await.json, json!({ "brand": [], "limit": null, "word": null }));
    assert_eq!(look("/things?brand=3").await.json["brand"], json!(["3"]));
    for (query, pointer, code) in [
        ("limit=101", "limit", "rule"),
        ("limit=many", "limit", "shape"),
        ("limit=-1", "limit", "shape"),
        ("limit=1&limit=2", "limit", "shape"),
        ("brand=1&brand=2&brand=3&brand=4", "brand", "rule"),
        ("brand=1&brand=x", "brand/1", "shape"),
        ("color=red", "color", "shape"),
    ] {
        assert_eq!(look(&format!("/things?{query}")).await.refusal(), (422, "invalid", pointer, code), "{query}");
    }
}

#[tokio::test]
async fn a_path_that_names_nothing_is_not_found() {
    assert_eq!(look("/things/12").await.json, json!("12"));
    assert_eq!(look("/things/12/parts/3").await.json, json!(["12", 3]));
    for path in ["/things/x", "/things/-1", "/things/9223372036854775808", "/things/1%20", "/things/1/parts/256"] {
        assert_eq!(look(path).await.refusal(), (404, "not_found", "", ""), "{path}");
    }
}

#[tokio::test]
async fn a_handler_gets_only_the_callers_that_it_asks_for() {
    let shopper = || Caller::Shopper { user: 7, session: 8 };
    let operator =
        |permissions: &[&str]| Caller::Operator { operator: 9, permissions: permissions.iter().map(|p| (*p).into()).collect() };
    assert_eq!(look_as("/mine", shopper()).await.json, json!([7, 8]));
    assert_eq!(look_as("/coins", operator(&["coin.mint", "coin.count"])).await.json, json!(9));
    assert_eq!(look_as("/house", Caller::House).await.status, 200);

    assert_eq!(look("/mine").await.refusal().0, 401, "nobody, when the edge put no context there");
    for (path, caller) in [
        ("/mine", Caller::Nobody),
        ("/mine", operator(&["coin.count"])),
        ("/mine", Caller::House),
        ("/coins", Caller::Nobody),
        ("/coins", shopper()),
        ("/coins", Caller::House),
        ("/house", shopper()),
        ("/house", operator(&["coin.count"])),
    ] {
        assert_eq!(look_as(path, caller.clone()).await.refusal(), (401, "unauthenticated", "", ""), "{path} {caller:?}");
    }
    for permissions in [&[][..], &["coin.counts", "coin", "Coin.count"]] {
        let refused = look_as("/coins", operator(permissions)).await;
        assert_eq!((refused.refusal().0, &refused.json["permission"]), (403, &json!("coin.count")));
    }
}

#[tokio::test]
async fn an_idempotency_key_is_short_and_visible() {
    let with = |key: &[u8]| Request::post("/keys").header("idempotency-key", key).body(HttpBody::empty()).unwrap();
    assert_eq!(send(Request::post("/keys").body(HttpBody::empty()).unwrap()).await.refusal().0, 428);
    assert_eq!(send(with(b"k~1")).await.json, json!("k~1"));
    assert_eq!(send(with(&[b'k'; 120])).await.status, 200);
    for bad in [&b""[..], &[b'k'; 121], b"a b", b"\xe5\x95\x86"] {
        assert_eq!(send(with(bad)).await.refusal(), (422, "invalid", "Idempotency-Key", "length"), "{bad:?}");
    }
    let again = look("/again").await;
    assert_eq!(
        (again.status, again.header("idempotent-replayed"), again.header("content-type")),
        (201, "true", "application/json")
    );
}

#[tokio::test]
async fn a_problem_speaks_the_readers_language_and_keeps_its_cause() {
    for (wanted, english, title) in [
        ("", false, "服务繁忙，请稍后再试"),
        ("zh-CN,zh;q=0.9,en;q=0.8", false, "服务繁忙，请稍后再试"),
        ("en-GB,en;q=0.9", true, "The service is busy"),
        (" EN", true, "The service is busy"),
    ] {
        let request = Request::get("/busy").header("accept-language", wanted).body(HttpBody::empty()).unwrap();
        assert_eq!(wants_english(request.headers()), english, "{wanted}");
        let mut response = app().oneshot(request).await.unwrap();
        response.headers_mut().insert("x-other", "kept".parse().unwrap());
        let answer = Answer::of(render(response, english, "req-1")).await;
        assert_eq!(answer.refusal().0, 503);
        assert_eq!((&answer.json["title"], &answer.json["request_id"]), (&json!(title), &json!("req-1")));
        assert_eq!((answer.header("retry-after"), answer.header("x-other")), ("3", "kept"));
        assert!(!answer.json.to_string().contains("secret"), "{answer:?}");
    }
    let fine = render(app().oneshot(Request::get("/things").body(HttpBody::empty()).unwrap()).await.unwrap(), true, "req-1");
    assert_eq!(Answer::of(fine).await.json["brand"], json!([]), "what is no problem passes as it is");
}

#[tokio::test]
async fn data_of_an_error_stands_in_the_problem_but_replaces_nothing() {
    use kit::axum::response::IntoResponse as _;
    let e = INVALID.with(json!({ "sku_id": "1", "status": 200, "code": "ok", "title": "fine" }));
    let answer = Answer::of(e.into_response()).await;
    assert_eq!((answer.refusal().1, &answer.json["sku_id"]), ("invalid", &json!("1")));
    assert_eq!(answer.json["title"], json!("填写的内容有误"));
}
