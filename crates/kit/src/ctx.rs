//! Who asks, on which trace, until when: the first argument of every call between services.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::random;

/// Who is behind a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Caller {
    /// Nobody has signed in.
    #[default]
    Nobody,
    /// A shopper, on one signed-in device.
    Shopper {
        /// The shopper's number.
        user: i64,
        /// The device's session.
        session: i64,
    },
    /// An operator.
    Operator {
        /// The operator's number.
        operator: i64,
        /// Names of the permissions that the roles give.
        permissions: Arc<[String]>,
    },
    /// The house itself: an event, a job, a command.
    House,
}

/// Who asks, on which trace, until when, and from where.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who is behind the call.
    pub caller: Caller,
    /// Trace id: 32 hex digits, the same from the edge to the last event.
    pub trace: Arc<str>,
    /// The answer is of no use after this moment.
    pub deadline: Instant,
    /// Address of the client as the edge saw it; empty inside the house.
    pub ip: Arc<str>,
}

/// Time that a request may take when nobody says otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(10);

impl Ctx {
    /// The house's own call on a fresh trace.
    pub fn house() -> Self {
        Self::new(Caller::House)
    }

    /// A call on a fresh trace.
    pub fn new(caller: Caller) -> Self {
        Ctx { caller, trace: trace_id().into(), deadline: Instant::now() + DEFAULT_DEADLINE, ip: "".into() }
    }

    /// The house goes on with a trace that began elsewhere.
    pub fn on_trace(trace: &str) -> Self {
        Ctx { trace: trace.into(), ..Self::house() }
    }

    /// Time left; zero when none.
    pub fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// A fresh trace id: 32 hex digits.
pub fn trace_id() -> String {
    use std::fmt::Write as _;
    random::bytes::<16>().iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
