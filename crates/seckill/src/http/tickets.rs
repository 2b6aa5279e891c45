//! Routes of tickets.

use axum::Json;
use axum::extract::State;
use contract::UserId;
use kit::Result;
use kit::http::{Page, PageParams, Params, PathOf, Shopper};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Service;
use crate::tickets::view::{OwnSeckillTicket, SeckillTicket};

pub(super) fn routes() -> OpenApiRouter<std::sync::Arc<crate::Seckill>> {
    OpenApiRouter::new().routes(routes!(list_seckill_tickets)).routes(routes!(get_seckill_ticket))
}

/// Where a ticket is: in line, won, or come to nothing. The page asks every `poll_ms`.
#[utoipa::path(get, path = "/api/v1/seckill/tickets/{ticket}", operation_id = "get_seckill_ticket", tag = "seckill",
    params(("ticket" = String, Path, description = "As the claim answered it")),
    responses((status = 200, description = "The ticket", body = SeckillTicket)), security(("shopper" = [])))]
async fn get_seckill_ticket(
    Shopper { user, .. }: Shopper,
    State(seckill): Service,
    PathOf(ticket): PathOf<String>,
) -> Result<Json<SeckillTicket>> {
    Ok(Json(seckill.ticket(UserId(user), &ticket).await?))
}

/// The shopper's tickets, latest first. One that still stands in line is not among them.
#[utoipa::path(get, path = "/api/v1/seckill/tickets", operation_id = "list_seckill_tickets", tag = "seckill", params(PageParams),
    responses((status = 200, description = "A page", body = Page<OwnSeckillTicket>)), security(("shopper" = [])))]
async fn list_seckill_tickets(
    Shopper { user, .. }: Shopper,
    State(seckill): Service,
    Params(at): Params<PageParams>,
) -> Result<Json<Page<OwnSeckillTicket>>> {
    Ok(Json(seckill.own_tickets(UserId(user), &at).await?))
}
