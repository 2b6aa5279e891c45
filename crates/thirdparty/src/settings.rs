//! The numbers and addresses that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Who carries text messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsProvider {
    /// Nobody: they wait in a table, which the demo shows as a mailbox.
    #[default]
    Mailbox,
}

/// Settings of the vendors.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Who carries text messages.
    pub sms: SmsProvider,
    /// Whether `/dev/mailbox` shows messages and codes to anyone. Only for the demo.
    pub mailbox_page: bool,
    /// How long the mailbox keeps a message.
    #[serde(with = "duration_text")]
    pub mail_kept: Duration,
    /// Whether the demo cashier takes "payments": anyone can press its button. Off where money is real.
    pub cashier: bool,
    /// Scheme and host that shoppers see (`https://mall.example`), in front of the cashier's paths. Empty: links without a host.
    pub public_url: String,
    /// Where the demo cashier sends its notifications.
    pub notify_url: String,
    /// The mall's number at the demo cashier.
    pub merchant_id: String,
    /// The mall's name on the cashier's page.
    pub merchant_name: String,
    /// How old a notification's signature may be, and how far in the future.
    #[serde(with = "duration_text")]
    pub notice_window: Duration,
    /// Pauses before each delivery of a notification, seconds; after the last the cashier gives up.
    pub notice_pauses_s: Vec<u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            sms: SmsProvider::Mailbox,
            mailbox_page: false,
            mail_kept: Duration::from_secs(24 * 3600),
            cashier: false,
            public_url: String::new(),
            notify_url: String::new(),
            merchant_id: "SP20260001".to_owned(),
            merchant_name: "尚品商城".to_owned(),
            notice_window: Duration::from_secs(300),
            notice_pauses_s: vec![0, 5, 15, 60, 600, 3600, 3600, 6 * 3600, 12 * 3600],
        }
    }
}
