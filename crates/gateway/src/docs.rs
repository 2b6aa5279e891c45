//! The description of the API as a file and as a page that needs nothing from outside.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use utoipa_swagger_ui::SwaggerUi;

/// Swagger UI draws with inline styles and pictures; its scripts are files.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/// `/openapi.json`, and Swagger UI at `/docs`, from files inside the binary.
pub fn docs_router(openapi_json: &'static str) -> Router {
    let page: Router = SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json")).into();
    let page = page.layer(middleware::from_fn(|request: Request<axum::body::Body>, next: Next| async move {
        let mut response: Response = next.run(request).await;
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
        response
    }));
    let json = get(move || async move { ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "max-age=60")], openapi_json) });
    page.route("/openapi.json", json)
}
