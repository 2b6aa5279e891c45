//! Calls between services: one declaration, near or far.
//!
//! [`contract!`](crate::contract) turns a list of verbs into a trait, a `Local` that runs each call as a task of its own, a
//! `Remote` that speaks JSON over HTTP/2, and a router that answers it. A caller holds `Arc<dyn Trait>` and never learns more.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::hmac;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::ctx::{Caller, Ctx};
use crate::db::{CrashSwitch, Parcel, Stop, in_transaction};
use crate::fault::{Error, FORBIDDEN, Result, TIMEOUT, UNAVAILABLE};
use crate::limit::{Breaker, BreakerRule};
use crate::registry::Registry;

/// Declares what a service answers to.
///
/// ```ignore
/// kit::contract! {
///     /// Stock.
///     pub trait Inventory = "inventory" {
///         /// Holds all lines or none.
///         async fn hold(Hold) -> Held;
///     }
/// }
/// ```
#[macro_export]
macro_rules! contract {
    ($(#[$meta:meta])* pub trait $Trait:ident = $service:literal {
        $($(#[$vmeta:meta])* async fn $verb:ident($Request:ty) -> $Reply:ty;)*
    }) => {
        $(#[$meta])*
        #[$crate::async_trait::async_trait]
        pub trait $Trait: Send + Sync + 'static {
            $($(#[$vmeta])* async fn $verb(&self, ctx: &$crate::ctx::Ctx, request: $Request) -> $crate::Result<$Reply>;)*
        }

        /// The service in this process; each call is a task of its own, so that a caller that goes away cancels nothing.
        #[derive(Clone)]
        pub struct Local(std::sync::Arc<dyn $Trait>, $crate::rpc::Near);

        impl Local {
            /// Wraps the service.
            pub fn new(service: std::sync::Arc<dyn $Trait>, near: $crate::rpc::Near) -> Self { Local(service, near) }
        }

        #[$crate::async_trait::async_trait]
        impl $Trait for Local {
            $(async fn $verb(&self, ctx: &$crate::ctx::Ctx, request: $Request) -> $crate::Result<$Reply> {
                let service = self.0.clone();
                self.1.call(concat!($service, ".", stringify!($verb)), ctx, request, move |ctx, request| {
                    let service = service.clone();
                    async move { service.$verb(&ctx, request).await }
                }).await
            })*
        }

        /// The service on another host.
        #[derive(Clone)]
        pub struct Remote($crate::rpc::Wire);

        impl Remote {
            /// Calls over this wire.
            pub fn new(wire: $crate::rpc::Wire) -> Self { Remote(wire) }
        }

        #[$crate::async_trait::async_trait]
        impl $Trait for Remote {
            $(async fn $verb(&self, ctx: &$crate::ctx::Ctx, request: $Request) -> $crate::Result<$Reply> {
                self.0.call($service, stringify!($verb), ctx, &request).await
            })*
        }

        /// Answers calls from other hosts at `/rpc/<service>/<verb>`, on the internal port only.
        pub fn router(service: std::sync::Arc<dyn $Trait>, seal: $crate::rpc::Seal) -> $crate::axum::Router {
            $crate::axum::Router::new()
            $(.route(concat!("/rpc/", $service, "/", stringify!($verb)), $crate::axum::routing::post({
                let (service, seal) = (service.clone(), seal.clone());
                move |headers: $crate::axum::http::HeaderMap, body: $crate::axum::body::Bytes| async move {
                    $crate::rpc::answer(&seal, &headers, &body, |ctx, request| async move { service.$verb(&ctx, request).await }).await
                }
            })))*
            .layer($crate::rpc::body_limit())
        }
    };
}

/// How calls inside a process run.
#[derive(Clone, Debug, Default)]
pub struct Near {
    /// Requests and replies also go through JSON and back, so that a shape that cannot travel fails at once (tests).
    pub through_json: bool,
    /// Every call is made twice; the second answer counts (tests: verbs may be repeated).
    pub doubled: bool,
    /// Stops everything in a crash test.
    pub crash: CrashSwitch,
}

impl Near {
    /// Runs one call as a task of its own, until the caller's deadline.
    pub async fn call<Q, A, F, W>(&self, verb: &'static str, ctx: &Ctx, request: Q, serve: F) -> Result<A>
    where
        Q: Serialize + DeserializeOwned + Send + 'static,
        A: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(Ctx, Q) -> W + Send + 'static,
        W: Future<Output = Result<A>> + Send + 'static,
    {
        leave_no_transaction_open(verb)?;
        self.crash.check()?;
        if ctx.left().is_zero() {
            return Err(TIMEOUT.because(verb));
        }
        let again: Option<Q> = if self.doubled { Some(through_json(&request)?) } else { None };
        let request = if self.through_json { through_json(&request)? } else { request };
        let (trace, left) = (ctx.trace.clone(), ctx.left());
        let task_ctx = ctx.clone();
        let task = tokio::spawn(crate::db::on_trace(trace, async move {
            let first = serve(task_ctx.clone(), request).await;
            match again {
                Some(request) => serve(task_ctx, request).await,
                None => first,
            }
        }));
        let reply = match tokio::time::timeout(left, task).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(panic)) => Err(Error::internal(format!("{verb}: {panic}"))),
            Err(_) => Err(TIMEOUT.because(verb)),
        };
        self.crash.check()?;
        match reply {
            Ok(reply) if self.through_json => through_json(&reply),
            reply => reply,
        }
    }
}

fn leave_no_transaction_open(verb: &str) -> Result<()> {
    if in_transaction() {
        return Err(Error::internal(format!("{verb} was called inside a database transaction")));
    }
    Ok(())
}

fn through_json<T: Serialize + DeserializeOwned>(value: &T) -> Result<T> {
    Ok(serde_json::from_str(&serde_json::to_string(value)?)?)
}

/// Signs who is behind a call between hosts. All hosts of a mall share the secret.
#[derive(Clone)]
pub struct Seal {
    key: hmac::Key,
    clock: Clock,
}

/// Header of the sealed context.
pub static CTX_HEADER: HeaderName = HeaderName::from_static("x-mall-ctx");
/// How long a sealed context may be on its way; hosts' clocks may differ by less.
const SEAL_MS: i64 = 30_000;
/// Shortest secret that is taken.
pub const SECRET_BYTES: usize = 32;

#[derive(Serialize, Deserialize)]
struct SealedCtx {
    caller: Caller,
    trace: String,
    left_ms: u64,
    expires_ms: i64,
    ip: String,
}

impl Seal {
    /// A seal with this secret; refuses a short one.
    pub fn new(secret: &[u8], clock: Clock) -> Result<Self> {
        if secret.len() < SECRET_BYTES {
            return Err(Error::internal(format!("the internal secret must have at least {SECRET_BYTES} bytes")));
        }
        Ok(Seal { key: hmac::Key::new(hmac::HMAC_SHA256, secret), clock })
    }

    /// The context as a header.
    pub fn close(&self, ctx: &Ctx) -> Result<HeaderValue> {
        let sealed = SealedCtx {
            caller: ctx.caller.clone(),
            trace: ctx.trace.to_string(),
            left_ms: u64::try_from(ctx.left().as_millis()).unwrap_or(0),
            expires_ms: self.clock.now().0 + SEAL_MS,
            ip: ctx.ip.to_string(),
        };
        let body = BASE64.encode(serde_json::to_vec(&sealed)?);
        let tag = BASE64.encode(hmac::sign(&self.key, body.as_bytes()));
        HeaderValue::try_from(format!("{body}.{tag}")).map_err(Error::internal)
    }

    /// The context in these headers; `forbidden` when absent, forged or stale.
    pub fn open(&self, headers: &HeaderMap) -> Result<Ctx> {
        let refuse = |why: &str| FORBIDDEN.because(format!("internal call: {why}"));
        let header = headers.get(&CTX_HEADER).and_then(|h| h.to_str().ok()).ok_or_else(|| refuse("no context"))?;
        let (body, tag) = header.split_once('.').ok_or_else(|| refuse("no signature"))?;
        let tag = BASE64.decode(tag).map_err(|_| refuse("bad signature"))?;
        hmac::verify(&self.key, body.as_bytes(), &tag).map_err(|_| refuse("bad signature"))?;
        let body = BASE64.decode(body).map_err(|_| refuse("bad context"))?;
        let sealed: SealedCtx = serde_json::from_slice(&body)?;
        if sealed.expires_ms < self.clock.now().0 {
            return Err(refuse("stale context"));
        }
        let mut ctx = Ctx::new(sealed.caller);
        ctx.trace = sealed.trace.into();
        ctx.ip = sealed.ip.into();
        ctx.deadline = tokio::time::Instant::now() + Duration::from_millis(sealed.left_ms);
        Ok(ctx)
    }
}

/// Longest request between hosts, bytes: what a call carries inside a process, it carries between hosts too.
const MAX_REQUEST_BYTES: usize = 32 << 20;

/// The limit of a request between hosts, in place of the small one for the public.
pub fn body_limit() -> axum::extract::DefaultBodyLimit {
    axum::extract::DefaultBodyLimit::max(MAX_REQUEST_BYTES)
}

/// Answers one call that came over the wire.
pub async fn answer<Q, A, W>(seal: &Seal, headers: &HeaderMap, body: &Bytes, serve: impl FnOnce(Ctx, Q) -> W) -> Response
where
    Q: DeserializeOwned,
    A: Serialize + Send + 'static,
    W: Future<Output = Result<A>> + Send + 'static,
{
    let reply = async {
        let ctx = seal.open(headers)?;
        let request = serde_json::from_slice(body)?;
        let work = crate::db::on_trace(ctx.trace.clone(), serve(ctx, request));
        // A task of its own: a caller that hangs up cancels nothing half-way.
        let value = tokio::spawn(work).await.map_err(Error::internal)??;
        Ok::<_, Error>(serde_json::to_vec(&value)?)
    };
    match reply.await {
        Ok(bytes) => ([("content-type", "application/json")], bytes).into_response(),
        Err(e) => {
            if let (true, Some(cause)) = (e.is_ours(), e.cause()) {
                tracing::warn!(code = e.code(), cause, "a call from another host failed");
            }
            let status = StatusCode::from_u16(e.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [("content-type", "application/json")], serde_json::to_vec(&e).unwrap_or_default()).into_response()
        }
    }
}

/// Calls to other hosts: finds the address, signs the context, gives up at the deadline, tries again what may be repeated,
/// and stops asking a host that does not answer.
#[derive(Clone)]
pub struct Wire {
    client: reqwest::Client,
    registry: Registry,
    seal: Seal,
    breakers: Arc<dashmap::DashMap<String, Arc<Breaker>>>,
    doubled: bool,
}

/// Tries of one call, all within the caller's deadline.
const TRIES: u32 = 3;

impl Wire {
    /// A wire over these addresses.
    pub fn new(registry: Registry, seal: Seal, doubled: bool) -> Result<Self> {
        // The client asks for one though calls inside the house are plain; where one stands already, it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .http2_prior_knowledge()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(1))
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .map_err(Error::internal)?;
        Ok(Wire { client, registry, seal, breakers: Arc::default(), doubled })
    }

    /// Calls a verb. Every verb may be repeated, so a lost answer is asked for again.
    pub async fn call<Q: Serialize, A: DeserializeOwned>(&self, service: &str, verb: &str, ctx: &Ctx, request: &Q) -> Result<A> {
        leave_no_transaction_open(verb)?;
        let body = serde_json::to_vec(request)?;
        let path = format!("/rpc/{service}/{verb}");
        if self.doubled {
            let _ = self.send(service, &path, ctx, body.clone()).await;
        }
        let bytes = self.send(service, &path, ctx, body).await?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    async fn send(&self, service: &str, path: &str, ctx: &Ctx, body: Vec<u8>) -> Result<Bytes> {
        let mut last = UNAVAILABLE.because(format!("no address for {service}")).retry_after_s(1);
        for attempt in 0..TRIES {
            if ctx.left().is_zero() {
                return Err(TIMEOUT.because(path));
            }
            if attempt > 0 {
                let pause = Duration::from_millis(20 << attempt);
                if ctx.left() <= pause {
                    return Err(last);
                }
                tokio::time::sleep(pause).await;
            }
            let Some(address) = self.registry.pick(service) else { continue };
            match self.send_to(&address, path, ctx, body.clone()).await {
                Err(e) if e.is(UNAVAILABLE) => last = e,
                answer => return answer,
            }
        }
        Err(last)
    }

    async fn send_to(&self, address: &str, path: &str, ctx: &Ctx, body: Vec<u8>) -> Result<Bytes> {
        let now_ms = self.seal.clock.now().0;
        let breaker = self.breaker(address);
        let pass = breaker
            .enter(now_ms)
            .map_err(|_| UNAVAILABLE.because(format!("{address} does not answer; resting")).retry_after_s(1))?;
        let sent = self
            .client
            .post(format!("{address}{path}"))
            .header(&CTX_HEADER, self.seal.close(ctx)?)
            .header("content-type", "application/json")
            .timeout(ctx.left())
            .body(body)
            .send();
        let answer = async {
            let response = sent.await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.bytes().await?))
        };
        match answer.await {
            Ok((status, bytes)) => {
                pass.succeeded(now_ms);
                if status.is_success() {
                    return Ok(bytes);
                }
                Err(serde_json::from_slice::<Error>(&bytes)
                    .unwrap_or_else(|_| UNAVAILABLE.because(format!("{address}{path} answered {status}"))))
            }
            Err(e) => {
                pass.failed(now_ms);
                let cause = format!("{address}{path}: {e}");
                // A connection that does not come about has carried nothing: another host may be asked.
                Err(if e.is_timeout() && !e.is_connect() {
                    TIMEOUT.because(cause)
                } else {
                    UNAVAILABLE.because(cause).retry_after_s(1)
                })
            }
        }
    }

    fn breaker(&self, address: &str) -> Arc<Breaker> {
        if let Some(known) = self.breakers.get(address) {
            return known.clone();
        }
        self.breakers.entry(address.to_owned()).or_insert_with(|| Arc::new(Breaker::new(BreakerRule::default()))).clone()
    }

    /// The service on another host as a stop of the bus.
    pub fn stop(&self, service: &'static str) -> Arc<dyn Stop> {
        Arc::new(FarStop { wire: self.clone(), service })
    }
}

struct FarStop {
    wire: Wire,
    service: &'static str,
}

#[async_trait::async_trait]
impl Stop for FarStop {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        let ctx = Ctx::on_trace(&parcel.trace);
        self.wire.call(self.service, "take-event", &ctx, parcel).await
    }
}

/// Takes events from other hosts at `/rpc/<service>/take-event`.
pub fn event_router(service: &'static str, stop: Arc<dyn Stop>, seal: Seal) -> axum::Router {
    axum::Router::new()
        .route(
            &format!("/rpc/{service}/take-event"),
            axum::routing::post(move |headers: HeaderMap, body: Bytes| async move {
                answer(&seal, &headers, &body, |_ctx, parcel: Parcel| async move { stop.take(&parcel).await }).await
            }),
        )
        .layer(body_limit())
}
