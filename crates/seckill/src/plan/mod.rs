//! The plan of a session: made as a draft, filled with variants whose units are set apart, handed in, reviewed. Each move is one
//! transaction with its history.

mod activity;
mod attach;
mod leave;
mod review;
mod seed;
mod view;

pub use activity::{ActivityChange, NewActivity, plain};
pub use attach::{Attachment, NewActivityItem};
pub use seed::{PlannedItem, PlannedSession};
pub use view::{Activity, ActivityItem};

use contract::ActivityId;
use contract::fault::{ACTIVITY_STATE, CONFLICT, NOT_FOUND};
use kit::Result;
use kit::db::Tx;

use crate::Seckill;
use crate::state::{ActivityEvent, may_move};
use crate::store::Rows;
use crate::store::activity::{self as store, ActivityRow, Moment};
use crate::store::item;

/// What happens to a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    /// What.
    pub what: ActivityEvent,
    /// By whom; 0 for the house.
    pub operator: i64,
    /// In which words.
    pub note: &'a str,
}

impl Step<'_> {
    /// A step that nobody asked for.
    pub const fn of_house(what: ActivityEvent) -> Self {
        Step { what, operator: 0, note: "" }
    }
}

impl Seckill {
    /// Changes a session and remembers it. `activity_state` when it may not move so; `conflict` when somebody else was first.
    pub(crate) async fn step(&self, tx: &Tx, before: &ActivityRow, after: ActivityRow, step: Step<'_>) -> Result<ActivityRow> {
        if !may_move(before.state, after.state) {
            return Err(ACTIVITY_STATE.into());
        }
        if !store::change(tx, before, &after).await? {
            return Err(CONFLICT.because(format!("session {} changed meanwhile", before.id)));
        }
        let Step { what, operator, note } = step;
        store::remember(tx, before.id, &Moment { what, from: Some(before.state), to: after.state, operator, note }).await?;
        Ok(ActivityRow { version: before.version + 1, changed: tx.now(), ..after })
    }

    /// A session; `not_found` when there is none.
    pub(crate) async fn read(&self, from: &impl Rows, id: ActivityId) -> Result<ActivityRow> {
        store::activity(from, id).await?.ok_or_else(|| NOT_FOUND.into())
    }

    /// A session as operators see it.
    pub(crate) async fn view(&self, from: &impl Rows, row: &ActivityRow) -> Result<Activity> {
        Ok(Activity::of(row, &item::items_of(from, row.id).await?))
    }
}
