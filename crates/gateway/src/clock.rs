//! The mall's time, for the pages' countdowns: a phone's own clock may be wrong, and the demo's runs ahead.

use axum::Json;
use axum::extract::State;
use kit::http::Anyone;
use kit::{Clock, Time};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the edge itself answers, besides what it passes on.
pub fn routes(clock: &Clock) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_clock)).with_state(clock.clone())
}

/// The time.
#[derive(Serialize, ToSchema)]
struct ClockNow {
    /// Now, as the mall sees it.
    now: Time,
}

/// The mall's time.
#[utoipa::path(get, path = "/api/v1/clock", operation_id = "get_clock", tag = "gateway",
    responses((status = 200, body = ClockNow)), security(()))]
async fn get_clock(_: Anyone, State(clock): State<Clock>) -> Json<ClockNow> {
    Json(ClockNow { now: clock.now() })
}
