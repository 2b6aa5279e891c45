//! What the demo cashier can do wrong, each as real channels have done.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64};

/// Knobs of misbehaviour, all off by default. A test turns them while the mall runs.
#[derive(Debug, Default)]
pub struct CashierFaults {
    /// Notifications are lost on their way, for good.
    pub drop_notices: AtomicBool,
    /// Each notification is delivered so many times; zero counts as one.
    pub copies: AtomicU32,
    /// Notifications leave so much later, milliseconds.
    pub delay_ms: AtomicU64,
    /// So many coming creations succeed but are answered with a time-out.
    pub creates_time_out: AtomicU32,
    /// Notifications say so many fen more than was paid.
    pub amount_off_fen: AtomicI64,
    /// Notifications are signed by a key that is not the channel's.
    pub forge_signature: AtomicBool,
    /// Notifications are genuine but meant for another merchant.
    pub other_merchant: AtomicBool,
    /// Notifications say another currency.
    pub other_currency: AtomicBool,
    /// No call is answered.
    pub silent: AtomicBool,
    /// Refunds stay on their way until this is off and they are queried.
    pub refunds_pend: AtomicBool,
    /// Refunds are refused for good.
    pub refunds_refused: AtomicBool,
    /// So many coming refunds succeed but are answered with a time-out.
    pub refunds_time_out: AtomicU32,
}

/// Takes one from a counter; false when it was zero.
pub(super) fn count_down(counter: &AtomicU32) -> bool {
    counter.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)).is_ok()
}
