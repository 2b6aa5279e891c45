//! What people call. Parses, asks who calls, and hands on; no rule stands here.

mod cart;
mod catalogue;
mod front;
mod home;
mod kept;
mod operator;
mod review;

use std::sync::Arc;

use utoipa_axum::router::OpenApiRouter;

use crate::Product;

/// All routes of the service.
pub fn routes(product: &Arc<Product>) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(catalogue::routes())
        .merge(front::routes())
        .merge(home::routes())
        .merge(cart::routes())
        .merge(kept::routes())
        .merge(review::routes())
        .merge(operator::routes())
        .with_state(product.clone())
}
