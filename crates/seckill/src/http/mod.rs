//! What people see.

mod gate;
mod live;
mod tickets;

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

use crate::Seckill;

type Service = State<Arc<Seckill>>;

/// The routes, with their state.
pub fn routes(x: &Arc<Seckill>) -> OpenApiRouter {
    OpenApiRouter::new().merge(gate::routes()).merge(tickets::routes()).merge(live::routes()).with_state(x.clone())
}
