//! Text messages: written out, then handed to the provider, once per id.

use contract::fault::INVALID;
use contract::thirdparty::{SendSms, SmsSent, SmsTemplate};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};

use crate::settings::SmsProvider;
use crate::{Thirdparty, store};

/// A message in the mailbox, sealed in its row: it holds a phone number and a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub to: String,
    pub text: String,
    pub code: Option<String>,
}

impl SmsProvider {
    /// The kind of row that the mailbox keeps.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            SmsProvider::Mailbox => "sms",
        }
    }
}

/// The text as the phone shows it, and the code in it.
fn write(template: &SmsTemplate) -> (String, Option<String>) {
    match template {
        SmsTemplate::Code { code, minutes } => {
            (format!("【尚品商城】验证码 {code}，{minutes} 分钟内有效，请勿告诉他人。"), Some(code.clone()))
        }
        SmsTemplate::SeckillReminder { title, time, items } => {
            (format!("【尚品商城】您预约的秒杀「{title}」将于 {time} 开始，共 {items} 件商品，别错过。"), None)
        }
    }
}

/// What binds a sealed message to its row.
pub(crate) fn seal_purpose(request: &str) -> String {
    format!("thirdparty.mail:{request}")
}

impl Thirdparty {
    /// Sends a message once per id; again: nothing.
    pub(crate) async fn send(&self, sms: SendSms) -> Result<SmsSent> {
        if sms.id.is_empty() || sms.id.len() > 120 {
            return Err(INVALID.at("/id", "length", "1 to 120 characters"));
        }
        if sms.phone.len() != 11 || !sms.phone.bytes().all(|b| b.is_ascii_digit()) {
            return Err(INVALID.at("/phone", "shape", "11 digits"));
        }
        match self.settings.sms {
            SmsProvider::Mailbox => self.keep(&sms).await?,
        }
        Ok(SmsSent {})
    }

    async fn keep(&self, sms: &SendSms) -> Result<()> {
        let (text, code) = write(&sms.template);
        let letter = Letter { to: sms.phone.clone(), text, code };
        let sealed = self.core.keys.seal(&seal_purpose(&sms.id), &serde_json::to_string(&letter)?);
        let row =
            store::mail::NewMail { id: self.core.ids.next(), request: &sms.id, kind: self.settings.sms.kind(), sealed: &sealed };
        store::mail::insert(&self.db, &row).await?;
        Ok(())
    }

    /// Forgets messages that are too old.
    pub(crate) async fn forget_mail(&self, now: Time) -> Result<()> {
        store::mail::forget(&self.db, now - self.settings.mail_kept).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_code_and_its_minutes() {
        let (text, code) = write(&SmsTemplate::Code { code: "012345".into(), minutes: 5 });
        assert_eq!(text, "【尚品商城】验证码 012345，5 分钟内有效，请勿告诉他人。");
        assert_eq!(code.as_deref(), Some("012345"));
    }
}
