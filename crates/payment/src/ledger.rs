//! The books: every movement of money has entries that sum to zero, in the transaction that moved it.
//! What comes to us at a channel is positive there; what we owe for it stands negative on the other side.

use contract::Fen;
use kit::{Error, Result, Tx};

use crate::store::money;

/// A movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// An order was paid.
    Received,
    /// An order was paid once more.
    ReceivedSurplus,
    /// Money of an order went back.
    Refunded,
    /// A second payment went back.
    RefundedSurplus,
}

impl Move {
    const fn name(self) -> &'static str {
        match self {
            Move::Received => "received",
            Move::ReceivedSurplus => "received_surplus",
            Move::Refunded => "refunded",
            Move::RefundedSurplus => "refunded_surplus",
        }
    }
}

/// By which way money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way<'a> {
    /// Through a channel.
    Channel(&'a str),
    /// An operator paid it out of another pocket.
    Hand,
}

/// The entries of a movement; they sum to zero.
fn entries(kind: Move, way: Way<'_>, amount: Fen) -> [(String, i64); 2] {
    let clearing = match way {
        Way::Channel(channel) => format!("clearing.{channel}"),
        Way::Hand => "paid_by_hand".to_owned(),
    };
    let (there, other) = match kind {
        Move::Received => (amount.0, "customer_receipts"),
        Move::ReceivedSurplus => (amount.0, "surplus"),
        Move::Refunded => (-amount.0, "refunds"),
        Move::RefundedSurplus => (-amount.0, "surplus"),
    };
    [(clearing, there), (other.to_owned(), -there)]
}

/// Books a movement; a movement of the same thing a second time is an error, and rolls back what wanted it.
pub(crate) async fn book(tx: &Tx, kind: Move, way: Way<'_>, reference: i64, amount: Fen) -> Result<()> {
    let id = tx.id::<i64>();
    if !money::insert_move(tx, id, kind.name(), reference).await? {
        return Err(Error::internal(format!("{} {reference} is in the books already", kind.name())));
    }
    for (account, amount_fen) in entries(kind, way, amount) {
        money::insert_entry(tx, id, &account, Fen(amount_fen)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_movement_balances(amount in 0..=i64::MAX) {
            for kind in [Move::Received, Move::ReceivedSurplus, Move::Refunded, Move::RefundedSurplus] {
                for way in [Way::Channel("demo"), Way::Hand] {
                    let entries = entries(kind, way, Fen(amount));
                    proptest::prop_assert_eq!(entries.iter().map(|(_, fen)| fen).sum::<i64>(), 0);
                    proptest::prop_assert_ne!(&entries[0].0, &entries[1].0);
                }
            }
        }
    }
}
