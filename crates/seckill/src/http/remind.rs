//! What shoppers want to be told of.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{AllotmentId, UserId};
use kit::Result;
use kit::http::{PathOf, Shopper};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Seckill;

/// These routes.
pub fn routes() -> OpenApiRouter<Arc<Seckill>> {
    OpenApiRouter::new().routes(routes!(list_seckill_reminders)).routes(routes!(add_seckill_reminder, delete_seckill_reminder))
}

/// What a shopper is told of.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SeckillReminders {
    /// Variants in sessions that are not over.
    items: Vec<AllotmentId>,
}

/// What the shopper is told of, shortly before it begins.
#[utoipa::path(get, path = "/api/v1/seckill/reminders", operation_id = "list_seckill_reminders", tag = "seckill",
    responses((status = 200, description = "Variants in sessions", body = SeckillReminders)), security(("shopper" = [])))]
async fn list_seckill_reminders(
    Shopper { user, .. }: Shopper,
    State(seckill): State<Arc<Seckill>>,
) -> Result<Json<SeckillReminders>> {
    Ok(Json(SeckillReminders { items: seckill.reminders(UserId(user)).await? }))
}

/// Tells the shopper of a variant three minutes before its session begins, by text message; one message a session.
#[utoipa::path(put, path = "/api/v1/seckill/reminders/{item_id}", operation_id = "add_seckill_reminder", tag = "seckill",
    params(("item_id" = AllotmentId, Path)),
    responses((status = 204, description = "The shopper will be told")), security(("shopper" = [])))]
async fn add_seckill_reminder(
    Shopper { user, .. }: Shopper,
    State(seckill): State<Arc<Seckill>>,
    PathOf(item): PathOf<AllotmentId>,
) -> Result<StatusCode> {
    seckill.add_reminder(UserId(user), item).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Does not tell the shopper of it.
#[utoipa::path(delete, path = "/api/v1/seckill/reminders/{item_id}", operation_id = "delete_seckill_reminder", tag = "seckill",
    params(("item_id" = AllotmentId, Path)),
    responses((status = 204, description = "The shopper will not be told")), security(("shopper" = [])))]
async fn delete_seckill_reminder(
    Shopper { user, .. }: Shopper,
    State(seckill): State<Arc<Seckill>>,
    PathOf(item): PathOf<AllotmentId>,
) -> Result<StatusCode> {
    seckill.delete_reminder(UserId(user), item).await?;
    Ok(StatusCode::NO_CONTENT)
}
