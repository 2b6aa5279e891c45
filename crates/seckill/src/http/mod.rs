//! What people call: shoppers under `/api/v1/seckill`, operators under `/api/v1/admin/seckill`.

mod plan;
mod remind;
mod show;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::Seckill;

/// The routes, with their state.
pub fn routes(x: &Arc<Seckill>) -> OpenApiRouter {
    OpenApiRouter::new().merge(plan::routes()).merge(show::routes()).merge(remind::routes()).with_state(x.clone())
}
