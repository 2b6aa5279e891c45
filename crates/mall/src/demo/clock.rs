//! The demo's movable clock: half an hour passes in a moment, so that closing, receiving and expiring can be watched.
//! It moves forward only, and stays where it is between runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use garde::Validate;
use kit::http::Body;
use kit::{Clock, Error, Result, Time};
use serde::{Deserialize, Serialize};

/// Longest jump.
const JUMP: Duration = Duration::from_secs(400 * 24 * 3600);

struct Hands {
    clock: Clock,
    file: PathBuf,
}

/// Moves the clock.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Pass {
    /// `31m`, `15d`.
    #[garde(custom(at_most_a_year))]
    #[serde(with = "kit::config::duration_text")]
    pass: Duration,
}

#[derive(Serialize)]
struct Shown {
    now: Time,
}

fn at_most_a_year(pass: &Duration, (): &()) -> garde::Result {
    if *pass <= JUMP { Ok(()) } else { Err(garde::Error::new("at most 400 days at once")) }
}

/// A clock that is as far ahead as it was left.
pub fn clock(data: &Path) -> Clock {
    let clock = Clock::system();
    let ahead_ms = std::fs::read_to_string(data.join("clock")).ok().and_then(|text| text.trim().parse().ok());
    clock.pass(Duration::from_millis(ahead_ms.unwrap_or(0)));
    clock
}

/// `GET /dev/clock` shows it, `POST /dev/clock {"pass": "31m"}` moves it.
pub fn router(config: &crate::config::Config, clock: &Clock) -> Router {
    let hands = Arc::new(Hands { clock: clock.clone(), file: config.mall.data.join("clock") });
    Router::new().route("/dev/clock", get(show).post(pass)).with_state(hands)
}

async fn show(State(hands): State<Arc<Hands>>) -> Json<Shown> {
    Json(Shown { now: hands.clock.now() })
}

async fn pass(State(hands): State<Arc<Hands>>, Body(Pass { pass }): Body<Pass>) -> Result<Json<Shown>> {
    hands.clock.pass(pass);
    let ahead_ms = hands.clock.now().since(Clock::system().now()).as_millis();
    tokio::fs::write(&hands.file, ahead_ms.to_string()).await.map_err(Error::internal)?;
    Ok(Json(Shown { now: hands.clock.now() }))
}
