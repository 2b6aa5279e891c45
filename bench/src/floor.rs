//! The floor: one route, one body, nothing else. `GET /?bytes=n` answers with n bytes made at the first request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use bytes::Bytes;

use crate::Result;

type Bodies = Arc<Mutex<HashMap<usize, Bytes>>>;

#[derive(serde::Deserialize)]
struct Size {
    bytes: usize,
}

/// Serves on a free port, told on standard output, until killed.
pub async fn serve() -> Result<()> {
    let bodies = Bodies::default();
    let router = Router::new().route("/", axum::routing::any(answer)).with_state(bodies);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("http://{}\n", listener.local_addr()?))?;
    Ok(axum::serve(listener, router).await?)
}

async fn answer(State(bodies): State<Bodies>, Query(Size { bytes }): Query<Size>) -> ([(&'static str, &'static str); 1], Bytes) {
    let mut bodies = bodies.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let body = bodies.entry(bytes).or_insert_with(|| Bytes::from(vec![b'x'; bytes.min(1 << 24)])).clone();
    ([("content-type", "application/json")], body)
}
