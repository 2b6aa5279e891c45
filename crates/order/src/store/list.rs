//! Lists of orders: a shopper's, the operators', the overdue.

use contract::order::OrderState;
use contract::{OrderId, UserId};
use kit::http::Cursor;
use kit::sea_orm::{self, FromQueryResult, Value};
use kit::{Result, Time, values};

use super::{HEAD, Head, HeadRow, Rows};
use crate::state::{OrderPayment, Word as _};

/// Which orders, from where on, how many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page {
    /// Only this shopper's, and only those that came to stand; all when absent.
    pub user: Option<UserId>,
    /// Only in this state.
    pub state: Option<OrderState>,
    /// Only those of which money went back.
    pub refunded: bool,
    /// After this one.
    pub after: Option<Cursor>,
    /// How many rows at most.
    pub rows: usize,
}

/// A page of orders, newest first.
pub async fn page(from: &impl Rows, page: &Page) -> Result<Vec<Head>> {
    let mut sql = format!("select {HEAD} from orders where 1 = 1");
    let mut values: Vec<Value> = vec![];
    if let Some(user) = page.user {
        sql.push_str(" and user_id = ? and placed_ms > 0");
        values.push(user.into());
    }
    if let Some(state) = page.state {
        sql.push_str(" and state = ?");
        values.push(state.name().into());
    }
    if page.refunded {
        sql.push_str(" and payment in (?, ?)");
        values.extend(values![OrderPayment::PartRefunded.name(), OrderPayment::Refunded.name()]);
    }
    if let Some(after) = page.after {
        sql.push_str(" and (created_ms < ? or (created_ms = ? and id < ?))");
        values.extend(values![after.at, after.at, after.id]);
    }
    sql.push_str(" order by created_ms desc, id desc limit ?");
    values.push(i64::try_from(page.rows).unwrap_or(0).into());
    let rows: Vec<HeadRow> = from.rows(&sql, values).await?;
    rows.into_iter().map(Head::try_from).collect()
}

#[derive(FromQueryResult)]
struct CountRow {
    state: String,
    n: i64,
}

/// How many orders of a shopper wait for something, by state.
pub async fn counts(from: &impl Rows, user: UserId) -> Result<Vec<(OrderState, u32)>> {
    let sql = "select state, count(*) as n from orders
               where user_id = ? and state in ('unpaid', 'paid', 'shipped', 'received') group by state";
    let rows: Vec<CountRow> = from.rows(sql, values![user]).await?;
    rows.iter().map(|row| Ok((OrderState::read(&row.state)?, u32::try_from(row.n).unwrap_or(u32::MAX)))).collect()
}

#[derive(FromQueryResult)]
struct IdRow {
    id: OrderId,
}

/// Orders whose deadline was before `at`, the longest overdue first.
pub async fn overdue(from: &impl Rows, at: Time) -> Result<Vec<OrderId>> {
    let sql = "select id from orders where due_ms > 0 and due_ms < ? order by due_ms limit 200";
    let rows: Vec<IdRow> = from.rows(sql, values![at]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
