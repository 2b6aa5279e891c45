//! What shoppers' pages call to upload, and where pictures are shown.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse as _, Response};
use contract::UserId;
use contract::fault::NOT_FOUND;
use contract::thirdparty::UploadPurpose;
use garde::Validate;
use kit::Result;
use kit::http::{Anyone, Body, PathOf, Shopper};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::UploadPolicy;
use super::picture::PictureType;
use super::shelf::Key;
use crate::Thirdparty;

type The = State<Arc<Thirdparty>>;

/// The routes of uploads. Only the one that takes files takes large bodies.
pub(crate) fn routes(x: &Arc<Thirdparty>) -> OpenApiRouter<Arc<Thirdparty>> {
    let form_bytes = x.settings.uploads.form_bytes();
    let files = OpenApiRouter::new().routes(routes!(store_upload)).layer(DefaultBodyLimit::max(form_bytes));
    OpenApiRouter::new().routes(routes!(create_upload)).routes(routes!(get_upload)).merge(files)
}

/// What is going to be uploaded.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUpload {
    /// What for.
    #[garde(skip)]
    purpose: UploadPurpose,
    /// What kind of picture.
    #[garde(skip)]
    content_type: PictureType,
    /// Size of the file.
    #[garde(range(min = 1))]
    #[schema(minimum = 1)]
    bytes: u64,
}

/// Allows one upload for some minutes. Then the file goes to `url` as a form; then its key may be used once.
#[utoipa::path(post, path = "/api/v1/uploads", operation_id = "create_upload", tag = "thirdparty", request_body = NewUpload,
    responses((status = 201, body = UploadPolicy)), security(("shopper" = [])))]
async fn create_upload(caller: Shopper, State(x): The, Body(new): Body<NewUpload>) -> Result<(StatusCode, Json<UploadPolicy>)> {
    let policy = x.agree(UserId(caller.user), new.purpose, new.content_type, new.bytes).await?;
    Ok((StatusCode::CREATED, Json(policy)))
}

/// The form of an upload: the policy's fields, then the file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read as it comes; this describes it")]
struct UploadForm {
    key: String,
    #[schema(rename = "Content-Type")]
    content_type: String,
    success_action_status: String,
    policy: String,
    signature: String,
    /// The picture, the last field.
    #[schema(value_type = String, format = Binary)]
    file: String,
}

/// Takes the file that a policy allows. Whoever holds the signed policy may send it.
#[utoipa::path(post, path = "/uploads", operation_id = "store_upload", tag = "thirdparty",
    request_body(content = UploadForm, content_type = "multipart/form-data"), responses((status = 204)), security(()))]
async fn store_upload(_: Anyone, State(x): The, request: Request) -> Result<StatusCode> {
    x.receive(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A picture that was uploaded, in a width of 200, 400, 800 or 1200 pixels at most.
#[utoipa::path(get, path = "/uploads/{width}/u/{purpose}/{name}", operation_id = "get_upload", tag = "thirdparty",
    params(("width" = u16, Path, description = "200, 400, 800 or 1200"), ("purpose" = UploadPurpose, Path, description = "As in the key"),
        ("name" = String, Path, description = "The rest of the key, then `.jpg`", max_length = 60)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)), security(()))]
async fn get_upload(_: Anyone, State(x): The, PathOf((width, purpose, name)): PathOf<(u16, String, String)>) -> Result<Response> {
    let key = name.strip_suffix(".jpg").and_then(|random| Key::of(&purpose, random)).ok_or(NOT_FOUND)?;
    let bytes = x.intake.shelf.picture(&key, width).await?.ok_or(NOT_FOUND)?;
    let headers = [
        (CONTENT_TYPE, "image/jpeg"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}
