//! What an operator sees of a session while it runs.

use axum::Json;
use axum::extract::State;
use contract::permission::SeckillRead;
use contract::{ActivityId, AllotmentId};
use kit::fault::NOT_FOUND;
use kit::http::{Operator, PathOf};
use kit::{Result, Time};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Service;
use crate::Seckill;
use crate::store::{item, ticket};

pub(super) fn routes() -> OpenApiRouter<std::sync::Arc<Seckill>> {
    OpenApiRouter::new().routes(routes!(get_activity_live))
}

/// A session as it runs.
#[derive(Debug, Serialize, ToSchema)]
struct ActivityLive {
    /// When this was counted.
    now: Time,
    /// Claims taken in the last second by the process that answers, of all its sessions.
    claims_per_second: u64,
    /// Its items.
    items: Vec<ActivityItemLive>,
}

/// An item as it runs.
#[derive(Debug, Serialize, ToSchema)]
struct ActivityItemLive {
    /// The item.
    item_id: AllotmentId,
    /// Units at the start.
    quota: u32,
    /// Units that may be claimed.
    left: u64,
    /// Claims that are not in the books yet.
    in_line: u64,
    /// Units whose orders wait for money.
    unpaid: u64,
    /// Units that are paid.
    sold: u32,
    /// Units that were given back, in all, since the pool was opened.
    given_back: u64,
    /// Tickets that came to nothing.
    refused: u64,
}

/// The figures of a session while it runs. An item whose pool does not stand is shown as the books have it.
#[utoipa::path(get, path = "/api/v1/admin/seckill/activities/{id}/live", operation_id = "get_activity_live", tag = "seckill",
    params(("id" = ActivityId, Path)), responses((status = 200, description = "The figures", body = ActivityLive)),
    security(("operator" = ["seckill.read"])))]
async fn get_activity_live(
    _: Operator<SeckillRead>,
    State(seckill): Service,
    PathOf(id): PathOf<ActivityId>,
) -> Result<Json<ActivityLive>> {
    Ok(Json(seckill.activity_live(id).await?))
}

impl Seckill {
    async fn activity_live(&self, id: ActivityId) -> Result<ActivityLive> {
        if !ticket::is_activity(&self.db, id).await? {
            return Err(NOT_FOUND.into());
        }
        let mut items = Vec::new();
        for item in item::items_of(&self.db, id).await? {
            let standings = self.standings(&item).await?;
            let sums = ticket::sums(&self.db, item.id).await?;
            let unsigned = |n: i64| u64::try_from(n).unwrap_or(0);
            let books = u64::from(item.quota.saturating_sub(item.sold));
            items.push(ActivityItemLive {
                item_id: item.id,
                quota: item.quota,
                left: if standings.is_empty() { books } else { standings.iter().map(|s| s.left).sum() },
                in_line: standings.iter().map(|s| s.claims.saturating_sub(s.acknowledged)).sum(),
                unpaid: unsigned(sums.unpaid),
                sold: item.paid,
                given_back: standings.iter().map(|s| s.given_back).sum(),
                refused: unsigned(sums.refused),
            });
        }
        let now = self.core.clock.now();
        Ok(ActivityLive { now, claims_per_second: self.engine.figures().claims_per_s, items })
    }
}
