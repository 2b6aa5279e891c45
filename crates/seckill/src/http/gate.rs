//! Routes of the gate: a pass before the rush, a claim in it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::promotion::Quote;
use contract::{AddressId, AllotmentId, UserId};
use garde::Validate;
use kit::http::{Body, Shopper};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Service;
use crate::gate::pass::Wish;
use crate::tickets::view::SeckillTicket;

pub(super) fn routes() -> OpenApiRouter<std::sync::Arc<crate::Seckill>> {
    OpenApiRouter::new().routes(routes!(create_seckill_pass)).routes(routes!(claim_seckill))
}

/// What was typed from a captcha.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CaptchaAnswer {
    /// Of which one; each may be tried once.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    id: String,
    /// Its four characters; large and small letters are the same.
    #[garde(length(chars, min = 1, max = 16))]
    #[schema(min_length = 1, max_length = 16)]
    answer: String,
}

/// What a shopper wishes to claim.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSeckillPass {
    /// Which item.
    #[garde(skip)]
    item_id: AllotmentId,
    /// Units.
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    qty: u32,
    /// Where it goes: an own address.
    #[garde(skip)]
    address_id: AddressId,
    /// A captcha, typed for this wish.
    #[garde(dive)]
    captcha: CaptchaAnswer,
}

/// The right to claim.
#[derive(Debug, Serialize, ToSchema)]
struct SeckillPass {
    /// Goes with the claim, as often as it takes.
    pass: String,
    /// It is refused from this time on.
    expires_at: Time,
    /// What the order will cost.
    quote: Quote,
}

/// Does the slow part of a claim, from some minutes before the start: a captcha, the address, the price. Nothing is taken yet.
#[utoipa::path(post, path = "/api/v1/seckill/passes", operation_id = "create_seckill_pass", tag = "seckill",
    request_body = NewSeckillPass, responses((status = 201, description = "A pass", body = SeckillPass)), security(("shopper" = [])))]
async fn create_seckill_pass(
    Shopper { ctx, user, .. }: Shopper,
    State(seckill): Service,
    Body(new): Body<NewSeckillPass>,
) -> Result<(StatusCode, Json<SeckillPass>)> {
    let NewSeckillPass { item_id, qty, address_id, captcha } = new;
    let wish = Wish { item: item_id, qty, address: address_id, captcha: captcha.id, answer: captcha.answer };
    let issued = seckill.issue_pass(&ctx, UserId(user), &wish).await?;
    let pass = issued.pass.seal(&seckill.core.keys);
    Ok((StatusCode::CREATED, Json(SeckillPass { pass, expires_at: issued.pass.expires, quote: issued.quote })))
}

/// A claim.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeckillClaim {
    /// The pass.
    #[garde(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pass: String,
}

/// Claims what the pass is for. The same pass again is the same ticket; after `seckill_busy` or no answer, send it again.
#[utoipa::path(post, path = "/api/v1/seckill/claims", operation_id = "claim_seckill", tag = "seckill", request_body = SeckillClaim,
    responses((status = 202, description = "A place in the line", body = SeckillTicket)), security(("shopper" = [])))]
async fn claim_seckill(
    Shopper { user, .. }: Shopper,
    State(seckill): Service,
    Body(claim): Body<SeckillClaim>,
) -> Result<(StatusCode, Json<SeckillTicket>)> {
    let claimed = seckill.claim(UserId(user), &claim.pass).await?;
    Ok((StatusCode::ACCEPTED, Json(seckill.queued(&claimed.ticket, None))))
}
