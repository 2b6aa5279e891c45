//! Captchas of the demo, in plain text: whoever tries the demo with a program has no eyes. No other mall has this page.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use kit::Result;
use kit::fault::NOT_FOUND;
use serde::Serialize;

#[derive(Serialize)]
struct Read {
    answer: String,
}

/// `GET /dev/captchas/{id}` tells what is drawn.
pub fn router(user: &Arc<user::User>) -> Router {
    Router::new().route("/dev/captchas/{id}", get(read)).with_state(user.clone())
}

async fn read(State(user): State<Arc<user::User>>, Path(id): Path<String>) -> Result<Json<Read>> {
    let answer = user.read_captcha(&id).ok_or(NOT_FOUND)?;
    Ok(Json(Read { answer }))
}
