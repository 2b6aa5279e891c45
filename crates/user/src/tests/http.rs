use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the edge does, as far as accounts need it: a bearer token becomes a caller.
async fn edge(State(user): State<Arc<User>>, mut request: Request, next: Next) -> Response {
    let mut ctx = from("203.0.113.1");
    let header = request.headers().get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    if let Some(token) = header.and_then(|v| v.strip_prefix("Bearer ")) {
        match user.who(&ctx, Who { token: token.into() }).await {
            Ok(identity) => ctx.caller = identity.caller,
            Err(e) => return e.into_response(),
        }
    }
    request.extensions_mut().insert(ctx);
    next.run(request).await
}

struct Site {
    w: World,
    at: std::net::SocketAddr,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn site() -> Site {
    let w = world().await;
    let (router, api) = crate::routes(&w.user).split_for_parts();
    assert_eq!(api.paths.paths.len(), 18);
    let router = router.layer(from_fn_with_state(w.user.clone(), edge));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Site { w, at, server }
}

impl Site {
    /// One request; gives the status, the whole head in lower case, and the body.
    async fn ask(&self, what: &str, token: &str, body: Option<Json>) -> (u16, String, Json) {
        let body = body.map(|json| json.to_string()).unwrap_or_default();
        let bearer = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        let head = format!(
            "{what} HTTP/1.1\r\nhost: mall\r\nconnection: close\r\n{bearer}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), serde_json::from_str(body).unwrap_or(Json::Null))
    }

    async fn shopper(&self) -> String {
        self.w.wang().await;
        let body = json!({"login": {"kind": "password", "account": "xiaowang", "password": PASSWORD}, "device": {"id": "device-one", "name": "手机"}});
        let (status, head, reply) = self.ask("POST /api/v1/sessions", "", Some(body)).await;
        assert_eq!(status, 201, "{reply}");
        assert!(head.contains("cache-control: no-store"));
        assert_eq!(reply["user"]["phone"], "138****8000");
        reply["access_token"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_shopper_registers_refreshes_and_logs_out_over_http() {
    let s = site().await;
    let (status, _, known) = s.ask("POST /api/v1/sms-codes", "", Some(json!({"phone": WANG, "purpose": "register"}))).await;
    assert_eq!((status, &known["resend_after_s"]), (202, &json!(60)));
    let body =
        json!({"phone": WANG, "code": s.w.last_code(WANG), "username": "xiaowang", "password": PASSWORD, "nickname": "小王"});
    let (status, _, reply) = s.ask("POST /api/v1/users", "", Some(body)).await;
    assert_eq!(status, 201, "{reply}");
    let refresh = json!({"refresh_token": reply["refresh_token"]});
    let (status, _, pair) = s.ask("POST /api/v1/sessions/refresh", "", Some(refresh)).await;
    assert_eq!(status, 200);
    let token = pair["access_token"].as_str().unwrap();
    let (status, _, list) = s.ask("GET /api/v1/sessions", token, None).await;
    assert_eq!((status, &list["items"][0]["current"], &list["items"][0]["ip"]), (200, &json!(true), &json!("203.0.*.*")));
    assert_eq!(s.ask("DELETE /api/v1/sessions/current", token, None).await.0, 204);
    assert_eq!(s.ask("GET /api/v1/users/me", token, None).await.0, 401);
    assert_eq!(s.ask("GET /api/v1/users/me", "", None).await.0, 401);
}

#[tokio::test]
async fn profiles_and_addresses_over_http() {
    let s = site().await;
    let token = s.shopper().await;
    for extra in ["role", "balance", "is_admin", "user_id", "phone"] {
        let (status, _, reply) = s.ask("PATCH /api/v1/users/me", &token, Some(json!({extra: "1"}))).await;
        assert_eq!((status, &reply["code"]), (422, &json!("invalid")), "{extra}");
    }
    for bad in [
        json!({"birthday": "1990-02-30"}),
        json!({"avatar": "//evil.example/x"}),
        json!({"avatar": "avatars/1.webp"}),
        json!({"avatar": "u/../x"}),
        json!({"gender": "x"}),
        json!({"nickname": "a\u{0}"}),
    ] {
        assert_eq!(s.ask("PATCH /api/v1/users/me", &token, Some(bad.clone())).await.0, 422, "{bad}");
    }
    let (status, _, reply) = s.ask("PATCH /api/v1/users/me", &token, Some(json!({"nickname": "老王", "gender": "male"}))).await;
    assert_eq!((status, &reply["nickname"], &reply["gender"]), (200, &json!("老王"), &json!("male")));
    let reauth = s.ask("PUT /api/v1/users/me/phone", &token, Some(json!({"phone": "13900139000", "code": "000000"}))).await;
    assert_eq!((reauth.0, &reauth.2["code"]), (403, &json!("reauth_required")));

    let body = json!({"name": "张小伟", "phone": "13912345678", "province": "浙江省", "city": "杭州市", "district": "西湖区",
        "detail": "文三路478号华星时代广场", "tag": "公司"});
    let (status, _, made) = s.ask("POST /api/v1/addresses", &token, Some(body.clone())).await;
    assert_eq!((status, &made["name"], &made["is_default"]), (201, &json!("张**"), &json!(true)), "{made}");
    let id = made["id"].as_str().unwrap();
    let (status, head, plain) = s.ask(&format!("GET /api/v1/addresses/{id}/plain"), &token, None).await;
    assert_eq!((status, &plain["phone"]), (200, &json!("13912345678")));
    assert!(head.contains("cache-control: no-store"));
    let (_, _, list) = s.ask("GET /api/v1/addresses", &token, None).await;
    assert!(!list.to_string().contains("13912345678") && list["items"][0]["id"] == id);
    assert_eq!(s.ask("GET /api/v1/addresses/1", &token, None).await.0, 404);
    assert_eq!(s.ask("GET /api/v1/addresses/x", &token, None).await.0, 404);
    assert_eq!(s.ask(&format!("PUT /api/v1/addresses/{id}"), &token, Some(body)).await.0, 200);
    assert_eq!(s.ask(&format!("DELETE /api/v1/addresses/{id}"), &token, None).await.0, 204);
}

#[tokio::test]
async fn operators_over_http_need_the_permission() {
    let s = site().await;
    let shopper = s.shopper().await;
    let wang = s.w.wang().await;
    s.w.user.seed_operator("reader", "operators own secret", &["user.read"]).await.unwrap();
    s.w.user.seed_operator("boss", "operators own secret", &["user.disable"]).await.unwrap();
    let login = async |name: &str| {
        let body = json!({"name": name, "password": "operators own secret"});
        let (status, _, reply) = s.ask("POST /api/v1/admin/sessions", "", Some(body)).await;
        assert_eq!(status, 201, "{reply}");
        reply["token"].as_str().unwrap().to_owned()
    };
    let (reader, boss) = (login("reader").await, login("boss").await);
    let disable = format!("POST /api/v1/admin/users/{wang}/disable");
    let refused = s.ask(&disable, &reader, None).await;
    assert_eq!((refused.0, &refused.2["permission"]), (403, &json!("user.disable")));
    assert_eq!(s.ask(&disable, &shopper, None).await.0, 401);
    assert_eq!(s.ask("GET /api/v1/admin/operators/me", &shopper, None).await.0, 401);
    assert_eq!(s.ask("GET /api/v1/users/me", &boss, None).await.0, 401);
    let (_, _, me) = s.ask("GET /api/v1/admin/operators/me", &boss, None).await;
    assert_eq!((&me["name"], &me["permissions"]), (&json!("boss"), &json!(["user.disable"])));
    assert_eq!(s.ask(&disable, &boss, None).await.0, 204);
    assert_eq!(s.ask("GET /api/v1/users/me", &shopper, None).await.0, 401);
    assert_eq!(s.ask(&format!("POST /api/v1/admin/users/{wang}/enable"), &boss, None).await.0, 204);
    assert_eq!(s.ask(&format!("POST /api/v1/admin/users/{wang}/kick"), &boss, None).await.0, 204);
    assert_eq!(s.ask("DELETE /api/v1/admin/sessions/current", &boss, None).await.0, 204);
    assert_eq!(s.ask(&disable, &boss, None).await.0, 401);
    s.ask("GET /api/v1/admin/operators/me", &reader, None).await;
}
