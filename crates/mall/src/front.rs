//! What the binary itself shows people: the front page, pictures, the description of the API. The shop's and the
//! console's pages will stand here too.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kit::fault::NOT_FOUND;
use kit::limit::Bulkhead;
use kit::{Clock, Error, Result};

use crate::config::Config;
use crate::demo::pictures;

/// The committed description of the API; a test keeps it true.
pub const OPENAPI: &str = include_str!("../../../web/api/openapi.json");

/// Widths that pictures are offered in, pixels.
pub const WIDTHS: &[u16] = &[200, 400, 800, 1200];

/// Pictures drawn at once, and waiting to be: drawing takes a core for some milliseconds.
const DRAWING: (usize, usize) = (2, 256);

struct Media {
    folder: PathBuf,
    drawing: Bulkhead,
}

/// Everything people reach that is no service's.
pub fn router(config: &Config, clock: &Clock) -> Router {
    let media = Arc::new(Media { folder: config.mall.data.join("media"), drawing: Bulkhead::new(DRAWING.0, DRAWING.1) });
    let front = Router::new()
        .route("/favicon.ico", get(async || ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "max-age=86400")], FAVICON)))
        .route("/media/{width}/{*key}", get(picture))
        .with_state(media)
        .merge(gateway::docs_router(OPENAPI));
    if config.mall.demo { front.merge(crate::demo::clock::router(config, clock)) } else { front }
}

/// `/metrics` for Prometheus, on the internal port.
pub fn metrics_router() -> Router {
    Router::new().route("/metrics", get(|| async { kit::telemetry::metrics_handle().render() }))
}

const FAVICON: &str = include_str!("favicon.svg");

/// A picture in one of the offered widths: drawn at the first request, then kept as a file.
async fn picture(State(media): State<Arc<Media>>, Path((width, key)): Path<(u16, String)>) -> Result<Response> {
    let key = key.strip_suffix(".jpg").filter(|_| WIDTHS.contains(&width)).ok_or(NOT_FOUND)?.to_owned();
    let safe = key.len() <= 100 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_".contains(&b));
    if !safe {
        return Err(NOT_FOUND.into());
    }
    let file = media.folder.join(width.to_string()).join(format!("{key}.jpg"));
    let bytes = match tokio::fs::read(&file).await {
        Ok(bytes) => bytes,
        Err(_) => draw(&media, key, width, file).await?,
    };
    let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, bytes).into_response())
}

async fn draw(media: &Media, key: String, width: u16, file: PathBuf) -> Result<Vec<u8>> {
    let _place = media.drawing.enter().await?;
    let drawn = tokio::task::spawn_blocking(move || pictures::render_jpeg(&key, width)).await.map_err(Error::internal)?;
    let bytes = drawn.ok_or(NOT_FOUND)?;
    // Written beside and renamed, so that nobody reads half a picture; a full disk only costs the next drawing.
    let part = file.with_extension(format!("{}.part", kit::random::code(8)));
    let kept = async {
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        tokio::fs::write(&part, &bytes).await?;
        tokio::fs::rename(&part, &file).await
    };
    if let Err(e) = kept.await {
        tracing::warn!(file = %file.display(), cause = %e, "a picture could not be kept");
    }
    Ok(bytes)
}
