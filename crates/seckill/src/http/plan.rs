//! What operators do with sessions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::permission::{SeckillRead, SeckillReview, SeckillRun, SeckillWrite};
use contract::{ActivityId, AllotmentId};
use garde::Validate;
use kit::http::{Body, IdempotencyKey, Operator, Page, PageParams, Params, PathOf, Stored};
use kit::{Error, Result};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Seckill;
use crate::plan::{Activity, ActivityChange, ActivityItem, Attachment, NewActivity, NewActivityItem, plain};
use crate::state::ActivityState;

/// These routes.
pub fn routes() -> OpenApiRouter<Arc<Seckill>> {
    OpenApiRouter::new()
        .routes(routes!(list_activities, create_activity))
        .routes(routes!(get_activity, edit_activity))
        .routes(routes!(attach_activity_item))
        .routes(routes!(detach_activity_item))
        .routes(routes!(submit_activity))
        .routes(routes!(approve_activity))
        .routes(routes!(reject_activity))
        .routes(routes!(pause_activity))
        .routes(routes!(resume_activity))
        .routes(routes!(stop_activity))
        .routes(routes!(cancel_activity))
}

/// Which sessions a list shows.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListActivities {
    /// Only sessions in this state.
    #[garde(skip)]
    state: Option<ActivityState>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Why.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ActivityReason {
    /// In words, 1–200 characters.
    #[garde(length(chars, min = 1, max = 200), custom(plain))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Sessions, newest first.
#[utoipa::path(get, path = "/api/v1/admin/seckill/activities", operation_id = "list_activities", tag = "seckill",
    params(ListActivities),
    responses((status = 200, description = "A page", body = Page<Activity>)), security(("operator" = ["seckill.read"])))]
async fn list_activities(
    _: Operator<SeckillRead>,
    State(seckill): State<Arc<Seckill>>,
    Params(asked): Params<ListActivities>,
) -> Result<Json<Page<Activity>>> {
    let page = PageParams { cursor: asked.cursor, limit: asked.limit };
    Ok(Json(seckill.activities(asked.state, &page).await?))
}

/// Plans a session.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities", operation_id = "create_activity", tag = "seckill",
    request_body = NewActivity,
    responses((status = 201, description = "The draft", body = Activity)), security(("operator" = ["seckill.write"])))]
async fn create_activity(
    Operator { operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    Body(new): Body<NewActivity>,
) -> Result<(StatusCode, Json<Activity>)> {
    Ok((StatusCode::CREATED, Json(seckill.create_activity(operator, new).await?)))
}

/// One session, whole.
#[utoipa::path(get, path = "/api/v1/admin/seckill/activities/{id}", operation_id = "get_activity", tag = "seckill",
    params(("id" = ActivityId, Path)),
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.read"])))]
async fn get_activity(
    _: Operator<SeckillRead>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.activity(id).await?))
}

/// Changes a draft.
#[utoipa::path(patch, path = "/api/v1/admin/seckill/activities/{id}", operation_id = "edit_activity", tag = "seckill",
    params(("id" = ActivityId, Path)), request_body = ActivityChange,
    responses((status = 200, description = "The draft", body = Activity)), security(("operator" = ["seckill.write"])))]
async fn edit_activity(
    Operator { operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
    Body(change): Body<ActivityChange>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.edit_activity(operator, id, change).await?))
}

/// Attaches a variant to a draft: its units are set apart at once.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/items", operation_id = "attach_activity_item", tag = "seckill",
    params(("id" = ActivityId, Path), ("Idempotency-Key" = String, Header, description = "New for each attachment")),
    request_body = NewActivityItem,
    responses((status = 201, description = "It is attached", body = ActivityItem)), security(("operator" = ["seckill.write"])))]
async fn attach_activity_item(
    Operator { ctx, operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
    key: IdempotencyKey,
    Body(new): Body<NewActivityItem>,
) -> Result<Response> {
    // A task of its own: a client that goes away does not leave it half done.
    let trace = ctx.trace.clone();
    let work = async move { seckill.attach(&ctx, operator, &key, id, &new).await };
    match tokio::spawn(kit::db::on_trace(trace, work)).await.map_err(Error::internal)?? {
        Attachment::Now(item) => Ok((StatusCode::CREATED, Json(item)).into_response()),
        Attachment::Before(answer) => replay(answer),
    }
}

/// The answer of the first time. A refusal is kept as an error, so that it is said in the reader's language.
fn replay(answer: Stored) -> Result<Response> {
    if answer.status < 400 {
        return Ok(answer.into_response());
    }
    let refusal: Error = serde_json::from_str(&answer.body)?;
    Ok(([("idempotent-replayed", "true")], refusal).into_response())
}

/// Takes a variant out of a draft: its units go back.
#[utoipa::path(delete, path = "/api/v1/admin/seckill/items/{id}", operation_id = "detach_activity_item", tag = "seckill",
    params(("id" = AllotmentId, Path)),
    responses((status = 204, description = "It is out")), security(("operator" = ["seckill.write"])))]
async fn detach_activity_item(
    Operator { ctx, operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<AllotmentId>,
) -> Result<StatusCode> {
    seckill.detach(&ctx, operator, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hands a draft in for review.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/submit", operation_id = "submit_activity", tag = "seckill",
    params(("id" = ActivityId, Path)),
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.write"])))]
async fn submit_activity(
    Operator { operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.submit(operator, id).await?))
}

/// Approves a session; it goes online by itself.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/approve", operation_id = "approve_activity", tag = "seckill",
    params(("id" = ActivityId, Path)),
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.review"])))]
async fn approve_activity(
    Operator { operator, .. }: Operator<SeckillReview>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.approve(operator, id).await?))
}

/// Sends a session back to be planned anew.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/reject", operation_id = "reject_activity", tag = "seckill",
    params(("id" = ActivityId, Path)), request_body = ActivityReason,
    responses((status = 200, description = "The draft", body = Activity)), security(("operator" = ["seckill.review"])))]
async fn reject_activity(
    Operator { operator, .. }: Operator<SeckillReview>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
    Body(why): Body<ActivityReason>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.reject(operator, id, why.reason.trim()).await?))
}

/// Pauses a session that is online: no claims are taken.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/pause", operation_id = "pause_activity", tag = "seckill",
    params(("id" = ActivityId, Path)),
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.run"])))]
async fn pause_activity(
    Operator { operator, .. }: Operator<SeckillRun>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.pause(operator, id, true).await?))
}

/// Resumes a paused session: what is left is counted, and claims are taken again.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/resume", operation_id = "resume_activity", tag = "seckill",
    params(("id" = ActivityId, Path)),
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.run"])))]
async fn resume_activity(
    Operator { operator, .. }: Operator<SeckillRun>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.pause(operator, id, false).await?))
}

/// Ends a session that is online before its time.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/stop", operation_id = "stop_activity", tag = "seckill",
    params(("id" = ActivityId, Path)), request_body = ActivityReason,
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.run"])))]
async fn stop_activity(
    Operator { operator, .. }: Operator<SeckillRun>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
    Body(why): Body<ActivityReason>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.stop(operator, id, why.reason.trim()).await?))
}

/// Calls off a session that is not online yet; its units go back.
#[utoipa::path(post, path = "/api/v1/admin/seckill/activities/{id}/cancel", operation_id = "cancel_activity", tag = "seckill",
    params(("id" = ActivityId, Path)), request_body = ActivityReason,
    responses((status = 200, description = "The session", body = Activity)), security(("operator" = ["seckill.write"])))]
async fn cancel_activity(
    Operator { ctx, operator, .. }: Operator<SeckillWrite>,
    State(seckill): State<Arc<Seckill>>,
    PathOf(id): PathOf<ActivityId>,
    Body(why): Body<ActivityReason>,
) -> Result<Json<Activity>> {
    Ok(Json(seckill.cancel(&ctx, operator, id, why.reason.trim()).await?))
}
