//! A shopper's own addresses.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use contract::{AddressId, UserId};
use garde::Validate;
use kit::http::{Body, Page, PathOf, Shopper};
use kit::secret::{PersonName, Phone, StreetAddress};
use serde::Deserialize;

use super::private;
use crate::address::{self, AddressPlain, AddressShown, Written};
use crate::{User, rules};

/// An address as its owner writes it.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressBody {
    /// Receiver.
    #[garde(skip)]
    name: PersonName,
    /// Receiver's phone.
    #[garde(skip)]
    phone: Phone,
    /// 省.
    #[garde(length(chars, min = 1, max = 30), custom(rules::shown_line))]
    #[schema(min_length = 1, max_length = 30)]
    province: String,
    /// 市.
    #[garde(length(chars, min = 1, max = 30), custom(rules::shown_line))]
    #[schema(min_length = 1, max_length = 30)]
    city: String,
    /// 区县; empty where a city has none.
    #[garde(length(chars, max = 30), custom(rules::shown_line))]
    #[schema(max_length = 30)]
    district: String,
    /// Street and door.
    #[garde(skip)]
    detail: StreetAddress,
    /// 家, 公司 …
    #[garde(inner(length(chars, min = 1, max = 10)), custom(rules::shown_line_or_none))]
    #[schema(min_length = 1, max_length = 10)]
    tag: Option<String>,
    /// Becomes the default one. The one that is stays it until another becomes it.
    #[garde(skip)]
    #[serde(default)]
    is_default: bool,
}

impl From<AddressBody> for Written {
    fn from(body: AddressBody) -> Self {
        Written {
            name: body.name,
            phone: body.phone,
            province: body.province,
            city: body.city,
            district: body.district,
            detail: body.detail,
            tag: body.tag,
            is_default: body.is_default,
        }
    }
}

/// Lists the shopper's own addresses, masked: the default one first, then the newest.
#[utoipa::path(get, path = "/api/v1/addresses", operation_id = "list_addresses", tag = "user",
    responses((status = 200, body = Page<AddressShown>)), security(("shopper" = [])))]
pub(super) async fn list_addresses(caller: Shopper, State(user): State<Arc<User>>) -> kit::Result<Response> {
    let items = address::list(&user, UserId(caller.user)).await?;
    Ok(private(StatusCode::OK, Page { items, next: None }))
}

/// Keeps a new address; the first one is the default one.
#[utoipa::path(post, path = "/api/v1/addresses", operation_id = "create_address", tag = "user", request_body = AddressBody,
    responses((status = 201, body = AddressShown)), security(("shopper" = [])))]
pub(super) async fn create_address(
    caller: Shopper,
    State(user): State<Arc<User>>,
    Body(body): Body<AddressBody>,
) -> kit::Result<Response> {
    let added = address::add(&user, UserId(caller.user), &body.into()).await?;
    Ok(private(StatusCode::CREATED, added))
}

/// One of the shopper's own addresses, masked.
#[utoipa::path(get, path = "/api/v1/addresses/{id}", operation_id = "get_address", tag = "user",
    params(("id" = AddressId, Path, description = "The address")),
    responses((status = 200, body = AddressShown)), security(("shopper" = [])))]
pub(super) async fn get_address(
    caller: Shopper,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<AddressId>,
) -> kit::Result<Response> {
    Ok(private(StatusCode::OK, address::show(&user, UserId(caller.user), id).await?))
}

/// One of the shopper's own addresses in plain text, for the form in which its owner edits it.
#[utoipa::path(get, path = "/api/v1/addresses/{id}/plain", operation_id = "get_plain_address", tag = "user",
    params(("id" = AddressId, Path, description = "The address")),
    responses((status = 200, body = AddressPlain)), security(("shopper" = [])))]
pub(super) async fn get_plain_address(
    caller: Shopper,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<AddressId>,
) -> kit::Result<Response> {
    Ok(private(StatusCode::OK, address::plain(&user, UserId(caller.user), id).await?))
}

/// Replaces one of the shopper's own addresses.
#[utoipa::path(put, path = "/api/v1/addresses/{id}", operation_id = "replace_address", tag = "user", request_body = AddressBody,
    params(("id" = AddressId, Path, description = "The address")),
    responses((status = 200, body = AddressShown)), security(("shopper" = [])))]
pub(super) async fn replace_address(
    caller: Shopper,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<AddressId>,
    Body(body): Body<AddressBody>,
) -> kit::Result<Response> {
    let replaced = address::replace(&user, UserId(caller.user), id, &body.into()).await?;
    Ok(private(StatusCode::OK, replaced))
}

/// Deletes one of the shopper's own addresses.
#[utoipa::path(delete, path = "/api/v1/addresses/{id}", operation_id = "delete_address", tag = "user",
    params(("id" = AddressId, Path, description = "The address")), responses((status = 204)), security(("shopper" = [])))]
pub(super) async fn delete_address(
    caller: Shopper,
    State(user): State<Arc<User>>,
    PathOf(id): PathOf<AddressId>,
) -> kit::Result<StatusCode> {
    address::delete(&user, UserId(caller.user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
