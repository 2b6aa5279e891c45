//! Pictures with characters to type.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use garde::Validate;
use kit::http::Anyone;
use serde::Deserialize;

use super::private;
use crate::User;
use crate::captcha::{self, Answer, Captcha};

/// What was typed from a captcha.
#[derive(Clone, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaptchaAnswer {
    /// Of which one; each may be tried once.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    id: String,
    /// Its four characters; large and small letters are the same.
    #[garde(length(chars, min = 1, max = 16))]
    #[schema(min_length = 1, max_length = 16)]
    answer: String,
}

impl From<CaptchaAnswer> for Answer {
    fn from(typed: CaptchaAnswer) -> Self {
        Answer { id: typed.id, text: typed.answer }
    }
}

/// Draws a picture with four characters. It is asked for (`captcha_required`) after some codes or wrong passwords; its answer goes
/// with the request that was refused.
#[utoipa::path(post, path = "/api/v1/captchas", operation_id = "create_captcha", tag = "user",
    responses((status = 201, body = Captcha)), security(()))]
pub(super) async fn create_captcha(Anyone(ctx): Anyone, State(user): State<Arc<User>>) -> kit::Result<Response> {
    Ok(private(StatusCode::CREATED, captcha::create(&user, &ctx).await?))
}
