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
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            cancels: 3,
            nearest: 3,
            online_before: Duration::from_secs(10 * 60),
            remind_before: Duration::from_secs(3 * 60),
            attaching: Duration::from_secs(60),
        }
    }
}
