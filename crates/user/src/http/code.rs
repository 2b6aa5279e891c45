//! Codes by text message.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use garde::Validate;
use kit::http::{Anyone, Body};
use kit::secret::Phone;
use serde::Deserialize;

use super::captcha::CaptchaAnswer;
use crate::User;
use crate::captcha::Answer;
use crate::send_code::{self, CodeSent, Purpose};

/// Asks for a code.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendSmsCode {
    /// Where it goes.
    #[garde(skip)]
    phone: Phone,
    /// What it is for; it works for nothing else.
    #[garde(skip)]
    purpose: Purpose,
    /// Needed once the client's network has had some codes within the hour (`captcha_required`).
    #[garde(dive)]
    captcha: Option<CaptchaAnswer>,
}

/// Sends a six-digit code to a phone. The answer is the same whether or not the phone is registered.
#[utoipa::path(post, path = "/api/v1/sms-codes", operation_id = "send_sms_code", tag = "user", request_body = SendSmsCode,
    responses((status = 202, body = CodeSent)), security(()))]
pub(super) async fn send_sms_code(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    Body(body): Body<SendSmsCode>,
) -> kit::Result<(StatusCode, Json<CodeSent>)> {
    let sent = send_code::send(&user, &ctx, &body.phone, body.purpose, body.captcha.map(Answer::from).as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(sent)))
}
