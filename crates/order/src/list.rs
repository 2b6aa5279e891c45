//! Lists orders: a shopper's own, or all for operators; and counts those that wait for something.

use std::collections::HashMap;

use contract::order::OrderState;
use contract::{OrderId, UserId};
use kit::Result;
use kit::http::{Cursor, Page, PageParams};

use crate::Order;
use crate::store::{self, Head};
use crate::view::{OrderCounts, OrderSummary, OrderedLine};

/// Lines of an order that a list shows.
const LINES_SHOWN: i32 = 4;

/// Which orders a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those in this state.
    pub state: Option<OrderState>,
    /// Only those of which money went back, in part or whole.
    pub refunded: bool,
}

impl Order {
    /// A page of orders, newest first: a shopper's own that came to stand, or everybody's.
    pub async fn list(&self, user: Option<UserId>, wanted: Wanted, at: &PageParams) -> Result<Page<OrderSummary>> {
        let Wanted { state, refunded } = wanted;
        let asked = store::Page { user, state, refunded, after: at.cursor()?, rows: at.limit() + 1 };
        let rows = store::page(&self.db, &asked).await?;
        let page = Page::from_rows(rows, at.limit(), |row| Cursor { at: row.created.ms(), id: row.id.0 });
        let ids: Vec<OrderId> = page.items.iter().map(|row| row.id).collect();
        let mut lines: HashMap<OrderId, Vec<OrderedLine>> = HashMap::new();
        for line in store::first_lines(&self.db, &ids, LINES_SHOWN).await? {
            lines.entry(line.order_id).or_default().push(line.shown()?);
        }
        let totals = store::totals(&self.db, &ids).await?;
        let totals: HashMap<OrderId, (i64, i64)> = totals.into_iter().map(|t| (t.order_id, (t.line_count, t.qty))).collect();
        Ok(page.map(|order| {
            let (line_count, qty) = totals.get(&order.id).copied().unwrap_or_default();
            summary(&order, lines.remove(&order.id).unwrap_or_default(), line_count, qty)
        }))
    }

    /// How many of a shopper's orders wait for something.
    pub async fn counts(&self, user: UserId) -> Result<OrderCounts> {
        let mut counts = OrderCounts::default();
        for (state, n) in store::counts(&self.db, user).await? {
            match state {
                OrderState::Unpaid => counts.unpaid = n,
                OrderState::Paid => counts.paid = n,
                OrderState::Shipped => counts.shipped = n,
                OrderState::Received => counts.received = n,
                OrderState::Placing | OrderState::Done | OrderState::Cancelled => {}
            }
        }
        Ok(counts)
    }
}

fn summary(order: &Head, lines: Vec<OrderedLine>, line_count: i64, qty: i64) -> OrderSummary {
    OrderSummary {
        id: order.id,
        number: order.id.to_string(),
        user_id: order.user,
        kind: order.kind,
        state: order.state,
        cancel_reason: order.cancel_reason,
        payment: order.payment,
        payable_fen: order.payable_fen,
        created_at: order.created,
        pay_by: order.due.filter(|_| order.state == OrderState::Unpaid),
        lines,
        line_count: u32::try_from(line_count).unwrap_or_default(),
        qty: u32::try_from(qty).unwrap_or_default(),
    }
}
