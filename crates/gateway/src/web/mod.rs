//! The shop's app: files that were built into the binary, and the one page that starts it under every address of the shop.
//! Must never know what stands on a page of the shop, but for the first picture of the home page.

mod files;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::product::Product;
use kit::fault::NOT_FOUND;
use kit::{Ctx, Error};

pub use page::HomePage;

/// Addresses of the shop's pages, as its router has them; a test compares the two.
pub const PAGES: &[&str] = &[
    "/categories",
    "/search",
    "/list",
    "/spu/{id}",
    "/spu/{id}/reviews",
    "/seckill",
    "/seckill/items/{id}",
    "/seckill/tickets",
    "/seckill/tickets/{ticket}",
    "/cart",
    "/pay/result",
    "/pay/{id}",
    "/orders",
    "/orders/{id}",
    "/reviews",
    "/reviews/write/{order}/{sku}",
    "/reviews/{id}/follow-up",
    "/sign-in",
    "/me",
    "/me/profile",
    "/me/security",
    "/me/devices",
    "/me/settings",
    "/me/addresses",
    "/me/addresses/new",
    "/me/addresses/{id}",
    "/me/favourites",
    "/me/footprints",
];

/// The pages of the shop and their files.
pub fn shop_router(product: Arc<dyn Product>) -> Router {
    let home = Arc::new(HomePage::new(product));
    let first = get(|State(home): State<Arc<HomePage>>, headers: HeaderMap| async move {
        let ctx = Ctx::new(kit::Caller::Nobody);
        home.answer(&ctx, &headers).await
    });
    let mut router = Router::new().route("/", first).with_state(home);
    for path in PAGES {
        router = router.route(path, get(async |headers: HeaderMap| page::plain(StatusCode::OK, &headers)));
    }
    router.route("/assets/{*file}", get(asset))
}

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    files::serve(&format!("assets/{file}"), &headers).unwrap_or_else(|| Error::from(NOT_FOUND).into_response())
}

/// What answers where no route fits: people get the shop's own page for it, programs a problem.
pub(crate) async fn nowhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let accept = headers.get(http::header::ACCEPT).and_then(|a| a.to_str().ok()).unwrap_or_default();
    let of_people = method == Method::GET && accept.contains("text/html") && !uri.path().starts_with("/api/");
    if of_people { page::plain(StatusCode::NOT_FOUND, &headers) } else { Error::from(NOT_FOUND).into_response() }
}
