//! Who asks, on which trace, until when: the first argument of every call between services.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
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

/// A fresh trace id: 32 hex digits. Unlike a token it need not be unguessable, only new: a counter, stirred with a
/// random start, costs nanoseconds, where the operating system's randomness costs a system call for every request.
pub fn trace_id() -> String {
    static START: LazyLock<u64> = LazyLock::new(|| u64::from_le_bytes(random::bytes()));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let n = COUNT.fetch_add(2, Relaxed);
    let mut text = String::with_capacity(32);
    for half in [stir(START.wrapping_add(n)), stir(START.wrapping_add(n + 1))] {
        for byte in half.to_be_bytes() {
            text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
            text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        }
    }
    text
}

/// splitmix64: a permutation of the numbers, so that different counts never give the same half.
const fn stir(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_ids_are_new_each_time() {
        let ids: std::collections::HashSet<String> = (0..10_000).map(|_| trace_id()).collect();
        assert!(ids.len() == 10_000 && ids.iter().all(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())));
    }
}
