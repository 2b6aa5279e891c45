//! What a merchant may set at the edge.

use std::time::Duration;

use serde::Deserialize;

/// Settings of the edge; the defaults suit one node.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Requests a second of one address.
    pub per_ip: Rate,
    /// Requests a second of one signed-in user.
    pub per_user: Rate,
    /// Requests a second of one address to routes that cost (sign-in, codes, placing, paying).
    pub costly: Rate,
    /// Requests under way at once; more are answered 503 at once.
    pub in_flight: usize,
    /// Longest time a request may take.
    #[serde(with = "kit::config::duration_text")]
    pub deadline: Duration,
    /// Longest time an upload may take.
    #[serde(with = "kit::config::duration_text")]
    pub upload_deadline: Duration,
    /// Longest body, bytes.
    pub body_bytes: usize,
    /// Proxies in front whose `X-Forwarded-For` is believed, as addresses.
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// Hosts that the mall answers to; empty takes any.
    pub hosts: Vec<String>,
}

/// A rate: so many a second for long, so many at once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// For long.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            per_ip: Rate { per_second: 200, burst: 400 },
            per_user: Rate { per_second: 50, burst: 100 },
            costly: Rate { per_second: 5, burst: 20 },
            in_flight: 2048,
            deadline: Duration::from_secs(10),
            upload_deadline: Duration::from_secs(60),
            body_bytes: 256 * 1024,
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
        }
    }
}
