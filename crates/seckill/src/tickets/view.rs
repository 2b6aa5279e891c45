//! A ticket as its holder sees it: how many stand before him, and then what became of it.

use contract::{AllotmentId, Fen, OrderId, UserId};
use kit::fault::NOT_FOUND;
use kit::http::{Cursor, Page, PageParams};
use kit::{Result, Time};
use rush::PoolId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Ticket, TicketState};
use crate::Seckill;
use crate::store::ticket::{self, OwnRow, TicketRow};

/// How often a page may ask at least, and at most when the line is long, milliseconds.
const POLL_MS: u64 = 1000;
const POLL_MOST_MS: u64 = 5000;

/// Where a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeckillTicketState {
    /// Stands in line, or its order is being placed.
    Queued,
    /// Its order waits for money.
    Won,
    /// Paid.
    Paid,
    /// Its order was cancelled.
    Cancelled,
    /// The shopper had all that he may have.
    Limited,
    /// It came to nothing.
    Failed,
}

/// Why a ticket came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeckillReason {
    /// Too many cancelled orders in this session.
    Barred,
    /// The address is gone.
    Address,
    /// The product is off the shelf.
    OffShelf,
    /// The line was lost; the units go to others.
    Lost,
    /// There was nothing left after all.
    SoldOut,
}

/// What a shopper holds after a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeckillTicket {
    /// Names it; ask with it again.
    pub ticket: String,
    /// Of which item.
    pub item_id: AllotmentId,
    /// Units.
    pub qty: u32,
    /// Where it is.
    pub state: SeckillTicketState,
    /// People before it, while it stands in line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// Its order, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Until when the order waits for money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<Time>,
    /// Why it came to nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<SeckillReason>,
    /// When to ask again at the earliest, milliseconds.
    pub poll_ms: u32,
}

/// A ticket in a shopper's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnSeckillTicket {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: SeckillTicket,
    /// Title of the product.
    pub title: String,
    /// Picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Price of one.
    pub price_fen: Fen,
    /// When it was claimed.
    pub at: Time,
}

fn reason(text: &str) -> Option<SeckillReason> {
    Some(match text {
        "barred" => SeckillReason::Barred,
        "address" => SeckillReason::Address,
        "off_shelf" => SeckillReason::OffShelf,
        "lost" => SeckillReason::Lost,
        "sold_out" => SeckillReason::SoldOut,
        _ => return None,
    })
}

/// How long to wait with so many before: a long line need not be asked about each second.
fn poll_ms(place: u64) -> u32 {
    u32::try_from(place.clamp(POLL_MS, POLL_MOST_MS)).unwrap_or(u32::MAX)
}

/// What the books say about a ticket.
struct Booked<'a> {
    state: TicketState,
    reason: &'a str,
    order: OrderId,
    due: Time,
}

impl Seckill {
    /// A ticket that stands in line, or did when it was looked at last.
    pub(crate) fn queued(&self, ticket: &Ticket, place: Option<u64>) -> SeckillTicket {
        SeckillTicket {
            ticket: ticket.write(&self.core.keys),
            item_id: ticket.item,
            qty: ticket.qty,
            state: SeckillTicketState::Queued,
            place,
            order_id: None,
            pay_until: None,
            reason: None,
            poll_ms: poll_ms(place.unwrap_or(0)),
        }
    }

    fn lost(&self, ticket: &Ticket) -> SeckillTicket {
        let state = SeckillTicketState::Failed;
        SeckillTicket { state, place: None, reason: Some(SeckillReason::Lost), ..self.queued(ticket, None) }
    }

    fn booked(&self, ticket: &Ticket, row: &Booked<'_>) -> SeckillTicket {
        let (order, due) = (Some(row.order), Some(row.due));
        let view = self.queued(ticket, None);
        match row.state {
            // Nobody stands before it any more.
            TicketState::Ordering => SeckillTicket { place: Some(0), ..view },
            TicketState::Won => SeckillTicket { state: SeckillTicketState::Won, order_id: order, pay_until: due, ..view },
            TicketState::Paid => SeckillTicket { state: SeckillTicketState::Paid, order_id: order, ..view },
            TicketState::Cancelled => SeckillTicket { state: SeckillTicketState::Cancelled, order_id: order, ..view },
            TicketState::Refused if row.reason == "limited" => SeckillTicket { state: SeckillTicketState::Limited, ..view },
            TicketState::Refused | TicketState::Failed => {
                SeckillTicket { state: SeckillTicketState::Failed, reason: reason(row.reason), ..view }
            }
        }
    }

    /// Where a shopper's ticket is; `not_found` when it is not his.
    pub(crate) async fn ticket(&self, user: UserId, text: &str) -> Result<SeckillTicket> {
        let ticket = Ticket::read(&self.core.keys, text, user).ok_or(NOT_FOUND)?;
        if let Some(row) = self.in_books(&ticket).await? {
            return self.show_row(&ticket, &row);
        }
        let pool = PoolId { number: ticket.item.0, part: u16::try_from(ticket.part).unwrap_or(0) };
        let standing = self.engine.describe(pool).await?;
        let Some(standing) = standing.filter(|s| i64::try_from(s.epoch) == Ok(ticket.epoch)) else {
            // It was counted anew. Whoever stood in line was brought into the books before, if the engine still knew him.
            let now = self.core.clock.now();
            let course = ticket::course(&self.db, ticket.item).await?;
            let may_come = course.is_some_and(|course| course.is_on(now) && course.epoch <= ticket.epoch);
            return match self.in_books(&ticket).await? {
                Some(row) => self.show_row(&ticket, &row),
                None if may_come => Ok(self.queued(&ticket, None)),
                // Nobody counts it any more, or somebody did and it was not there.
                None => Ok(self.lost(&ticket)),
            };
        };
        let seq = u64::try_from(ticket.seq).unwrap_or(0);
        if standing.acknowledged < seq {
            return Ok(self.queued(&ticket, Some(seq - standing.acknowledged - 1)));
        }
        // It came into the books between the two looks.
        match self.in_books(&ticket).await? {
            Some(row) => self.show_row(&ticket, &row),
            None => Ok(self.lost(&ticket)),
        }
    }

    async fn in_books(&self, ticket: &Ticket) -> Result<Option<TicketRow>> {
        let Ticket { item, epoch, part, seq, .. } = *ticket;
        ticket::in_place(&self.db, item, epoch, part, seq).await
    }

    fn show_row(&self, ticket: &Ticket, row: &TicketRow) -> Result<SeckillTicket> {
        if row.user_id != ticket.user {
            return Ok(self.lost(ticket));
        }
        let booked = Booked { state: row.state()?, reason: &row.reason, order: row.order_id, due: row.due_ms };
        Ok(self.booked(ticket, &booked))
    }

    /// A shopper's tickets that are in the books, latest first.
    pub(crate) async fn own_tickets(&self, user: UserId, at: &PageParams) -> Result<Page<OwnSeckillTicket>> {
        let rows = ticket::own(&self.db, user, at.cursor()?, at.limit() + 1).await?;
        let page = Page::from_rows(rows, at.limit(), |row| Cursor { at: row.taken_ms.ms(), id: row.order_id.0 });
        let next = page.next.clone();
        let items = page.items.iter().map(|row| self.own(row)).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next })
    }

    fn own(&self, row: &OwnRow) -> Result<OwnSeckillTicket> {
        let ticket = Ticket {
            item: row.item_id,
            epoch: row.epoch,
            part: row.part,
            seq: row.seq,
            user: row.user_id,
            qty: u32::try_from(row.qty).unwrap_or(0),
        };
        let state = TicketState::read(&row.state)?;
        let booked = Booked { state, reason: &row.reason, order: row.order_id, due: row.due_ms };
        Ok(OwnSeckillTicket {
            ticket: self.booked(&ticket, &booked),
            title: row.title.clone(),
            picture: row.picture.clone(),
            price_fen: row.price_fen,
            at: row.taken_ms,
        })
    }
}
