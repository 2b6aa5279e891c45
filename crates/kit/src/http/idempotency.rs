//! `Idempotency-Key`: the same request, sent again, has one effect and one answer.
//!
//! A row under (who, route, key) is inserted with the first effect and gets its answer with the last one, in the same
//! transactions. Same key and body: the stored answer. Another body: 422. Still running: 409.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::db::{Db, Tx};
use crate::fault::{Error, IN_FLIGHT, INVALID, KEY_REQUIRED, KEY_REUSED, Result};
use crate::values;

static KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The client's key: 1–120 visible ASCII characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    fn read(header: &HeaderValue) -> Result<Self> {
        let key = header.to_str().unwrap_or_default();
        let fits = (1..=120).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        if !fits {
            return Err(INVALID.at("Idempotency-Key", "length", "1 to 120 visible ASCII characters"));
        }
        Ok(IdempotencyKey(key.to_owned()))
    }
}

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Self::read(parts.headers.get(&KEY_HEADER).ok_or(KEY_REQUIRED)?)
    }
}

/// Where a key is welcome and not required.
impl<S: Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>> {
        parts.headers.get(&KEY_HEADER).map(Self::read).transpose()
    }
}

/// One request that must have one effect.
#[derive(Clone, Debug)]
pub struct Once {
    /// Whose key it is.
    pub who: i64,
    /// Name of the operation.
    pub route: &'static str,
    /// The client's key.
    pub key: String,
    fingerprint: String,
}

/// The answer that was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// HTTP status.
    pub status: u16,
    /// JSON text.
    pub body: String,
}

impl IntoResponse for Stored {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
        let mut response = (status, [("content-type", kind)], self.body).into_response();
        response.headers_mut().insert(&REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

#[derive(FromQueryResult)]
struct Row {
    fingerprint: String,
    status: i32,
    body: String,
}

impl Once {
    /// A request by `who` to `route` with this body, already parsed.
    pub fn new(who: i64, route: &'static str, key: &IdempotencyKey, body: &impl Serialize) -> Result<Self> {
        let digest = ring::digest::digest(&ring::digest::SHA256, &serde_json::to_vec(body)?);
        let fingerprint = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        Ok(Once { who, route, key: key.0.clone(), fingerprint })
    }

    /// The stored answer when the request has been here; 409 while it runs, 422 for another body.
    pub async fn seen(&self, db: &Db) -> Result<Option<Stored>> {
        let sql = "select fingerprint, status, body from idempotency where who = ? and route = ? and idem_key = ?";
        let row: Option<Row> = db.fresh(sql, values![self.who, self.route, self.key.as_str()]).await?;
        let Some(row) = row else { return Ok(None) };
        if row.fingerprint != self.fingerprint {
            return Err(KEY_REUSED.into());
        }
        match u16::try_from(row.status).unwrap_or(0) {
            0 => Err(Error::from(IN_FLIGHT).retry_after_s(1)),
            status => Ok(Some(Stored { status, body: row.body })),
        }
    }

    /// Inserts the row, still running; `in_flight` when somebody else was first.
    pub async fn begin(&self, tx: &Tx) -> Result<()> {
        let sql =
            "insert into idempotency (who, route, idem_key, fingerprint, status, body, created_ms) values (?, ?, ?, ?, 0, '', ?)";
        let values = values![self.who, self.route, self.key.as_str(), self.fingerprint.as_str(), tx.now()];
        if tx.insert_new(sql, values).await? { Ok(()) } else { Err(Error::from(IN_FLIGHT).retry_after_s(1)) }
    }

    /// Stores the answer.
    pub async fn answer(&self, tx: &Tx, status: u16, body: &impl Serialize) -> Result<()> {
        answer(tx, self.who, self.route, &self.key, status, &serde_json::to_string(body)?).await
    }

    /// Stores the answer of a request whose process died before it could.
    pub async fn answer_for(tx: &Tx, who: i64, route: &str, key: &str, status: u16, body: &impl Serialize) -> Result<()> {
        answer(tx, who, route, key, status, &serde_json::to_string(body)?).await
    }
}

async fn answer(tx: &Tx, who: i64, route: &str, key: &str, status: u16, body: &str) -> Result<()> {
    let sql = "update idempotency set status = ?, body = ? where who = ? and route = ? and idem_key = ? and status = 0";
    tx.run(sql, values![i32::from(status), body, who, route, key]).await.map(|_| ())
}
