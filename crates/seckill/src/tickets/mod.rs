//! Tickets: what a shopper holds after a claim, from its place in the line to an order that is paid, or to nothing.

pub mod cancelled;
pub mod taken;
pub mod view;
pub mod won;

use contract::{AllotmentId, UserId};
use kit::secret::Keys;
use kit::{Error, Result};
use rush::Claim;

/// What the signature is for.
const PURPOSE: &str = "seckill.ticket";

/// Where a ticket stands in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Its units count as sold; its order is being placed.
    Ordering,
    /// Its order waits for money.
    Won,
    /// Paid.
    Paid,
    /// Its order was cancelled.
    Cancelled,
    /// It came through the gate and not into the books: barred, or over a limit.
    Refused,
    /// Its order could not be placed.
    Failed,
}

const STATES: [(TicketState, &str); 6] = [
    (TicketState::Ordering, "ordering"),
    (TicketState::Won, "won"),
    (TicketState::Paid, "paid"),
    (TicketState::Cancelled, "cancelled"),
    (TicketState::Refused, "refused"),
    (TicketState::Failed, "failed"),
];

impl TicketState {
    /// As databases write it.
    pub fn name(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| *name)
    }

    /// Reads it back; `internal` for a word that we never wrote.
    pub fn read(name: &str) -> Result<Self> {
        let found = STATES.iter().find(|(_, spelt)| *spelt == name);
        found.map(|(state, _)| *state).ok_or_else(|| Error::internal(format!("{name:?} is no state of a ticket")))
    }

    /// Its units count as sold.
    pub fn is_live(self) -> bool {
        matches!(self, TicketState::Ordering | TicketState::Won | TicketState::Paid)
    }
}

/// A place in a line, as its holder carries it. The same place is always written alike, and nobody can write another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) item: AllotmentId,
    pub(crate) epoch: i64,
    pub(crate) part: i32,
    pub(crate) seq: i64,
    pub(crate) user: UserId,
    pub(crate) qty: u32,
}

impl Ticket {
    /// The ticket of a claim.
    pub(crate) fn of(claim: &Claim) -> Self {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Ticket {
            item: AllotmentId(claim.pool.number),
            epoch: number(claim.epoch),
            part: i32::from(claim.pool.part),
            seq: number(claim.seq),
            user: UserId(claim.user.0),
            qty: claim.qty,
        }
    }

    fn plain(&self) -> String {
        let Ticket { item, epoch, part, seq, user, qty } = self;
        format!("{item}-{epoch}-{part}-{seq}-{user}-{qty}")
    }

    /// As text for its holder, with a signature.
    pub(crate) fn write(&self, keys: &Keys) -> String {
        let plain = self.plain();
        let signature = keys.sign(PURPOSE, plain.as_bytes());
        format!("{plain}.{signature}")
    }

    /// A ticket of this shopper; none when it is somebody else's, or not ours.
    pub(crate) fn read(keys: &Keys, text: &str, user: UserId) -> Option<Ticket> {
        let (plain, signature) = text.split_once('.')?;
        if !keys.verify(PURPOSE, plain.as_bytes(), signature) {
            return None;
        }
        let mut words = plain.split('-').map(|word| word.parse::<i64>().ok());
        let mut number = || words.next().flatten();
        let ticket = Ticket {
            item: AllotmentId(number()?),
            epoch: number()?,
            part: i32::try_from(number()?).ok()?,
            seq: number()?,
            user: UserId(number()?),
            qty: u32::try_from(number()?).ok()?,
        };
        (ticket.user == user).then_some(ticket)
    }
}
