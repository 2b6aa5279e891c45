//! The page that starts the app. The home page brings its data and its first picture along, so that a phone on a slow
//! line sees the shop after two round trips and not after four.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contract::product::{HomeOf, Product};
use kit::secret::sha256_hex;
use kit::{Ctx, Result};
use serde::Deserialize;
use tokio::time::Instant;

use super::files;

/// How long a built home page is sent before its data is asked for again.
const FRESH: Duration = Duration::from_secs(2);

/// Scripts and styles are files of ours; Vue and Vant set style attributes; pictures may be drawn in the page (captcha, preview).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; \
     font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What is shown when nobody built the web app.
const UNBUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>尚品商城</title>\
     <body><h1>尚品商城</h1><p>网页尚未构建，请在项目目录运行 <code>make web</code>；接口说明见 <a href=\"/docs/\">/docs/</a>。</p>\
     <p>The web app has not been built: run <code>make web</code> in the project's folder.</p></body></html>";

/// A page as it goes out.
struct Sheet {
    plain: Bytes,
    gzip: Bytes,
    etag: HeaderValue,
}

impl Sheet {
    fn of(html: String) -> Result<Self> {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(html.as_bytes()).map_err(kit::Error::internal)?;
        let gzip = packed.finish().map_err(kit::Error::internal)?.into();
        let etag = format!("W/\"{}\"", &sha256_hex(html.as_bytes())[..16]);
        Ok(Sheet { plain: html.into(), gzip, etag: HeaderValue::from_str(&etag).map_err(kit::Error::internal)? })
    }

    fn send(&self, status: StatusCode, headers: &HeaderMap) -> Response {
        let seen = headers.get(IF_NONE_MATCH).is_some_and(|seen| *seen == self.etag);
        let packed = files::takes(headers, "gzip");
        let body = if packed { &self.gzip } else { &self.plain };
        let mut response = match (seen, status) {
            (true, StatusCode::OK) => StatusCode::NOT_MODIFIED.into_response(),
            _ => (status, body.clone()).into_response(),
        };
        let head = response.headers_mut();
        head.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        head.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        head.insert(VARY, HeaderValue::from_static("accept-encoding"));
        head.insert(ETAG, self.etag.clone());
        if packed && response.status() != StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

fn template() -> String {
    files::index().map_or_else(|| UNBUILT.to_owned(), |page| String::from_utf8_lossy(&page).into_owned())
}

/// The page without anything in it: the app asks for what it shows.
pub fn plain(status: StatusCode, headers: &HeaderMap) -> Response {
    match Sheet::of(filled(&template(), None)) {
        Ok(sheet) => sheet.send(status, headers),
        Err(e) => e.into_response(),
    }
}

/// The home page, built anew every few seconds at most.
pub struct HomePage {
    product: Arc<dyn Product>,
    kept: Mutex<Option<(Instant, Arc<Sheet>)>>,
}

impl HomePage {
    /// Nothing built yet.
    pub fn new(product: Arc<dyn Product>) -> Self {
        HomePage { product, kept: Mutex::default() }
    }

    /// The home page with its data; without it when the catalogue does not answer, because the app can ask again.
    pub async fn answer(&self, ctx: &Ctx, headers: &HeaderMap) -> Response {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, sheet)) = kept.filter(|(at, _)| at.elapsed() < FRESH) {
            return sheet.send(StatusCode::OK, headers);
        }
        let home = match self.product.home(ctx, HomeOf {}).await {
            Ok(home) => Some(home.json),
            Err(error) => {
                tracing::warn!(%error, "the home page goes without its data");
                None
            }
        };
        match Sheet::of(filled(&template(), home.as_deref())) {
            Ok(sheet) => {
                let sheet = Arc::new(sheet);
                if home.is_some() {
                    *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), sheet.clone()));
                }
                sheet.send(StatusCode::OK, headers)
            }
            Err(e) => e.into_response(),
        }
    }
}

/// What this page needs to know of the home page's data.
#[derive(Deserialize)]
struct Seen {
    banners: Vec<SeenBanner>,
}

#[derive(Deserialize)]
struct SeenBanner {
    picture: String,
}

/// The built page with the home page's data in its places.
fn filled(template: &str, home: Option<&str>) -> String {
    let seen = home.and_then(|json| serde_json::from_str::<Seen>(json).ok());
    let first = seen.and_then(|s| s.banners.into_iter().next()).filter(|b| is_key(&b.picture));
    let (mut head, mut body) = (String::new(), String::new());
    if let Some(banner) = first {
        let at = |width: u16| format!("/media/{width}/{}.jpg", banner.picture);
        let set = format!("{} 400w, {} 800w, {} 1200w", at(400), at(800), at(1200));
        let sizes = "(min-width: 900px) 1168px, 100vw";
        head = format!("<link rel=\"preload\" as=\"image\" imagesrcset=\"{set}\" imagesizes=\"{sizes}\" fetchpriority=\"high\">");
        body = format!(
            "<div class=\"boot\"><div class=\"boot-bar\"></div><div class=\"boot-banner\">\
             <img src=\"{}\" srcset=\"{set}\" sizes=\"{sizes}\" alt=\"\" fetchpriority=\"high\"></div></div>",
            at(800)
        );
    }
    let data = home.map_or_else(String::new, |json| {
        // In a script element only `<` could end it.
        format!("<script type=\"application/json\" id=\"mall-home\">{}</script>", json.replace('<', "\\u003c"))
    });
    template.replace("<!--mall:head-->", &head).replace("<!--mall:body-->", &body).replace("<!--mall:data-->", &data)
}

/// Operators name pictures; what is no key is not written into a page.
fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<head><!--mall:head--></head><div id=app><!--mall:body--></div><!--mall:data-->";

    #[test]
    fn the_home_page_brings_its_data_and_first_picture() {
        let page = filled(PAGE, Some(r#"{"banners":[{"picture":"b/1","title":"</script><b>"}],"sections":[]}"#));
        assert!(page.contains("imagesrcset=\"/media/400/b/1.jpg 400w"), "{page}");
        assert!(page.contains("<img src=\"/media/800/b/1.jpg\""));
        assert!(page.contains("\\u003c/script>\\u003cb>"), "data cannot leave its element: {page}");
        assert!(!page.contains("</script><b>"));
    }

    #[test]
    fn a_picture_that_is_no_key_is_not_written() {
        let page = filled(PAGE, Some(r#"{"banners":[{"picture":"\"><script>x","title":""}]}"#));
        assert!(!page.contains("preload"), "{page}");
    }

    #[test]
    fn without_data_the_page_is_empty_and_whole() {
        assert_eq!(filled(PAGE, None), "<head></head><div id=app></div>");
    }
}
