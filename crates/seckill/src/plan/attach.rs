//! Attaches a variant to a draft. Intention first: the row stands, and the variant is busy, before its units are set apart; a due
//! event finishes what a crash cut off.

use contract::fault::{ACTIVITY_STATE, CONFLICT, NOT_FOUND, OFF_SHELF, OUT_OF_STOCK, SKU_BUSY, UNAVAILABLE};
use contract::inventory::{Allot, EndAllotment};
use contract::product::{DocumentsOf, Sku, SkusOf};
use contract::seckill::ActivityDue;
use contract::{ActivityId, AllotmentId, Fen, SkuId};
use garde::Validate;
use kit::db::Tx;
use kit::http::{IdempotencyKey, Once, Stored};
use kit::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ActivityItem;
use crate::Seckill;
use crate::state::{ActivityEvent, ActivityState, ItemState, Offer, check_offer};
use crate::store::activity::{self as activities, Moment};
use crate::store::item::{self as store, ItemRow};

/// The operation's name among idempotency keys.
const ROUTE: &str = "seckill.attach";
/// Longest title and subtitle that are kept of a product.
const TITLE: usize = 250;

/// A variant to be sold in a session.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivityItem {
    /// The variant.
    #[garde(skip)]
    pub sku_id: SkuId,
    /// Price in the session: below the usual one.
    #[garde(skip)]
    pub price_fen: Fen,
    /// Units, set apart at once.
    #[garde(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub quota: u32,
    /// Units that one shopper may have, at most the quota.
    #[garde(range(min = 1, max = 99))]
    #[schema(minimum = 1, maximum = 99)]
    pub limit: u32,
    /// Parts of its pool, 1–16; 1 when absent. More for what a very large crowd will want.
    #[garde(inner(range(min = 1, max = 16)))]
    #[schema(minimum = 1, maximum = 16)]
    #[serde(default)]
    pub parts: Option<u16>,
}

/// How an attachment ended.
#[derive(Debug)]
pub enum Attachment {
    /// It is attached.
    Now(ActivityItem),
    /// By an earlier request with the same key; this was the answer.
    Before(Stored),
}

fn short(text: &str) -> String {
    text.chars().take(TITLE).collect()
}

impl Seckill {
    /// Attaches a variant to a draft, once per key. Refused with `sku_busy` when it is in another session, with `out_of_stock` when
    /// there are too few.
    pub(crate) async fn attach(
        &self,
        ctx: &Ctx,
        operator: i64,
        key: &IdempotencyKey,
        activity: ActivityId,
        new: &NewActivityItem,
    ) -> Result<Attachment> {
        let once = Once::new(operator, ROUTE, key, &(activity, new))?;
        if let Some(answer) = once.seen(&self.db).await? {
            return Ok(Attachment::Before(answer));
        }
        let row = self.item_of(ctx, &once, activity, new).await?;
        kit::tx!(self.db, |tx| {
            once.begin(&tx).await?;
            self.hold_draft(&tx, activity).await?;
            if !store::has_room(&tx, activity).await? {
                return Err(CONFLICT.at("/sku_id", "limit", "a session has 100 variants at most"));
            }
            if !store::take_sku(&tx, row.sku, row.id).await? {
                return Err(SKU_BUSY.with(serde_json::json!({ "sku_id": row.sku })));
            }
            store::insert(&tx, &row).await?;
            tx.publish_at(&ActivityDue { activity }, tx.now() + self.settings.attaching).await
        })?;
        self.finish_attaching(ctx, &row).await.map(Attachment::Now)
    }

    /// Takes a draft for this transaction.
    pub(crate) async fn hold_draft(&self, tx: &Tx, id: ActivityId) -> Result<()> {
        if activities::hold_draft(tx, id).await? {
            return Ok(());
        }
        self.read(tx, id).await?;
        Err(ACTIVITY_STATE.into())
    }

    /// The variant as it will stand in the session, checked.
    async fn item_of(&self, ctx: &Ctx, once: &Once, activity: ActivityId, new: &NewActivityItem) -> Result<ItemRow> {
        // A draft that is none (any more) need not ask anybody.
        if self.read(&self.db, activity).await?.state != ActivityState::Draft {
            return Err(ACTIVITY_STATE.into());
        }
        let found = self.around.product.skus(ctx, SkusOf { skus: vec![new.sku_id] }).await?.pop();
        let sku = found.ok_or_else(|| NOT_FOUND.at("/sku_id", "not_found", "no such variant"))?;
        if !sku.listed {
            return Err(OFF_SHELF.with(serde_json::json!({ "sku_id": sku.sku })));
        }
        let parts = new.parts.unwrap_or(1);
        check_offer(Offer {
            price_fen: new.price_fen,
            usual_price_fen: sku.price_fen,
            quota: new.quota,
            limit: new.limit,
            parts,
        })?;
        let subtitle = self.subtitle(ctx, &sku).await?;
        let (id, now) = (self.core.ids.make(), self.db.clock().now());
        Ok(ItemRow {
            id,
            activity,
            sku: sku.sku,
            spu: sku.spu,
            title: short(&sku.title),
            subtitle,
            specs: sku.specs,
            picture: sku.picture,
            usual_price_fen: sku.price_fen,
            price_fen: new.price_fen,
            quota: new.quota,
            buy_limit: new.limit,
            parts,
            epoch: 0,
            state: ItemState::Attaching,
            sold: 0,
            paid: 0,
            operator: once.who,
            idem_key: once.key.clone(),
            ended_sold: None,
            created: now,
            changed: now,
        })
    }

    async fn subtitle(&self, ctx: &Ctx, sku: &Sku) -> Result<String> {
        let found = self.around.product.documents(ctx, DocumentsOf::Spus(vec![sku.spu])).await?;
        Ok(found.iter().find(|d| d.spu == sku.spu).map(|d| short(&d.subtitle)).unwrap_or_default())
    }

    /// Sets the units apart and lets the row stand; for the request, and for whoever finds it unfinished.
    pub(crate) async fn finish_attaching(&self, ctx: &Ctx, row: &ItemRow) -> Result<ActivityItem> {
        let wish = Allot { id: row.id, sku: row.sku, qty: row.quota, reason: format!("秒杀场次 {}", row.activity) };
        match self.around.inventory.allot(ctx, wish).await {
            Ok(_) => self.attached(ctx, row.id).await,
            // Nobody knows whether they lie apart: the due event asks again.
            Err(e) if e.is_ours() => Err(UNAVAILABLE.because(e).retry_after_s(1)),
            Err(e) => Err(self.refuse(ctx, row, e).await?),
        }
    }

    /// The units lie apart: it is attached, unless its session was called off meanwhile.
    async fn attached(&self, ctx: &Ctx, id: AllotmentId) -> Result<ActivityItem> {
        let outcome = kit::tx!(self.db, |tx| {
            let row = store::item(&tx, id).await?.ok_or(ACTIVITY_STATE)?;
            let draft = activities::hold_draft(&tx, row.activity).await?;
            let row = match row.state {
                ItemState::Attaching if draft => {
                    store::move_on(&tx, id, ItemState::Attaching, ItemState::Attached).await?;
                    self.remember_item(&tx, ActivityEvent::Attached, &row, row.operator).await?;
                    ItemRow { state: ItemState::Attached, ..row }
                }
                ItemState::Attaching => {
                    store::move_on(&tx, id, ItemState::Attaching, ItemState::Attached).await?;
                    store::leave(&tx, id).await?;
                    Once::answer_for(&tx, row.operator, ROUTE, &row.idem_key, 409, &Error::from(ACTIVITY_STATE)).await?;
                    return Ok(None);
                }
                _ => row,
            };
            let view = ActivityItem::from(&row);
            Once::answer_for(&tx, row.operator, ROUTE, &row.idem_key, 201, &view).await?;
            Ok(Some(view))
        })?;
        if let Some(view) = outcome {
            return Ok(view);
        }
        self.clear_item(ctx, id).await?;
        Err(ACTIVITY_STATE.into())
    }

    /// Stock is refused: the row was never there. Gives the reply.
    async fn refuse(&self, ctx: &Ctx, row: &ItemRow, refused: Error) -> Result<Error> {
        let answer = match refused.is(OUT_OF_STOCK) {
            true => refused,
            // Its number was ended already: somebody else finished what this request began.
            false => Error::from(ACTIVITY_STATE).because(refused),
        };
        // A mark, should another call for the same units still be on its way.
        self.around.inventory.end_allotment(ctx, EndAllotment { id: row.id, sold: 0 }).await?;
        kit::tx!(self.db, |tx| {
            let found = store::item(&tx, row.id).await?;
            if found.is_some_and(|found| found.state == ItemState::Attaching) {
                store::delete(&tx, row.id).await?;
                store::free_sku(&tx, row.id, row.sku).await?;
                Once::answer_for(&tx, row.operator, ROUTE, &row.idem_key, answer.status(), &answer).await?;
            }
            Ok(())
        })?;
        Ok(answer)
    }

    /// A row of history about one of the variants; the session itself does not move.
    pub(crate) async fn remember_item(&self, tx: &Tx, what: ActivityEvent, row: &ItemRow, operator: i64) -> Result<()> {
        let (draft, note) = (ActivityState::Draft, format!("{} × {} @ {}", row.sku, row.quota, row.price_fen.0));
        activities::remember(tx, row.activity, &Moment { what, from: Some(draft), to: draft, operator, note: &note }).await
    }
}
