//! Whether the process lives, and whether it should be sent work.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use serde::Serialize;

use crate::Result;

/// A check that takes longer has failed.
const CHECK_TIME: Duration = Duration::from_secs(2);

type Check = Box<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// Named checks of what a process needs to work. Filled at the start, then asked.
pub struct Health {
    checks: Vec<(&'static str, Check)>,
    time: Duration,
}

impl Default for Health {
    fn default() -> Self {
        Health { checks: Vec::new(), time: CHECK_TIME }
    }
}

/// What `/readyz` and `/livez` answer. Causes are logged, not shown.
#[derive(Serialize)]
struct Report {
    status: &'static str,
    checks: Vec<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

impl Health {
    /// No checks yet: ready.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check.
    pub fn add<F, W>(&mut self, name: &'static str, check: F)
    where
        F: Fn() -> W + Send + Sync + 'static,
        W: Future<Output = Result<()>> + Send + 'static,
    {
        self.checks.push((name, Box::new(move || check().boxed())));
    }

    /// `GET /livez` and `GET /readyz`.
    pub fn router(self) -> Router {
        Router::new().route("/livez", get(livez)).route("/readyz", get(readyz)).with_state(Arc::new(self))
    }

    async fn ask(&self, name: &'static str, check: &Check) -> Outcome {
        let code = match tokio::time::timeout(self.time, check()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                tracing::warn!(check = name, %error, "not ready");
                Some(error.code().to_owned())
            }
            Err(_) => {
                tracing::warn!(check = name, "not ready: no answer in time");
                Some(crate::fault::TIMEOUT.code.to_owned())
            }
        };
        Outcome { name, ok: code.is_none(), code }
    }
}

/// Always 200 while the process can answer: whoever restarts processes asks this, and a restart does not mend a neighbour.
pub async fn livez() -> impl axum::response::IntoResponse {
    Json(Report { status: "alive", checks: Vec::new() })
}

/// 200 when every check holds, else 503, with the outcome of each; all run at once, none longer than two seconds.
pub async fn readyz(State(health): State<Arc<Health>>) -> impl axum::response::IntoResponse {
    let checks = join_all(health.checks.iter().map(|(name, check)| health.ask(name, check))).await;
    let ready = checks.iter().all(|check| check.ok);
    let (code, status) = if ready { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready") };
    (code, Json(Report { status, checks }))
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};
    use tower::ServiceExt as _;

    use super::*;
    use crate::fault;

    async fn ask(health: Health, path: &str) -> (u16, Value) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = health.router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn ready_when_all_checks_hold() {
        let mut health = Health::new();
        health.add("database", || ready(Ok(())));
        let expected = json!({"status": "ready", "checks": [{"name": "database", "ok": true}]});
        assert_eq!(ask(health, "/readyz").await, (200, expected));
    }

    #[tokio::test]
    async fn not_ready_when_one_fails_or_hangs_and_alive_all_the_same() {
        let failing = || {
            let mut health = Health { time: Duration::from_millis(10), ..Health::default() };
            health.add("database", || ready(Err(fault::UNAVAILABLE.because("password=hunter2"))));
            health.add("cache", pending);
            health.add("index", || ready(Ok(())));
            health
        };
        let checks = json!([
            {"name": "database", "ok": false, "code": "unavailable"},
            {"name": "cache", "ok": false, "code": "timeout"},
            {"name": "index", "ok": true},
        ]);
        assert_eq!(ask(failing(), "/readyz").await, (503, json!({"status": "not ready", "checks": checks})));
        assert_eq!(ask(failing(), "/livez").await, (200, json!({"status": "alive", "checks": []})));
    }

    #[test]
    fn a_check_has_two_seconds() {
        assert_eq!(Health::new().time, Duration::from_secs(2));
    }
}
