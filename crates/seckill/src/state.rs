//! Where a session and the variants in it may go: tables of legal moves, and the rules of a plan.
//! Pure: no clock, no await, no database.

use std::time::Duration;

use contract::Fen;
use kit::fault::INVALID;
use kit::{Error, Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest session.
pub const LONGEST: Duration = Duration::from_secs(6 * 3600);
/// Most variants in a session.
pub const MOST_ITEMS: i64 = 100;
/// Most units of a variant in a session.
pub const MOST_UNITS: u32 = 1_000_000;
/// Most units that one shopper may have.
pub const MOST_EACH: u32 = 99;
/// Most parts of a pool.
pub const MOST_PARTS: u16 = 16;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityState {
    /// Being planned; the only state in which its contents change.
    Draft,
    /// Waits for a review.
    Submitted,
    /// Waits until it is near.
    Approved,
    /// Shoppers see it, and buy from its start on.
    Online,
    /// Over; the last orders are still open.
    Ended,
    /// What was not sold has gone back into stock.
    Settled,
    /// Will not be.
    Cancelled,
}

/// Where a variant in a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Its units are being set apart.
    Attaching,
    /// Its units lie apart.
    Attached,
    /// What was not sold is on its way back.
    Leaving,
    /// Taken out of its session before that was submitted.
    Detached,
    /// Its session is settled or cancelled.
    Over,
}

/// What happened to a session: a row of its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityEvent {
    /// Planned.
    Created,
    /// Another title, other times.
    Edited,
    /// A variant was attached.
    Attached,
    /// A variant was detached.
    Detached,
    /// Handed in.
    Submitted,
    /// Approved.
    Approved,
    /// Sent back.
    Rejected,
    /// Shown.
    Online,
    /// No claims are taken for a while.
    Paused,
    /// Claims are taken again.
    Resumed,
    /// Ended before its time.
    Stopped,
    /// Ended.
    Ended,
    /// Settled.
    Settled,
    /// Called off.
    Cancelled,
    /// Approved too late: its time was over.
    Missed,
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

words!(ActivityState: Draft "draft", Submitted "submitted", Approved "approved", Online "online", Ended "ended",
    Settled "settled", Cancelled "cancelled");
words!(ItemState: Attaching "attaching", Attached "attached", Leaving "leaving", Detached "detached", Over "over");
words!(ActivityEvent: Created "created", Edited "edited", Attached "attached", Detached "detached", Submitted "submitted",
    Approved "approved", Rejected "rejected", Online "online", Paused "paused", Resumed "resumed", Stopped "stopped",
    Ended "ended", Settled "settled", Cancelled "cancelled", Missed "missed");

/// Legal moves of a session.
pub const MOVES: &[(ActivityState, ActivityState)] = &[
    (ActivityState::Draft, ActivityState::Submitted),
    (ActivityState::Submitted, ActivityState::Draft),
    (ActivityState::Submitted, ActivityState::Approved),
    (ActivityState::Approved, ActivityState::Online),
    (ActivityState::Online, ActivityState::Ended),
    (ActivityState::Ended, ActivityState::Settled),
    (ActivityState::Draft, ActivityState::Cancelled),
    (ActivityState::Submitted, ActivityState::Cancelled),
    (ActivityState::Approved, ActivityState::Cancelled),
];

/// Whether a session may move so: along the table, or not at all.
pub fn may_move(from: ActivityState, to: ActivityState) -> bool {
    from == to || MOVES.contains(&(from, to))
}

/// `invalid` unless a session may last from `starts` to `ends`.
pub fn check_times(starts: Time, ends: Time) -> Result<()> {
    if ends <= starts {
        return Err(INVALID.at("/ends_at", "range", "not after its start"));
    }
    if ends > starts + LONGEST {
        return Err(INVALID.at("/ends_at", "range", "more than 6 hours after its start"));
    }
    Ok(())
}

/// What a variant is sold at in a session.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Price in the session.
    pub price_fen: Fen,
    /// Price outside of it.
    pub usual_price_fen: Fen,
    /// Units.
    pub quota: u32,
    /// Units that one shopper may have.
    pub limit: u32,
    /// Parts of its pool.
    pub parts: u16,
}

/// `invalid` with each field of an offer that breaks a rule.
pub fn check_offer(offer: Offer) -> Result<()> {
    let wrong = [
        (offer.price_fen <= Fen::ZERO, "/price_fen", "not more than 0"),
        (offer.price_fen >= offer.usual_price_fen, "/price_fen", "not below the usual price"),
        (!(1..=MOST_UNITS).contains(&offer.quota), "/quota", "not 1 to 1,000,000"),
        (!(1..=MOST_EACH).contains(&offer.limit), "/limit", "not 1 to 99"),
        (offer.limit > offer.quota, "/limit", "more than the quota"),
        (!(1..=MOST_PARTS).contains(&offer.parts), "/parts", "not 1 to 16"),
        (u32::from(offer.parts) > offer.quota, "/parts", "more than the quota"),
    ];
    let found = wrong.iter().filter(|(is, ..)| *is);
    let refusal = found.fold(Error::from(INVALID), |e, (_, pointer, message)| e.at(*pointer, "range", *message));
    if refusal.errors().is_empty() { Ok(()) } else { Err(refusal) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_word_reads_back_and_no_two_are_spelt_alike() {
        fn check<T: Word + std::fmt::Debug>() {
            let names: HashSet<_> = T::WORDS.iter().map(|(_, name)| *name).collect();
            assert_eq!(names.len(), T::WORDS.len());
            for (word, name) in T::WORDS {
                assert_eq!((T::read(name).unwrap(), word.name()), (*word, *name));
                assert!(name.len() <= 16, "the column is that wide");
            }
            assert!(T::read("nonsense").is_err());
        }
        check::<ActivityState>();
        check::<ItemState>();
        check::<ActivityEvent>();
    }

    #[test]
    fn what_is_over_stays_over_and_what_is_online_is_not_called_off() {
        use ActivityState::{Cancelled, Draft, Ended, Online, Settled};
        for (to, _) in ActivityState::WORDS {
            for end in [Settled, Cancelled] {
                assert_eq!(may_move(end, *to), end == *to);
            }
        }
        assert!(!may_move(Online, Cancelled) && !may_move(Online, Draft) && may_move(Online, Ended));
        assert!(!may_move(Draft, Online) && !may_move(Ended, Online));
    }

    #[test]
    fn a_session_ends_after_it_starts_and_within_six_hours() {
        let at = Time(1_000_000);
        assert!(check_times(at, at).is_err());
        assert!(check_times(at, at - Duration::from_secs(1)).is_err());
        assert!(check_times(at, at + LONGEST).is_ok());
        assert!(check_times(at, at + LONGEST + Duration::from_millis(1)).is_err());
    }

    #[test]
    fn an_offer_is_cheaper_and_its_limit_fits() {
        let good = Offer { price_fen: Fen(99), usual_price_fen: Fen(100), quota: 10, limit: 10, parts: 10 };
        assert!(check_offer(good).is_ok());
        let bad = [
            Offer { price_fen: Fen(100), ..good },
            Offer { price_fen: Fen(0), ..good },
            Offer { quota: 0, limit: 0, ..good },
            Offer { quota: MOST_UNITS + 1, ..good },
            Offer { limit: 11, ..good },
            Offer { quota: 1000, limit: 100, ..good },
            Offer { parts: 0, ..good },
            Offer { quota: 1000, parts: 17, ..good },
            Offer { quota: 9, limit: 9, ..good },
        ];
        for offer in bad {
            assert!(check_offer(offer).is_err(), "{offer:?}");
        }
        let all = check_offer(Offer { price_fen: Fen(-1), quota: 0, limit: 0, parts: 0, ..good }).unwrap_err();
        assert_eq!(all.errors().len(), 4);
    }
}
