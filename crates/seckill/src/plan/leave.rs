//! Variants leave sessions: what was not sold may be ordered by anybody again, then the variant is free for another session.

use contract::fault::{CONFLICT, IN_FLIGHT, NOT_FOUND};
use contract::inventory::EndAllotment;
use contract::seckill::ActivityDue;
use contract::{ActivityId, AllotmentId};
use kit::{Ctx, Error, Result};

use crate::Seckill;
use crate::pools::pool_id;
use crate::state::{ActivityEvent, ActivityState, ItemState};
use crate::store::item as store;

impl Seckill {
    /// Takes a variant out of a draft; again: the same answer.
    pub(crate) async fn detach(&self, ctx: &Ctx, operator: i64, id: AllotmentId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let row = store::item(&tx, id).await?.ok_or(NOT_FOUND)?;
            if row.state == ItemState::Detached {
                return Ok(());
            }
            self.hold_draft(&tx, row.activity).await?;
            match row.state {
                ItemState::Attached => {
                    store::leave(&tx, id).await?;
                    self.remember_item(&tx, ActivityEvent::Detached, &row, operator).await?;
                    tx.publish(&ActivityDue { activity: row.activity }).await
                }
                ItemState::Attaching => Err(Error::from(IN_FLIGHT).retry_after_s(1)),
                ItemState::Leaving | ItemState::Detached | ItemState::Over => Ok(()),
            }
        })?;
        self.clear_item(ctx, id).await
    }

    /// Finishes the leaving of a variant. Again: nothing happens.
    pub(crate) async fn clear_item(&self, ctx: &Ctx, id: AllotmentId) -> Result<()> {
        let Some(row) = store::item(&self.db, id).await? else { return Ok(()) };
        if row.state != ItemState::Leaving {
            return Ok(());
        }
        let sold = row.ended_sold.unwrap_or(row.paid);
        match self.around.inventory.end_allotment(ctx, EndAllotment { id, sold }).await {
            Ok(_) => {}
            // More has left than was known to be paid: news of an order is late. The number is taken anew, and told again later.
            Err(e) if e.is(CONFLICT) && row.paid != sold => {
                kit::tx!(self.db, |tx| store::count_paid_again(&tx, id).await)?;
                return Err(e);
            }
            Err(e) => return Err(e),
        }
        // Whatever its epoch is: a crash may have come between the opening of a pool and the note of it.
        self.pool(&row).forget(pool_id(&row)).await?;
        kit::tx!(self.db, |tx| {
            let activity = self.read(&tx, row.activity).await?;
            let draft = activity.state == ActivityState::Draft;
            let to = if draft { ItemState::Detached } else { ItemState::Over };
            if store::move_on(&tx, id, ItemState::Leaving, to).await? {
                store::free_sku(&tx, id, row.sku).await?;
            }
            Ok(())
        })
    }

    /// Finishes what is unfinished among the variants of a session: those being attached for too long, those leaving.
    pub(crate) async fn tidy_items(&self, ctx: &Ctx, activity: ActivityId) -> Result<()> {
        let long_ago = self.db.clock().now() - self.settings.attaching;
        let mut outcome = Ok(());
        for row in store::items_of(&self.db, activity).await? {
            let done = match row.state {
                ItemState::Attaching if row.changed <= long_ago => self.heal_attaching(ctx, &row).await,
                ItemState::Leaving => self.clear_item(ctx, row.id).await,
                _ => Ok(()),
            };
            // One that fails must not keep the others.
            outcome = outcome.and(done);
        }
        outcome
    }

    /// Finishes an attachment that was cut off; a refusal is an end too.
    pub(crate) async fn heal_attaching(&self, ctx: &Ctx, row: &store::ItemRow) -> Result<()> {
        match self.finish_attaching(ctx, row).await {
            Err(e) if e.is_ours() => Err(e),
            Ok(_) => Ok(()),
            Err(refused) => {
                tracing::info!(item = %row.id, error = %refused, "an attachment that was cut off is refused");
                Ok(())
            }
        }
    }
}
