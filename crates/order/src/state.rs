//! Where an order may go: a table of legal moves for each axis, and which places fit together.
//! Pure: no clock, no await, no database.

use contract::order::{CancelReason, OrderKind, OrderState};
use kit::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The payment axis of an order, derived from what payment tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderPayment {
    /// Nobody has tried to pay.
    Unpaid,
    /// An attempt has begun; how it ends is not known yet.
    Paying,
    /// Paid.
    Paid,
    /// A part was given back.
    PartRefunded,
    /// All was given back.
    Refunded,
}

/// The fulfilment axis of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Nothing has left the house.
    None,
    /// Some parcels are on their way.
    PartShipped,
    /// Everything is on its way.
    Shipped,
    /// The shopper has everything.
    Received,
}

/// What happened to an order: a row of its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderEvent {
    /// Recorded; stock is being held.
    Recorded,
    /// Stock is held: the order stands.
    Placed,
    /// The shopper went to pay.
    PayStarted,
    /// Paid.
    Paid,
    /// Paid after it was cancelled; the goods were still there.
    Revived,
    /// Paid after it was cancelled, and the goods are gone: the money goes back.
    PaidTooLate,
    /// Another amount was paid than asked: the money goes back.
    PaidWrongAmount,
    /// Left the house.
    Shipped,
    /// The shopper has it.
    Received,
    /// Over.
    Closed,
    /// Will not be.
    Cancelled,
    /// Money was given back.
    Refunded,
}

/// Who moved an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderActor {
    /// Its shopper.
    Shopper,
    /// An operator.
    Operator,
    /// The house: a timer, a neighbour's news.
    House,
}

/// A word of a closed list, as databases and JSON write it.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word with its spelling.
    const WORDS: &'static [(Self, &'static str)];

    /// Its spelling.
    fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(word, _)| *word == self).map_or("", |(_, name)| *name)
    }

    /// The word of a spelling; `internal` for one that we never wrote.
    fn read(name: &str) -> Result<Self> {
        let found = Self::WORDS.iter().find(|(_, spelt)| *spelt == name);
        found.map(|(word, _)| *word).ok_or_else(|| Error::internal(format!("{name:?} is no word of this column")))
    }
}

macro_rules! words {
    ($Type:ident: $($Word:ident $name:literal),* $(,)?) => {
        impl Word for $Type {
            const WORDS: &'static [(Self, &'static str)] = &[$(($Type::$Word, $name)),*];
        }
    };
}

words!(OrderState: Placing "placing", Unpaid "unpaid", Paid "paid", Shipped "shipped", Received "received", Done "done",
    Cancelled "cancelled");
words!(OrderKind: Usual "usual", Seckill "seckill");
words!(CancelReason: Timeout "timeout", Shopper "shopper", Operator "operator", OutOfStock "out_of_stock", Placing "placing");
words!(OrderPayment: Unpaid "unpaid", Paying "paying", Paid "paid", PartRefunded "part_refunded", Refunded "refunded");
words!(Fulfilment: None "none", PartShipped "part_shipped", Shipped "shipped", Received "received");
words!(OrderActor: Shopper "shopper", Operator "operator", House "house");
words!(OrderEvent: Recorded "recorded", Placed "placed", PayStarted "pay_started", Paid "paid", Revived "revived",
    PaidTooLate "paid_too_late", PaidWrongAmount "paid_wrong_amount", Shipped "shipped", Received "received", Closed "closed",
    Cancelled "cancelled", Refunded "refunded");

/// Legal moves of the trade axis. Cancelled orders come back only by a late payment.
pub const TRADE: &[(OrderState, OrderState)] = &[
    (OrderState::Placing, OrderState::Unpaid),
    (OrderState::Placing, OrderState::Cancelled),
    (OrderState::Unpaid, OrderState::Paid),
    (OrderState::Unpaid, OrderState::Cancelled),
    (OrderState::Paid, OrderState::Shipped),
    (OrderState::Shipped, OrderState::Received),
    (OrderState::Received, OrderState::Done),
    (OrderState::Cancelled, OrderState::Paid),
];

/// Legal moves of the payment axis.
pub const PAYMENT: &[(OrderPayment, OrderPayment)] = &[
    (OrderPayment::Unpaid, OrderPayment::Paying),
    (OrderPayment::Unpaid, OrderPayment::Paid),
    (OrderPayment::Paying, OrderPayment::Paid),
    (OrderPayment::Paid, OrderPayment::PartRefunded),
    (OrderPayment::Paid, OrderPayment::Refunded),
    (OrderPayment::PartRefunded, OrderPayment::Refunded),
];

/// Legal moves of the fulfilment axis.
pub const FULFILMENT: &[(Fulfilment, Fulfilment)] = &[
    (Fulfilment::None, Fulfilment::PartShipped),
    (Fulfilment::None, Fulfilment::Shipped),
    (Fulfilment::PartShipped, Fulfilment::Shipped),
    (Fulfilment::Shipped, Fulfilment::Received),
];

/// Where an order stands on its axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Trade.
    pub state: OrderState,
    /// Payment.
    pub payment: OrderPayment,
    /// Fulfilment.
    pub fulfilment: Fulfilment,
}

/// Whether an axis may move so: along its table, or not at all.
fn along<T: PartialEq>(table: &[(T, T)], from: T, to: T) -> bool {
    from == to || table.contains(&(from, to))
}

/// Whether an order may move so.
pub fn may_move(from: Place, to: Place) -> bool {
    along(TRADE, from.state, to.state)
        && along(PAYMENT, from.payment, to.payment)
        && along(FULFILMENT, from.fulfilment, to.fulfilment)
        && fits(to)
}

/// Whether the places on the three axes go together.
pub fn fits(place: Place) -> bool {
    let Place { state, payment, fulfilment } = place;
    let money = match state {
        OrderState::Placing => payment == OrderPayment::Unpaid,
        // Money that an order could not take (a wrong amount, too late) is there until it has gone back.
        OrderState::Unpaid | OrderState::Cancelled => true,
        OrderState::Paid | OrderState::Shipped | OrderState::Received | OrderState::Done => has_money(payment),
    };
    money
        && match state {
            OrderState::Placing | OrderState::Unpaid | OrderState::Cancelled => fulfilment == Fulfilment::None,
            OrderState::Paid => matches!(fulfilment, Fulfilment::None | Fulfilment::PartShipped),
            OrderState::Shipped => fulfilment == Fulfilment::Shipped,
            OrderState::Received | OrderState::Done => fulfilment == Fulfilment::Received,
        }
}

/// Whether money has come in, whatever went back since.
pub fn has_money(payment: OrderPayment) -> bool {
    matches!(payment, OrderPayment::Paid | OrderPayment::PartRefunded | OrderPayment::Refunded)
}

/// Whether an order in this state counts against the shopper's limit of unpaid ones.
pub fn counts_as_unpaid(state: OrderState) -> bool {
    matches!(state, OrderState::Placing | OrderState::Unpaid)
}

/// Fulfilment of an order that ships in one parcel.
pub fn fulfilment_of(state: OrderState) -> Fulfilment {
    match state {
        OrderState::Placing | OrderState::Unpaid | OrderState::Paid | OrderState::Cancelled => Fulfilment::None,
        OrderState::Shipped => Fulfilment::Shipped,
        OrderState::Received | OrderState::Done => Fulfilment::Received,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn all<T: Word>() -> impl Iterator<Item = T> {
        T::WORDS.iter().map(|(word, _)| *word)
    }

    fn places() -> Vec<Place> {
        all::<OrderState>()
            .flat_map(|state| all::<OrderPayment>().map(move |payment| (state, payment)))
            .flat_map(|(state, payment)| all::<Fulfilment>().map(move |fulfilment| Place { state, payment, fulfilment }))
            .collect()
    }

    #[test]
    fn every_word_reads_back_and_is_spelt_as_in_json() {
        fn check<T: Word + Serialize + std::fmt::Debug>() {
            let mut seen = HashSet::new();
            for word in all::<T>() {
                assert_eq!(T::read(word.name()).unwrap(), word);
                assert_eq!(serde_json::to_value(word).unwrap(), word.name());
                assert!(seen.insert(word.name()));
            }
            assert!(T::read("nonsense").is_err());
        }
        check::<OrderState>();
        check::<OrderKind>();
        check::<CancelReason>();
        check::<OrderPayment>();
        check::<Fulfilment>();
        check::<OrderActor>();
        check::<OrderEvent>();
    }

    #[test]
    fn the_trade_axis_is_what_the_rules_say_and_nothing_else() {
        use OrderState::{Cancelled, Done, Paid, Placing, Received, Shipped, Unpaid};
        let legal = |from, to| match from {
            Placing => to == Unpaid || to == Cancelled,
            Unpaid => to == Paid || to == Cancelled,
            Paid => to == Shipped,
            Shipped => to == Received,
            Received => to == Done,
            Done => false,
            Cancelled => to == Paid,
        };
        for from in all::<OrderState>() {
            for to in all::<OrderState>() {
                assert_eq!(TRADE.contains(&(from, to)), legal(from, to), "{from:?} → {to:?}");
            }
        }
    }

    #[test]
    fn no_move_leads_to_a_place_that_does_not_fit() {
        for from in places().into_iter().filter(|p| fits(*p)) {
            for to in places() {
                let on_axes = along(TRADE, from.state, to.state)
                    && along(PAYMENT, from.payment, to.payment)
                    && along(FULFILMENT, from.fulfilment, to.fulfilment);
                assert_eq!(may_move(from, to), on_axes && fits(to), "{from:?} → {to:?}");
            }
        }
    }

    #[test]
    fn nothing_unpaid_ever_leaves_the_house() {
        for place in places().into_iter().filter(|p| fits(*p)) {
            if place.fulfilment != Fulfilment::None {
                assert!(has_money(place.payment), "{place:?}");
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_money_never_returns_to_unpaid() {
        let start =
            Place { state: OrderState::Placing, payment: OrderPayment::Unpaid, fulfilment: fulfilment_of(OrderState::Placing) };
        let (mut seen, mut open) = (HashSet::from([start]), vec![start]);
        while let Some(from) = open.pop() {
            for to in places().into_iter().filter(|to| may_move(from, *to)) {
                assert!(!has_money(from.payment) || has_money(to.payment), "{from:?} → {to:?}");
                if seen.insert(to) {
                    open.push(to);
                }
            }
        }
        for state in all::<OrderState>() {
            assert!(seen.iter().any(|p| p.state == state && p.fulfilment == fulfilment_of(state)), "{state:?}");
        }
    }
}
