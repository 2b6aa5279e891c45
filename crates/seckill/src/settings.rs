//! The numbers that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Settings of the service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the crowd comes in.
    pub gate: GateSettings,
}

/// Passes, claims, and what follows them.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateSettings {
    /// Passes are given from so long before the start of a session.
    #[serde(with = "duration_text")]
    pub pass_before: Duration,
    /// A pass is good for this long.
    #[serde(with = "duration_text")]
    pub pass_valid: Duration,
    /// Passes that a shopper may ask for in an hour, whatever becomes of them.
    pub passes_per_hour: u32,
    /// Claims at work at once; more stand in line.
    pub claims_at_once: usize,
    /// Claims in line; more are told at once to come again.
    pub claims_waiting: usize,
    /// How long an order that was won waits for its money.
    #[serde(with = "duration_text")]
    pub pay_within: Duration,
    /// An order that does not stand so long after its unit was won is asked for again.
    #[serde(with = "duration_text")]
    pub order_within: Duration,
    /// So many cancelled orders of a session, and a shopper gets no more of it.
    pub barred_after: u32,
}

impl Default for GateSettings {
    fn default() -> Self {
        GateSettings {
            pass_before: Duration::from_secs(5 * 60),
            pass_valid: Duration::from_secs(10 * 60),
            passes_per_hour: 20,
            claims_at_once: 1024,
            claims_waiting: 8192,
            pay_within: Duration::from_secs(5 * 60),
            order_within: Duration::from_secs(10),
            barred_after: 3,
        }
    }
}
