//! Every route: described, named, and closed to those whom its description does not let in.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::house::{Mall, Plan};

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

fn committed() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/api/openapi.json")
}

/// The committed description is the one that the code gives. `make api` writes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn description() {
    let mall = Mall::start(Plan::default()).await;
    let mut derived = serde_json::to_string_pretty(&mall.processes[0].api).unwrap();
    derived.push('\n');
    if std::env::var("MALL_WRITE_API").is_ok() {
        std::fs::write(committed(), &derived).unwrap();
    }
    let kept = std::fs::read_to_string(committed()).unwrap();
    assert!(kept == derived, "web/api/openapi.json is stale: run `make api`");
    assert_eq!(mall.get("/openapi.json").await.ok()["openapi"], "3.1.0");
}

struct Operation {
    method: String,
    path: String,
    security: Vec<(String, Vec<String>)>,
    body: bool,
}

async fn operations(mall: &Mall) -> Vec<Operation> {
    let api = serde_json::to_value(&mall.processes[0].api).unwrap();
    let mut all = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in METHODS {
            let Some(operation) = item.get(*method) else { continue };
            let declared = operation.get("security").unwrap_or_else(|| panic!("{method} {path} does not say who may call it"));
            // An empty requirement beside others: signing in is welcome and not needed.
            let open = declared.as_array().unwrap().iter().any(|s| s.as_object().unwrap().is_empty());
            let security = declared.as_array().unwrap().iter().flat_map(|s| s.as_object().unwrap()).map(|(who, scopes)| {
                (who.clone(), scopes.as_array().unwrap().iter().map(|s| s.as_str().unwrap().to_owned()).collect())
            });
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                security: if open { Vec::new() } else { security.collect() },
                body: operation.get("requestBody").is_some(),
            });
        }
    }
    all
}

async fn call(mall: &Mall, operation: &Operation, token: Option<&str>) -> crate::house::Answer {
    let path = operation.path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/");
    let mut request =
        Request::builder().method(operation.method.as_str()).uri(path).header("idempotency-key", "k").header("if-match", "\"1\"");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = if operation.body {
        request = request.header("content-type", "application/json");
        Body::from("{}")
    } else {
        Body::empty()
    };
    mall.request(request.body(body).unwrap(), [127, 0, 0, 1].into()).await
}

/// Anonymous, shopper, operator without and with the permission: each operation lets in whom it says, and nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_lets_in_whom_it_says() {
    let mall = Mall::start(Plan::default()).await;
    let known: BTreeSet<&str> = contract::permission::ALL.iter().map(|(code, ..)| *code).collect();
    let mut wrong = Vec::new();
    for op in operations(&mall).await {
        let name = format!("{} {}", op.method, op.path);
        let anonymous = call(&mall, &op, None).await.status;
        // Somebody new for each: some operations end the session that calls them.
        let shopper = call(&mall, &op, Some(&mall.shopper("小王").await.token)).await;
        let operator = call(&mall, &op, Some(&mall.operator(&[]).await.token)).await;
        match op.security.first() {
            None => {
                if anonymous == 401 && !op.path.contains("/sessions") && !op.path.contains("/notify/") {
                    wrong.push(format!("{name}: anyone may call it, and yet 401"));
                }
            }
            Some((who, _)) if who == "shopper" => {
                if anonymous != 401 || operator.status != 401 || shopper.status == 401 {
                    wrong.push(format!(
                        "{name}: for shoppers; anonymous {anonymous}, operator {}, shopper {}",
                        operator.status, shopper.status
                    ));
                }
            }
            Some((_, scopes)) => {
                if !op.path.starts_with("/api/v1/admin/") {
                    wrong.push(format!("{name}: for operators, and not below /api/v1/admin"));
                }
                if anonymous != 401 || shopper.status != 401 {
                    wrong.push(format!("{name}: for operators; anonymous {anonymous}, shopper {}", shopper.status));
                }
                for scope in scopes {
                    let named = operator.json()["permission"] == scope.as_str();
                    if !known.contains(scope.as_str()) || operator.status != 403 || !named {
                        wrong.push(format!("{name}: needs {scope}; an operator without it got {}", operator.text));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_belongs_to_the_service_that_answers_it() {
    let mall = Mall::start(Plan::default()).await;
    let api = serde_json::to_value(&mall.processes[0].api).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for operation in METHODS.iter().filter_map(|m| item.get(*m)) {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            assert_eq!(gateway::service_of(path), Some(tag), "{path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}: an operationId used twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_a_problem_too() {
    let mall = Mall::start(Plan::default()).await;
    mall.get("/api/v1/nothing").await.refused(404, "not_found");
    let wrong = Request::delete("/api/v1/categories").body(Body::empty()).unwrap();
    mall.request(wrong, [127, 0, 0, 1].into()).await.refused(405, "method_not_allowed");
    let english = Request::get("/api/v1/orders").header("accept-language", "en-GB").body(Body::empty()).unwrap();
    let refused = mall.request(english, [127, 0, 0, 1].into()).await;
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    assert_eq!(refused.headers["x-content-type-options"], "nosniff");
    assert_eq!(refused.json()["request_id"], json!(refused.headers["x-request-id"].to_str().unwrap()));
    assert_eq!(refused.refused(401, "unauthenticated")["title"], "Please sign in");
}

/// The context that hosts sign for each other is worth nothing from outside, and the internal port takes nothing without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_pretends_to_be_the_house() {
    let mall = Mall::start(Plan::default()).await;
    let seal = kit::rpc::Seal::new(b"a secret that all processes of the test share", mall.clock.clone()).unwrap();
    let ctx = kit::Ctx::new(kit::Caller::Shopper { user: 1, session: 1 });
    let request = Request::get("/api/v1/orders").header("x-mall-ctx", seal.close(&ctx).unwrap()).body(Body::empty()).unwrap();
    mall.request(request, [127, 0, 0, 1].into()).await.refused(401, "unauthenticated");
    let rpc = Request::post("/rpc/inventory/release").body(Body::from(r#"{"order":"1"}"#)).unwrap();
    mall.request(rpc, [127, 0, 0, 1].into()).await.refused(404, "not_found");
}

/// A path that is passed on to another process leads where it says: no dots lead it to the calls between processes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_climbs_to_the_calls_inside() {
    let mall = Mall::start(Plan { split: true, ..Plan::default() }).await;
    for up in ["..", "%2e%2e", ".%2E"] {
        for slash in ["/", "\\"] {
            let climb = [up; 4].join(slash);
            let path = format!("/api/v1/admin/stock/{climb}{slash}rpc{slash}inventory{slash}release");
            let request = Request::post(&path).header("content-type", "application/json").body(Body::from(r#"{"order":"1"}"#));
            let answer = mall.request(request.unwrap(), [127, 0, 0, 1].into()).await;
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}: {}", answer.text);
        }
    }
    assert_eq!(mall.get("/api/v1/categories/./tree").await.status, 404);
}
