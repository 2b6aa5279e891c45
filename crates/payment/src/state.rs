//! States as pure rules.

use contract::payment::PaymentState;

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptState {
    /// Recorded; the channel is being told.
    Creating,
    /// The channel has it and takes money.
    Open,
    /// Whether the channel has it is not known.
    Unknown,
    /// Paid.
    Paid,
    /// The channel does not want it.
    Failed,
    /// Closed without money.
    Closed,
}

impl AttemptState {
    const ALL: [Self; 6] = [Self::Creating, Self::Open, Self::Unknown, Self::Paid, Self::Failed, Self::Closed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Closed => "closed",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Money may still come without anybody's mistake.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Creating | Self::Open | Self::Unknown)
    }
}

/// Where a payment itself stands; the rest follows from its attempts and sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Takes attempts.
    Open,
    /// One attempt counts.
    Paid,
    /// Takes no attempts any more. Money that comes late still makes it paid.
    Closed,
}

impl Stored {
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "open" => Some(Self::Open),
            "paid" => Some(Self::Paid),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }

    /// What the world is told.
    pub const fn shown(self, live_attempts: bool, paid_fen: i64, refunded_fen: i64) -> PaymentState {
        match self {
            Self::Closed => PaymentState::Closed,
            Self::Open if live_attempts => PaymentState::Paying,
            Self::Open => PaymentState::Unpaid,
            Self::Paid if refunded_fen == 0 => PaymentState::Paid,
            Self::Paid if refunded_fen < paid_fen => PaymentState::PartRefunded,
            Self::Paid => PaymentState::Refunded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for state in AttemptState::ALL {
            assert_eq!(AttemptState::parse(state.name()), Some(state));
        }
        assert_eq!(AttemptState::parse("elsewhere"), None);
    }

    #[test]
    fn refunds_show() {
        assert_eq!(Stored::Paid.shown(true, 100, 0), PaymentState::Paid);
        assert_eq!(Stored::Paid.shown(false, 100, 99), PaymentState::PartRefunded);
        assert_eq!(Stored::Paid.shown(false, 100, 100), PaymentState::Refunded);
        assert_eq!(Stored::Open.shown(true, 0, 0), PaymentState::Paying);
        assert_eq!(Stored::Open.shown(false, 0, 0), PaymentState::Unpaid);
    }
}
