//! Answers that are ready to send: JSON made once, with its ETag.

use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use kit::{Error, Result};
use serde::Serialize;

use crate::digest::Digest;

/// JSON with its ETag. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The JSON.
    pub body: Bytes,
    /// Its strong ETag.
    pub etag: HeaderValue,
}

impl Ready {
    /// Makes it.
    pub fn of(value: &impl Serialize) -> Result<Ready> {
        let body = Bytes::from(serde_json::to_vec(value)?);
        let tag = format!("\"{}\"", Digest::new().feed(&body).hex());
        Ok(Ready { etag: HeaderValue::try_from(tag).map_err(Error::internal)?, body })
    }

    /// The answer to a client that may have it already.
    pub fn answer(self, asked: &IfNoneMatch, cache_control: &'static str) -> Response {
        let control = HeaderValue::from_static(cache_control);
        if asked.has(&self.etag) {
            return (StatusCode::NOT_MODIFIED, [(ETAG, self.etag), (CACHE_CONTROL, control)]).into_response();
        }
        let kind = HeaderValue::from_static("application/json");
        ([(CONTENT_TYPE, kind), (ETAG, self.etag), (CACHE_CONTROL, control)], self.body).into_response()
    }
}

/// What the client has already, if it says so.
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfNoneMatch {
    /// What these headers say.
    pub fn of(headers: &HeaderMap) -> Self {
        IfNoneMatch(headers.get(&IF_NONE_MATCH).cloned())
    }

    fn has(&self, etag: &HeaderValue) -> bool {
        let Some(asked) = &self.0 else { return false };
        let plain = |tag: &[u8]| tag.trim_ascii().strip_prefix(b"W/").unwrap_or(tag.trim_ascii()) == etag.as_bytes();
        asked == etag || asked.as_bytes().split(|b| *b == b',').any(|tag| tag.trim_ascii() == b"*" || plain(tag))
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(IfNoneMatch::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_has_it_is_told_so() {
        let ready = Ready::of(&"x").unwrap();
        let tag = ready.etag.to_str().unwrap().to_owned();
        for asked in [tag.clone(), format!("W/{tag}"), format!("\"a\", {tag}"), "*".into()] {
            assert!(IfNoneMatch(HeaderValue::try_from(asked).ok()).has(&ready.etag));
        }
        assert!(!IfNoneMatch(Some(HeaderValue::from_static("\"a\""))).has(&ready.etag));
        assert!(!IfNoneMatch(None).has(&ready.etag));
    }
}
