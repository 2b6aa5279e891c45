//! How an error looks: RFC 9457 `application/problem+json`, in the reader's language.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::fault::{Error, FieldError, UNAVAILABLE};

/// The shape of every error.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// The customer's sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable name of the fault.
    pub code: String,
    /// Trace id, to quote when asking for help.
    pub request_id: String,
    /// Wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The error that a response stands for, so that the edge can write it in the reader's language.
#[derive(Clone)]
struct Failure(Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = write(&self, false, "");
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

/// Whether a reader prefers English; Chinese otherwise.
pub fn wants_english(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.trim_start().to_ascii_lowercase().starts_with("en"))
}

/// At the edge: writes an error in the reader's language with the request's id, and logs its cause once.
pub fn render(response: Response, english: bool, request_id: &str) -> Response {
    let Some(Failure(error)) = response.extensions().get::<Failure>().cloned() else { return response };
    if error.is(UNAVAILABLE) {
        // Shed load is counted, not told line by line: the log must not fall over with the house.
        tracing::info!(code = error.code(), cause = error.cause().unwrap_or(""), request_id, "request put off");
    } else if error.is_ours() {
        tracing::error!(
            code = error.code(),
            status = error.status(),
            cause = error.cause().unwrap_or(""),
            request_id,
            "request failed"
        );
    } else {
        tracing::debug!(code = error.code(), cause = error.cause().unwrap_or(""), request_id, "request refused");
    }
    let mut rendered = write(&error, english, request_id);
    for (name, value) in response.headers() {
        if !rendered.headers().contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            rendered.headers_mut().insert(name.clone(), value.clone());
        }
    }
    rendered
}

fn write(error: &Error, english: bool, request_id: &str) -> Response {
    let mut body = Map::new();
    body.insert("title".into(), error.message(english).into());
    body.insert("status".into(), error.status().into());
    body.insert("code".into(), error.code().into());
    body.insert("request_id".into(), request_id.into());
    if !error.errors().is_empty() {
        body.insert("errors".into(), json!(error.errors()));
    }
    if let Some(Json::Object(data)) = error.data() {
        for (name, value) in data {
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(Json::Object(body).to_string())).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
