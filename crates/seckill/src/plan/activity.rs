//! Makes sessions, changes drafts, shows both.

use std::collections::HashMap;

use contract::ActivityId;
use contract::fault::ACTIVITY_STATE;
use garde::Validate;
use kit::http::{Cursor, Page, PageParams};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Activity, Step};
use crate::Seckill;
use crate::state::{ActivityEvent, ActivityState, check_times};
use crate::store::activity::{self as store, ActivityRow, Moment};
use crate::store::item::{self, ItemRow};

/// A session to be planned.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// Title, 1–60 characters.
    #[garde(length(chars, min = 1, max = 60), custom(plain))]
    #[schema(min_length = 1, max_length = 60)]
    pub title: String,
    /// When it begins.
    #[garde(skip)]
    pub starts_at: Time,
    /// When it ends: after its start, and within six hours of it.
    #[garde(skip)]
    pub ends_at: Time,
}

/// What changes of a draft; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ActivityChange {
    /// Title.
    #[garde(inner(length(chars, min = 1, max = 60), custom(plain)))]
    #[schema(min_length = 1, max_length = 60)]
    pub title: Option<String>,
    /// When it begins.
    #[garde(skip)]
    pub starts_at: Option<Time>,
    /// When it ends.
    #[garde(skip)]
    pub ends_at: Option<Time>,
}

/// Text that people will read is not blank and has no control characters.
pub fn plain(text: &str, (): &()) -> garde::Result {
    match text {
        _ if text.trim().is_empty() => Err(garde::Error::new("is blank")),
        _ if text.chars().any(char::is_control) => Err(garde::Error::new("has control characters")),
        _ => Ok(()),
    }
}

impl Seckill {
    /// Plans a session: a draft.
    pub(crate) async fn create_activity(&self, operator: i64, new: NewActivity) -> Result<Activity> {
        check_times(new.starts_at, new.ends_at)?;
        kit::tx!(self.db, |tx| {
            let row = ActivityRow {
                id: tx.id(),
                title: new.title.trim().to_owned(),
                starts: new.starts_at,
                ends: new.ends_at,
                state: ActivityState::Draft,
                paused: false,
                version: 1,
                created: tx.now(),
                changed: tx.now(),
            };
            store::insert(&tx, &row).await?;
            let moment = Moment { what: ActivityEvent::Created, from: None, to: row.state, operator, note: "" };
            store::remember(&tx, row.id, &moment).await?;
            Ok(Activity::of(&row, &[]))
        })
    }

    /// Changes a draft.
    pub(crate) async fn edit_activity(&self, operator: i64, id: ActivityId, change: ActivityChange) -> Result<Activity> {
        kit::tx!(self.db, |tx| {
            let before = self.read(&tx, id).await?;
            if before.state != ActivityState::Draft {
                return Err(ACTIVITY_STATE.into());
            }
            let after = ActivityRow {
                title: change.title.as_deref().map_or(before.title.clone(), |t| t.trim().to_owned()),
                starts: change.starts_at.unwrap_or(before.starts),
                ends: change.ends_at.unwrap_or(before.ends),
                ..before.clone()
            };
            check_times(after.starts, after.ends)?;
            let row = if after == before {
                before
            } else {
                self.step(&tx, &before, after, Step { what: ActivityEvent::Edited, operator, note: "" }).await?
            };
            self.view(&tx, &row).await
        })
    }

    /// A session.
    pub(crate) async fn activity(&self, id: ActivityId) -> Result<Activity> {
        let row = self.read(&self.db, id).await?;
        self.view(&self.db, &row).await
    }

    /// Sessions, newest first.
    pub(crate) async fn activities(&self, state: Option<ActivityState>, page: &PageParams) -> Result<Page<Activity>> {
        let below = page.cursor()?.map(|c| ActivityId(c.id));
        let rows = store::page(&self.db, state, below, page.limit() + 1).await?;
        let page = Page::from_rows(rows, page.limit(), |row: &ActivityRow| Cursor { at: 0, id: row.id.0 });
        let ids: Vec<ActivityId> = page.items.iter().map(|row| row.id).collect();
        let mut of: HashMap<ActivityId, Vec<ItemRow>> = HashMap::new();
        for item in item::of_activities(&self.db, &ids).await? {
            of.entry(item.activity).or_default().push(item);
        }
        Ok(page.map(|row| Activity::of(&row, of.get(&row.id).map_or(&[][..], Vec::as_slice))))
    }
}
