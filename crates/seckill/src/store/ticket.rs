//! SQL of tickets and of what they count: units sold of an item, cancellations of a shopper. Every change of tickets locks its item
//! first ([`lock_item`]), so that a recount sees all of them or none.

use std::collections::{HashMap, HashSet};

use contract::{ActivityId, AddressId, AllotmentId, Fen, OrderId, UserId};
use kit::db::{Tx, marks};
use kit::http::Cursor;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Error, Result, Time, values};

use crate::tickets::TicketState;

/// A claim that was taken into the books.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TicketRow {
    /// Its order, and its own number.
    pub order_id: OrderId,
    /// The session.
    pub activity_id: ActivityId,
    /// The item, and its pool.
    pub item_id: AllotmentId,
    /// Epoch of the pool in which it was claimed.
    pub epoch: i64,
    /// Part of the pool that has it.
    pub part: i32,
    /// Its place in the line of that part.
    pub seq: i64,
    /// Whose.
    pub user_id: UserId,
    /// The claim's token, in hex.
    pub token: String,
    /// Units.
    pub qty: i32,
    /// Where they go.
    pub address_id: AddressId,
    /// Where it stands.
    pub state: String,
    /// Why it came to nothing.
    pub reason: String,
    /// The engine has its units again, or need not.
    pub returned: i32,
    /// How long its order waits for money, seconds.
    pub pay_s: i32,
    /// When it was claimed.
    pub taken_ms: Time,
    /// When something should have happened: its order stands, or is paid.
    pub due_ms: Time,
    /// When its state changed.
    pub changed_ms: Time,
}

impl TicketRow {
    /// Where it stands.
    pub fn state(&self) -> Result<TicketState> {
        TicketState::read(&self.state)
    }
}

const COLUMNS: &str =
    "order_id, activity_id, item_id, epoch, part, seq, user_id, token, qty, address_id, state, reason, returned, pay_s,
    taken_ms, due_ms, changed_ms";

/// Where an item is in its course, as the database knows it now.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Course {
    /// Epoch of its pool.
    pub epoch: i64,
    /// State of its session.
    pub state: String,
    /// Its session is paused.
    pub paused: i32,
    /// First moment of its session.
    pub starts_ms: Time,
    /// First moment after it.
    pub ends_ms: Time,
}

impl Course {
    /// Whether its pool should take claims within its window.
    pub fn is_open(&self, now: Time) -> bool {
        self.is_on(now) && self.paused == 0
    }

    /// Whether its session is online and not over.
    pub fn is_on(&self, now: Time) -> bool {
        self.state == "online" && now < self.ends_ms
    }
}

/// Where an item is in its course.
pub async fn course(db: &Db, item: AllotmentId) -> Result<Option<Course>> {
    let sql = "select i.epoch, a.state, a.paused, a.starts_ms, a.ends_ms from item i join activity a on a.id = i.activity_id
               where i.id = ?";
    db.fresh(sql, values![item]).await
}

/// Locks an item for the rest of the transaction. False when there is none.
pub async fn lock_item(tx: &Tx, item: AllotmentId) -> Result<bool> {
    Ok(tx.run("update item set changed_ms = ? where id = ?", values![tx.now(), item]).await? == 1)
}

/// Raises the epoch of an item, and locks it. False when it is not of this epoch any more.
pub async fn raise_epoch(tx: &Tx, item: AllotmentId, from: i64, to: i64) -> Result<bool> {
    let sql = "update item set epoch = ?, changed_ms = ? where id = ? and epoch = ?";
    Ok(tx.run(sql, values![to, tx.now(), item, from]).await? == 1)
}

/// The last word: counts units as sold, unless that were more than there are.
pub async fn sell(tx: &Tx, item: AllotmentId, qty: i64) -> Result<bool> {
    Ok(tx.run("update item set sold = sold + ? where id = ? and sold + ? <= quota", values![qty, item, qty]).await? == 1)
}

/// Counts units as not sold. Fails with `internal` when they were not counted.
pub async fn unsell(tx: &Tx, item: AllotmentId, qty: i64) -> Result<()> {
    counted(tx.run("update item set sold = sold - ? where id = ? and sold >= ?", values![qty, item, qty]).await?, item)
}

/// Counts units that are sold as paid. Fails with `internal` when they are not.
pub async fn count_paid(tx: &Tx, item: AllotmentId, qty: i64) -> Result<()> {
    counted(tx.run("update item set paid = paid + ? where id = ? and paid + ? <= sold", values![qty, item, qty]).await?, item)
}

fn counted(rows: u64, item: AllotmentId) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::internal(format!("the units of item {item} are not those of its tickets"))) }
}

/// A claim that the books have already.
#[derive(FromQueryResult)]
pub struct Known {
    /// Its token.
    pub token: String,
    /// Its epoch.
    pub epoch: i64,
    /// Its part.
    pub part: i32,
    /// Its place in line.
    pub seq: i64,
}

/// Which claims of an item the books have: those with one of these tokens, or in these places of a line.
pub async fn known(tx: &Tx, item: AllotmentId, tokens: &[String], line: (i64, i32), seqs: (i64, i64)) -> Result<Vec<Known>> {
    let by_token = format!("select token, epoch, part, seq from ticket where item_id = ? and token in ({})", marks(tokens.len()));
    let values = std::iter::once(Value::from(item)).chain(tokens.iter().map(|t| t.as_str().into())).collect();
    let mut found: Vec<Known> = tx.all(&by_token, values).await?;
    let by_place =
        "select token, epoch, part, seq from ticket where item_id = ? and epoch = ? and part = ? and seq >= ? and seq <= ?";
    found.extend(tx.all::<Known>(by_place, values![item, line.0, line.1, seqs.0, seqs.1]).await?);
    Ok(found)
}

#[derive(FromQueryResult)]
struct OfUser {
    user_id: UserId,
    n: i64,
}

/// Who of these shoppers cancelled too often in a session. Their counts stand still until the transaction is over.
pub async fn barred(tx: &Tx, activity: ActivityId, users: &[UserId], after: u32) -> Result<HashSet<UserId>> {
    let ids = || users.iter().map(|user| Value::from(*user));
    let these: Vec<Value> = std::iter::once(activity.into()).chain(ids()).collect();
    // Written as it is, and so locked: a third cancellation waits until those who have two are dealt with.
    let hold = format!("update cancels set n = n where activity_id = ? and user_id in ({})", marks(users.len()));
    tx.run(&hold, these.clone()).await?;
    let sql = format!("select user_id from cancels where activity_id = ? and user_id in ({}) and n >= ?", marks(users.len()));
    #[derive(FromQueryResult)]
    struct User {
        user_id: UserId,
    }
    let rows: Vec<User> = tx.all(&sql, these.into_iter().chain([i64::from(after).into()]).collect()).await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}

/// Units of an item that these shoppers hold.
pub async fn held(tx: &Tx, item: AllotmentId, users: &[UserId]) -> Result<HashMap<UserId, i64>> {
    let sql = format!(
        "select user_id, cast(sum(qty) as signed) as n from ticket where item_id = ? and user_id in ({})
         and state in ('ordering', 'won', 'paid') group by user_id",
        marks(users.len())
    );
    let values = std::iter::once(Value::from(item)).chain(users.iter().map(|user| Value::from(*user))).collect();
    let rows: Vec<OfUser> = tx.all(&sql, values).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.n)).collect())
}

/// Units of an item that a shopper holds, and how often he cancelled in its session.
pub async fn standing(db: &Db, activity: ActivityId, item: AllotmentId, user: UserId) -> Result<(i64, i64)> {
    #[derive(FromQueryResult)]
    struct Two {
        held: i64,
        cancels: i64,
    }
    let sql = "select cast(coalesce((select sum(qty) from ticket where user_id = ? and item_id = ?
                 and state in ('ordering', 'won', 'paid')), 0) as signed) as held,
               cast(coalesce((select n from cancels where activity_id = ? and user_id = ?), 0) as signed) as cancels";
    let two: Option<Two> = db.fresh(sql, values![user, item, activity, user]).await?;
    Ok(two.map_or((0, 0), |two| (two.held, two.cancels)))
}

/// Takes tickets into the books.
pub async fn insert(tx: &Tx, rows: &[TicketRow]) -> Result<()> {
    let one = format!("({})", marks(17));
    let sql = format!("insert into ticket ({COLUMNS}) values {}", vec![one; rows.len()].join(","));
    let values = rows.iter().flat_map(|row| {
        values![
            row.order_id,
            row.activity_id,
            row.item_id,
            row.epoch,
            row.part,
            row.seq,
            row.user_id,
            row.token.as_str(),
            row.qty,
            row.address_id,
            row.state.as_str(),
            row.reason.as_str(),
            row.returned,
            row.pay_s,
            row.taken_ms,
            row.due_ms,
            row.changed_ms,
        ]
    });
    tx.run(&sql, values.collect()).await.map(|_| ())
}

/// The ticket of an order.
pub async fn by_order(tx: &Tx, order: OrderId) -> Result<Option<TicketRow>> {
    tx.one(&format!("select {COLUMNS} from ticket where order_id = ?"), values![order]).await
}

/// The ticket of an order, outside of a transaction.
pub async fn of_order(db: &Db, order: OrderId) -> Result<Option<TicketRow>> {
    db.fresh(&format!("select {COLUMNS} from ticket where order_id = ?"), values![order]).await
}

/// The ticket in a place of a line.
pub async fn in_place(db: &Db, item: AllotmentId, epoch: i64, part: i32, seq: i64) -> Result<Option<TicketRow>> {
    let sql = format!("select {COLUMNS} from ticket where item_id = ? and epoch = ? and part = ? and seq = ?");
    db.fresh(&sql, values![item, epoch, part, seq]).await
}

/// Moves a ticket on from one of some states. False when it stands elsewhere.
pub async fn advance(tx: &Tx, order: OrderId, from: &[TicketState], to: TicketState, reason: &str) -> Result<bool> {
    let sql = format!(
        "update ticket set state = ?, reason = ?, changed_ms = ? where order_id = ? and state in ({})",
        marks(from.len())
    );
    let head = values![to.name(), reason, tx.now(), order];
    Ok(tx.run(&sql, head.into_iter().chain(from.iter().map(|state| state.name().into())).collect()).await? == 1)
}

/// The orders of these tickets stand, and wait for money since `began`.
pub async fn won(tx: &Tx, orders: &[OrderId], began: Time) -> Result<()> {
    let sql = format!(
        "update ticket set state = 'won', due_ms = ? + pay_s * 1000, changed_ms = ? where state = 'ordering' and order_id in ({})",
        marks(orders.len())
    );
    let ids = orders.iter().map(|order| Value::from(*order));
    tx.run(&sql, values![began, tx.now()].into_iter().chain(ids).collect()).await.map(|_| ())
}

/// Tickets whose order does not stand yet are not looked at before `due`.
pub async fn put_off(db: &Db, orders: &[OrderId], due: Time) -> Result<()> {
    let sql = format!("update ticket set due_ms = ? where state = 'ordering' and order_id in ({})", marks(orders.len()));
    db.run(&sql, std::iter::once(due.into()).chain(orders.iter().map(|order| Value::from(*order))).collect()).await.map(|_| ())
}

/// The engine has its units again.
pub async fn returned(db: &Db, order: OrderId) -> Result<()> {
    db.run("update ticket set returned = 1 where order_id = ?", values![order]).await.map(|_| ())
}

/// Counts a cancellation of a shopper in a session.
pub async fn count_cancel(tx: &Tx, activity: ActivityId, user: UserId) -> Result<()> {
    let add = "update cancels set n = n + 1 where activity_id = ? and user_id = ?";
    if tx.run(add, values![activity, user]).await? == 0
        && !tx.insert_new("insert into cancels (activity_id, user_id, n) values (?, ?, 1)", values![activity, user]).await?
    {
        tx.run(add, values![activity, user]).await?;
    }
    Ok(())
}

/// Up to `max` tickets of an item whose orders should stand by `now`.
pub async fn late(db: &Db, item: AllotmentId, now: Time, max: u32) -> Result<Vec<TicketRow>> {
    let sql = format!(
        "select {COLUMNS} from ticket where state = 'ordering' and item_id = ? and due_ms <= ? order by due_ms, order_id limit {max}"
    );
    db.all(&sql, values![item, now]).await
}

/// Up to `max` items that have such tickets.
pub async fn late_items(db: &Db, now: Time, max: u32) -> Result<Vec<AllotmentId>> {
    #[derive(FromQueryResult)]
    struct Item {
        item_id: AllotmentId,
    }
    let sql =
        format!("select distinct item_id from ticket where state = 'ordering' and due_ms <= ? order by item_id limit {max}");
    let rows: Vec<Item> = db.all(&sql, values![now]).await?;
    Ok(rows.into_iter().map(|row| row.item_id).collect())
}

/// Up to `max` tickets of an item with a number above `after`, ascending: for a recount, which has it locked.
pub async fn after(tx: &Tx, item: AllotmentId, after: OrderId, max: u32) -> Result<Vec<TicketRow>> {
    let sql = format!("select {COLUMNS} from ticket where item_id = ? and order_id > ? order by order_id limit {max}");
    tx.all(&sql, values![item, after]).await
}

/// What a recount has seen need not be given back: it lies among what is left.
pub async fn all_returned(tx: &Tx, item: AllotmentId) -> Result<()> {
    let sql = "update ticket set returned = 1 where item_id = ? and returned = 0 and state in ('cancelled', 'failed', 'refused')";
    tx.run(sql, values![item]).await.map(|_| ())
}

/// A ticket with what is shown of its item.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OwnRow {
    /// Number of its order.
    pub order_id: OrderId,
    /// Title of the product.
    pub title: String,
    /// Picture.
    pub picture: Option<String>,
    /// Price of one.
    pub price_fen: Fen,
    /// The item.
    pub item_id: AllotmentId,
    /// Epoch.
    pub epoch: i64,
    /// Part.
    pub part: i32,
    /// Place in line.
    pub seq: i64,
    /// Whose.
    pub user_id: UserId,
    /// Units.
    pub qty: i32,
    /// Where it stands.
    pub state: String,
    /// Why it came to nothing.
    pub reason: String,
    /// When it was claimed.
    pub taken_ms: Time,
    /// When something is due.
    pub due_ms: Time,
}

/// A shopper's tickets, latest first.
pub async fn own(db: &Db, user: UserId, cursor: Option<Cursor>, max: usize) -> Result<Vec<OwnRow>> {
    let sql = format!(
        "select t.order_id, i.title, i.picture, i.price_fen, t.item_id, t.epoch, t.part, t.seq, t.user_id, t.qty, t.state, t.reason,
           t.taken_ms, t.due_ms from ticket t join item i on i.id = t.item_id
         where t.user_id = ? and t.order_id < ? order by t.order_id desc limit {max}"
    );
    db.all(&sql, values![user, cursor.map_or(i64::MAX, |cursor| cursor.id)]).await
}

/// Sums of an item's tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Units whose orders wait to stand, or for money.
    pub unpaid: i64,
    /// Units that came to nothing and are not known to be back in the engine.
    pub unreturned: i64,
    /// Tickets that were refused, or whose order could not be placed.
    pub refused: i64,
}

/// Sums of an item's tickets.
pub async fn sums(db: &Db, item: AllotmentId) -> Result<Sums> {
    #[derive(FromQueryResult)]
    struct Sum {
        state: String,
        returned: i32,
        n: i64,
        units: i64,
    }
    let sql = "select state, returned, count(*) as n, cast(sum(qty) as signed) as units from ticket where item_id = ?
               group by state, returned";
    let rows: Vec<Sum> = db.all(sql, values![item]).await?;
    let mut sums = Sums::default();
    for Sum { state, returned, n, units } in rows {
        match TicketState::read(&state)? {
            TicketState::Ordering | TicketState::Won => sums.unpaid += units,
            TicketState::Paid => {}
            state => {
                sums.unreturned += if returned == 0 { units } else { 0 };
                sums.refused += if state == TicketState::Cancelled { 0 } else { n };
            }
        }
    }
    Ok(sums)
}

/// Whether there is such a session.
pub async fn is_activity(db: &Db, id: ActivityId) -> Result<bool> {
    Ok(db.number("select count(*) from activity where id = ?", values![id]).await? == Some(1))
}
