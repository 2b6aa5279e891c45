//! What shoppers call.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::payment::{Channel, PayStarted, PaymentStatus};
use contract::promotion::Quote;
use contract::{OrderId, UserId};
use garde::Validate;
use kit::http::{Body, IdempotencyKey, Page, Params, PathOf, Shopper, Stored};
use kit::{Error, Result};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::ListOrders;
use crate::Order;
use crate::place::{PlaceOrder, Placed};
use crate::quote::QuoteOrder;
use crate::view::{OrderCounts, OrderDetail, OrderSummary};

/// Places an order from the cart or past it. The price is made by the house; stock is held until the order is paid or cancelled.
#[utoipa::path(post, path = "/api/v1/orders", operation_id = "place_order", tag = "order", request_body = PlaceOrder,
    params(("Idempotency-Key" = String, Header, description = "1 to 120 visible ASCII characters, new for each order")),
    responses((status = 201, description = "The order waits for money", body = OrderDetail)), security(("shopper" = [])))]
pub async fn place_order(
    Shopper { ctx, user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    key: IdempotencyKey,
    Body(wish): Body<PlaceOrder>,
) -> Result<Response> {
    // A task of its own: a client that goes away does not leave the order half placed.
    let trace = ctx.trace.clone();
    let work = async move { order.place(&ctx, UserId(user), &key, &wish).await };
    match tokio::spawn(kit::db::on_trace(trace, work)).await.map_err(Error::internal)?? {
        Placed::Now(detail) => Ok((StatusCode::CREATED, Json(detail)).into_response()),
        Placed::Before(answer) => replay(answer),
    }
}

/// The answer of the first time. A refusal is kept as an error, so that it is said in the reader's language.
pub fn replay(answer: Stored) -> Result<Response> {
    if answer.status < 400 {
        return Ok(answer.into_response());
    }
    let refusal: Error = serde_json::from_str(&answer.body)?;
    Ok(([("idempotent-replayed", "true")], refusal).into_response())
}

/// What an order would cost, with freight to the address: exactly what placing it would. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/orders/quote", operation_id = "quote_order", tag = "order", request_body = QuoteOrder,
    responses((status = 200, description = "The price, with every rule that was tried", body = Quote)), security(("shopper" = [])))]
pub async fn quote_order(
    Shopper { ctx, user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    Body(wish): Body<QuoteOrder>,
) -> Result<Json<Quote>> {
    Ok(Json(order.quote(&ctx, UserId(user), &wish).await?))
}

/// The shopper's orders, newest first.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "list_orders", tag = "order", params(ListOrders),
    responses((status = 200, description = "A page", body = Page<OrderSummary>)), security(("shopper" = [])))]
pub async fn list_orders(
    Shopper { user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    Params(asked): Params<ListOrders>,
) -> Result<Json<Page<OrderSummary>>> {
    Ok(Json(order.list(Some(UserId(user)), asked.wanted(), &asked.page()).await?))
}

/// How many of the shopper's orders wait for something.
#[utoipa::path(get, path = "/api/v1/orders/counts", operation_id = "count_orders", tag = "order",
    responses((status = 200, description = "Badges of the tabs", body = OrderCounts)), security(("shopper" = [])))]
pub async fn count_orders(Shopper { user, .. }: Shopper, State(order): State<Arc<Order>>) -> Result<Json<OrderCounts>> {
    Ok(Json(order.counts(UserId(user)).await?))
}

/// One of the shopper's orders, whole.
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "get_order", tag = "order", params(("id" = OrderId, Path)),
    responses((status = 200, description = "The order", body = OrderDetail)), security(("shopper" = [])))]
pub async fn get_order(
    Shopper { user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.detail(UserId(user), id).await?))
}

/// How to pay. The amount is the order's.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayOrder {
    /// By which channel.
    #[garde(skip)]
    channel: Channel,
}

/// Starts to pay an order; the shopper goes on at `redirect_url`.
#[utoipa::path(post, path = "/api/v1/orders/{id}/pay", operation_id = "pay_order", tag = "order", request_body = PayOrder,
    params(("id" = OrderId, Path), ("Idempotency-Key" = String, Header, description = "New for each attempt")),
    responses((status = 200, description = "The attempt", body = PaymentAttempt)), security(("shopper" = [])))]
pub async fn pay_order(
    Shopper { ctx, user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
    key: IdempotencyKey,
    Body(wish): Body<PayOrder>,
) -> Result<Json<PaymentAttempt>> {
    Ok(Json(order.pay(&ctx, UserId(user), id, &key, wish.channel).await?.into()))
}

/// An attempt to pay.
#[derive(Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct PaymentAttempt {
    /// Where the shopper goes to pay.
    redirect_url: String,
    /// The payment.
    payment_id: contract::PaymentId,
    /// The attempt.
    attempt_id: contract::AttemptId,
}

impl From<PayStarted> for PaymentAttempt {
    fn from(started: PayStarted) -> Self {
        let PayStarted { payment, attempt, redirect_url } = started;
        PaymentAttempt { redirect_url, payment_id: payment, attempt_id: attempt }
    }
}

/// What to know of a payment.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskPayment {
    /// Ask the channel about open attempts first: the result page waits for it.
    #[garde(skip)]
    #[serde(default)]
    #[param(required = false)]
    ask: bool,
}

/// How the payment of an order stands.
#[utoipa::path(get, path = "/api/v1/orders/{id}/payment", operation_id = "get_order_payment", tag = "order",
    params(("id" = OrderId, Path), AskPayment),
    responses((status = 200, description = "The payment", body = PaymentStatus)), security(("shopper" = [])))]
pub async fn get_order_payment(
    Shopper { ctx, user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
    Params(wish): Params<AskPayment>,
) -> Result<Json<PaymentStatus>> {
    Ok(Json(order.payment_status(&ctx, UserId(user), id, wish.ask).await?))
}

/// Cancels an order that waits for money.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", operation_id = "cancel_order", tag = "order",
    params(("id" = OrderId, Path)),
    responses((status = 200, description = "The cancelled order", body = OrderDetail)), security(("shopper" = [])))]
pub async fn cancel_order(
    Shopper { ctx, user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.cancel(&ctx, UserId(user), id).await?))
}

/// Confirms that the parcel has come.
#[utoipa::path(post, path = "/api/v1/orders/{id}/receive", operation_id = "receive_order", tag = "order",
    params(("id" = OrderId, Path)),
    responses((status = 200, description = "The received order", body = OrderDetail)), security(("shopper" = [])))]
pub async fn receive_order(
    Shopper { user, .. }: Shopper,
    State(order): State<Arc<Order>>,
    PathOf(id): PathOf<OrderId>,
) -> Result<Json<OrderDetail>> {
    Ok(Json(order.receive(UserId(user), id).await?))
}
