//! What anybody may see of sessions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use contract::{AllotmentId, SpuId};
use kit::Result;
use kit::http::{Anyone, PathOf};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Seckill;
use crate::show::view::{SeckillItem, SeckillLive, SeckillOfSpu, SeckillSessions};

/// These routes.
pub fn routes() -> OpenApiRouter<Arc<Seckill>> {
    OpenApiRouter::new()
        .routes(routes!(list_seckill_sessions))
        .routes(routes!(get_seckill_item))
        .routes(routes!(get_seckill_live))
        .routes(routes!(get_seckill_of_spu))
}

/// The sessions that are online, by start, each with what is in it. What is left is as of a second ago.
#[utoipa::path(get, path = "/api/v1/seckill/sessions", operation_id = "list_seckill_sessions", tag = "seckill",
    responses((status = 200, description = "The sessions", body = SeckillSessions)), security(()))]
async fn list_seckill_sessions(_: Anyone, State(seckill): State<Arc<Seckill>>) -> Result<Response> {
    let body = seckill.sessions().await?;
    Ok(([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")], body).into_response())
}

/// A variant in a session that is online.
#[utoipa::path(get, path = "/api/v1/seckill/items/{id}", operation_id = "get_seckill_item", tag = "seckill",
    params(("id" = AllotmentId, Path)),
    responses((status = 200, description = "The variant", body = SeckillItem)), security(()))]
async fn get_seckill_item(
    _: Anyone,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<AllotmentId>,
) -> Result<Json<SeckillItem>> {
    Ok(Json(seckill.item(id).await?))
}

/// How a variant in a session stands at this moment; cheap, for a page that looks every few seconds. Some minutes after the
/// session it still tells that it is over.
#[utoipa::path(get, path = "/api/v1/seckill/items/{id}/live", operation_id = "get_seckill_live", tag = "seckill",
    params(("id" = AllotmentId, Path)),
    responses((status = 200, description = "How it stands", body = SeckillLive)), security(()))]
async fn get_seckill_live(
    _: Anyone,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<AllotmentId>,
) -> Result<Json<SeckillLive>> {
    Ok(Json(seckill.live(id).await?))
}

/// What of a product is in sessions that are online.
#[utoipa::path(get, path = "/api/v1/seckill/of-spu/{spu_id}", operation_id = "get_seckill_of_spu", tag = "seckill",
    params(("spu_id" = SpuId, Path)),
    responses((status = 200, description = "Its variants in sessions", body = SeckillOfSpu)), security(()))]
async fn get_seckill_of_spu(
    _: Anyone,
    State(seckill): State<Arc<Seckill>>,
    PathOf(spu): PathOf<SpuId>,
) -> Result<Json<SeckillOfSpu>> {
    Ok(Json(seckill.of_spu(spu).await?))
}
