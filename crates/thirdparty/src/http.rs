//! Uploads, and the pages of the simulators. None of those pages is part of the mall's API; the mailbox is not even there outside
//! the demo.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ACCEPT, HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use contract::fault::{FORBIDDEN, NOT_FOUND, ORDER_STATE};
use garde::Validate;
use kit::http::{Anyone, Params, PathOf};
use kit::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;

use crate::Thirdparty;
use crate::cashier::{Stand, gone_page, left_page, trade_page};
use crate::mailbox::{Mailbox, mailbox_page};
use crate::page::served;
use crate::upload;

type The = State<Arc<Thirdparty>>;

/// What people open: uploads, the cashier, and in the demo the mailbox.
pub fn routes(x: &Arc<Thirdparty>) -> OpenApiRouter {
    let mut router = upload::routes(x).route(
        "/cashier/assets/page.css",
        get(async |_: Anyone| served("text/css; charset=utf-8", include_str!("assets/page.css"))),
    );
    if x.settings.cashier {
        router = router
            .route("/cashier/assets/cashier.js", get(async |_: Anyone| served(SCRIPT, include_str!("assets/cashier.js"))))
            .route("/cashier/{token}", get(show))
            .route("/cashier/{token}/pay", post(pay))
            .route("/cashier/{token}/decline", post(decline));
    }
    if x.settings.mailbox_page {
        router = router
            .route("/dev/mailbox", get(mailbox))
            .route("/dev/mailbox.json", get(mailbox_json))
            .route("/dev/mailbox.js", get(async |_: Anyone| served(SCRIPT, include_str!("assets/mailbox.js"))));
    }
    router.with_state(x.clone())
}

const SCRIPT: &str = "text/javascript; charset=utf-8";

async fn mailbox(_: Anyone, State(x): The) -> Result<Response> {
    Ok(mailbox_page(&x.mailbox().await?))
}

async fn mailbox_json(_: Anyone, State(x): The) -> Result<axum::Json<Mailbox>> {
    x.mailbox().await.map(axum::Json)
}

/// How the payer came to the page.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Came {
    /// Pressed 取消.
    #[garde(skip)]
    #[serde(default)]
    left: bool,
    /// Pressed 支付失败.
    #[garde(skip)]
    #[serde(default)]
    declined: bool,
}

async fn show(_: Anyone, State(x): The, PathOf(token): PathOf<String>, Params(came): Params<Came>) -> Result<Response> {
    match x.cashier.trade(&token).await {
        Ok((trade, Stand::Open)) if came.left => Ok(left_page(&trade)),
        Ok((trade, stand)) => Ok(trade_page(&trade, stand, x.db.clock().now(), &x.settings.merchant_name, came.declined)),
        Err(e) if e.is(NOT_FOUND) => Ok((StatusCode::NOT_FOUND, gone_page()).into_response()),
        Err(e) => Err(e),
    }
}

/// What a test that asks for JSON gets.
#[derive(Serialize)]
struct Answer {
    state: Stand,
}

async fn pay(_: Anyone, State(x): The, PathOf(token): PathOf<String>, headers: HeaderMap) -> Result<Response> {
    same_origin(&headers)?;
    let paid = x.cashier.pay(&token).await;
    if wants_json(&headers) {
        return paid.map(|_| axum::Json(Answer { state: Stand::Paid }).into_response());
    }
    match paid {
        Ok(trade) if !trade.return_url.is_empty() => Ok(Redirect::to(&trade.return_url).into_response()),
        // The page says how the trade stands.
        Ok(_) => Ok(Redirect::to(&format!("/cashier/{token}")).into_response()),
        Err(e) if e.is(ORDER_STATE) => Ok(Redirect::to(&format!("/cashier/{token}")).into_response()),
        Err(e) => Err(e),
    }
}

async fn decline(_: Anyone, State(x): The, PathOf(token): PathOf<String>, headers: HeaderMap) -> Result<Response> {
    same_origin(&headers)?;
    let (_, state) = x.cashier.trade(&token).await?;
    if wants_json(&headers) {
        return Ok(axum::Json(Answer { state }).into_response());
    }
    Ok(Redirect::to(&format!("/cashier/{token}?declined=true")).into_response())
}

fn wants_json(headers: &HeaderMap) -> bool {
    text(headers, ACCEPT.as_str()).is_some_and(|accept| accept.starts_with("application/json"))
}

/// Refuses a form that another site sent. Browsers always say where a form comes from; what says nothing is no browser.
fn same_origin(headers: &HeaderMap) -> Result<()> {
    let refused = || Error::from(FORBIDDEN).because("a form of another site");
    if let Some(site) = text(headers, "sec-fetch-site") {
        return if site == "same-origin" { Ok(()) } else { Err(refused()) };
    }
    let Some(origin) = text(headers, ORIGIN.as_str()) else { return Ok(()) };
    let host = origin.split_once("://").map(|(_, host)| host);
    if host.is_some() && host == text(headers, HOST.as_str()) { Ok(()) } else { Err(refused()) }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
