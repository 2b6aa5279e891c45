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
    /// Pictures that shoppers upload.
    pub uploads: Uploads,
}

/// Pictures that shoppers upload.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// How long a shopper may take to upload what was agreed.
    #[serde(with = "duration_text")]
    pub valid: Duration,
    /// Largest file, bytes.
    pub max_bytes: usize,
    /// Largest picture, width times height: a small file may hold a huge one.
    pub max_pixels: u64,
    /// Uploads that one shopper may begin in a day (Asia/Shanghai).
    pub per_user_day: i64,
    /// Files that come in at once; each is held in memory until it is written.
    pub receiving: usize,
    /// Pictures read and written anew at once; each takes a core, and memory for its pixels.
    pub decoding: usize,
    /// Files that may stand in line for either.
    pub waiting: usize,
    /// What was not used for anything is deleted after this.
    #[serde(with = "duration_text")]
    pub unused_kept: Duration,
}

/// Bytes of a form around its file.
const FORM_BYTES: usize = 16 * 1024;

impl Uploads {
    /// Longest body of a request that uploads a file.
    pub fn form_bytes(&self) -> usize {
        self.max_bytes.saturating_add(FORM_BYTES)
    }
}

impl Default for Uploads {
    fn default() -> Self {
        Uploads {
            valid: Duration::from_secs(300),
            max_bytes: 5 * 1024 * 1024,
            max_pixels: 50_000_000,
            per_user_day: 200,
            receiving: 64,
            decoding: 2,
            waiting: 256,
            unused_kept: Duration::from_secs(24 * 3600),
        }
    }
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
            uploads: Uploads::default(),
        }
    }
}
