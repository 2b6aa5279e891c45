//! What operators call.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use contract::OrderId;
use contract::permission::{OrderCancel, OrderRead, OrderShip};
use garde::Validate;
use kit::Result;
use kit::http::{Body, Operator, Page, Params, PathOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ListOrders;
use crate::Order;
use crate::place::without_control;
use crate::view::{OrderDetail, OrderSummary};

/// Everybody's orders, newest first.
#[utoipa::path(get, path = "/api/v1/admin/orders", operation_id = "list_all_orders", tag = "order", params(ListOrders),
    responses((status = 200, description = "A page", body = Page<OrderSummary>)), security(("operator" = ["order.read"])))]
pub async fn list_all_orders(
    _: Operator<OrderRead>,
    State(order): State<Arc<Order>>,
    Params(asked): Params<ListOrders>,
) -> Result<Json<Page<OrderSummary>>> {
    Ok(Json(order.list(None, asked.wanted(), &asked.page()).await?))
}

/// One order, whole.
#[utoipa::path(get, path = "/api/v1/admin/orders/{id}", operation_id = "get_any_order", tag = "order",
    params(("id" = OrderId, Path)),
    responses((status = 200, description = "The order", body = OrderDetail)), security(("operator" = ["order.read"])))]
pub async fn get_any_order(
    _: Operator<OrderRead>,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.any_detail(id).await?))
}

/// The parcel.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipOrder {
    /// Who carries it.
    #[garde(length(chars, min = 1, max = 40), custom(without_control))]
    #[schema(min_length = 1, max_length = 40)]
    courier: String,
    /// The courier's number: letters, digits and dashes.
    #[garde(length(min = 1, max = 60), custom(plain_number))]
    #[schema(min_length = 1, max_length = 60, pattern = "^[0-9A-Za-z-]+$")]
    tracking_no: String,
}

fn plain_number(text: &str, (): &()) -> garde::Result {
    let fits = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(garde::Error::new("only letters, digits and dashes")) }
}

/// Ships a paid order; the same parcel again changes nothing.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/ship", operation_id = "ship_order", tag = "order",
    params(("id" = OrderId, Path)), request_body = ShipOrder,
    responses((status = 200, description = "The shipped order", body = OrderDetail)), security(("operator" = ["order.ship"])))]
pub async fn ship_order(
    Operator { operator, .. }: Operator<OrderShip>,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
    Body(parcel): Body<ShipOrder>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.ship(operator, id, parcel.courier.trim(), &parcel.tracking_no).await?))
}

/// Why an operator cancels.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// In words that the shopper reads too.
    #[garde(length(chars, min = 1, max = 200), custom(without_control))]
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Cancels an order that waits for money.
#[utoipa::path(post, path = "/api/v1/admin/orders/{id}/cancel", operation_id = "cancel_any_order", tag = "order",
    params(("id" = OrderId, Path)), request_body = CancelOrder,
    responses((status = 200, description = "The cancelled order", body = OrderDetail)), security(("operator" = ["order.cancel"])))]
pub async fn cancel_any_order(
    Operator { ctx, operator, .. }: Operator<OrderCancel>,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
    Body(wish): Body<CancelOrder>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.cancel_by_operator(&ctx, operator, id, wish.reason.trim()).await?))
}
