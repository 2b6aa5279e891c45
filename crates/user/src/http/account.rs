//! Registering.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use garde::Validate;
use kit::http::{Anyone, Body};
use kit::secret::Phone;
use serde::Deserialize;

use super::{DeviceBody, SignedIn, private};
use crate::User;
use crate::register::{self, Register};
use crate::session::Device;

/// Registers a shopper.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterUser {
    /// Where the code went.
    #[garde(skip)]
    phone: Phone,
    /// The code, purpose `register`.
    #[garde(length(chars, min = 6, max = 6))]
    #[schema(min_length = 6, max_length = 6, pattern = "^[0-9]{6}$")]
    code: String,
    /// 2 to 20 letters, digits, `_`, `-` or Chinese characters; may be chosen later.
    #[garde(inner(length(chars, min = 2, max = 20)))]
    #[schema(min_length = 2, max_length = 20)]
    username: Option<String>,
    /// 8 to 128 characters, not one of the most common.
    #[garde(length(chars, min = 8, max = 128))]
    #[schema(min_length = 8, max_length = 128, format = Password)]
    password: String,
    /// As others will read it; one is made up when absent.
    #[garde(inner(length(chars, min = 1, max = 20)))]
    #[schema(min_length = 1, max_length = 20)]
    nickname: Option<String>,
    /// The device that signs in with it.
    #[garde(dive)]
    device: Option<DeviceBody>,
}

/// Registers a shopper and signs in. The code is used up, also when something later is refused.
#[utoipa::path(post, path = "/api/v1/users", operation_id = "register_user", tag = "user", request_body = RegisterUser,
    responses((status = 201, body = SignedIn)), security(()))]
pub(super) async fn register_user(
    Anyone(ctx): Anyone,
    State(user): State<Arc<User>>,
    Body(body): Body<RegisterUser>,
) -> kit::Result<Response> {
    let with = Register {
        phone: body.phone,
        code: body.code,
        username: body.username,
        password: body.password,
        nickname: body.nickname,
        device: body.device.map(Device::from).unwrap_or_default(),
    };
    let signed_in = register::register(&user, &ctx, with).await?;
    Ok(private(StatusCode::CREATED, SignedIn::new(&user, signed_in)?))
}
