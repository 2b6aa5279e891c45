//! What operators see and do, by the routes' own extractors.

use axum::extract::FromRequestParts;
use axum::http::Request;
use contract::SkuId;
use contract::permission::{StockAdjust, StockRead};
use kit::fault::{FORBIDDEN, INVALID, KEY_REUSED};
use kit::http::{IdempotencyKey, Operator, PageParams, Params, Permission};
use kit::{Caller, Ctx};

use super::{open, refused};
use crate::http::{CountStock, StockParams, count, ledger, levels};

async fn operator<P: Permission>(permissions: &[&str]) -> kit::Result<Operator<P>> {
    let permissions = permissions.iter().map(|p| (*p).to_owned()).collect();
    let mut parts = Request::new(()).into_parts().0;
    parts.extensions.insert(Ctx::new(Caller::Operator { operator: 5, permissions }));
    Operator::from_request_parts(&mut parts, &()).await
}

async fn params(query: &str) -> kit::Result<StockParams> {
    let mut parts = Request::builder().uri(format!("/api/v1/admin/stock{query}")).body(()).unwrap().into_parts().0;
    Params::<StockParams>::from_request_parts(&mut parts, &()).await.map(|p| p.0)
}

#[tokio::test]
async fn an_operator_counts_once_a_key_and_reads_it_in_the_ledger() {
    let store = open().await;
    let who = operator::<StockAdjust>(&["stock.adjust"]).await.unwrap().operator;
    let key = IdempotencyKey("k1".into());
    let body = |available| CountStock { available, reason: "年终盘点".into() };
    let first = count(&store.service, who, SkuId(1), &key, body(6)).await.unwrap();
    assert_eq!((first.status(), first.headers().get("idempotent-replayed")), (axum::http::StatusCode::OK, None));
    store.hold(1, 0, &[(1, 2)]).await.unwrap();
    let again = count(&store.service, who, SkuId(1), &key, body(6)).await.unwrap();
    assert!(again.headers().contains_key("idempotent-replayed"));
    let bytes = axum::body::to_bytes(again.into_body(), 1000).await.unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(answer, serde_json::json!({ "sku": "1", "available": 6, "locked": 0, "sold": 0, "allotted": 0 }));
    refused(count(&store.service, who, SkuId(1), &key, body(7)).await, KEY_REUSED);
    refused(count(&store.service, who, SkuId(2), &key, body(6)).await, KEY_REUSED);
    assert_eq!(store.level(1).await, (4, 2, 0));

    let page = |cursor| PageParams { cursor, limit: Some(1) };
    let newest = ledger(&store.service, SkuId(1), &page(None)).await.unwrap();
    assert_eq!((newest.items[0].kind.as_str(), newest.items[0].reference.as_str()), ("hold", "order:1"));
    let older = ledger(&store.service, SkuId(1), &page(newest.next)).await.unwrap();
    assert_eq!((older.items.len(), older.next.as_deref()), (1, None));
    let entry = &older.items[0];
    assert_eq!((entry.kind.as_str(), entry.operator.as_deref(), entry.reason.as_str()), ("count", Some("5"), "年终盘点"));
    assert_eq!((entry.delta_available, entry.available), (6, 6));
    store.audit().await;
}

#[tokio::test]
async fn the_list_takes_a_repeated_name_and_refuses_nonsense() {
    let store = open().await;
    store.stock(3, 9).await;
    let asked = params("?skus=3&skus=4").await.unwrap();
    let shown = levels(&store.service, asked).await.unwrap();
    assert_eq!(shown.iter().map(|l| (l.sku.0, l.available)).collect::<Vec<_>>(), [(3, 9), (4, 0)]);
    assert_eq!(params("?skus=3").await.unwrap().skus, [SkuId(3)]);
    for query in ["", "?skus=-1", "?skus=x", "?skus=1&more=2", &format!("?{}", "skus=1&".repeat(101))] {
        refused(params(query).await, INVALID);
    }
}

#[tokio::test]
async fn without_the_permission_nothing_is_shown() {
    refused(operator::<StockRead>(&["stock.adjust"]).await.map(|_| ()), FORBIDDEN);
    operator::<StockRead>(&["stock.read"]).await.map(|_| ()).unwrap();
}
