//! Routes of front categories: the shoppers' tree, and what operators do to it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use contract::permission::FrontCategoryWrite;
use kit::Result;
use kit::http::{Anyone, Body, Operator, Params, PathOf};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::catalogue::A_MINUTE;
use crate::Product;
use crate::bytes::IfNoneMatch;
use crate::front::{
    AdminFrontNode, AdminFrontTree, FrontCategoryChange, FrontCategoryId, FrontParams, FrontTree, NewFrontCategory, Seasons,
};

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(list_front_categories))
        .routes(routes!(list_front_categories_as_operator, create_front_category))
        .routes(routes!(edit_front_category, delete_front_category))
        .routes(routes!(set_front_category_seasons))
}

type Service = State<Arc<Product>>;

/// The tree that shoppers see, in the order of the season; the back tree as long as there is no other. Answers 304 when the
/// client has it.
#[utoipa::path(get, path = "/api/v1/front-categories", operation_id = "list_front_categories", tag = "product",
    responses((status = 200, body = FrontTree), (status = 304)), security(()))]
async fn list_front_categories(_: Anyone, State(product): Service, has: IfNoneMatch) -> Result<Response> {
    Ok(product.front().await?.answer(&has, A_MINUTE))
}

/// The whole tree with its seasons, in the order of a moment.
#[utoipa::path(get, path = "/api/v1/admin/front-categories", operation_id = "list_front_categories_as_operator",
    tag = "product", params(FrontParams), responses((status = 200, body = AdminFrontTree)),
    security(("operator" = ["front_category.write"])))]
async fn list_front_categories_as_operator(
    _: Operator<FrontCategoryWrite>,
    State(product): Service,
    Params(params): Params<FrontParams>,
) -> Result<Json<AdminFrontTree>> {
    Ok(Json(product.fronts_as_operator(params).await?))
}

/// Makes a front category.
#[utoipa::path(post, path = "/api/v1/admin/front-categories", operation_id = "create_front_category", tag = "product",
    request_body = NewFrontCategory, responses((status = 201, body = AdminFrontNode)),
    security(("operator" = ["front_category.write"])))]
async fn create_front_category(
    _: Operator<FrontCategoryWrite>,
    State(product): Service,
    Body(new): Body<NewFrontCategory>,
) -> Result<(StatusCode, Json<AdminFrontNode>)> {
    Ok((StatusCode::CREATED, Json(product.create_front(new).await?)))
}

/// Changes a front category; moves it with all below it when the parent changes.
#[utoipa::path(patch, path = "/api/v1/admin/front-categories/{id}", operation_id = "edit_front_category", tag = "product",
    params(("id" = FrontCategoryId, Path)), request_body = FrontCategoryChange,
    responses((status = 200, body = AdminFrontNode)), security(("operator" = ["front_category.write"])))]
async fn edit_front_category(
    _: Operator<FrontCategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<FrontCategoryId>,
    Body(change): Body<FrontCategoryChange>,
) -> Result<Json<AdminFrontNode>> {
    Ok(Json(product.edit_front(id, change).await?))
}

/// Deletes a front category that nothing stands below.
#[utoipa::path(delete, path = "/api/v1/admin/front-categories/{id}", operation_id = "delete_front_category", tag = "product",
    params(("id" = FrontCategoryId, Path)), responses((status = 204)), security(("operator" = ["front_category.write"])))]
async fn delete_front_category(
    _: Operator<FrontCategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<FrontCategoryId>,
) -> Result<StatusCode> {
    product.delete_front(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replaces the seasons of a front category.
#[utoipa::path(put, path = "/api/v1/admin/front-categories/{id}/seasons", operation_id = "set_front_category_seasons",
    tag = "product", params(("id" = FrontCategoryId, Path)), request_body = Seasons,
    responses((status = 200, body = AdminFrontNode)), security(("operator" = ["front_category.write"])))]
async fn set_front_category_seasons(
    _: Operator<FrontCategoryWrite>,
    State(product): Service,
    PathOf(id): PathOf<FrontCategoryId>,
    Body(seasons): Body<Seasons>,
) -> Result<Json<AdminFrontNode>> {
    Ok(Json(product.set_seasons(id, seasons).await?))
}
