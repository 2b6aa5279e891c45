//! Signing in and out, refreshing, devices.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use contract::UserId;
use garde::Validate;
use kit::http::{Anyone, Body, Page, PathOf, Shopper};
use kit::secret::Phone;
use serde::Deserialize;

use super::captcha::CaptchaAnswer;
use super::{DeviceBody, SignedIn, private};
use crate::captcha::Answer;
use crate::login::{self, Proof};
use crate::session::{self, Device, SessionId, SessionShown};
use crate::tokens::TokenPair;
use crate::{User, refresh};

/// Signs in.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateSession {
    /// How.
    #[garde(dive)]
    login: Login,
    /// From where.
    #[garde(dive)]
    device: DeviceBody,
    /// Needed after some wrong passwords (`captcha_required`).
    #[garde(dive)]
    captcha: Option<CaptchaAnswer>,
}

/// How a shopper proves who it is.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Login {
    /// By password.
    Password {
        /// User name or phone.
        #[garde(length(chars, min = 1, max = 40))]
        #[schema(min_length = 1, max_length = 40)]
        account: String,
        /// The password.
        #[garde(length(chars, min = 1, max = 128))]
        #[schema(min_length = 1, max_length = 128, format = Password)]
        password: String,
    },
    /// By code; a phone that nobody has registers on the way.
    Code {
        /// Where the code went.
        #[garde(skip)]
        phone: Phone,
        /// The code, purpose `login`.
        #[garde(length(chars, min = 6, max = 6))]
        #[schema(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$")]
        code: String,
    },
}

/// Signs a shopper in, by password or by code.
#[utoipa::path(post, path = "/api/v1/sessions", operation_id = "create_session", tag = "user", request_body = CreateSession,
    responses((status = 201, body = SignedIn)), security(()))]
pub(super) async fn create_session(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    Body(body): Body<CreateSession>,
) -> kit::Result<Response> {
    let proof = match body.login {
        Login::Password { account, password } => Proof::Password { account, password, captcha: body.captcha.map(Answer::from) },
        Login::Code { phone, code } => Proof::Code { phone, code },
    };
    let signed_in = login::login(&user, &ctx, proof, &Device::from(body.device)).await?;
    Ok(private(StatusCode::CREATED, SignedIn::new(&user, signed_in)?))
}

/// Exchanges a refresh token.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshSession {
    /// The current refresh token; again within ten seconds, from the same device, it gets the same pair.
    #[garde(length(chars, min = 1, max = 300))]
    #[schema(min_length = 1, max_length = 300)]
    refresh_token: String,
    /// The device's id, as it was given at log-in; without it the same network counts as the same device.
    #[garde(inner(length(chars, min = 8, max = 100)))]
    #[schema(min_length = 8, max_length = 100)]
    device_id: Option<String>,
}

/// Exchanges a refresh token for the next pair; both old tokens die. A token that was used before ends the session.
#[utoipa::path(post, path = "/api/v1/sessions/refresh", operation_id = "refresh_session", tag = "user",
    request_body = RefreshSession, responses((status = 200, body = TokenPair)), security(()))]
pub(super) async fn refresh_session(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    Body(body): Body<RefreshSession>,
) -> kit::Result<Response> {
    let pair = refresh::refresh(&user, &ctx, &body.refresh_token, body.device_id.as_deref()).await?;
    Ok(private(StatusCode::OK, pair))
}

/// Logs out: the tokens of this device die at once.
#[utoipa::path(delete, path = "/api/v1/sessions/current", operation_id = "delete_current_session", tag = "user",
    responses((status = 204)), security(("shopper" = [])))]
pub(super) async fn delete_current_session(caller: Shopper, State(user): State<Arc<User>>) -> kit::Result<StatusCode> {
    session::end(&user, UserId(caller.user), caller.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the shopper's own signed-in devices, newest first.
#[utoipa::path(get, path = "/api/v1/sessions", operation_id = "list_sessions", tag = "user",
    responses((status = 200, body = Page<SessionShown>)), security(("shopper" = [])))]
pub(super) async fn list_sessions(caller: Shopper, State(user): State<Arc<User>>) -> kit::Result<Json<Page<SessionShown>>> {
    let items = session::list(&user, UserId(caller.user), caller.session).await?;
    Ok(Json(Page { items, next: None }))
}

/// Ends one of the shopper's own sessions: its tokens die at once.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", operation_id = "delete_session", tag = "user",
    params(("id" = String, Path, description = "The session")), responses((status = 204)), security(("shopper" = [])))]
pub(super) async fn delete_session(
    caller: Shopper,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<SessionId>,
) -> kit::Result<StatusCode> {
    session::end(&user, UserId(caller.user), id.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
