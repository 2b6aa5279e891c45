//! The one layer that every request passes: address, limits, identity, trace, deadline, headers, metrics.
//!
//! What stands ready is given before anything is routed ([`Edge`]). The layer around the routes is one function on purpose:
//! each further layer would box a future and clone a service for every request.

use std::cell::RefCell;
use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::future::RouteFuture;
use contract::user::{User, Who};
use futures::future::Either;
use kit::fault::{METHOD_NOT_ALLOWED, NOT_FOUND, TIMEOUT, UNAUTHENTICATED, UNAVAILABLE};
use kit::http::ReadyMade;
use kit::limit::RateLimit;
use kit::{Caller, Ctx, Error, Result};
use tower::Service;

use crate::{Settings, address, is_upload};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Routes that cost more than a read: limited apart, by the first part of their path.
const COSTLY: &[&str] = &["/api/v1/sms-codes", "/api/v1/users", "/api/v1/sessions", "/api/v1/orders", "/api/v1/admin/sessions"];

/// The edge.
pub struct Gateway {
    user: Arc<dyn User>,
    settings: Settings,
    per_ip: RateLimit<IpAddr>,
    per_user: RateLimit<i64>,
    costly: RateLimit<IpAddr>,
    in_flight: AtomicUsize,
}

impl Gateway {
    /// An edge that asks `user` who holds a token.
    pub fn new(settings: Settings, user: Arc<dyn User>) -> Arc<Self> {
        let rate = |r: crate::Rate| (r.per_second, r.burst);
        let ((ip, ip_burst), (who, who_burst)) = (rate(settings.per_ip), rate(settings.per_user));
        let (costly, costly_burst) = rate(settings.costly);
        Arc::new(Gateway {
            user,
            per_ip: RateLimit::new(ip, ip_burst),
            per_user: RateLimit::new(who, who_burst),
            costly: RateLimit::new(costly, costly_burst),
            in_flight: AtomicUsize::new(0),
            settings,
        })
    }

    /// Wraps what people reach: first what stands ready, then the routes.
    pub fn edge(self: &Arc<Self>, routes: Router, ready: Option<Arc<dyn ReadyMade>>) -> Edge {
        let routes = routes
            .fallback(|| async { Error::from(NOT_FOUND) })
            .method_not_allowed_fallback(|| async { Error::from(METHOD_NOT_ALLOWED) })
            .layer(DefaultBodyLimit::max(self.settings.body_bytes))
            .layer(middleware::from_fn_with_state(self.clone(), pass));
        Edge { gateway: self.clone(), ready, routes }
    }

    /// Who asks, or why not.
    async fn admit(&self, request: &Parts, ip: IpAddr, ctx: &mut Ctx) -> Result<()> {
        let bucket = address::bucket(ip);
        self.per_ip.check(&bucket)?;
        let path = request.uri.path();
        if request.method != Method::GET && COSTLY.iter().any(|p| path.starts_with(p)) {
            self.costly.check(&bucket)?;
        }
        if !self.settings.hosts.is_empty() && !self.knows_host(&request.headers) {
            return Err(NOT_FOUND.because("a host that is not ours"));
        }
        if let Some(token) = bearer(&request.headers)? {
            let who = self.user.who(ctx, Who { token: token.to_owned() }).await?;
            if let Caller::Shopper { user: id, .. } | Caller::Operator { operator: id, .. } = &who.caller {
                self.per_user.check(id)?;
            }
            ctx.caller = who.caller;
        }
        Ok(())
    }

    fn knows_host(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        self.settings.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// What people reach, as a service.
#[derive(Clone)]
pub struct Edge {
    gateway: Arc<Gateway>,
    ready: Option<Arc<dyn ReadyMade>>,
    routes: Router,
}

impl Edge {
    /// An answer that stands ready; the limit of an address holds for it too (the routes refuse in their own words).
    fn at_once(&self, request: &Request) -> Option<Response> {
        let began = tokio::time::Instant::now();
        let ready = self.ready.as_ref().filter(|_| request.method() == Method::GET)?;
        let gateway = &self.gateway;
        if !gateway.settings.hosts.is_empty() && !gateway.knows_host(request.headers()) {
            return None;
        }
        let (route, mut response) = ready.ready(request.uri().path(), request.headers())?;
        let ip = address::client(request.headers(), request.extensions(), &gateway.settings.trusted_proxies);
        gateway.per_ip.check(&address::bucket(ip)).ok()?;
        stamp(response.headers_mut(), &kit::ctx::trace_id());
        measure(request.method(), route, response.status().as_u16(), began.elapsed());
        Some(response)
    }
}

impl Service<Request> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.at_once(&request) {
            Some(response) => Either::Left(ready(Ok(response))),
            None => Either::Right(self.routes.call(request)),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|v| v.strip_prefix("Bearer ")).map(str::trim);
    match token {
        Some(token) if (1..=200).contains(&token.len()) => Ok(Some(token)),
        _ => Err(UNAUTHENTICATED.because("an Authorization header of another kind")),
    }
}

/// Counts down when the request is over, however it ends.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

async fn pass(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let began = tokio::time::Instant::now();
    let english = kit::http::wants_english(&parts.headers);
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let method = parts.method.clone();
    let ip = address::client(&parts.headers, &parts.extensions, &gateway.settings.trusted_proxies);
    let mut ctx = Ctx::new(Caller::Nobody);
    ctx.ip = ip.to_string().into();
    let upload = is_upload(&method, parts.uri.path());
    ctx.deadline = began + if upload { gateway.settings.upload_deadline } else { gateway.settings.deadline };
    // What only the house may say does not pass from outside.
    parts.headers.remove(&kit::rpc::CTX_HEADER);

    let place = Place(&gateway.in_flight);
    let under_way = gateway.in_flight.fetch_add(1, Relaxed);
    let trace = ctx.trace.clone();
    let response = if under_way >= gateway.settings.in_flight {
        Error::from(UNAVAILABLE).retry_after_s(1).into_response()
    } else {
        match gateway.admit(&parts, ip, &mut ctx).await {
            Err(refused) => refused.into_response(),
            Ok(()) => {
                let deadline = ctx.deadline;
                parts.extensions.insert(ctx);
                let work = kit::db::on_trace(trace.clone(), next.run(Request::from_parts(parts, body)));
                tokio::time::timeout_at(deadline, work).await.unwrap_or_else(|_| Error::from(TIMEOUT).into_response())
            }
        }
    };
    drop(place);
    let mut response = kit::http::render(response, english, &trace);
    stamp(response.headers_mut(), &trace);
    measure(&method, route.as_ref().map_or("unmatched", MatchedPath::as_str), response.status().as_u16(), began.elapsed());
    response
}

/// What a browser must not do with an answer, unless the answer says otherwise.
static MANNERS: [(HeaderName, HeaderValue); 7] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static("camera=(), microphone=(), geolocation=()")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000")),
];

/// Headers of every answer: which request it was, and manners.
fn stamp(headers: &mut HeaderMap, trace: &str) {
    headers.reserve(MANNERS.len() + 1);
    if let Ok(id) = HeaderValue::from_str(trace) {
        headers.insert(&REQUEST_ID, id);
    }
    for (name, value) in &MANNERS {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

/// Route (by address: a route's text lives as long as its router), method, class of status.
type Series = (usize, Method, u16);

thread_local! {
    /// Looking a series up by its labels costs more than a product page; each worker keeps those that it has used.
    static SERIES: RefCell<HashMap<Series, metrics::Histogram>> = RefCell::default();
}

fn measure(method: &Method, route: &str, status: u16, took: std::time::Duration) {
    let class = status / 100;
    let key = (route.as_ptr() as usize, method.clone(), class);
    SERIES.with_borrow_mut(|series| {
        let histogram = series.entry(key).or_insert_with(|| {
            let labels = [("method", method.to_string()), ("route", route.to_owned()), ("status", format!("{class}xx"))];
            metrics::histogram!("http_request_seconds", &labels)
        });
        histogram.record(took);
    });
}
