//! The numbers of this service. Must never know how they are used.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Every number of accounts, tokens, codes and addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Text messages with codes.
    pub sms: Sms,
    /// Sessions of shoppers and operators.
    pub tokens: Tokens,
    /// Pictures with characters to type.
    pub captcha: Captcha,
    /// Wrong passwords and codes.
    pub lockout: Lockout,
    /// How passwords are hashed.
    pub password: Password,
    /// Addresses that a shopper may keep.
    pub addresses_max: i64,
}

/// Codes by text message.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sms {
    /// A code is good for this long.
    #[serde(with = "duration_text")]
    pub valid: Duration,
    /// Shortest time between two codes for one phone.
    #[serde(with = "duration_text")]
    pub resend_after: Duration,
    /// Codes a day (Asia/Shanghai) for one phone.
    pub per_phone_day: i64,
    /// Codes an hour for one client address (an IPv6 network of 64 bits counts as one).
    pub per_ip_hour: i64,
    /// Codes a day for the whole mall: the budget that a flood cannot pass.
    pub per_day: i64,
    /// Tries of one code.
    pub tries: i32,
}

/// Pictures with characters to type, and when they are asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Captcha {
    /// A picture is good for this long, and for one try.
    #[serde(with = "duration_text")]
    pub valid: Duration,
    /// Pictures an hour for one client address.
    pub per_ip_hour: i64,
    /// Codes by text message an hour that one client address gets without one.
    pub sms_free_per_ip_hour: i64,
    /// Wrong passwords of a day, from one source or for one account, after which one is needed.
    pub after_failures: i64,
    /// What is drawn can be read by whoever runs the mall, for trying it out without eyes. The demo says so; no setting can.
    #[serde(skip)]
    pub readable: bool,
}

/// Sessions.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tokens {
    /// Life of an access token.
    #[serde(with = "duration_text")]
    pub access: Duration,
    /// Life of a refresh token.
    #[serde(with = "duration_text")]
    pub refresh: Duration,
    /// Life of a session, however often it is refreshed.
    #[serde(with = "duration_text")]
    pub session_max: Duration,
    /// How long the refresh token before the current one still gets the same new pair.
    #[serde(with = "duration_text")]
    pub grace: Duration,
    /// Signed-in devices of one shopper.
    pub devices_max: i64,
    /// How long this process believes a token that it has checked (a change in this process shows at once).
    #[serde(with = "duration_text")]
    pub believed: Duration,
    /// Tokens that this process remembers.
    pub remembered_max: u64,
    /// How often at most a session's last use is written.
    #[serde(with = "duration_text")]
    pub touch_every: Duration,
    /// Life of an operator's session.
    #[serde(with = "duration_text")]
    pub operator: Duration,
    /// An operator's session ends when it is unused for this long.
    #[serde(with = "duration_text")]
    pub operator_idle: Duration,
}

/// Wrong passwords and codes; all counters end at midnight in Asia/Shanghai.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lockout {
    /// Failures from one source (device, or client address) for one account.
    pub per_source: i64,
    /// Wrong passwords for one account; after that only known devices or a text message sign in.
    pub per_account: i64,
    /// Wrong passwords from one client address over all accounts, before unknown devices there are refused.
    pub per_ip: i64,
    /// Locks the account itself, on every device and for codes too, after `per_source` failures.
    pub strict_day_lock: bool,
}

/// argon2id.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Password {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Hashes at the same time.
    pub at_once: usize,
    /// Hashes that wait; beyond that the answer is 503.
    pub queue: usize,
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

impl Default for Settings {
    fn default() -> Self {
        Settings {
            sms: Sms::default(),
            tokens: Tokens::default(),
            captcha: Captcha::default(),
            lockout: Lockout::default(),
            password: Password::default(),
            addresses_max: 20,
        }
    }
}

impl Default for Sms {
    fn default() -> Self {
        Sms { valid: MINUTE * 5, resend_after: MINUTE, per_phone_day: 10, per_ip_hour: 20, per_day: 100_000, tries: 5 }
    }
}

impl Default for Captcha {
    fn default() -> Self {
        Captcha { valid: MINUTE * 5, per_ip_hour: 120, sms_free_per_ip_hour: 5, after_failures: 2, readable: false }
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Tokens {
            access: MINUTE * 30,
            refresh: DAY * 14,
            session_max: DAY * 60,
            grace: Duration::from_secs(10),
            devices_max: 5,
            believed: Duration::from_secs(5),
            remembered_max: 100_000,
            touch_every: MINUTE,
            operator: HOUR * 8,
            operator_idle: MINUTE * 15,
        }
    }
}

impl Default for Lockout {
    fn default() -> Self {
        Lockout { per_source: 5, per_account: 20, per_ip: 100, strict_day_lock: false }
    }
}

impl Default for Password {
    fn default() -> Self {
        Password { memory_kib: 19_456, passes: 2, at_once: 2, queue: 20 }
    }
}
