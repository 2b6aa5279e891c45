//! A shopper's own profile, password and phone.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use contract::UserId;
use garde::Validate;
use kit::http::{Body, Shopper};
use kit::secret::Phone;
use serde::Deserialize;

use super::private;
use crate::credentials::{self, Owner};
use crate::profile::{self, Gender, Profile, ProfileChange};
use crate::{User, rules};

/// The shopper's own profile.
#[utoipa::path(get, path = "/api/v1/users/me", operation_id = "get_profile", tag = "user",
    responses((status = 200, body = Profile)), security(("shopper" = [])))]
pub(super) async fn get_profile(caller: Shopper, State(user): State<Arc<User>>) -> kit::Result<Response> {
    Ok(private(StatusCode::OK, profile::show(&user, UserId(caller.user)).await?))
}

/// What changes; absent means unchanged.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeProfile {
    /// Can be chosen once, while there is none.
    #[garde(inner(length(chars, min = 2, max = 20)))]
    #[schema(min_length = 2, max_length = 20)]
    username: Option<String>,
    /// As others read it.
    #[garde(inner(length(chars, min = 1, max = 20)))]
    #[schema(min_length = 1, max_length = 20)]
    nickname: Option<String>,
    /// Key of a picture that the shopper uploaded for this (purpose `avatar`).
    #[garde(inner(length(chars, min = 1, max = 80)), custom(rules::picture_key))]
    #[schema(min_length = 1, max_length = 80, pattern = "^u/[A-Za-z0-9/]+$")]
    avatar: Option<String>,
    /// As told.
    #[garde(skip)]
    gender: Option<Gender>,
    /// `1990-02-28`.
    #[garde(custom(rules::birthday))]
    #[schema(format = Date)]
    birthday: Option<String>,
}

/// Changes the shopper's own profile.
#[utoipa::path(patch, path = "/api/v1/users/me", operation_id = "change_profile", tag = "user", request_body = ChangeProfile,
    responses((status = 200, body = Profile)), security(("shopper" = [])))]
pub(super) async fn change_profile(
    caller: Shopper,
    State(user): State<Arc<User>>,
    Body(body): Body<ChangeProfile>,
) -> kit::Result<Response> {
    let to = ProfileChange {
        username: body.username,
        nickname: body.nickname,
        avatar: body.avatar,
        gender: body.gender,
        birthday: body.birthday,
    };
    Ok(private(StatusCode::OK, profile::change(&user, &caller.ctx, UserId(caller.user), to).await?))
}

/// A new password, with one proof.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPassword {
    /// Proof by the password until now.
    #[garde(inner(length(chars, min = 1, max = 128)))]
    #[schema(min_length = 1, max_length = 128, format = Password)]
    old_password: Option<String>,
    /// Proof by a code to the account's phone, purpose `reset`.
    #[garde(inner(length(chars, min = 6, max = 6)))]
    #[schema(min_length = 6, max_length = 6)]
    code: Option<String>,
    /// 8 to 128 characters, not one of the most common.
    #[garde(length(chars, min = 8, max = 128))]
    #[schema(min_length = 8, max_length = 128, format = Password)]
    new_password: String,
}

/// Sets the password; all other sessions end.
#[utoipa::path(put, path = "/api/v1/users/me/password", operation_id = "set_password", tag = "user", request_body = SetPassword,
    responses((status = 204)), security(("shopper" = [])))]
pub(super) async fn set_password(
    caller: Shopper,
    State(user): State<Arc<User>>,
    Body(body): Body<SetPassword>,
) -> kit::Result<StatusCode> {
    let owner = Owner { id: UserId(caller.user), session: caller.session };
    let (old, code) = (body.old_password.as_deref(), body.code.as_deref());
    credentials::set_password(&user, &caller.ctx, owner, old, code, &body.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new phone, with a code to it and one proof.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPhone {
    /// The new phone.
    #[garde(skip)]
    phone: Phone,
    /// The code that went to the new phone, purpose `change_phone`.
    #[garde(length(chars, min = 6, max = 6))]
    #[schema(min_length = 6, max_length = 6)]
    code: String,
    /// Proof by password.
    #[garde(inner(length(chars, min = 1, max = 128)))]
    #[schema(min_length = 1, max_length = 128, format = Password)]
    password: Option<String>,
    /// Proof by a code to the phone until now, purpose `change_phone`.
    #[garde(inner(length(chars, min = 6, max = 6)))]
    #[schema(min_length = 6, max_length = 6)]
    old_code: Option<String>,
}

/// Moves the account to another phone; all other sessions end.
#[utoipa::path(put, path = "/api/v1/users/me/phone", operation_id = "set_phone", tag = "user", request_body = SetPhone,
    responses((status = 204)), security(("shopper" = [])))]
pub(super) async fn set_phone(
    caller: Shopper,
    State(user): State<Arc<User>>,
    Body(body): Body<SetPhone>,
) -> kit::Result<StatusCode> {
    let owner = Owner { id: UserId(caller.user), session: caller.session };
    let new = (&body.phone, body.code.as_str());
    credentials::set_phone(&user, &caller.ctx, owner, new, body.password.as_deref(), body.old_code.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
