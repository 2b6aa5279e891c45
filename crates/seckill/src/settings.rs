//! The numbers that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Settings of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Cancelled orders of one shopper in a session after which nothing more is sold to him there.
    pub cancels: u32,
    /// So many of the next sessions are shown, however far away they are.
    pub nearest: u32,
    /// A session is shown this long before its start at the latest.
    #[serde(with = "duration_text")]
    pub online_before: Duration,
    /// Who asked for it is told this long before a session starts.
    #[serde(with = "duration_text")]
    pub remind_before: Duration,
    /// A variant that is still being attached after this is looked at again.
    #[serde(with = "duration_text")]
    pub attaching: Duration,
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
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            cancels: 3,
            nearest: 3,
            online_before: Duration::from_secs(10 * 60),
            remind_before: Duration::from_secs(3 * 60),
            attaching: Duration::from_secs(60),
            gate: GateSettings::default(),
        }
    }
}
