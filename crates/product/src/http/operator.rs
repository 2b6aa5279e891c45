//! Operators' routes: products and their shelf, categories, brands, attributes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::permission::{BrandWrite, CategoryWrite, ProductShelf, ProductWrite};
use contract::{BrandId, CategoryId, SpuId, fault};
use garde::Validate;
use kit::http::{Body, Operator, Page, Params, PathOf};
use kit::{Error, Result};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Product;
use crate::attribute::{AttributeChange, AttributeView, NewAttribute};
use crate::brand::{BrandChange, BrandView, NewBrand};
use crate::browse::{AdminSpu, AdminSpuCard, AdminSpuParams};
use crate::category::{CategoryChange, CategoryView, NewCategory};
use crate::content::Content;

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(find_spus, publish_spu))
        .routes(routes!(get_spu_as_operator, edit_spu))
        .routes(routes!(list_spu_on_shelf))
        .routes(routes!(unlist_spu))
        .routes(routes!(create_category))
        .routes(routes!(edit_category, delete_category))
        .routes(routes!(create_brand))
        .routes(routes!(edit_brand, delete_brand))
        .routes(routes!(list_attributes, create_attribute))
        .routes(routes!(edit_attribute, delete_attribute))
}

type Service = State<Arc<Product>>;

/// The version that an edit is based on.
struct IfMatch(i64);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let header = parts.headers.get(&IF_MATCH).ok_or(fault::IF_MATCH_REQUIRED)?;
        let tag = header.to_str().unwrap_or_default().trim();
        let version = tag.strip_prefix('"').and_then(|t| t.strip_suffix('"')).and_then(|t| t.parse().ok());
        // Whatever else it is, it is no version that this product has.
        version.map(IfMatch).ok_or_else(|| fault::VERSION_CHANGED.into())
    }
}

async fn with_etag(product: &Product, status: StatusCode, id: SpuId) -> Result<Response> {
    let spu = product.admin_spu(id).await?;
    let tag = HeaderValue::try_from(format!("\"{}\"", spu.version)).map_err(Error::internal)?;
    Ok((status, [(ETAG, tag)], Json(spu)).into_response())
}

/// Products in any state, youngest first.
#[utoipa::path(get, path = "/api/v1/admin/spus", operation_id = "find_spus", tag = "product", params(AdminSpuParams),
    responses((status = 200, body = Page<AdminSpuCard>)), security(("operator" = ["product.write"])))]
async fn find_spus(
    _: Operator<ProductWrite>,
    State(product): Service,
    Params(params): Params<AdminSpuParams>,
) -> Result<Json<Page<AdminSpuCard>>> {
    Ok(Json(product.find(params).await?))
}

/// Publishes a product as a draft.
#[utoipa::path(post, path = "/api/v1/admin/spus", operation_id = "publish_spu", tag = "product", request_body = Content,
    responses((status = 201, body = AdminSpu)), security(("operator" = ["product.write"])))]
async fn publish_spu(who: Operator<ProductWrite>, State(product): Service, Body(content): Body<Content>) -> Result<Response> {
    let id = product.publish(content, who.operator).await?;
    with_etag(&product, StatusCode::CREATED, id).await
}

/// A product in any state, with its version as ETag.
#[utoipa::path(get, path = "/api/v1/admin/spus/{id}", operation_id = "get_spu_as_operator", tag = "product",
    params(("id" = SpuId, Path)), responses((status = 200, body = AdminSpu)), security(("operator" = ["product.write"])))]
async fn get_spu_as_operator(_: Operator<ProductWrite>, State(product): Service, PathOf(id): PathOf<SpuId>) -> Result<Response> {
    with_etag(&product, StatusCode::OK, id).await
}

/// Replaces a product's content. Variants keep their numbers, by number or by values.
#[utoipa::path(put, path = "/api/v1/admin/spus/{id}", operation_id = "edit_spu", tag = "product",
    params(("id" = SpuId, Path), ("If-Match" = String, Header, description = "The version that the edit is based on, as ETag")),
    request_body = Content, responses((status = 200, body = AdminSpu)), security(("operator" = ["product.write"])))]
async fn edit_spu(
    who: Operator<ProductWrite>,
    State(product): Service,
    PathOf(id): PathOf<SpuId>,
    IfMatch(version): IfMatch,
    Body(content): Body<Content>,
) -> Result<Response> {
    product.edit(id, version, content, who.operator).await?;
    with_etag(&product, StatusCode::OK, id).await
}

/// Puts a product on the shelf.
#[utoipa::path(post, path = "/api/v1/admin/spus/{id}/list", operation_id = "list_spu_on_shelf", tag = "product",
    params(("id" = SpuId, Path)), responses((status = 200, body = AdminSpu)), security(("operator" = ["product.shelf"])))]
async fn list_spu_on_shelf(_: Operator<ProductShelf>, State(product): Service, PathOf(id): PathOf<SpuId>) -> Result<Response> {
    product.list(id).await?;
    with_etag(&product, StatusCode::OK, id).await
}

/// Takes a product off the shelf.
#[utoipa::path(post, path = "/api/v1/admin/spus/{id}/unlist", operation_id = "unlist_spu", tag = "product",
    params(("id" = SpuId, Path)), responses((status = 200, body = AdminSpu)), security(("operator" = ["product.shelf"])))]
async fn unlist_spu(_: Operator<ProductShelf>, State(product): Service, PathOf(id): PathOf<SpuId>) -> Result<Response> {
    product.unlist(id).await?;
    with_etag(&product, StatusCode::OK, id).await
}

/// Makes a category.
#[utoipa::path(post, path = "/api/v1/admin/categories", operation_id = "create_category", tag = "product",
    request_body = NewCategory, responses((status = 201, body = CategoryView)), security(("operator" = ["category.write"])))]
async fn create_category(
    _: Operator<CategoryWrite>,
    State(product): Service,
    Body(new): Body<NewCategory>,
) -> Result<(StatusCode, Json<CategoryView>)> {
    Ok((StatusCode::CREATED, Json(product.create_category(new).await?)))
}

/// Renames, moves or re-orders a category.
#[utoipa::path(patch, path = "/api/v1/admin/categories/{id}", operation_id = "edit_category", tag = "product",
    params(("id" = CategoryId, Path)), request_body = CategoryChange, responses((status = 200, body = CategoryView)),
    security(("operator" = ["category.write"])))]
async fn edit_category(
    _: Operator<CategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<CategoryId>,
    Body(change): Body<CategoryChange>,
) -> Result<Json<CategoryView>> {
    Ok(Json(product.edit_category(id, change).await?))
}

/// Deletes a category that is not in use.
#[utoipa::path(delete, path = "/api/v1/admin/categories/{id}", operation_id = "delete_category", tag = "product",
    params(("id" = CategoryId, Path)), responses((status = 204)), security(("operator" = ["category.write"])))]
async fn delete_category(
    _: Operator<CategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<CategoryId>,
) -> Result<StatusCode> {
    product.delete_category(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a brand.
#[utoipa::path(post, path = "/api/v1/admin/brands", operation_id = "create_brand", tag = "product",
    request_body = NewBrand, responses((status = 201, body = BrandView)), security(("operator" = ["brand.write"])))]
async fn create_brand(
    _: Operator<BrandWrite>,
    State(product): Service,
    Body(new): Body<NewBrand>,
) -> Result<(StatusCode, Json<BrandView>)> {
    Ok((StatusCode::CREATED, Json(product.create_brand(new).await?)))
}

/// Changes a brand.
#[utoipa::path(patch, path = "/api/v1/admin/brands/{id}", operation_id = "edit_brand", tag = "product",
    params(("id" = BrandId, Path)), request_body = BrandChange, responses((status = 200, body = BrandView)),
    security(("operator" = ["brand.write"])))]
async fn edit_brand(
    _: Operator<BrandWrite>,
    State(product): Service,
    PathOf(id): PathOf<BrandId>,
    Body(change): Body<BrandChange>,
) -> Result<Json<BrandView>> {
    Ok(Json(product.edit_brand(id, change).await?))
}

/// Deletes a brand that no product has.
#[utoipa::path(delete, path = "/api/v1/admin/brands/{id}", operation_id = "delete_brand", tag = "product",
    params(("id" = BrandId, Path)), responses((status = 204)), security(("operator" = ["brand.write"])))]
async fn delete_brand(_: Operator<BrandWrite>, State(product): Service, PathOf(id): PathOf<BrandId>) -> Result<StatusCode> {
    product.delete_brand(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which leaf's attributes are listed.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AttributeParams {
    /// The leaf.
    #[garde(skip)]
    category: CategoryId,
}

/// Attributes of a leaf, as a publisher fills them in.
#[utoipa::path(get, path = "/api/v1/admin/attributes", operation_id = "list_attributes", tag = "product",
    params(AttributeParams), responses((status = 200, body = Vec<AttributeView>)), security(("operator" = ["product.write"])))]
async fn list_attributes(
    _: Operator<ProductWrite>,
    State(product): Service,
    Params(params): Params<AttributeParams>,
) -> Result<Json<Vec<AttributeView>>> {
    let frame = product.frame_now().await?;
    Ok(Json(frame.attributes(params.category).iter().map(AttributeView::from).collect()))
}

/// Makes an attribute of a leaf.
#[utoipa::path(post, path = "/api/v1/admin/attributes", operation_id = "create_attribute", tag = "product",
    request_body = NewAttribute, responses((status = 201, body = AttributeView)), security(("operator" = ["category.write"])))]
async fn create_attribute(
    _: Operator<CategoryWrite>,
    State(product): Service,
    Body(new): Body<NewAttribute>,
) -> Result<(StatusCode, Json<AttributeView>)> {
    Ok((StatusCode::CREATED, Json(product.create_attribute(new).await?)))
}

/// Changes an attribute.
#[utoipa::path(patch, path = "/api/v1/admin/attributes/{id}", operation_id = "edit_attribute", tag = "product",
    params(("id" = String, Path)), request_body = AttributeChange, responses((status = 200, body = AttributeView)),
    security(("operator" = ["category.write"])))]
async fn edit_attribute(
    _: Operator<CategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<i64>,
    Body(change): Body<AttributeChange>,
) -> Result<Json<AttributeView>> {
    Ok(Json(product.edit_attribute(id, change).await?))
}

/// Deletes an attribute.
#[utoipa::path(delete, path = "/api/v1/admin/attributes/{id}", operation_id = "delete_attribute", tag = "product",
    params(("id" = String, Path)), responses((status = 204)), security(("operator" = ["category.write"])))]
async fn delete_attribute(_: Operator<CategoryWrite>, State(product): Service, PathOf(id): PathOf<i64>) -> Result<StatusCode> {
    product.delete_attribute(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn version(header: Option<&str>) -> Result<i64> {
        let mut request = axum::http::Request::builder();
        if let Some(header) = header {
            request = request.header(IF_MATCH, header);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await.map(|v| v.0)
    }

    #[tokio::test]
    async fn an_edit_names_the_version_it_is_based_on() {
        assert_eq!(version(Some("\"7\"")).await.unwrap(), 7);
        assert!(version(None).await.unwrap_err().is(fault::IF_MATCH_REQUIRED));
        for other in ["*", "7", "\"seven\"", ""] {
            assert!(version(Some(other)).await.unwrap_err().is(fault::VERSION_CHANGED));
        }
    }
}
