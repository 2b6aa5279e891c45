//! Routes of the home page: what shoppers are given, and what operators compose.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use contract::permission::HomeWrite;
use kit::Result;
use kit::http::{Anyone, Body, Operator, Page, PageParams, Params, PathOf};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::catalogue::ASK_AGAIN;
use crate::Product;
use crate::bytes::IfNoneMatch;
use crate::home::{
    AdminHomeBanner, AdminHomeSection, AdminHomeShortcut, Home, HomeBannerChange, HomeBannerId, HomeSectionChange, HomeSectionId,
    HomeShortcutChange, HomeShortcutId, NewHomeBanner, NewHomeSection, NewHomeShortcut,
};

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(get_home))
        .routes(routes!(list_home_banners, create_home_banner))
        .routes(routes!(edit_home_banner, delete_home_banner))
        .routes(routes!(list_home_shortcuts, create_home_shortcut))
        .routes(routes!(edit_home_shortcut, delete_home_shortcut))
        .routes(routes!(list_home_sections, create_home_section))
        .routes(routes!(edit_home_section, delete_home_section))
}

type Service = State<Arc<Product>>;

/// The home page. Answers 304 when the client has it.
#[utoipa::path(get, path = "/api/v1/home", operation_id = "get_home", tag = "product",
    responses((status = 200, body = Home), (status = 304)), security(()))]
async fn get_home(Anyone(ctx): Anyone, State(product): Service, has: IfNoneMatch) -> Result<Response> {
    Ok(product.home_page(&ctx).await?.answer(&has, ASK_AGAIN))
}

/// Banners, shown or not, in their order.
#[utoipa::path(get, path = "/api/v1/admin/home/banners", operation_id = "list_home_banners", tag = "product", params(PageParams),
    responses((status = 200, body = Page<AdminHomeBanner>)), security(("operator" = ["home.write"])))]
async fn list_home_banners(
    _: Operator<HomeWrite>,
    State(product): Service,
    Params(page): Params<PageParams>,
) -> Result<Json<Page<AdminHomeBanner>>> {
    Ok(Json(product.banners(page).await?))
}

/// Makes a banner.
#[utoipa::path(post, path = "/api/v1/admin/home/banners", operation_id = "create_home_banner", tag = "product",
    request_body = NewHomeBanner, responses((status = 201, body = AdminHomeBanner)), security(("operator" = ["home.write"])))]
async fn create_home_banner(
    _: Operator<HomeWrite>,
    State(product): Service,
    Body(new): Body<NewHomeBanner>,
) -> Result<(StatusCode, Json<AdminHomeBanner>)> {
    Ok((StatusCode::CREATED, Json(product.create_banner(new).await?)))
}

/// Changes a banner.
#[utoipa::path(patch, path = "/api/v1/admin/home/banners/{id}", operation_id = "edit_home_banner", tag = "product",
    params(("id" = HomeBannerId, Path)), request_body = HomeBannerChange, responses((status = 200, body = AdminHomeBanner)),
    security(("operator" = ["home.write"])))]
async fn edit_home_banner(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeBannerId>,
    Body(change): Body<HomeBannerChange>,
) -> Result<Json<AdminHomeBanner>> {
    Ok(Json(product.edit_banner(id, change).await?))
}

/// Deletes a banner.
#[utoipa::path(delete, path = "/api/v1/admin/home/banners/{id}", operation_id = "delete_home_banner", tag = "product",
    params(("id" = HomeBannerId, Path)), responses((status = 204)), security(("operator" = ["home.write"])))]
async fn delete_home_banner(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeBannerId>,
) -> Result<StatusCode> {
    product.delete_banner(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shortcuts, in their order.
#[utoipa::path(get, path = "/api/v1/admin/home/shortcuts", operation_id = "list_home_shortcuts", tag = "product", params(PageParams),
    responses((status = 200, body = Page<AdminHomeShortcut>)), security(("operator" = ["home.write"])))]
async fn list_home_shortcuts(
    _: Operator<HomeWrite>,
    State(product): Service,
    Params(page): Params<PageParams>,
) -> Result<Json<Page<AdminHomeShortcut>>> {
    Ok(Json(product.shortcuts(page).await?))
}

/// Makes a shortcut.
#[utoipa::path(post, path = "/api/v1/admin/home/shortcuts", operation_id = "create_home_shortcut", tag = "product",
    request_body = NewHomeShortcut, responses((status = 201, body = AdminHomeShortcut)), security(("operator" = ["home.write"])))]
async fn create_home_shortcut(
    _: Operator<HomeWrite>,
    State(product): Service,
    Body(new): Body<NewHomeShortcut>,
) -> Result<(StatusCode, Json<AdminHomeShortcut>)> {
    Ok((StatusCode::CREATED, Json(product.create_shortcut(new).await?)))
}

/// Changes a shortcut.
#[utoipa::path(patch, path = "/api/v1/admin/home/shortcuts/{id}", operation_id = "edit_home_shortcut", tag = "product",
    params(("id" = HomeShortcutId, Path)), request_body = HomeShortcutChange, responses((status = 200, body = AdminHomeShortcut)),
    security(("operator" = ["home.write"])))]
async fn edit_home_shortcut(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeShortcutId>,
    Body(change): Body<HomeShortcutChange>,
) -> Result<Json<AdminHomeShortcut>> {
    Ok(Json(product.edit_shortcut(id, change).await?))
}

/// Deletes a shortcut.
#[utoipa::path(delete, path = "/api/v1/admin/home/shortcuts/{id}", operation_id = "delete_home_shortcut", tag = "product",
    params(("id" = HomeShortcutId, Path)), responses((status = 204)), security(("operator" = ["home.write"])))]
async fn delete_home_shortcut(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeShortcutId>,
) -> Result<StatusCode> {
    product.delete_shortcut(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sections, in their order.
#[utoipa::path(get, path = "/api/v1/admin/home/sections", operation_id = "list_home_sections", tag = "product", params(PageParams),
    responses((status = 200, body = Page<AdminHomeSection>)), security(("operator" = ["home.write"])))]
async fn list_home_sections(
    _: Operator<HomeWrite>,
    State(product): Service,
    Params(page): Params<PageParams>,
) -> Result<Json<Page<AdminHomeSection>>> {
    Ok(Json(product.sections(page).await?))
}

/// Makes a section.
#[utoipa::path(post, path = "/api/v1/admin/home/sections", operation_id = "create_home_section", tag = "product",
    request_body = NewHomeSection, responses((status = 201, body = AdminHomeSection)), security(("operator" = ["home.write"])))]
async fn create_home_section(
    _: Operator<HomeWrite>,
    State(product): Service,
    Body(new): Body<NewHomeSection>,
) -> Result<(StatusCode, Json<AdminHomeSection>)> {
    Ok((StatusCode::CREATED, Json(product.create_section(new).await?)))
}

/// Changes a section.
#[utoipa::path(patch, path = "/api/v1/admin/home/sections/{id}", operation_id = "edit_home_section", tag = "product",
    params(("id" = HomeSectionId, Path)), request_body = HomeSectionChange, responses((status = 200, body = AdminHomeSection)),
    security(("operator" = ["home.write"])))]
async fn edit_home_section(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeSectionId>,
    Body(change): Body<HomeSectionChange>,
) -> Result<Json<AdminHomeSection>> {
    Ok(Json(product.edit_section(id, change).await?))
}

/// Deletes a section.
#[utoipa::path(delete, path = "/api/v1/admin/home/sections/{id}", operation_id = "delete_home_section", tag = "product",
    params(("id" = HomeSectionId, Path)), responses((status = 204)), security(("operator" = ["home.write"])))]
async fn delete_home_section(
    _: Operator<HomeWrite>,
    State(product): Service,
    PathOf(id): PathOf<HomeSectionId>,
) -> Result<StatusCode> {
    product.delete_section(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
