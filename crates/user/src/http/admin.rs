//! Operators: signing in and out, and what they do with shoppers' accounts.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::permission::UserDisable;
use contract::{OperatorId, UserId};
use garde::Validate;
use kit::fault::UNAUTHENTICATED;
use kit::http::{Anyone, Body, Operator, PathOf};
use kit::{Caller, Ctx};
use serde::Deserialize;

use super::private;
use crate::operator::{self, OperatorSession, OperatorShown};
use crate::{User, moderate};

/// Signs an operator in.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateOperatorSession {
    /// The operator's name.
    #[garde(length(chars, min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// The password.
    #[garde(length(chars, min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128, format = Password)]
    password: String,
}

/// Any operator, whatever it may do.
fn any_operator(ctx: &Ctx) -> kit::Result<OperatorId> {
    match &ctx.caller {
        Caller::Operator { operator, .. } => Ok(OperatorId(*operator)),
        _ => Err(UNAUTHENTICATED.into()),
    }
}

/// Signs an operator in: 8 hours at most, 15 minutes of rest at most.
#[utoipa::path(post, path = "/api/v1/admin/sessions", operation_id = "create_operator_session", tag = "user",
    request_body = CreateOperatorSession, responses((status = 201, body = OperatorSession)), security(()))]
pub(super) async fn create_operator_session(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    Body(body): Body<CreateOperatorSession>,
) -> kit::Result<Response> {
    let opened = operator::login(&user, &ctx, &body.name, &body.password).await?;
    Ok(private(StatusCode::CREATED, opened))
}

/// Logs the operator out: the token dies at once.
#[utoipa::path(delete, path = "/api/v1/admin/sessions/current", operation_id = "delete_current_operator_session", tag = "user",
    responses((status = 204)), security(("operator" = [])))]
pub(super) async fn delete_current_operator_session(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    headers: HeaderMap,
) -> kit::Result<StatusCode> {
    let id = any_operator(&ctx)?;
    let token =
        headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' ')).map(|(_, token)| token.trim());
    operator::logout(&user, id, token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The operator itself: name and permissions.
#[utoipa::path(get, path = "/api/v1/admin/operators/me", operation_id = "get_operator_me", tag = "user",
    responses((status = 200, body = OperatorShown)), security(("operator" = [])))]
pub(super) async fn get_operator_me(Anyone(ctx): Anyone, State(user): State<Arc<User>>) -> kit::Result<Json<OperatorShown>> {
    Ok(Json(operator::show(&user, any_operator(&ctx)?).await?))
}

/// Disables a shopper's account: its sessions end at once.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/disable", operation_id = "disable_user", tag = "user",
    params(("id" = UserId, Path, description = "The shopper")), responses((status = 204)),
    security(("operator" = ["user.disable"])))]
pub(super) async fn disable_user(
    caller: Operator<UserDisable>,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<UserId>,
) -> kit::Result<StatusCode> {
    moderate::disable(&user, id).await?;
    tracing::info!(operator = caller.operator, user = id.0, trace = %caller.ctx.trace, "an account was disabled");
    Ok(StatusCode::NO_CONTENT)
}

/// Enables a disabled account.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/enable", operation_id = "enable_user", tag = "user",
    params(("id" = UserId, Path, description = "The shopper")), responses((status = 204)),
    security(("operator" = ["user.disable"])))]
pub(super) async fn enable_user(
    caller: Operator<UserDisable>,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<UserId>,
) -> kit::Result<StatusCode> {
    moderate::enable(&user, id).await?;
    tracing::info!(operator = caller.operator, user = id.0, trace = %caller.ctx.trace, "an account was enabled");
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of a shopper.
#[utoipa::path(post, path = "/api/v1/admin/users/{id}/kick", operation_id = "kick_user", tag = "user",
    params(("id" = UserId, Path, description = "The shopper")), responses((status = 204)),
    security(("operator" = ["user.disable"])))]
pub(super) async fn kick_user(
    caller: Operator<UserDisable>,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<UserId>,
) -> kit::Result<StatusCode> {
    moderate::kick(&user, id).await?;
    tracing::info!(operator = caller.operator, user = id.0, trace = %caller.ctx.trace, "a shopper was kicked");
    Ok(StatusCode::NO_CONTENT)
}
