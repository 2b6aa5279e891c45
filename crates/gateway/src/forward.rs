//! Requests to services on other hosts: passed on with a sealed context, and opened there.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, body};
use bytes::Bytes;
use kit::fault::{MALFORMED, NOT_FOUND, TIMEOUT, TOO_LARGE, UNAVAILABLE};
use kit::registry::Registry;
use kit::rpc::{CTX_HEADER, Seal};
use kit::{Caller, Ctx, Error, Result};

use crate::{is_upload, service_of};

/// Longest answer that is passed on, bytes.
const ANSWER_BYTES: usize = 8 << 20;

/// Passes requests on to the hosts of the services that are not in this process.
pub struct Forward {
    client: reqwest::Client,
    registry: Registry,
    seal: Seal,
    body_bytes: usize,
}

impl Forward {
    /// Forwards to these addresses.
    pub fn new(registry: Registry, seal: Seal, body_bytes: usize) -> Result<Arc<Self>> {
        let client = reqwest::Client::builder()
            .http2_prior_knowledge()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(1))
            .build()
            .map_err(Error::internal)?;
        Ok(Arc::new(Forward { client, registry, seal, body_bytes }))
    }

    /// Routes of a service that runs elsewhere.
    pub fn router(self: &Arc<Self>, prefixes: &[&str]) -> Router {
        prefixes
            .iter()
            .fold(Router::new(), |router, prefix| {
                router.route(prefix, axum::routing::any(send)).route(&format!("{prefix}/{{*rest}}"), axum::routing::any(send))
            })
            .with_state(self.clone())
    }

    async fn send(&self, request: Request) -> Result<Response> {
        let path = request.uri().path();
        let service = service_of(path).ok_or_else(|| UNAVAILABLE.because(format!("{path} belongs to no service")))?;
        let ctx = request.extensions().get::<Ctx>().cloned().unwrap_or_else(|| Ctx::new(Caller::Nobody));
        let address = self.registry.pick(service);
        let address = address.ok_or_else(|| UNAVAILABLE.because(format!("no address for {service}")).retry_after_s(1))?;
        let target = request.uri().path_and_query().map_or(path, |p| p.as_str());
        let url = reqwest::Url::parse(&format!("{address}{target}")).map_err(|e| NOT_FOUND.because(e))?;
        // Dots and backslashes in a path are resolved where a URL is read, and would lead past the service's prefix: to the calls
        // between processes, with our seal on them.
        if url.path() != path {
            return Err(NOT_FOUND.because("a path that does not lead where it says"));
        }
        let upload = is_upload(request.method(), path);
        let (parts, body) = request.into_parts();
        let body = if upload { reqwest::Body::wrap_stream(body.into_data_stream()) } else { self.whole(body).await?.into() };
        let mut headers = parts.headers;
        for hop in [HOST, CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
            headers.remove(hop);
        }
        headers.insert(CTX_HEADER.clone(), self.seal.close(&ctx)?);
        let sent = self.client.request(parts.method, url).headers(headers).timeout(ctx.left()).body(body).send();
        let answer =
            sent.await.map_err(|e| if e.is_timeout() { TIMEOUT.because(e) } else { UNAVAILABLE.because(e).retry_after_s(1) })?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        for hop in [CONNECTION, TRANSFER_ENCODING, CONTENT_LENGTH] {
            headers.remove(hop);
        }
        let bytes = answer.bytes().await.map_err(|e| UNAVAILABLE.because(e))?;
        if bytes.len() > ANSWER_BYTES {
            return Err(UNAVAILABLE.because(format!("{service} answered {} bytes", bytes.len())));
        }
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl Forward {
    /// A body of ordinary length, read to its end.
    async fn whole(&self, body: Body) -> Result<Bytes> {
        body::to_bytes(body, self.body_bytes).await.map_err(|e| {
            let too_long = std::error::Error::source(&e).is_some_and(|s| s.to_string().contains("length limit"));
            if too_long { TOO_LARGE.into() } else { MALFORMED.because(e) }
        })
    }
}

async fn send(State(forward): State<Arc<Forward>>, request: Request) -> Response {
    forward.send(request).await.unwrap_or_else(IntoResponse::into_response)
}

/// Wraps a service's routes on the internal port: only a sealed context passes, and problems leave ready-made.
pub fn internal(routes: Router, seal: Seal, body_bytes: usize) -> Router {
    routes
        .method_not_allowed_fallback(|| async { Error::from(kit::fault::METHOD_NOT_ALLOWED) })
        .layer(axum::extract::DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(seal, open))
}

async fn open(State(seal): State<Seal>, mut request: Request, next: Next) -> Response {
    let english = kit::http::wants_english(request.headers());
    match seal.open(request.headers()) {
        Err(e) => kit::http::render(e.into_response(), english, ""),
        Ok(ctx) => {
            let trace = ctx.trace.clone();
            request.extensions_mut().insert(ctx);
            let response = kit::db::on_trace(trace.clone(), next.run(request)).await;
            kit::http::render(response, english, &trace)
        }
    }
}
