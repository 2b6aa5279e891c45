//! Files of the app as they were built: hashed names, kept for ever by browsers, compressed when they were built.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;

/// What `npm run build` left in `web/shop/dist`; nothing before it was run.
#[derive(RustEmbed)]
#[folder = "../../web/shop/dist"]
#[allow_missing = true]
struct Shop;

/// The app's page as it was built; `None` when it was not.
pub fn index() -> Option<Cow<'static, [u8]>> {
    Shop::get("index.html").map(|file| file.data)
}

/// A file in the smallest form that the client takes.
pub fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Compressed forms are not files of their own.
    let kind = kind(path)?;
    let form = |ending: &str, name: &'static str| {
        takes(headers, name).then(|| Shop::get(&format!("{path}{ending}"))).flatten().map(|file| (file.data, Some(name)))
    };
    let plain = || Shop::get(path).map(|file| (file.data, None));
    let (data, encoding) = form(".br", "br").or_else(|| form(".gz", "gzip")).or_else(plain)?;
    let body = match data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = body.into_response();
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    head.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// Whether the client takes a form: named in `Accept-Encoding`, and not with a weight of nothing.
pub fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|a| a.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding)) && !parts.any(|p| matches!(p, "q=0" | "q=0.0"))
    })
}

fn kind(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(text: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))])
    }

    #[test]
    fn a_form_is_taken_when_it_is_named_and_not_refused() {
        assert!(takes(&asking("gzip, deflate, br"), "br"));
        assert!(takes(&asking("br;q=0.5"), "br"));
        assert!(!takes(&asking("gzip, br;q=0"), "br"));
        assert!(!takes(&asking("brotli"), "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn compressed_forms_and_strange_endings_are_no_files() {
        for path in ["assets/a.js.br", "assets/a.js.gz", "assets/a", "assets/a.html", "assets/a.exe"] {
            assert!(serve(path, &asking("br")).is_none(), "{path}");
        }
    }
}
