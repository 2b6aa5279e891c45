//! Orders are placed for tickets, up to 200 with one call, and asked for again until there is an answer. One that cannot be placed for good is
//! told so and its unit goes back; it holds up nobody else.

use std::collections::HashMap;
use std::time::Duration;

use contract::fault::{CONFLICT, TIMEOUT, TOO_MANY, UNAVAILABLE};
use contract::order::{MOST_WINS, PlaceWon, Win, WonOutcome, WonPlaced};
use contract::seckill::{ReturnDue, WinDue};
use contract::{AllotmentId, OrderId};
use kit::{Ctx, Error, Result, Time};

use super::TicketState;
use crate::Seckill;
use crate::store::item::ItemRow;
use crate::store::ticket::{self, TicketRow};

/// When an order that could not be placed is asked for again.
const AGAIN: Duration = Duration::from_secs(10);

/// Whether the order service as a whole has no answer: then one by one has no sense.
fn is_out(e: &Error) -> bool {
    e.is(UNAVAILABLE) || e.is(TIMEOUT) || e.is(TOO_MANY)
}

/// Whether an order can never be placed: the request itself is refused. A conflict says that some order stands, so it is not over.
fn is_for_good(e: &Error) -> bool {
    (400..500).contains(&e.status()) && !is_out(e) && !e.is(CONFLICT)
}

/// What a shopper is told of a refusal.
fn reason(code: &str) -> &'static str {
    match code {
        "not_found" => "address",
        _ => "off_shelf",
    }
}

impl Seckill {
    /// Places orders for tickets of an item. Fails when some have no answer yet; those are asked for again when they are due.
    pub(crate) async fn place(&self, item: &ItemRow, rows: &[TicketRow]) -> Result<()> {
        let mut outcome = Ok(());
        for chunk in rows.chunks(MOST_WINS) {
            outcome = outcome.and(self.place_chunk(item, chunk).await);
        }
        outcome
    }

    async fn place_chunk(&self, item: &ItemRow, rows: &[TicketRow]) -> Result<()> {
        let began = self.core.clock.now();
        match self.ask_orders(item, rows).await {
            Ok(placed) => self.settle_wins(item.id, &placed, began).await,
            Err(e) if rows.len() == 1 || is_out(&e) => self.no_order(item, rows, began, e).await,
            // One of them spoils the call: each is asked for alone.
            Err(_) => {
                let mut outcome = Ok(());
                for row in rows {
                    let alone = std::slice::from_ref(row);
                    outcome = outcome.and(match self.ask_orders(item, alone).await {
                        Ok(placed) => self.settle_wins(item.id, &placed, began).await,
                        Err(e) => self.no_order(item, alone, began, e).await,
                    });
                }
                outcome
            }
        }
    }

    async fn ask_orders(&self, item: &ItemRow, rows: &[TicketRow]) -> Result<Vec<WonPlaced>> {
        let win = |row: &TicketRow| Win {
            order: row.order_id,
            user: row.user_id,
            sku: item.sku,
            qty: u32::try_from(row.qty).unwrap_or(0),
            unit_price_fen: item.price_fen,
            address: row.address_id,
            allotment: item.id,
            pay_within_s: u32::try_from(row.pay_s).unwrap_or(0),
        };
        self.around.order.place_won(&Ctx::house(), PlaceWon { wins: rows.iter().map(win).collect() }).await
    }

    /// There is no order yet, or there never will be.
    async fn no_order(&self, item: &ItemRow, rows: &[TicketRow], began: Time, e: Error) -> Result<()> {
        metrics::counter!("seckill_orders_not_placed_total").increment(rows.len() as u64);
        if let [row] = rows
            && is_for_good(&e)
        {
            tracing::error!(order = %row.order_id, error = %e, "a ticket can never become an order; its unit goes back");
            let refused = WonPlaced { order: row.order_id, outcome: WonOutcome::Refused(e.code().to_owned()) };
            return self.settle_wins(item.id, &[refused], began).await;
        }
        let orders: Vec<OrderId> = rows.iter().map(|row| row.order_id).collect();
        ticket::put_off(&self.db, &orders, self.core.clock.now() + AGAIN).await?;
        Err(e)
    }

    /// Writes down what became of orders.
    async fn settle_wins(&self, item: AllotmentId, placed: &[WonPlaced], began: Time) -> Result<()> {
        let won: Vec<OrderId> = placed.iter().filter(|p| p.outcome == WonOutcome::Placed).map(|p| p.order).collect();
        let refused: HashMap<OrderId, &'static str> = (placed.iter())
            .filter_map(|p| match &p.outcome {
                WonOutcome::Placed => None,
                WonOutcome::Refused(code) => Some((p.order, reason(code))),
            })
            .collect();
        kit::tx!(self.db, |tx| {
            ticket::lock_item(&tx, item).await?;
            if !won.is_empty() {
                // The order's own time to pay began a moment later: a shopper is not promised more than he has.
                ticket::won(&tx, &won, began).await?;
            }
            for (order, reason) in &refused {
                let Some(row) = ticket::by_order(&tx, *order).await? else { continue };
                if ticket::advance(&tx, *order, &[TicketState::Ordering], TicketState::Failed, reason).await? {
                    ticket::unsell(&tx, item, i64::from(row.qty)).await?;
                    tx.publish(&ReturnDue { order: *order }).await?;
                }
            }
            Ok(())
        })
    }

    /// Orders of won units should stand by now: those that do not are asked for again.
    pub(crate) async fn hear_win_due(&self, timer: &WinDue) -> Result<()> {
        match ticket::of_order(&self.db, timer.order).await? {
            Some(row) => self.place_late_of(row.item_id, self.core.clock.now()).await,
            None => Ok(()),
        }
    }
}
