//! What people call: one file a noun. Parses, calls the use case, shows the outcome; decides nothing.

mod account;
mod address;
mod admin;
mod captcha;
mod code;
mod profile;
mod session;

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::profile::Profile;
use crate::session::Device;
use crate::store::account::Account;
use crate::tokens::TokenPair;
use crate::{User, rules};

/// All routes of accounts, for shoppers and operators.
pub fn routes(user: &Arc<User>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(captcha::create_captcha))
        .routes(routes!(code::send_sms_code))
        .routes(routes!(account::register_user))
        .routes(routes!(session::create_session, session::list_sessions))
        .routes(routes!(session::refresh_session))
        .routes(routes!(session::delete_current_session))
        .routes(routes!(session::delete_session))
        .routes(routes!(profile::get_profile, profile::change_profile))
        .routes(routes!(profile::set_password))
        .routes(routes!(profile::set_phone))
        .routes(routes!(address::list_addresses, address::create_address))
        .routes(routes!(address::get_address, address::replace_address, address::delete_address))
        .routes(routes!(address::get_plain_address))
        .routes(routes!(admin::create_operator_session))
        .routes(routes!(admin::delete_current_operator_session))
        .routes(routes!(admin::get_operator_me))
        .routes(routes!(admin::disable_user))
        .routes(routes!(admin::enable_user))
        .routes(routes!(admin::kick_user))
        .with_state(user.clone())
}

/// The device that signs in.
#[derive(Clone, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct DeviceBody {
    /// Random text that the client makes once and keeps; a device that has signed in before is known by it.
    #[garde(inner(length(chars, min = 8, max = 100)))]
    #[schema(min_length = 8, max_length = 100)]
    id: Option<String>,
    /// What the owner reads in the list of devices.
    #[garde(length(chars, min = 1, max = 60), custom(rules::shown_line))]
    #[schema(min_length = 1, max_length = 60)]
    name: String,
}

impl From<DeviceBody> for Device {
    fn from(body: DeviceBody) -> Self {
        Device { id: body.id, name: body.name }
    }
}

/// A shopper has signed in.
#[derive(Serialize, utoipa::ToSchema)]
struct SignedIn {
    #[serde(flatten)]
    tokens: TokenPair,
    /// Who.
    user: Profile,
}

impl SignedIn {
    fn new(user: &User, (tokens, account): (TokenPair, Account)) -> kit::Result<Self> {
        Ok(SignedIn { tokens, user: user.profile_of(account)? })
    }
}

/// An answer that nobody on the way may keep.
fn private<T: Serialize>(status: StatusCode, body: T) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
