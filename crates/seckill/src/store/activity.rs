//! Sessions as rows.

use contract::ActivityId;
use kit::db::{Tx, marks};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Error, Result, Time, values};

use super::Rows;
use crate::state::{ActivityEvent, ActivityState, Word as _};

/// A session without its variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// First moment at which claims are taken.
    pub starts: Time,
    /// First moment at which they no longer are.
    pub ends: Time,
    /// Where it stands.
    pub state: ActivityState,
    /// Takes no claims for a while.
    pub paused: bool,
    /// Rises with each change.
    pub version: i64,
    /// When it was planned.
    pub created: Time,
    /// When it changed last.
    pub changed: Time,
}

#[derive(FromQueryResult)]
struct Raw {
    id: ActivityId,
    title: String,
    starts_ms: Time,
    ends_ms: Time,
    state: String,
    paused: i32,
    version: i64,
    created_ms: Time,
    changed_ms: Time,
}

impl TryFrom<Raw> for ActivityRow {
    type Error = Error;

    fn try_from(raw: Raw) -> Result<Self> {
        Ok(ActivityRow {
            id: raw.id,
            title: raw.title,
            starts: raw.starts_ms,
            ends: raw.ends_ms,
            state: ActivityState::read(&raw.state)?,
            paused: raw.paused != 0,
            version: raw.version,
            created: raw.created_ms,
            changed: raw.changed_ms,
        })
    }
}

const ACTIVITY: &str = "id, title, starts_ms, ends_ms, state, paused, version, created_ms, changed_ms";

fn read(rows: Vec<Raw>) -> Result<Vec<ActivityRow>> {
    rows.into_iter().map(ActivityRow::try_from).collect()
}

/// A session.
pub async fn activity(from: &impl Rows, id: ActivityId) -> Result<Option<ActivityRow>> {
    let sql = format!("select {ACTIVITY} from activity where id = ?");
    Ok(read(from.rows(&sql, values![id]).await?)?.pop())
}

/// Up to `limit` sessions in these states, by start.
pub async fn in_states(from: &impl Rows, states: &[ActivityState], limit: u32) -> Result<Vec<ActivityRow>> {
    let sql =
        format!("select {ACTIVITY} from activity where state in ({}) order by starts_ms, id limit {limit}", marks(states.len()));
    read(from.rows(&sql, states.iter().map(|s| s.name().into()).collect()).await?)
}

/// Up to `limit` sessions in a state that changed after a moment.
pub async fn changed_since(from: &impl Rows, state: ActivityState, after: Time, limit: u32) -> Result<Vec<ActivityRow>> {
    let sql = format!(
        "select {ACTIVITY} from activity where state = ? and starts_ms > ? and changed_ms > ? order by starts_ms, id limit {limit}"
    );
    // No session is longer than six hours, and it is settled soon: an index finds those that may have changed.
    let starts = after - std::time::Duration::from_secs(3 * 24 * 3600);
    read(from.rows(&sql, values![state.name(), starts, after]).await?)
}

/// A page of sessions, newest first, in a state or all; `below` is the last one seen.
pub async fn page(
    from: &impl Rows,
    state: Option<ActivityState>,
    below: Option<ActivityId>,
    limit: usize,
) -> Result<Vec<ActivityRow>> {
    let below = below.map_or(i64::MAX, |id| id.0);
    let rows = match state {
        Some(state) => {
            let sql = format!("select {ACTIVITY} from activity where state = ? and id < ? order by id desc limit {limit}");
            from.rows(&sql, values![state.name(), below]).await?
        }
        None => {
            let sql = format!("select {ACTIVITY} from activity where id < ? order by id desc limit {limit}");
            from.rows(&sql, values![below]).await?
        }
    };
    read(rows)
}

/// Records a session.
pub async fn insert(tx: &Tx, row: &ActivityRow) -> Result<()> {
    let sql = format!("insert into activity ({ACTIVITY}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    let values = values![
        row.id,
        row.title.as_str(),
        row.starts,
        row.ends,
        row.state.name(),
        i32::from(row.paused),
        row.version,
        row.created,
        row.changed,
    ];
    tx.run(&sql, values).await.map(|_| ())
}

/// Changes a session if it still is as it was read, under the next version; false when somebody else was first.
pub async fn change(tx: &Tx, before: &ActivityRow, after: &ActivityRow) -> Result<bool> {
    let sql = "update activity set title = ?, starts_ms = ?, ends_ms = ?, state = ?, paused = ?, version = ?, changed_ms = ?
               where id = ? and version = ? and state = ?";
    let values = values![
        after.title.as_str(),
        after.starts,
        after.ends,
        after.state.name(),
        i32::from(after.paused),
        before.version + 1,
        tx.now(),
        before.id,
        before.version,
        before.state.name(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Takes a draft for this transaction: its contents are about to change. False when it is none (any more).
pub async fn hold_draft(tx: &Tx, id: ActivityId) -> Result<bool> {
    let sql = "update activity set version = version + 1, changed_ms = ? where id = ? and state = ?";
    Ok(tx.run(sql, values![tx.now(), id, ActivityState::Draft.name()]).await? == 1)
}

/// A row of history.
pub struct Moment<'a> {
    /// What happened.
    pub what: ActivityEvent,
    /// Where the session stood before; `None` for its first row.
    pub from: Option<ActivityState>,
    /// Where it stood after.
    pub to: ActivityState,
    /// Who did it; 0 for the house.
    pub operator: i64,
    /// In which words, at most 200 characters.
    pub note: &'a str,
}

/// Adds a row of history.
pub async fn remember(tx: &Tx, id: ActivityId, moment: &Moment<'_>) -> Result<()> {
    let sql = "insert into activity_history (id, activity_id, what, from_state, to_state, operator_id, note, at_ms)
               values (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = values![
        tx.id::<i64>(),
        id,
        moment.what.name(),
        moment.from.map_or("", |s| s.name()),
        moment.to.name(),
        moment.operator,
        moment.note,
        tx.now(),
    ];
    tx.run(sql, values).await.map(|_| ())
}

/// Whether this was the last that happened to a session itself.
pub async fn last_was(tx: &Tx, id: ActivityId, what: ActivityEvent) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Row {
        what: String,
    }
    let sql = "select what from activity_history where activity_id = ? order by id desc limit 1";
    let row: Option<Row> = tx.one(sql, values![id]).await?;
    Ok(row.is_some_and(|row| row.what == what.name()))
}
