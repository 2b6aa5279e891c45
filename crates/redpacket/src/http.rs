//! What people see.

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::Redpacket;

/// The routes, with their state.
pub fn routes(x: &Arc<Redpacket>) -> OpenApiRouter {
    OpenApiRouter::new().with_state(x.clone())
}
