//! The description of the API: what each service declares, made whole with what the edge itself may answer.

use axum::http::Method;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

/// Which service answers which paths: the first part that fits, longest first.
pub const PREFIXES: &[(&str, &[&str])] = &[
    (
        "user",
        &[
            "/api/v1/sms-codes",
            "/api/v1/users",
            "/api/v1/sessions",
            "/api/v1/addresses",
            "/api/v1/captchas",
            "/api/v1/admin/sessions",
            "/api/v1/admin/operators",
            "/api/v1/admin/users",
        ],
    ),
    (
        "product",
        &[
            "/api/v1/categories",
            "/api/v1/spus",
            "/api/v1/brands",
            "/api/v1/cart",
            "/api/v1/front-categories",
            "/api/v1/home",
            "/api/v1/reviews",
            "/api/v1/favourites",
            "/api/v1/footprints",
            "/api/v1/admin/categories",
            "/api/v1/admin/brands",
            "/api/v1/admin/attributes",
            "/api/v1/admin/spus",
            "/api/v1/admin/front-categories",
            "/api/v1/admin/home",
            "/api/v1/admin/reviews",
        ],
    ),
    ("search", &["/api/v1/search", "/api/v1/admin/search"]),
    ("promotion", &["/api/v1/promotions"]),
    ("inventory", &["/api/v1/admin/stock"]),
    ("order", &["/api/v1/orders", "/api/v1/admin/orders"]),
    ("payment", &["/api/v1/pay-channels", "/api/v1/notify", "/api/v1/admin/payments", "/api/v1/admin/refunds"]),
    ("seckill", &["/api/v1/seckill", "/api/v1/admin/seckill"]),
    ("gateway", &["/api/v1/clock"]),
    ("thirdparty", &["/api/v1/uploads", "/uploads", "/cashier", "/dev"]),
];

/// The service that answers a path.
pub fn service_of(path: &str) -> Option<&'static str> {
    let fits = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    PREFIXES.iter().find(|(_, prefixes)| prefixes.iter().any(|p| fits(p))).map(|(service, _)| *service)
}

/// Whether a request brings a file: it may take longer, and its body is passed on as it comes, up to the service's own limit.
pub(crate) fn is_upload(method: &Method, path: &str) -> bool {
    method == Method::POST && path == "/uploads"
}

/// Problems that the edge or a handler may answer with, besides what an operation declares.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "Malformed"),
    (401, "Not signed in"),
    (403, "Not allowed"),
    (404, "Absent, or not yours"),
    (409, "The state does not allow it"),
    (412, "Changed by somebody else"),
    (413, "Too large"),
    (415, "Not JSON"),
    (422, "Invalid fields"),
    (428, "A required header is missing"),
    (429, "Too many requests"),
    (503, "Busy"),
    (504, "Took too long"),
];

/// Adds title, security schemes and the shape of problems to what the services declare.
pub fn complete(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("尚品商城 Shangpin mall")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Ids are text, money is whole fen (`…_fen`), time is RFC 3339 UTC. Errors are RFC 9457 problems with a stable `code`.",
        ))
        .build();
    let components = api.components.get_or_insert_default();
    components.schemas.insert(kit::http::Problem::name().into(), kit::http::Problem::schema());
    components.schemas.insert(kit::FieldError::name().into(), kit::FieldError::schema());
    let bearer = || SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    components.security_schemes.insert("shopper".into(), bearer().into());
    components.security_schemes.insert("operator".into(), bearer().into());
    for item in api.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        operations.into_iter().flatten().for_each(add_problems);
    }
    api
}

fn add_problems(operation: &mut Operation) {
    for (status, description) in PROBLEMS {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(kit::http::Problem::name()))).build();
        let problem = ResponseBuilder::new().description(*description).content("application/problem+json", content).build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(problem));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_service_that_names_its_beginning() {
        assert_eq!(service_of("/api/v1/orders"), Some("order"));
        assert_eq!(service_of("/api/v1/orders/7/cancel"), Some("order"));
        assert_eq!(service_of("/api/v1/ordersx"), None);
        assert_eq!(service_of("/"), None);
        assert_eq!(service_of("/uploads/200/u/review/0.jpg"), Some("thirdparty"));
    }

    #[test]
    fn one_path_takes_files() {
        assert!(is_upload(&Method::POST, "/uploads"));
        for other in ["/uploads/", "/uploads/200", "/api/v1/uploads", "/uploadsx"] {
            assert!(!is_upload(&Method::POST, other), "{other}");
        }
        assert!(!is_upload(&Method::GET, "/uploads"));
    }
}
