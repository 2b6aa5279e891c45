//! What comes in: JSON bodies, query parameters, path parameters. Parsed once, refused whole, with a pointer to each
//! wrong field; nothing of a refused request has any effect.

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use bytes::Bytes;
use garde::Validate;
use serde::de::DeserializeOwned;

use crate::fault::{Error, INVALID, MALFORMED, NOT_FOUND, TOO_LARGE, UNSUPPORTED_MEDIA};

/// A JSON body that parsed and passed its rules. Unknown fields are refused by the type (`deny_unknown_fields`).
pub struct Body<T>(pub T);

/// Query parameters that parsed and passed their rules; a repeated name fills a list.
pub struct Params<T>(pub T);

/// Path parameters; one that does not parse names nothing, so the answer is 404.
pub struct PathOf<T>(pub T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let json = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(is_json);
        if !json {
            return Err(UNSUPPORTED_MEDIA.into());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|e| match e {
            BytesRejection::FailedToBufferBody(e) if e.status() == 413 => TOO_LARGE.into(),
            e => MALFORMED.because(e),
        })?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value: T = serde_path_to_error::deserialize(&mut json).map_err(|e| refuse(e, "/", |e| e.is_data()))?;
        json.end().map_err(|e| MALFORMED.because(e))?;
        check(&value, "/")?;
        Ok(Body(value))
    }
}

fn is_json(content_type: &str) -> bool {
    let mime = content_type.split(';').next().unwrap_or_default().trim();
    mime.eq_ignore_ascii_case("application/json")
}

/// A shape error names its place; broken JSON is simply malformed.
fn refuse<E: std::fmt::Display>(e: serde_path_to_error::Error<E>, root: &str, is_data: impl Fn(&E) -> bool) -> Error {
    if is_data(e.inner()) {
        let message = e.inner().to_string();
        let message = in_plain_words(message.split(" at line ").next().unwrap_or_default());
        // Of a field that is absent or comes twice, the path names only the object that it belongs to.
        let field =
            ["missing field `", "duplicate field `"].iter().find_map(|mark| message.strip_prefix(mark)?.strip_suffix('`'));
        let path = format!("{}.{}", e.path(), field.unwrap_or_default());
        INVALID.at(pointer(&path, root), "shape", message)
    } else {
        MALFORMED.because(e.inner())
    }
}

/// serde names our types (`expected struct PlaceOrder`); to a client they are objects.
fn in_plain_words(message: &str) -> String {
    for (kind, word) in [("expected struct ", "expected an object"), ("expected enum ", "expected one of its kinds")] {
        if let Some((before, after)) = message.split_once(kind) {
            let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            return format!("{before}{word}{rest}");
        }
    }
    message.to_owned()
}

/// `lines[0].qty` as `/lines/0/qty`.
fn pointer(path: &str, root: &str) -> String {
    let steps = path.replace('[', ".").replace(']', "");
    let steps: Vec<&str> = steps.split('.').filter(|s| !s.is_empty() && *s != "?").collect();
    format!("{root}{}", steps.join("/"))
}

fn check<T: Validate<Context = ()>>(value: &T, root: &str) -> Result<(), Error> {
    let Err(report) = value.validate() else { return Ok(()) };
    Err(report
        .iter()
        .take(50)
        .fold(Error::from(INVALID), |e, (path, wrong)| e.at(pointer(&path.to_string(), root), "rule", wrong.message())))
}

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Sync,
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let form = serde_html_form::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        let value: T = serde_path_to_error::deserialize(form).map_err(|e| refuse(e, "", |_| true))?;
        check(&value, "")?;
        Ok(Params(value))
    }
}

impl<S, T> FromRequestParts<S> for PathOf<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let path = Path::<T>::from_request_parts(parts, state).await.map_err(|e| NOT_FOUND.because(e))?;
        Ok(PathOf(path.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_stay_inside() {
        assert_eq!(in_plain_words("invalid type: null, expected struct PlaceOrder"), "invalid type: null, expected an object");
        assert_eq!(in_plain_words("missing field `qty`"), "missing field `qty`");
    }
}
