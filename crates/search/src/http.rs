//! What shoppers search, and what operators may do to the index.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use contract::permission::SearchRebuild;
use kit::http::{Anyone, Operator, Params};
use kit::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Search;
use crate::answer::{HotList, SearchPage, Suggestions};
use crate::find::{SearchParams, TypedParams};

/// Time kept for answering a request whose rebuild takes longer than it may wait.
const ANSWERING: Duration = Duration::from_secs(1);

type The = State<Arc<Search>>;

/// The routes, with their state.
pub fn routes(x: &Arc<Search>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(search_products))
        .routes(routes!(suggest_words))
        .routes(routes!(list_hot_words))
        .routes(routes!(rebuild_index))
        .with_state(x.clone())
}

fn json(bytes: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], bytes).into_response()
}

#[utoipa::path(get, path = "/api/v1/search", operation_id = "search_products", tag = "search", params(SearchParams),
    responses((status = 200, body = SearchPage)), security(()))]
async fn search_products(Anyone(ctx): Anyone, State(x): The, Params(params): Params<SearchParams>) -> Result<Response> {
    x.find(&ctx, &params).await.map(json)
}

#[utoipa::path(get, path = "/api/v1/search/suggestions", operation_id = "suggest_words", tag = "search", params(TypedParams),
    responses((status = 200, body = Suggestions)), security(()))]
async fn suggest_words(_: Anyone, State(x): The, Params(params): Params<TypedParams>) -> Result<Response> {
    x.suggest(&params.q).await.map(json)
}

#[utoipa::path(get, path = "/api/v1/search/hot", operation_id = "list_hot_words", tag = "search",
    responses((status = 200, body = HotList)), security(()))]
async fn list_hot_words(_: Anyone, State(x): The) -> Result<Response> {
    x.hot_words().await.map(json)
}

/// A rebuild that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndexRebuild {
    /// Products in the index by now.
    pub documents: u64,
}

#[utoipa::path(post, path = "/api/v1/admin/search/rebuild", operation_id = "rebuild_index", tag = "search",
    responses((status = 202, body = IndexRebuild)), security(("operator" = ["search.rebuild"])))]
async fn rebuild_index(Operator { ctx, .. }: Operator<SearchRebuild>, State(x): The) -> Result<(StatusCode, Json<IndexRebuild>)> {
    let here = x.clone();
    let trace = ctx.trace.clone();
    // A task of its own: it goes on when the operator goes away, or when the catalogue is larger than his patience.
    let building = tokio::spawn(async move { here.build_again(&trace).await });
    let indexed = match tokio::time::timeout(ctx.left().saturating_sub(ANSWERING), building).await {
        Ok(built) => built.map_err(Error::internal)??,
        Err(_) => x.indexed(),
    };
    Ok((StatusCode::ACCEPTED, Json(IndexRebuild { documents: indexed.documents })))
}
