//! Routes of reviews: a product's, a shopper's own, and operators'.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::permission::ReviewModerate;
use contract::{ReviewId, SpuId, UserId};
use kit::Result;
use kit::http::{Anyone, Body, IdempotencyKey, Once, Operator, Page, PageParams, Params, PathOf, Shopper};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Product;
use crate::review::{
    AdminReview, AdminReviewParams, FollowUpReview, HideReview, OwnReview, PendingParams, PendingReview, ReplyReview,
    ReviewCounts, ReviewParams, ReviewSummary, ReviewView, WriteReview,
};

type Service = State<Arc<Product>>;

pub(super) fn routes() -> OpenApiRouter<Arc<Product>> {
    OpenApiRouter::new()
        .routes(routes!(list_spu_reviews))
        .routes(routes!(get_spu_review_summary))
        .routes(routes!(list_own_reviews, write_review))
        .routes(routes!(list_pending_reviews))
        .routes(routes!(count_reviews))
        .routes(routes!(follow_up_review))
        .routes(routes!(list_all_reviews))
        .routes(routes!(hide_review))
        .routes(routes!(show_review))
        .routes(routes!(reply_review))
}

/// Reviews of a product, latest first.
#[utoipa::path(get, path = "/api/v1/spus/{id}/reviews", operation_id = "list_spu_reviews", tag = "product",
    params(("id" = SpuId, Path), ReviewParams), responses((status = 200, body = Page<ReviewView>)), security(()))]
async fn list_spu_reviews(
    _: Anyone,
    State(product): Service,
    PathOf(spu): PathOf<SpuId>,
    Params(asked): Params<ReviewParams>,
) -> Result<Json<Page<ReviewView>>> {
    Ok(Json(product.reviews_of(spu, asked).await?))
}

/// What the reviews of a product come to.
#[utoipa::path(get, path = "/api/v1/spus/{id}/reviews/summary", operation_id = "get_spu_review_summary", tag = "product",
    params(("id" = SpuId, Path)), responses((status = 200, body = ReviewSummary)), security(()))]
async fn get_spu_review_summary(_: Anyone, State(product): Service, PathOf(spu): PathOf<SpuId>) -> Result<Json<ReviewSummary>> {
    Ok(Json(product.review_summary(spu).await?))
}

/// The shopper's own reviews, latest first, with those that operators have hidden.
#[utoipa::path(get, path = "/api/v1/reviews", operation_id = "list_own_reviews", tag = "product", params(PageParams),
    responses((status = 200, body = Page<OwnReview>)), security(("shopper" = [])))]
async fn list_own_reviews(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    Params(at): Params<PageParams>,
) -> Result<Json<Page<OwnReview>>> {
    Ok(Json(product.own_reviews(UserId(user), &at).await?))
}

/// Items that wait for the shopper's review, the latest received first.
#[utoipa::path(get, path = "/api/v1/reviews/pending", operation_id = "list_pending_reviews", tag = "product",
    params(PendingParams), responses((status = 200, body = Page<PendingReview>)), security(("shopper" = [])))]
async fn list_pending_reviews(
    Shopper { user, .. }: Shopper,
    State(product): Service,
    Params(asked): Params<PendingParams>,
) -> Result<Json<Page<PendingReview>>> {
    Ok(Json(product.pending_reviews(UserId(user), asked).await?))
}

/// How many items wait for the shopper's review.
#[utoipa::path(get, path = "/api/v1/reviews/counts", operation_id = "count_reviews", tag = "product",
    responses((status = 200, body = ReviewCounts)), security(("shopper" = [])))]
async fn count_reviews(Shopper { user, .. }: Shopper, State(product): Service) -> Result<Json<ReviewCounts>> {
    Ok(Json(product.review_counts(UserId(user)).await?))
}

/// Reviews an item of an own order that was received, once.
#[utoipa::path(post, path = "/api/v1/reviews", operation_id = "write_review", tag = "product", request_body = WriteReview,
    params(("Idempotency-Key" = String, Header, description = "1 to 120 visible ASCII characters, new for each review")),
    responses((status = 201, body = OwnReview)), security(("shopper" = [])))]
async fn write_review(
    Shopper { ctx, user, .. }: Shopper,
    State(product): Service,
    key: IdempotencyKey,
    Body(new): Body<WriteReview>,
) -> Result<Response> {
    let once = Once::new(user, "write_review", &key, &new)?;
    if let Some(answer) = once.seen(&product.db).await? {
        return Ok(answer.into_response());
    }
    let review = product.write_review(&ctx, UserId(user), new, &once).await?;
    Ok((StatusCode::CREATED, Json(review)).into_response())
}

/// Adds the one follow-up to an own review.
#[utoipa::path(post, path = "/api/v1/reviews/{id}/follow-up", operation_id = "follow_up_review", tag = "product",
    request_body = FollowUpReview,
    params(("id" = ReviewId, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 120 visible ASCII characters, new for each follow-up")),
    responses((status = 200, body = OwnReview)), security(("shopper" = [])))]
async fn follow_up_review(
    Shopper { ctx, user, .. }: Shopper,
    State(product): Service,
    PathOf(id): PathOf<ReviewId>,
    key: IdempotencyKey,
    Body(new): Body<FollowUpReview>,
) -> Result<Response> {
    let once = Once::new(user, "follow_up_review", &key, &(id, &new))?;
    if let Some(answer) = once.seen(&product.db).await? {
        return Ok(answer.into_response());
    }
    Ok(Json(product.follow_up_review(&ctx, UserId(user), id, new, &once).await?).into_response())
}

/// Reviews of all products, latest first.
#[utoipa::path(get, path = "/api/v1/admin/reviews", operation_id = "list_all_reviews", tag = "product",
    params(AdminReviewParams), responses((status = 200, body = Page<AdminReview>)), security(("operator" = ["review.moderate"])))]
async fn list_all_reviews(
    _: Operator<ReviewModerate>,
    State(product): Service,
    Params(asked): Params<AdminReviewParams>,
) -> Result<Json<Page<AdminReview>>> {
    Ok(Json(product.all_reviews(asked).await?))
}

/// Hides a review from everybody but its author.
#[utoipa::path(post, path = "/api/v1/admin/reviews/{id}/hide", operation_id = "hide_review", tag = "product",
    params(("id" = ReviewId, Path)), request_body = HideReview, responses((status = 200, body = AdminReview)),
    security(("operator" = ["review.moderate"])))]
async fn hide_review(
    who: Operator<ReviewModerate>,
    State(product): Service,
    PathOf(id): PathOf<ReviewId>,
    Body(why): Body<HideReview>,
) -> Result<Json<AdminReview>> {
    Ok(Json(product.hide_review(id, why, who.operator).await?))
}

/// Shows a hidden review again.
#[utoipa::path(post, path = "/api/v1/admin/reviews/{id}/show", operation_id = "show_review", tag = "product",
    params(("id" = ReviewId, Path)), responses((status = 200, body = AdminReview)),
    security(("operator" = ["review.moderate"])))]
async fn show_review(
    who: Operator<ReviewModerate>,
    State(product): Service,
    PathOf(id): PathOf<ReviewId>,
) -> Result<Json<AdminReview>> {
    Ok(Json(product.show_review(id, who.operator).await?))
}

/// Answers a review for the shop, in place of an earlier answer.
#[utoipa::path(post, path = "/api/v1/admin/reviews/{id}/reply", operation_id = "reply_review", tag = "product",
    params(("id" = ReviewId, Path)), request_body = ReplyReview, responses((status = 200, body = AdminReview)),
    security(("operator" = ["review.moderate"])))]
async fn reply_review(
    who: Operator<ReviewModerate>,
    State(product): Service,
    PathOf(id): PathOf<ReviewId>,
    Body(reply): Body<ReplyReview>,
) -> Result<Json<AdminReview>> {
    Ok(Json(product.reply_review(id, reply, who.operator).await?))
}
