//! Everything that the service says to its database. A function is one sentence.

use contract::inventory::Level;
use contract::{AllotmentId, OrderId, SkuId};
use kit::db::marks;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Error, Result, Time, Tx, values};

use crate::ledger::{Cause, Entry};
use crate::state::{Head, State};

/// A balance as it stands in its table.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct LevelRow {
    /// The variant.
    pub sku: SkuId,
    /// May be ordered.
    pub available: i64,
    /// Kept for unpaid orders.
    pub locked: i64,
    /// Sold.
    pub sold: i64,
    /// Kept apart for flash sales.
    pub allotted: i64,
}

impl From<LevelRow> for Level {
    fn from(row: LevelRow) -> Self {
        Level { sku: row.sku, available: row.available, locked: row.locked, sold: row.sold, allotted: row.allotted }
    }
}

/// A line of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Kept {
    /// The variant.
    pub sku: SkuId,
    /// How many.
    pub qty: i64,
}

/// A row of the ledger.
#[derive(Clone, Debug, FromQueryResult)]
pub struct LedgerRow {
    /// Number of the entry; rises.
    pub id: i64,
    /// The variant.
    pub sku: SkuId,
    /// `hold`, `revive`, `release`, `commit`, `count`, `allot`, `take` or `unallot`.
    pub kind: String,
    /// What caused it.
    pub ref_id: String,
    /// Change of what may be ordered.
    pub delta_available: i64,
    /// Change of what is kept.
    pub delta_locked: i64,
    /// Change of what is sold.
    pub delta_sold: i64,
    /// Change of what is kept apart.
    pub delta_allotted: i64,
    /// What may be ordered after it.
    pub after_available: i64,
    /// What is kept after it.
    pub after_locked: i64,
    /// What is sold after it.
    pub after_sold: i64,
    /// What is kept apart after it.
    pub after_allotted: i64,
    /// The operator who did it; 0 for the house.
    pub operator_id: i64,
    /// Why, in words; empty for orders.
    pub reason: String,
    /// When.
    pub at_ms: Time,
}

const LEDGER: &str = "id, sku, kind, ref_id, delta_available, delta_locked, delta_sold, delta_allotted, after_available,
    after_locked, after_sold, after_allotted, operator_id, reason, at_ms";

/// Changes a balance, unless a part of it would fall below zero.
pub async fn move_stock(tx: &Tx, entry: &Entry) -> Result<bool> {
    let sql = "update stock set available = available + ?, locked = locked + ?, sold = sold + ?, allotted = allotted + ?
               where sku = ? and available >= ? and locked >= ? and sold >= ? and allotted >= ?";
    let floor = |delta: i64| delta.min(0).saturating_neg();
    let values = values![
        entry.available,
        entry.locked,
        entry.sold,
        entry.allotted,
        entry.sku,
        floor(entry.available),
        floor(entry.locked),
        floor(entry.sold),
        floor(entry.allotted)
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Balances of these variants, as this transaction sees them.
pub async fn balances(tx: &Tx, skus: &[SkuId]) -> Result<Vec<LevelRow>> {
    let sql = format!("select sku, available, locked, sold, allotted from stock where sku in ({})", marks(skus.len()));
    tx.all(&sql, skus.iter().map(|sku| Value::from(*sku)).collect()).await
}

/// Takes the row of a variant for this transaction; false when there is none.
pub async fn lock_stock(tx: &Tx, sku: SkuId) -> Result<bool> {
    Ok(tx.run("update stock set sold = sold where sku = ?", values![sku]).await? == 1)
}

/// Opens the record of a variant at zero, when there is none.
pub async fn open_stock(tx: &Tx, sku: SkuId) -> Result<bool> {
    tx.insert_new("insert into stock (sku, available, locked, sold, allotted) values (?, 0, 0, 0, 0)", values![sku]).await
}

/// Writes entries with the balances after them, all in one statement.
pub async fn append(tx: &Tx, cause: &Cause<'_>, entries: &[(Entry, LevelRow)]) -> Result<()> {
    let rows = vec!["(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"; entries.len()].join(",");
    let sql = format!(
        "insert into ledger (id, sku, kind, ref_id, delta_available, delta_locked, delta_sold, delta_allotted, after_available,
                             after_locked, after_sold, after_allotted, operator_id, reason, at_ms) values {rows}"
    );
    let mut values = Vec::with_capacity(entries.len() * 15);
    for (entry, after) in entries {
        values.extend(values![tx.id::<i64>(), entry.sku, cause.kind.word(), cause.reference.as_str()]);
        values.extend(values![entry.available, entry.locked, entry.sold, entry.allotted]);
        values.extend(values![after.available, after.locked, after.sold, after.allotted]);
        values.extend(values![cause.operator, cause.reason, tx.now()]);
    }
    tx.run(&sql, values).await.map(|_| ())
}

/// The entries of a count, in variant order; none when it has not been made.
pub async fn counted(tx: &Tx, reference: &str) -> Result<Vec<LedgerRow>> {
    let sql = format!("select {LEDGER} from ledger where ref_id = ? and kind = 'count' order by sku");
    tx.all(&sql, values![reference]).await
}

/// Entries of a variant, newest first, before this one.
pub async fn entries(db: &Db, sku: SkuId, before: i64, limit: usize) -> Result<Vec<LedgerRow>> {
    let sql = format!("select {LEDGER} from ledger where sku = ? and id < ? order by id desc limit ?");
    db.all(&sql, values![sku, before, i64::try_from(limit).unwrap_or(i64::MAX)]).await
}

/// Balances of these variants; those without a record are left out.
pub async fn levels(db: &Db, skus: &[SkuId]) -> Result<Vec<LevelRow>> {
    let sql = format!("select sku, available, locked, sold, allotted from stock where sku in ({})", marks(skus.len()));
    db.all(&sql, skus.iter().map(|sku| Value::from(*sku)).collect()).await
}

#[derive(FromQueryResult)]
struct HeadRow {
    attempt: i64,
    state: String,
}

/// The head of an order.
pub async fn head(tx: &Tx, order: OrderId) -> Result<Option<Head>> {
    let sql = "select attempt, state from hold_head where order_id = ?";
    let Some(row) = tx.one::<HeadRow>(sql, values![order]).await? else { return Ok(None) };
    let state = State::read(&row.state).ok_or_else(|| Error::internal(format!("{:?} is no state of a hold", row.state)))?;
    Ok(Some(Head { attempt: u32::try_from(row.attempt).map_err(Error::internal)?, state }))
}

/// The first head of an order; false when it has one.
pub async fn insert_head(tx: &Tx, order: OrderId, head: Head) -> Result<bool> {
    let sql = "insert into hold_head (order_id, attempt, state, at_ms) values (?, ?, ?, ?)";
    tx.insert_new(sql, values![order, i64::from(head.attempt), head.state.word(), tx.now()]).await
}

/// Changes the head of an order, if it is still what it was.
pub async fn move_head(tx: &Tx, order: OrderId, from: Head, to: Head) -> Result<bool> {
    let sql = "update hold_head set attempt = ?, state = ?, at_ms = ? where order_id = ? and attempt = ? and state = ?";
    let new = values![i64::from(to.attempt), to.state.word(), tx.now()];
    let old = values![order, i64::from(from.attempt), from.state.word()];
    Ok(tx.run(sql, [new, old].concat()).await? == 1)
}

/// Keeps lines for an attempt, all in one statement.
pub async fn insert_reservation(tx: &Tx, order: OrderId, attempt: u32, lines: &[Kept]) -> Result<()> {
    let rows = vec!["(?,?,?,?,'locked')"; lines.len()].join(",");
    let sql = format!("insert into reservation (order_id, attempt, sku, qty, state) values {rows}");
    let values = lines.iter().flat_map(|line| values![order, i64::from(attempt), line.sku, line.qty]).collect();
    tx.run(&sql, values).await.map(|_| ())
}

/// What was ever kept for an attempt, in variant order.
pub async fn reservation(tx: &Tx, order: OrderId, attempt: u32) -> Result<Vec<Kept>> {
    let sql = "select sku, qty from reservation where order_id = ? and attempt = ? order by sku";
    tx.all(sql, values![order, i64::from(attempt)]).await
}

/// Ends the reservation of an attempt; gives the number of lines that were still kept.
pub async fn end_reservation(tx: &Tx, order: OrderId, attempt: u32, state: &str) -> Result<u64> {
    let sql = "update reservation set state = ? where order_id = ? and attempt = ? and state = 'locked'";
    tx.run(sql, values![state, order, i64::from(attempt)]).await
}

/// An allotment as it stands in its table.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct AllotmentRow {
    /// Of which variant; 0 of one that ended before it was made.
    pub sku: SkuId,
    /// Units that it was given.
    pub qty: i64,
    /// 1 when it is over.
    pub ended: i32,
    /// Units that stay for paid orders, once it is over.
    pub sold: i64,
    /// Units that went back, once it is over.
    pub returned: i64,
}

/// Records an allotment; false when its number has been here.
pub async fn insert_allotment(tx: &Tx, id: AllotmentId, sku: SkuId, qty: i64) -> Result<bool> {
    let sql = "insert into allotment (id, sku, qty, taken, ended, sold, returned, made_ms, changed_ms)
               values (?, ?, ?, 0, 0, 0, 0, ?, ?)";
    tx.insert_new(sql, values![id, sku, qty, tx.now(), tx.now()]).await
}

/// An allotment.
pub async fn allotment(tx: &Tx, id: AllotmentId) -> Result<Option<AllotmentRow>> {
    tx.one("select sku, qty, ended, sold, returned from allotment where id = ?", values![id]).await
}

/// Takes units of a variant out of an allotment, unless they are more than it has left, or than it sold once it is over.
pub async fn take_allotted(tx: &Tx, id: AllotmentId, sku: SkuId, qty: i64) -> Result<bool> {
    let sql = "update allotment set taken = taken + ?, changed_ms = ?
               where id = ? and sku = ? and taken + ? <= case when ended = 1 then sold else qty end";
    Ok(tx.run(sql, values![qty, tx.now(), id, sku, qty]).await? == 1)
}

/// Ends an allotment, unless it is over, sold more than it had, or less than has left already.
pub async fn end_allotment(tx: &Tx, id: AllotmentId, sold: i64) -> Result<bool> {
    let sql = "update allotment set ended = 1, sold = ?, returned = qty - ?, changed_ms = ?
               where id = ? and ended = 0 and qty >= ? and taken <= ?";
    Ok(tx.run(sql, values![sold, sold, tx.now(), id, sold, sold]).await? == 1)
}
