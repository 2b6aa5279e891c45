//! Answers that stand ready, byte for byte: the edge gives them before it routes, because routing costs more than they do.

use axum::http::HeaderMap;
use axum::response::Response;

/// Something that keeps public answers ready.
pub trait ReadyMade: Send + Sync + 'static {
    /// The answer to `GET path`, the same for everybody, with the route that it stands for; `None` when it would have to be
    /// worked for or waited for. Never blocks.
    fn ready(&self, path: &str, headers: &HeaderMap) -> Option<(&'static str, Response)>;
}
