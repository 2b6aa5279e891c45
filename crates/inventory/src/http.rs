//! What operators see and do: balances, the ledger of a variant, a count.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contract::SkuId;
use contract::inventory::{Count, CountedLine, Level, LevelsOf};
use contract::permission::{StockAdjust, StockRead};
use garde::Validate;
use kit::http::{Body, Cursor, IdempotencyKey, Once, Operator, Page, PageParams, Params, PathOf};
use kit::{Error, Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::store::LedgerRow;
use crate::{Inventory, count as counting, levels as balances, store};

/// The routes, with their state.
pub fn routes(inventory: &Arc<Inventory>) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list_stock))
        .routes(routes!(list_stock_ledger))
        .routes(routes!(count_stock))
        .with_state(inventory.clone())
}

/// Which variants.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StockParams {
    /// Variants, 1–100; the name is repeated.
    #[garde(length(min = 1, max = 100))]
    #[param(min_items = 1, max_items = 100)]
    pub(crate) skus: Vec<SkuId>,
}

/// An entry of the ledger of a variant.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockEntry {
    /// Number of the entry, as text.
    pub id: String,
    /// `hold`, `revive`, `release`, `commit`, `count`, `allot`, `take` or `unallot`.
    pub kind: String,
    /// What caused it: `order:123`, `allotment:123`, or the id of a count.
    pub reference: String,
    /// Change of what may be ordered.
    pub delta_available: i64,
    /// Change of what is kept for unpaid orders.
    pub delta_locked: i64,
    /// Change of what is sold.
    pub delta_sold: i64,
    /// Change of what is kept apart for flash sales.
    pub delta_allotted: i64,
    /// What may be ordered after it.
    pub available: i64,
    /// What is kept after it.
    pub locked: i64,
    /// What is sold after it.
    pub sold: i64,
    /// What is kept apart after it.
    pub allotted: i64,
    /// The operator who did it; absent for the house.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Why, in words; empty for orders.
    pub reason: String,
    /// When.
    pub at: Time,
}

impl From<LedgerRow> for StockEntry {
    fn from(row: LedgerRow) -> Self {
        StockEntry {
            id: row.id.to_string(),
            kind: row.kind,
            reference: row.ref_id,
            delta_available: row.delta_available,
            delta_locked: row.delta_locked,
            delta_sold: row.delta_sold,
            delta_allotted: row.delta_allotted,
            available: row.after_available,
            locked: row.after_locked,
            sold: row.after_sold,
            allotted: row.after_allotted,
            operator: (row.operator_id != 0).then(|| row.operator_id.to_string()),
            reason: row.reason,
            at: row.at_ms,
        }
    }
}

/// What was counted.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountStock {
    /// Units that may be ordered, as counted; what is kept for orders is not among them.
    #[garde(range(max = counting::UNITS))]
    #[schema(maximum = 100_000_000)]
    pub(crate) available: u32,
    /// Why, for the ledger.
    #[garde(length(chars, min = 1, max = counting::REASON_CHARS), custom(one_line))]
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) reason: String,
}

fn one_line(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) { Err(garde::Error::new("no control characters")) } else { Ok(()) }
}

/// Balances of variants, in the order asked; zeros where nothing was ever counted.
#[utoipa::path(get, path = "/api/v1/admin/stock", operation_id = "list_stock", tag = "inventory", params(StockParams),
    responses((status = 200, body = Vec<Level>)), security(("operator" = ["stock.read"])))]
async fn list_stock(
    _: Operator<StockRead>,
    State(inventory): State<Arc<Inventory>>,
    Params(params): Params<StockParams>,
) -> Result<Json<Vec<Level>>> {
    levels(&inventory, params).await.map(Json)
}

/// What [`list_stock`] answers.
pub(crate) async fn levels(inventory: &Inventory, params: StockParams) -> Result<Vec<Level>> {
    balances::levels(inventory, &LevelsOf { skus: params.skus }).await
}

/// Entries of a variant's ledger, newest first.
#[utoipa::path(get, path = "/api/v1/admin/stock/{sku}/ledger", operation_id = "list_stock_ledger", tag = "inventory",
    params(("sku" = SkuId, Path, description = "The variant"), PageParams),
    responses((status = 200, body = Page<StockEntry>)), security(("operator" = ["stock.read"])))]
async fn list_stock_ledger(
    _: Operator<StockRead>,
    State(inventory): State<Arc<Inventory>>,
    PathOf(sku): PathOf<SkuId>,
    Params(page): Params<PageParams>,
) -> Result<Json<Page<StockEntry>>> {
    ledger(&inventory, sku, &page).await.map(Json)
}

/// What [`list_stock_ledger`] answers.
pub(crate) async fn ledger(inventory: &Inventory, sku: SkuId, page: &PageParams) -> Result<Page<StockEntry>> {
    let before = page.cursor()?.map_or(i64::MAX, |cursor| cursor.id);
    let rows = store::entries(&inventory.db, sku, before, page.limit() + 1).await?;
    let page = Page::from_rows(rows, page.limit(), |row| Cursor { at: row.at_ms.ms(), id: row.id });
    Ok(page.map(StockEntry::from))
}

/// Sets what is available to a counted number.
#[utoipa::path(post, path = "/api/v1/admin/stock/{sku}/count", operation_id = "count_stock", tag = "inventory",
    params(("sku" = SkuId, Path, description = "The variant"),
           ("Idempotency-Key" = String, Header, min_length = 1, max_length = 120,
            description = "Chosen by the client; the same key counts once")),
    request_body = CountStock, responses((status = 200, body = Level)), security(("operator" = ["stock.adjust"])))]
async fn count_stock(
    Operator { operator, .. }: Operator<StockAdjust>,
    State(inventory): State<Arc<Inventory>>,
    PathOf(sku): PathOf<SkuId>,
    key: IdempotencyKey,
    Body(body): Body<CountStock>,
) -> Result<Response> {
    count(&inventory, operator, sku, &key, body).await
}

/// What [`count_stock`] does and answers. The key's row, the ledger entry and the stored answer are one transaction.
pub(crate) async fn count(
    inventory: &Inventory,
    operator: i64,
    sku: SkuId,
    key: &IdempotencyKey,
    body: CountStock,
) -> Result<Response> {
    let once = Once::new(operator, "count_stock", key, &(sku, &body))?;
    if let Some(answer) = once.seen(&inventory.db).await? {
        return Ok(answer.into_response());
    }
    let id = format!("op:{operator}:{}", key.0);
    let request = Count { id, lines: vec![CountedLine { sku, available: body.available }], reason: body.reason };
    let lines = counting::check(&request)?;
    let level = kit::tx!(inventory.db, |tx| {
        once.begin(&tx).await?;
        let levels = counting::within(&tx, operator, &request, &lines).await?;
        let level = levels.into_iter().next().ok_or_else(|| Error::internal("a count of one variant without a level"))?;
        once.answer(&tx, 200, &level).await?;
        Ok(level)
    })?;
    Ok(Json(level).into_response())
}
