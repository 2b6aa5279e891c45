//! Hands sessions in, reviews them, and steers them while they run. Each may be repeated: what stands already stays.

use contract::ActivityId;
use contract::fault::{ACTIVITY_STATE, INVALID};
use contract::seckill::ActivityDue;
use kit::db::Tx;
use kit::{Ctx, Result};

use super::{Activity, Step};
use crate::Seckill;
use crate::state::{ActivityEvent, ActivityState, ItemState, check_times};
use crate::store::activity::{self as store, ActivityRow};
use crate::store::{item, remind};

impl Seckill {
    /// Hands a draft in for review: it has variants, all of them attached, and starts in the future.
    pub(crate) async fn submit(&self, operator: i64, id: ActivityId) -> Result<Activity> {
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            let row = match before.state {
                ActivityState::Submitted => before,
                ActivityState::Draft => {
                    let after = ActivityRow { state: ActivityState::Submitted, ..before.clone() };
                    let row = self.step(&tx, &before, after, Step { what: ActivityEvent::Submitted, operator, note: "" }).await?;
                    // After the step, which holds the row: nobody attaches or detaches from here on.
                    self.check_draft(&tx, &before).await?;
                    row
                }
                _ => return Err(ACTIVITY_STATE.into()),
            };
            self.view(&tx, &row).await
        })
    }

    async fn check_draft(&self, tx: &Tx, draft: &ActivityRow) -> Result<()> {
        check_times(draft.starts, draft.ends)?;
        if draft.starts <= tx.now() {
            return Err(INVALID.at("/starts_at", "range", "not in the future"));
        }
        if item::count_in(tx, draft.id, ItemState::Attached).await? == 0 {
            return Err(INVALID.at("/items", "length", "nothing is attached"));
        }
        let moving = [ItemState::Attaching, ItemState::Leaving];
        for state in moving {
            if item::count_in(tx, draft.id, state).await? > 0 {
                return Err(ACTIVITY_STATE.because("a variant is on its way in or out").retry_after_s(1));
            }
        }
        Ok(())
    }

    /// Approves a session that is not over yet; it goes online when it is near.
    pub(crate) async fn approve(&self, operator: i64, id: ActivityId) -> Result<Activity> {
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            let row = match before.state {
                ActivityState::Approved | ActivityState::Online => before,
                ActivityState::Submitted if before.ends > tx.now() => {
                    let after = ActivityRow { state: ActivityState::Approved, ..before.clone() };
                    let row = self.step(&tx, &before, after, Step { what: ActivityEvent::Approved, operator, note: "" }).await?;
                    // Now, for it may be among the nearest; later, for it is near then.
                    tx.publish(&ActivityDue { activity: id }).await?;
                    let near = row.starts - self.settings.online_before;
                    if near > tx.now() {
                        tx.publish_at(&ActivityDue { activity: id }, near).await?;
                    }
                    row
                }
                _ => return Err(ACTIVITY_STATE.into()),
            };
            self.view(&tx, &row).await
        })
    }

    /// Sends a session back to be planned anew.
    pub(crate) async fn reject(&self, operator: i64, id: ActivityId, reason: &str) -> Result<Activity> {
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            let row = match before.state {
                ActivityState::Submitted => {
                    let after = ActivityRow { state: ActivityState::Draft, ..before.clone() };
                    self.step(&tx, &before, after, Step { what: ActivityEvent::Rejected, operator, note: reason }).await?
                }
                ActivityState::Draft if store::last_was(&tx, id, ActivityEvent::Rejected).await? => before,
                _ => return Err(ACTIVITY_STATE.into()),
            };
            self.view(&tx, &row).await
        })
    }

    /// Pauses a session that is online, or resumes it.
    pub(crate) async fn pause(&self, operator: i64, id: ActivityId, paused: bool) -> Result<Activity> {
        let view = kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            if before.state != ActivityState::Online || before.ends <= tx.now() {
                return Err(ACTIVITY_STATE.into());
            }
            let row = if before.paused == paused {
                before
            } else {
                let after = ActivityRow { paused, ..before.clone() };
                let what = if paused { ActivityEvent::Paused } else { ActivityEvent::Resumed };
                let row = self.step(&tx, &before, after, Step { what, operator, note: "" }).await?;
                tx.publish(&ActivityDue { activity: id }).await?;
                row
            };
            self.view(&tx, &row).await
        })?;
        // At once; should it fail, the due event does it.
        if let Err(error) = self.open_pools(id).await {
            tracing::warn!(activity = %id, %error, "pools of a session do not stand as they should yet");
        }
        self.refresh().await;
        Ok(view)
    }

    /// Ends a session that is online before its time.
    pub(crate) async fn stop(&self, operator: i64, id: ActivityId, reason: &str) -> Result<Activity> {
        self.end(id, Step { what: ActivityEvent::Stopped, operator, note: reason }).await?;
        let row = self.read(&self.db, id).await?;
        self.view(&self.db, &row).await
    }

    /// Calls off a session that is not online; what was set apart goes back.
    pub(crate) async fn cancel(&self, ctx: &Ctx, operator: i64, id: ActivityId, reason: &str) -> Result<Activity> {
        self.call_off(id, Step { what: ActivityEvent::Cancelled, operator, note: reason }).await?;
        if let Err(error) = self.tidy_items(ctx, id).await {
            tracing::warn!(activity = %id, %error, "units of a cancelled session are not back yet");
        }
        self.activity(id).await
    }

    /// Moves a session to `cancelled`; all that is attached leaves.
    pub(crate) async fn call_off(&self, id: ActivityId, step: Step<'_>) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            if before.state == ActivityState::Cancelled {
                return Ok(());
            }
            let after = ActivityRow { state: ActivityState::Cancelled, ..before.clone() };
            self.step(&tx, &before, after, step).await?;
            item::leave_all(&tx, id).await?;
            remind::delete_of(&tx, id).await?;
            tx.publish(&ActivityDue { activity: id }).await
        })
    }
}
