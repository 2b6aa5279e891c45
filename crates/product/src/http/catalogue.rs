//! Shoppers' routes of the catalogue.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::SpuId;
use kit::Result;
use kit::http::{Anyone, Page, Params, PathOf, ReadyMade};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Product;
use crate::brand::BrandView;
use crate::browse::{BrandParams, SpuCard, SpuParams};
use crate::bytes::IfNoneMatch;
use crate::detail::DetailBody;
use crate::frame::CategoryNode;
use crate::live::Live;

/// A browser may keep it, and asks each time whether it is still the same.
pub(super) const ASK_AGAIN: &str = "public, no-cache";
/// A browser may show the tree for a minute without asking.
pub(super) const A_MINUTE: &str = "public, max-age=60";

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(list_categories))
        .routes(routes!(list_spus))
        .routes(routes!(get_spu))
        .routes(routes!(get_spu_live))
        .routes(routes!(list_brands))
}

/// The whole tree of categories. Answers 304 when the client has it.
#[utoipa::path(get, path = "/api/v1/categories", operation_id = "list_categories", tag = "product",
    responses((status = 200, body = Vec<CategoryNode>), (status = 304)), security(()))]
async fn list_categories(_: Anyone, State(product): State<Arc<Product>>, has: IfNoneMatch) -> Result<Response> {
    Ok(product.frame().await?.tree.clone().answer(&has, A_MINUTE))
}

/// Products on the shelf, newest first.
#[utoipa::path(get, path = "/api/v1/spus", operation_id = "list_spus", tag = "product", params(SpuParams),
    responses((status = 200, body = Page<SpuCard>)), security(()))]
async fn list_spus(
    _: Anyone,
    State(product): State<Arc<Product>>,
    Params(params): Params<SpuParams>,
) -> Result<Json<Page<SpuCard>>> {
    Ok(Json(product.newest(params).await?))
}

/// A product on the shelf. Answers 304 when the client has it.
#[utoipa::path(get, path = "/api/v1/spus/{id}", operation_id = "get_spu", tag = "product", params(("id" = SpuId, Path)),
    responses((status = 200, body = DetailBody), (status = 304)), security(()))]
async fn get_spu(
    _: Anyone,
    State(product): State<Arc<Product>>,
    PathOf(id): PathOf<SpuId>,
    has: IfNoneMatch,
) -> Result<Response> {
    Ok(product.detail(id).await?.answer(&has, ASK_AGAIN))
}

impl ReadyMade for Product {
    fn ready(&self, path: &str, headers: &HeaderMap) -> Option<(&'static str, Response)> {
        let has = IfNoneMatch::of(headers);
        match path {
            "/api/v1/home" => return Some(("/api/v1/home", self.home_at_once()?.answer(&has, ASK_AGAIN))),
            "/api/v1/front-categories" => {
                return Some(("/api/v1/front-categories", self.front_at_once()?.answer(&has, A_MINUTE)));
            }
            _ => {}
        }
        let id = path.strip_prefix("/api/v1/spus/")?;
        let detail = self.detail_at_once(id.parse().ok()?)?;
        Some(("/api/v1/spus/{id}", detail.answer(&has, ASK_AGAIN)))
    }
}

/// Stock, price and promotions of a product right now.
#[utoipa::path(get, path = "/api/v1/spus/{id}/live", operation_id = "get_spu_live", tag = "product",
    params(("id" = SpuId, Path)), responses((status = 200, body = Live)), security((), ("shopper" = [])))]
async fn get_spu_live(Anyone(ctx): Anyone, State(product): State<Arc<Product>>, PathOf(id): PathOf<SpuId>) -> Result<Json<Live>> {
    Ok(Json(product.live(&ctx, id).await?))
}

/// Brands by category.
#[utoipa::path(get, path = "/api/v1/brands", operation_id = "list_brands", tag = "product", params(BrandParams),
    responses((status = 200, body = Page<BrandView>)), security(()))]
async fn list_brands(
    _: Anyone,
    State(product): State<Arc<Product>>,
    Params(params): Params<BrandParams>,
) -> Result<Json<Page<BrandView>>> {
    Ok(Json(product.brands(params).await?))
}
