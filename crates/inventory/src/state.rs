//! The rule of reservations: what a hold, a release and a commit do to the head of an order. Pure; knows no stock.
//!
//! An order has one head: its newest attempt and what became of it. Attempt 0 is the order as it was placed, a higher one
//! is a cancelled order that a late payment revived.

/// What became of the newest attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Stock is kept.
    Held,
    /// Stock is sold.
    Committed,
    /// Stock was kept and went back.
    Released,
    /// Nothing was kept, and nothing may be: the release came first.
    Tombstone,
}

impl State {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            State::Held => "held",
            State::Committed => "committed",
            State::Released => "released",
            State::Tombstone => "tombstone",
        }
    }

    /// The state of a word, if it is one of ours.
    pub fn read(word: &str) -> Option<State> {
        [State::Held, State::Committed, State::Released, State::Tombstone].into_iter().find(|s| s.word() == word)
    }
}

/// The newest attempt of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which attempt.
    pub attempt: u32,
    /// What became of it.
    pub state: State,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is so already.
    Same,
    /// It must not be; why, for the log.
    Refuse(&'static str),
    /// The head changes to this; what that attempt still keeps goes back first.
    To(Head, Option<u32>),
}

/// A hold of this attempt.
pub fn hold(head: Option<Head>, attempt: u32) -> Turn {
    let held = Head { attempt, state: State::Held };
    let Some(head) = head else { return Turn::To(held, None) };
    match (attempt.cmp(&head.attempt), head.state) {
        (std::cmp::Ordering::Less, _) => Turn::Refuse("a newer attempt of the order has been here"),
        (std::cmp::Ordering::Equal, State::Held | State::Committed) => Turn::Same,
        (std::cmp::Ordering::Equal, _) => Turn::Refuse("the attempt was released"),
        (std::cmp::Ordering::Greater, State::Committed) => Turn::Refuse("the order's stock is sold to it already"),
        // The order was revived before the news of its cancellation came: the new attempt takes the old one's place.
        (std::cmp::Ordering::Greater, State::Held) => Turn::To(held, Some(head.attempt)),
        (std::cmp::Ordering::Greater, _) => Turn::To(held, None),
    }
}

/// A release of this attempt and those before it, or of the newest.
pub fn release(head: Option<Head>, attempt: Option<u32>) -> Turn {
    let mark = |attempt| Head { attempt, state: State::Tombstone };
    let Some(head) = head else { return Turn::To(mark(attempt.unwrap_or(0)), None) };
    let attempt = attempt.unwrap_or(head.attempt);
    if attempt < head.attempt {
        return Turn::Same;
    }
    match head.state {
        State::Committed => Turn::Refuse("the order's stock is sold to it"),
        State::Held if attempt == head.attempt => Turn::To(Head { attempt, state: State::Released }, Some(attempt)),
        State::Held => Turn::To(mark(attempt), Some(head.attempt)),
        _ if attempt == head.attempt => Turn::Same,
        _ => Turn::To(mark(attempt), None),
    }
}

/// A commit of this attempt, or of the newest.
pub fn commit(head: Option<Head>, attempt: Option<u32>) -> Turn {
    let Some(head) = head else { return Turn::Refuse("nothing was ever held for the order") };
    if attempt.is_some_and(|a| a != head.attempt) {
        return Turn::Refuse("it is not the newest attempt of the order");
    }
    match head.state {
        State::Held => Turn::To(Head { state: State::Committed, ..head }, None),
        State::Committed => Turn::Same,
        State::Released | State::Tombstone => Turn::Refuse("what was held has been released"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for state in [State::Held, State::Committed, State::Released, State::Tombstone] {
            assert_eq!(State::read(state.word()), Some(state));
        }
        assert_eq!(State::read("lost"), None);
    }

    #[test]
    fn late_news_of_an_older_attempt_cannot_touch_a_revived_order() {
        let revived = Some(Head { attempt: 1, state: State::Held });
        assert_eq!(release(revived, Some(0)), Turn::Same);
        assert!(matches!(hold(revived, 0), Turn::Refuse(_)));
        assert!(matches!(commit(revived, Some(0)), Turn::Refuse(_)));
    }

    #[test]
    fn a_revival_before_the_release_takes_the_place_of_what_is_kept() {
        let kept = Some(Head { attempt: 0, state: State::Held });
        assert_eq!(hold(kept, 1), Turn::To(Head { attempt: 1, state: State::Held }, Some(0)));
    }
}
