//! What channels and operators call, and by what a shopper may pay. Shoppers pay through their order.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use contract::fault::{MALFORMED, NOT_FOUND, TOO_LARGE};
use contract::payment::{Channel, PaymentState, RefundProgress};
use contract::permission::{PaymentRead, RefundSettle};
use contract::thirdparty::RawNotice;
use contract::{AttemptId, Fen, OrderId, PaymentId, RefundId, UserId};
use garde::Validate;
use kit::http::{Anyone, Body, Cursor, IdempotencyKey, Once, Operator, Page, PageParams, Params, PathOf};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Payment;
use crate::channels::PayChannels;
use crate::status::has_live;
use crate::store::{attempt, payment, refund};

type The = State<Arc<Payment>>;

/// Largest notification.
const NOTICE_BYTES: usize = 64 * 1024;
/// Headers of a notification that are handed on, and bytes of each.
const HEADERS: usize = 40;
const HEADER_BYTES: usize = 2048;

/// What the web reaches.
pub fn routes(x: &Arc<Payment>) -> OpenApiRouter {
    let notify = OpenApiRouter::new().routes(routes!(notify)).layer(DefaultBodyLimit::max(NOTICE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list_pay_channels))
        .routes(routes!(list_payments))
        .routes(routes!(list_refunds))
        .routes(routes!(settle_refund))
        .merge(notify)
        .with_state(x.clone())
}

/// The channels that are open now, named in the language of `Accept-Language`.
#[utoipa::path(get, path = "/api/v1/pay-channels", operation_id = "list_pay_channels", tag = "payment",
    responses((status = 200, body = PayChannels)), security(()))]
async fn list_pay_channels(Anyone(ctx): Anyone, State(x): The, headers: HeaderMap) -> Result<axum::Json<PayChannels>> {
    x.list_channels(&ctx, kit::http::wants_english(&headers)).await.map(axum::Json)
}

/// A channel tells what happened. The answer is the word that channels wait for.
#[utoipa::path(post, path = "/api/v1/notify/{channel}", operation_id = "notify_payment", tag = "payment",
    params(("channel" = String, Path, description = "Name of the channel", max_length = 20)),
    request_body(content = String, content_type = "application/octet-stream", description = "As the channel signs it, 64 kB at most"),
    responses((status = 200, body = String, content_type = "text/plain", description = "`success`")), security(()))]
async fn notify(
    Anyone(ctx): Anyone,
    State(x): The,
    PathOf(channel): PathOf<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<&'static str> {
    let channel = Channel::parse(&channel).ok_or(NOT_FOUND)?;
    let body = body.map_err(|e| if e.status() == 413 { TOO_LARGE.because(e) } else { MALFORMED.because(e) })?;
    let body = std::str::from_utf8(&body).map_err(|e| MALFORMED.because(e))?.to_owned();
    x.hear(&ctx, RawNotice { channel, headers: carried(&headers), body }).await?;
    Ok("success")
}

/// Headers that signatures may need: short ones, in plain text.
fn carried(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .filter(|(name, value)| name.contains('-') && value.len() <= HEADER_BYTES)
        .take(HEADERS)
        .collect()
}

/// Which payments.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PaymentsOf {
    /// Of which order.
    #[garde(skip)]
    order: OrderId,
}

/// A payment with all that belongs to it.
#[derive(Serialize, ToSchema)]
struct PaymentView {
    id: PaymentId,
    order_id: OrderId,
    user_id: UserId,
    amount_fen: Fen,
    state: PaymentState,
    paid_fen: Fen,
    refunding_fen: Fen,
    refunded_fen: Fen,
    created_at: Time,
    paid_at: Option<Time>,
    attempts: Vec<AttemptView>,
    refunds: Vec<RefundView>,
}

/// One attempt to pay.
#[derive(Serialize, ToSchema)]
struct AttemptView {
    id: AttemptId,
    channel: Channel,
    /// `creating`, `open`, `unknown`, `paid`, `failed` or `closed`.
    state: &'static str,
    channel_trade_no: Option<String>,
    /// The one that counts; a paid one that does not has been given back.
    effective: bool,
    created_at: Time,
    expires_at: Time,
    paid_at: Option<Time>,
}

/// A refund, as operators see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefundView {
    id: RefundId,
    order_id: OrderId,
    payment_id: PaymentId,
    attempt_id: AttemptId,
    channel: Channel,
    amount_fen: Fen,
    reason: String,
    /// Gives back a second payment of the order.
    surplus: bool,
    state: RefundProgress,
    tries: i32,
    note: String,
    created_at: Time,
    done_at: Option<Time>,
}

impl RefundView {
    pub(crate) fn of(row: &refund::Row) -> Result<Self> {
        Ok(RefundView {
            id: row.id,
            order_id: row.order_id,
            payment_id: row.payment_id,
            attempt_id: row.attempt_id,
            channel: row.channel()?,
            amount_fen: row.amount_fen,
            reason: row.reason.clone(),
            surplus: row.is_surplus(),
            state: row.state()?,
            tries: row.tries,
            note: row.note.clone(),
            created_at: row.created_ms,
            done_at: row.done_ms.map(Time),
        })
    }
}

/// The payment of an order, with its attempts and refunds.
#[utoipa::path(get, path = "/api/v1/admin/payments", operation_id = "list_payments", tag = "payment", params(PaymentsOf),
    responses((status = 200, body = Page<PaymentView>)), security(("operator" = ["payment.read"])))]
async fn list_payments(
    _: Operator<PaymentRead>,
    State(x): The,
    Params(of): Params<PaymentsOf>,
) -> Result<axum::Json<Page<PaymentView>>> {
    let items = match payment::of_order(&x.db, of.order).await? {
        Some(row) => vec![x.view(row).await?],
        None => vec![],
    };
    Ok(axum::Json(Page { items, next: None }))
}

impl Payment {
    async fn view(&self, row: payment::Row) -> Result<PaymentView> {
        let attempts = attempt::all(&self.db, row.id).await?;
        let refunds = refund::of_payment(&self.db, row.id).await?;
        let shown = |a: &attempt::Row| {
            Ok(AttemptView {
                id: a.id,
                channel: a.channel()?,
                state: a.state()?.name(),
                channel_trade_no: a.channel_trade_no.clone(),
                effective: row.effective_attempt == Some(a.id.0),
                created_at: a.created_ms,
                expires_at: a.expires_ms,
                paid_at: a.paid_ms.map(Time),
            })
        };
        Ok(PaymentView {
            id: row.id,
            order_id: row.order_id,
            user_id: row.user_id,
            amount_fen: row.amount_fen,
            state: row.state()?.shown(has_live(&attempts)?, row.paid_fen.0, row.refunded_fen.0),
            paid_fen: row.paid_fen,
            refunding_fen: row.refunding_fen,
            refunded_fen: row.refunded_fen,
            created_at: row.created_ms,
            paid_at: row.paid_ms.map(Time),
            attempts: attempts.iter().map(shown).collect::<Result<_>>()?,
            refunds: refunds.iter().map(RefundView::of).collect::<Result<_>>()?,
        })
    }
}

/// Which refunds.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RefundsIn {
    /// In which state; all when absent.
    #[garde(skip)]
    state: Option<RefundProgress>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Refunds, the newest first.
#[utoipa::path(get, path = "/api/v1/admin/refunds", operation_id = "list_refunds", tag = "payment", params(RefundsIn),
    responses((status = 200, body = Page<RefundView>)), security(("operator" = ["payment.read"])))]
async fn list_refunds(
    _: Operator<PaymentRead>,
    State(x): The,
    Params(which): Params<RefundsIn>,
) -> Result<axum::Json<Page<RefundView>>> {
    let page = PageParams { cursor: which.cursor, limit: which.limit };
    let (after, limit) = (page.cursor()?, page.limit());
    let rows = match which.state {
        Some(state) => refund::in_state(&x.db, state, after, limit as u64 + 1).await?,
        None => refund::newest(&x.db, after, limit as u64 + 1).await?,
    };
    let page = Page::from_rows(rows, limit, |row| Cursor { at: row.created_ms.0, id: row.id.0 });
    let items = page.items.iter().map(RefundView::of).collect::<Result<_>>()?;
    Ok(axum::Json(Page { items, next: page.next }))
}

/// What an operator says about a refund that was paid by hand.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// How and when it was paid.
    #[garde(length(chars, min = 1, max = 200), custom(no_control))]
    #[schema(min_length = 1, max_length = 200)]
    note: String,
}

fn no_control(text: &str, _: &()) -> garde::Result {
    if text.chars().any(char::is_control) { Err(garde::Error::new("control characters are not allowed")) } else { Ok(()) }
}

/// Records that a refund which the channel could not carry out was paid by hand.
#[utoipa::path(post, path = "/api/v1/admin/refunds/{id}/settle", operation_id = "settle_refund", tag = "payment",
    params(("id" = RefundId, Path, description = "The refund"), ("Idempotency-Key" = String, Header, description = "The same key has one effect")),
    request_body = Settlement, responses((status = 200, body = RefundView)), security(("operator" = ["refund.settle"])))]
async fn settle_refund(
    Operator { ctx, operator, .. }: Operator<RefundSettle>,
    State(x): The,
    PathOf(id): PathOf<RefundId>,
    key: IdempotencyKey,
    Body(settlement): Body<Settlement>,
) -> Result<Response> {
    let once = Once::new(operator, "settle_refund", &key, &(id, &settlement))?;
    if let Some(stored) = once.seen(&x.db).await? {
        return Ok(stored.into_response());
    }
    let view = x.settle_by_hand(&ctx, &once, id, &settlement.note).await?;
    Ok(axum::Json(view).into_response())
}
