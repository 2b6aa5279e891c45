//! Routes of favourites and footprints.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{SpuId, UserId};
use kit::Result;
use kit::http::{Page, PageParams, Params, PathOf, Shopper};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Product;
use crate::kept::KeptSpu;

type Service = State<Arc<Product>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(list_favourites))
        .routes(routes!(add_favourite, delete_favourite))
        .routes(routes!(list_footprints, delete_footprints))
        .routes(routes!(leave_footprint, delete_footprint))
}

/// The shopper's favourites, latest first.
#[utoipa::path(get, path = "/api/v1/favourites", operation_id = "list_favourites", tag = "product", params(PageParams),
    responses((status = 200, body = Page<KeptSpu>)), security(("shopper" = [])))]
async fn list_favourites(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    Params(at): Params<PageParams>,
) -> Result<Json<Page<KeptSpu>>> {
    Ok(Json(product.favourites(UserId(user), &at).await?))
}

/// Keeps a product on the shelf as a favourite.
#[utoipa::path(put, path = "/api/v1/favourites/{spu_id}", operation_id = "add_favourite", tag = "product",
    params(("spu_id" = SpuId, Path)), responses((status = 204)), security(("shopper" = [])))]
async fn add_favourite(Shopper { user, .. }: Shopper, State(product): Service, PathOf(spu): PathOf<SpuId>) -> Result<StatusCode> {
    product.add_favourite(UserId(user), spu).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a product no longer.
#[utoipa::path(delete, path = "/api/v1/favourites/{spu_id}", operation_id = "delete_favourite", tag = "product",
    params(("spu_id" = SpuId, Path)), responses((status = 204)), security(("shopper" = [])))]
async fn delete_favourite(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    PathOf(spu): PathOf<SpuId>,
) -> Result<StatusCode> {
    product.delete_favourite(UserId(user), spu).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the shopper has looked at, latest first.
#[utoipa::path(get, path = "/api/v1/footprints", operation_id = "list_footprints", tag = "product", params(PageParams),
    responses((status = 200, body = Page<KeptSpu>)), security(("shopper" = [])))]
async fn list_footprints(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    Params(at): Params<PageParams>,
) -> Result<Json<Page<KeptSpu>>> {
    Ok(Json(product.footprints(UserId(user), &at).await?))
}

/// Notes that the shopper looks at a product.
#[utoipa::path(put, path = "/api/v1/footprints/{spu_id}", operation_id = "leave_footprint", tag = "product",
    params(("spu_id" = SpuId, Path)), responses((status = 204)), security(("shopper" = [])))]
async fn leave_footprint(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    PathOf(spu): PathOf<SpuId>,
) -> Result<StatusCode> {
    product.leave_footprint(UserId(user), spu).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets that the shopper has looked at a product.
#[utoipa::path(delete, path = "/api/v1/footprints/{spu_id}", operation_id = "delete_footprint", tag = "product",
    params(("spu_id" = SpuId, Path)), responses((status = 204)), security(("shopper" = [])))]
async fn delete_footprint(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    PathOf(spu): PathOf<SpuId>,
) -> Result<StatusCode> {
    product.delete_footprint(UserId(user), spu).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets all that the shopper has looked at.
#[utoipa::path(delete, path = "/api/v1/footprints", operation_id = "delete_footprints", tag = "product",
    responses((status = 204)), security(("shopper" = [])))]
async fn delete_footprints(Shopper { user, .. }: Shopper, State(product): Service) -> Result<StatusCode> {
    product.delete_footprints(UserId(user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
