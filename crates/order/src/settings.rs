//! The numbers that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Settings of orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// An order that is still being placed after this is given up.
    #[serde(with = "duration_text")]
    pub placing: Duration,
    /// An order that is not paid after this is cancelled.
    #[serde(with = "duration_text")]
    pub unpaid: Duration,
    /// A shipped order counts as received after this.
    #[serde(with = "duration_text")]
    pub receipt: Duration,
    /// After-sale closes this long after the receipt.
    #[serde(with = "duration_text")]
    pub after_sale: Duration,
    /// Unpaid orders of one shopper at a time, those being placed included.
    pub unpaid_orders: u32,
    /// How long a deadline may be overdue before the sweep takes it up, in case its timer was lost.
    #[serde(with = "duration_text")]
    pub sweep_after: Duration,
    /// How long answers of idempotent requests and marks of heard events are kept.
    #[serde(with = "duration_text")]
    pub memory: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            placing: Duration::from_secs(60),
            unpaid: Duration::from_secs(30 * 60),
            receipt: 15 * DAY,
            after_sale: 7 * DAY,
            unpaid_orders: 20,
            sweep_after: Duration::from_secs(5 * 60),
            memory: 30 * DAY,
        }
    }
}
