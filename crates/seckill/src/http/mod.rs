//! What people call: shoppers under `/api/v1/seckill`, operators under `/api/v1/admin/seckill`.

mod gate;
mod live;
mod plan;
mod remind;
mod show;
mod tickets;

use std::sync::Arc;

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;

use crate::Seckill;

type Service = State<Arc<Seckill>>;

/// The routes, with their state.
pub fn routes(x: &Arc<Seckill>) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(plan::routes())
        .merge(show::routes())
        .merge(remind::routes())
        .merge(gate::routes())
        .merge(tickets::routes())
        .merge(live::routes())
        .with_state(x.clone())
}
