//! The numbers that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Settings of payments.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// When a channel is asked about an attempt, seconds after it began.
    pub ask_after_s: Vec<u64>,
    /// How often it is asked then.
    #[serde(with = "duration_text")]
    pub ask_every: Duration,
    /// How long after its expiry an attempt is asked about, when no answer comes.
    #[serde(with = "duration_text")]
    pub ask_after_expiry: Duration,
    /// Shortest time between two questions about an attempt by those who wait.
    #[serde(with = "duration_text")]
    pub ask_pause: Duration,
    /// Attempts to pay one order.
    pub attempts: i64,
    /// Pauses before each try of a refund, seconds; after the last an operator has to look.
    pub refund_pauses_s: Vec<u64>,
    /// How long it is believed which channels are open.
    #[serde(with = "duration_text")]
    pub channels_ttl: Duration,
    /// Where a channel sends the shopper afterwards; the order's number is put behind it. Empty: the channel's own page.
    pub return_url: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            ask_after_s: vec![5, 10, 30, 60],
            ask_every: Duration::from_secs(60),
            ask_after_expiry: Duration::from_secs(24 * 3600),
            ask_pause: Duration::from_secs(2),
            attempts: 20,
            refund_pauses_s: vec![0, 5, 30, 120, 600, 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600],
            channels_ttl: Duration::from_secs(10),
            return_url: "/pay/result?order=".to_owned(),
        }
    }
}
