//! The cart's routes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::{SkuId, UserId};
use kit::Result;
use kit::http::{Body, IdempotencyKey, Once, PathOf, Shopper};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Product;
use crate::cart::{Added, CartCheck, CartView, LineChange, NewLine};

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(get_cart))
        .routes(routes!(add_cart_line))
        .routes(routes!(change_cart_line, delete_cart_line))
        .routes(routes!(check_cart_lines))
        .routes(routes!(delete_invalid_cart_lines))
}

/// The cart as it is right now: what may be ordered, what may not and why, and what the selected lines cost.
#[utoipa::path(get, path = "/api/v1/cart", operation_id = "get_cart", tag = "product",
    responses((status = 200, body = CartView)), security(("shopper" = [])))]
async fn get_cart(Shopper { ctx, user, .. }: Shopper, State(product): State<Arc<Product>>) -> Result<Json<CartView>> {
    Ok(Json(product.cart(&ctx, UserId(user)).await?))
}

/// Puts pieces of a variant into the cart; a request with a key may be sent again and adds once.
#[utoipa::path(post, path = "/api/v1/cart/lines", operation_id = "add_cart_line", tag = "product", request_body = NewLine,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 120,
            description = "Chosen by the client; the same key adds once")),
    responses((status = 200, body = Added)), security(("shopper" = [])))]
async fn add_cart_line(
    Shopper { ctx, user, .. }: Shopper,
    State(product): State<Arc<Product>>,
    key: Option<IdempotencyKey>,
    Body(line): Body<NewLine>,
) -> Result<Response> {
    let once = key.map(|key| Once::new(user, "add_cart_line", &key, &line)).transpose()?;
    if let Some(once) = &once
        && let Some(answer) = once.seen(&product.db).await?
    {
        return Ok(answer.into_response());
    }
    Ok(Json(product.add_line(&ctx, UserId(user), line, once.as_ref()).await?).into_response())
}

/// Changes quantity or selection of a line; on refusal both stay.
#[utoipa::path(patch, path = "/api/v1/cart/lines/{sku_id}", operation_id = "change_cart_line", tag = "product",
    params(("sku_id" = SkuId, Path)), request_body = LineChange, responses((status = 200, body = Added)),
    security(("shopper" = [])))]
async fn change_cart_line(
    Shopper { ctx, user, .. }: Shopper,
    State(product): State<Arc<Product>>,
    PathOf(sku): PathOf<SkuId>,
    Body(change): Body<LineChange>,
) -> Result<Json<Added>> {
    Ok(Json(product.change_line(&ctx, UserId(user), sku, change).await?))
}

/// Takes a line out of the cart.
#[utoipa::path(delete, path = "/api/v1/cart/lines/{sku_id}", operation_id = "delete_cart_line", tag = "product",
    params(("sku_id" = SkuId, Path)), responses((status = 204)), security(("shopper" = [])))]
async fn delete_cart_line(
    Shopper { user, .. }: Shopper,
    State(product): State<Arc<Product>>,
    PathOf(sku): PathOf<SkuId>,
) -> Result<StatusCode> {
    product.delete_line(UserId(user), sku).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Selects lines of the cart or not: some, or all.
#[utoipa::path(post, path = "/api/v1/cart/check", operation_id = "check_cart_lines", tag = "product",
    request_body = CartCheck, responses((status = 204)), security(("shopper" = [])))]
async fn check_cart_lines(
    Shopper { user, .. }: Shopper,
    State(product): State<Arc<Product>>,
    Body(check): Body<CartCheck>,
) -> Result<StatusCode> {
    product.check_lines(UserId(user), check).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes all lines that may not be ordered out of the cart.
#[utoipa::path(delete, path = "/api/v1/cart/invalid", operation_id = "delete_invalid_cart_lines", tag = "product",
    responses((status = 204)), security(("shopper" = [])))]
async fn delete_invalid_cart_lines(
    Shopper { ctx, user, .. }: Shopper,
    State(product): State<Arc<Product>>,
) -> Result<StatusCode> {
    product.delete_invalid(&ctx, UserId(user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
