//! All database access of orders. One sentence of SQL each; what may be done is decided elsewhere.

mod lines;
mod list;
mod won;

use contract::order::{CancelReason, OrderKind, OrderState};
use contract::payment::Channel;
use contract::{AllotmentId, Fen, OrderId, ParcelId, RefundId, UserId};
use kit::db::Tx;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Db, Error, Result, Time, values};

use crate::state::{Fulfilment, OrderActor, OrderEvent, OrderPayment, Place, Word as _};

pub use lines::{LineRow, first_lines, insert_lines, lines, sold_lines, totals};
pub use list::{Page, counts, overdue, page};
pub use won::{WonRow, insert_outcomes, more_unpaid, outcomes};

/// What can be asked: a database, or an open transaction.
pub trait Rows: Sync {
    /// All rows of a query.
    fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Vec<R>>> + Send;
}

impl Rows for Db {
    async fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        self.all(sql, values).await
    }
}

impl Rows for Tx {
    async fn rows<R: FromQueryResult + Send>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
        self.all(sql, values).await
    }
}

/// An order without its lines: what changes of it, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its id.
    pub id: OrderId,
    /// Whose it is.
    pub user: UserId,
    /// On which occasion it was placed.
    pub kind: OrderKind,
    /// Where its units come from when it is paid; `None` of an order that holds stock.
    pub allotment: Option<AllotmentId>,
    /// Where it stands.
    pub state: OrderState,
    /// Where its money stands.
    pub payment: OrderPayment,
    /// Where its parcels stand.
    pub fulfilment: Fulfilment,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// The stock reservation that counts.
    pub attempt: u32,
    /// Bought from the cart.
    pub from_cart: bool,
    /// Channel that was chosen when it was placed.
    pub channel: Channel,
    /// Sum of the lines before discounts.
    pub goods_fen: Fen,
    /// Sum of the discounts on lines.
    pub discount_fen: Fen,
    /// Freight before discount.
    pub freight_fen: Fen,
    /// Discount on freight.
    pub freight_discount_fen: Fen,
    /// What is to be paid.
    pub payable_fen: Fen,
    /// What came in.
    pub paid_fen: Fen,
    /// What went back.
    pub refunded_fen: Fen,
    /// The refund of money that the order could not take, once that is decided.
    pub give_back: Option<RefundId>,
    /// Why that money goes back.
    pub give_back_reason: String,
    /// Receiver's address, sealed.
    pub address: String,
    /// What the shopper wrote.
    pub remark: String,
    /// Idempotency key of the request that placed it.
    pub idem_key: String,
    /// When it was recorded.
    pub created: Time,
    /// When it stood; never for an order that could not be placed.
    pub placed: Option<Time>,
    /// Deadline of the present state.
    pub due: Option<Time>,
}

impl Head {
    /// Where it stands on its axes.
    pub fn place(&self) -> Place {
        Place { state: self.state, payment: self.payment, fulfilment: self.fulfilment }
    }
}

#[derive(FromQueryResult)]
struct HeadRow {
    id: OrderId,
    user_id: UserId,
    kind: String,
    allotment_id: AllotmentId,
    state: String,
    payment: String,
    fulfilment: String,
    cancel_reason: String,
    attempt: i32,
    from_cart: i32,
    channel: String,
    goods_fen: Fen,
    discount_fen: Fen,
    freight_fen: Fen,
    freight_discount_fen: Fen,
    payable_fen: Fen,
    paid_fen: Fen,
    refunded_fen: Fen,
    give_back_id: i64,
    give_back_reason: String,
    address: String,
    remark: String,
    idem_key: String,
    created_ms: Time,
    placed_ms: Time,
    due_ms: Time,
}

const HEAD: &str = "id, user_id, kind, allotment_id, state, payment, fulfilment, cancel_reason, attempt, from_cart, channel,
    goods_fen, discount_fen, freight_fen, freight_discount_fen, payable_fen, paid_fen, refunded_fen, give_back_id,
    give_back_reason, address, remark, idem_key, created_ms, placed_ms, due_ms";

fn some_time(time: Time) -> Option<Time> {
    Some(time).filter(|t| t.ms() > 0)
}

impl TryFrom<HeadRow> for Head {
    type Error = Error;

    fn try_from(row: HeadRow) -> Result<Self> {
        let reason = Some(row.cancel_reason).filter(|r| !r.is_empty());
        Ok(Head {
            id: row.id,
            user: row.user_id,
            kind: OrderKind::read(&row.kind)?,
            allotment: Some(row.allotment_id).filter(|id| id.0 != 0),
            state: OrderState::read(&row.state)?,
            payment: OrderPayment::read(&row.payment)?,
            fulfilment: Fulfilment::read(&row.fulfilment)?,
            cancel_reason: reason.map(|r| CancelReason::read(&r)).transpose()?,
            attempt: u32::try_from(row.attempt).map_err(Error::internal)?,
            from_cart: row.from_cart != 0,
            channel: Channel::parse(&row.channel).ok_or_else(|| Error::internal("an order of an unknown channel"))?,
            goods_fen: row.goods_fen,
            discount_fen: row.discount_fen,
            freight_fen: row.freight_fen,
            freight_discount_fen: row.freight_discount_fen,
            payable_fen: row.payable_fen,
            paid_fen: row.paid_fen,
            refunded_fen: row.refunded_fen,
            give_back: Some(RefundId(row.give_back_id)).filter(|id| id.0 != 0),
            give_back_reason: row.give_back_reason,
            address: row.address,
            remark: row.remark,
            idem_key: row.idem_key,
            created: row.created_ms,
            placed: some_time(row.placed_ms),
            due: some_time(row.due_ms),
        })
    }
}

/// An order by its id; whose it is has to be looked at by whoever asks for a shopper: see [`own`].
pub async fn head(from: &impl Rows, id: OrderId) -> Result<Option<Head>> {
    let sql = format!("select {HEAD} from orders where id = ?");
    let rows: Vec<HeadRow> = from.rows(&sql, values![id]).await?;
    rows.into_iter().next().map(Head::try_from).transpose()
}

/// A shopper's own order.
pub async fn own(from: &impl Rows, id: OrderId, user: UserId) -> Result<Option<Head>> {
    let sql = format!("select {HEAD} from orders where id = ? and user_id = ?");
    let rows: Vec<HeadRow> = from.rows(&sql, values![id, user]).await?;
    rows.into_iter().next().map(Head::try_from).transpose()
}

/// Records orders, each with its price as promotion explained it (JSON), in one statement.
pub async fn insert(tx: &Tx, orders: &[(&Head, &str)]) -> Result<()> {
    let rows =
        vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; orders.len()].join(", ");
    let sql = format!("insert into orders ({HEAD}, quote, changed_ms) values {rows}");
    let values = orders.iter().flat_map(|(order, quote)| {
        values![
            order.id,
            order.user,
            order.kind.name(),
            order.allotment.map_or(0, |id| id.0),
            order.state.name(),
            order.payment.name(),
            order.fulfilment.name(),
            order.cancel_reason.map_or("", |r| r.name()),
            i64::from(order.attempt),
            i32::from(order.from_cart),
            order.channel.name(),
            order.goods_fen,
            order.discount_fen,
            order.freight_fen,
            order.freight_discount_fen,
            order.payable_fen,
            order.paid_fen,
            order.refunded_fen,
            order.give_back.unwrap_or_default(),
            order.give_back_reason.as_str(),
            order.address.as_str(),
            order.remark.as_str(),
            order.idem_key.as_str(),
            order.created,
            order.placed.unwrap_or_default(),
            order.due.unwrap_or_default(),
            *quote,
            tx.now(),
        ]
    });
    tx.run(&sql, values.collect()).await.map(|_| ())
}

/// Changes an order if it still is as it was read; false when somebody else was first.
pub async fn change(tx: &Tx, before: &Head, after: &Head) -> Result<bool> {
    let sql = "update orders set state = ?, payment = ?, fulfilment = ?, cancel_reason = ?, attempt = ?, paid_fen = ?,
               refunded_fen = ?, give_back_id = ?, give_back_reason = ?, placed_ms = ?, due_ms = ?, changed_ms = ?
               where id = ? and state = ? and payment = ? and attempt = ? and refunded_fen = ? and give_back_id = ?";
    let values = values![
        after.state.name(),
        after.payment.name(),
        after.fulfilment.name(),
        after.cancel_reason.map_or("", |r| r.name()),
        i64::from(after.attempt),
        after.paid_fen,
        after.refunded_fen,
        after.give_back.unwrap_or_default(),
        after.give_back_reason.as_str(),
        after.placed.unwrap_or_default(),
        after.due.unwrap_or_default(),
        tx.now(),
        before.id,
        before.state.name(),
        before.payment.name(),
        i64::from(before.attempt),
        before.refunded_fen,
        before.give_back.unwrap_or_default(),
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// A row of history.
pub struct Moment<'a> {
    /// What happened.
    pub what: OrderEvent,
    /// Where the order stood before; `None` for its first row.
    pub from: Option<OrderState>,
    /// Who did it.
    pub actor: OrderActor,
    /// Their number; 0 for the house.
    pub actor_id: i64,
    /// In which words.
    pub note: &'a str,
}

/// Adds a row of history to each of these orders, in one statement.
pub async fn remember(tx: &Tx, moments: &[(&Head, Moment<'_>)]) -> Result<()> {
    let rows = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; moments.len()].join(", ");
    let sql = format!(
        "insert into order_history (id, order_id, what, from_state, to_state, payment, actor, actor_id, note, at_ms) values {rows}"
    );
    let values = moments.iter().flat_map(|(order, moment)| {
        values![
            tx.id::<i64>(),
            order.id,
            moment.what.name(),
            moment.from.map_or("", |s| s.name()),
            order.state.name(),
            order.payment.name(),
            moment.actor.name(),
            moment.actor_id,
            moment.note,
            tx.now(),
        ]
    });
    tx.run(&sql, values.collect()).await.map(|_| ())
}

/// A row of history, as read.
#[derive(Clone, Debug, FromQueryResult)]
pub struct HistoryRow {
    /// What happened.
    pub what: String,
    /// Where the order stood before; empty for its first row.
    pub from_state: String,
    /// Where it stood after.
    pub to_state: String,
    /// Who did it.
    pub actor: String,
    /// In which words.
    pub note: String,
    /// When.
    pub at_ms: Time,
}

/// What happened to an order, oldest first.
pub async fn history(from: &impl Rows, id: OrderId) -> Result<Vec<HistoryRow>> {
    let sql = "select what, from_state, to_state, actor, note, at_ms from order_history where order_id = ? order by id limit 500";
    from.rows(sql, values![id]).await
}

/// A parcel.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ParcelRow {
    /// Its id.
    pub id: ParcelId,
    /// Who carries it.
    pub courier: String,
    /// The courier's number.
    pub tracking_no: String,
    /// When it left.
    pub shipped_ms: Time,
}

/// Parcels of an order, oldest first.
pub async fn parcels(from: &impl Rows, id: OrderId) -> Result<Vec<ParcelRow>> {
    let sql = "select id, courier, tracking_no, shipped_ms from parcel where order_id = ? order by id limit 100";
    from.rows(sql, values![id]).await
}

/// Adds a parcel; false when the order has it already.
pub async fn insert_parcel(tx: &Tx, id: OrderId, courier: &str, tracking_no: &str) -> Result<bool> {
    let sql = "insert into parcel (id, order_id, courier, tracking_no, shipped_ms) values (?, ?, ?, ?, ?)";
    tx.insert_new(sql, values![tx.id::<i64>(), id, courier, tracking_no, tx.now()]).await
}

/// Keeps a refund that has reached the payer; false when it is known.
pub async fn insert_refund(tx: &Tx, refund: RefundId, order: OrderId, amount: Fen) -> Result<bool> {
    let sql = "insert into order_refund (refund_id, order_id, amount_fen, at_ms) values (?, ?, ?, ?)";
    tx.insert_new(sql, values![refund, order, amount, tx.now()]).await
}

/// Counts one more unpaid order of a shopper; false at the limit.
pub async fn one_more_unpaid(tx: &Tx, user: UserId, limit: u32) -> Result<bool> {
    let sql = "update unpaid_count set n = n + 1 where user_id = ? and n < ?";
    if tx.run(sql, values![user, i64::from(limit)]).await? == 1 {
        return Ok(true);
    }
    if tx.number("select n from unpaid_count where user_id = ?", values![user]).await?.is_some() || limit == 0 {
        return Ok(false);
    }
    if tx.insert_new("insert into unpaid_count (user_id, n) values (?, 1)", values![user]).await? {
        return Ok(true);
    }
    Ok(tx.run(sql, values![user, i64::from(limit)]).await? == 1)
}

/// Counts one unpaid order less.
pub async fn one_less_unpaid(tx: &Tx, user: UserId) -> Result<()> {
    let done = tx.run("update unpaid_count set n = n - 1 where user_id = ? and n > 0", values![user]).await?;
    if done == 1 { Ok(()) } else { Err(Error::internal(format!("unpaid orders of {user} were not counted"))) }
}
