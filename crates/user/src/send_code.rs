//! Sends a code by text message, and takes it back once.
//!
//! Every limit is one conditional write, all in one transaction with the code: a refused request leaves nothing. Nothing
//! here looks whether the phone is registered, so nothing can tell.

use contract::fault::{CAPTCHA_REQUIRED, CODE_WRONG, SMS_DAY_LIMIT, SMS_NOT_SENT, SMS_TOO_SOON};
use contract::thirdparty::{SendSms, SmsTemplate};
use kit::fault::TOO_MANY;
use kit::secret::Phone;
use kit::{Ctx, Error, Result, Time, random};
use serde::{Deserialize, Serialize};

use crate::captcha::{Answer, Human};
use crate::store::{code, tally};
use crate::{User, rules};

const DIGITS: usize = 6;
const HOUR_MS: i64 = 3_600_000;

/// What a code may be used for; it works for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To register.
    Register,
    /// To log in (and to register on the way).
    Login,
    /// To set a password.
    Reset,
    /// To move an account to another phone: one code to the new phone, perhaps one to the old.
    ChangePhone,
}

impl Purpose {
    /// As it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Register => "register",
            Purpose::Login => "login",
            Purpose::Reset => "reset",
            Purpose::ChangePhone => "change_phone",
        }
    }
}

/// A code is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CodeSent {
    /// The code is refused from this time on.
    pub expires_at: Time,
    /// Seconds until the next code can be asked for.
    pub resend_after_s: u64,
}

struct Fresh {
    id: i64,
    code: String,
    expires: Time,
    next: Time,
}

/// Sends a code to a phone. `captcha_required` once a network has had its share without one, `captcha_wrong`, `sms_too_soon`,
/// `sms_day_limit`, `too_many_requests`, or `sms_not_sent`, which frees the minute.
pub async fn send(user: &User, ctx: &Ctx, phone: &Phone, purpose: Purpose, answer: Option<&Answer>) -> Result<CodeSent> {
    let human = Human::of(user, answer).await?;
    let index = user.phone_index(phone);
    let fresh = keep(user, ctx, &index, purpose, human).await?;
    let minutes = u32::try_from(user.settings.sms.valid.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
    let message = SendSms {
        id: format!("user.code.{}", fresh.id),
        phone: phone.reveal().to_owned(),
        template: SmsTemplate::Code { code: fresh.code, minutes },
    };
    if let Err(e) = user.thirdparty.send_sms(ctx, message).await {
        // The minute is free again. The count of the day stays: what failed here may have reached the phone all the same,
        // and a sender that fails slowly must not become a way around the limit.
        code::open_gate(&user.db, &index, fresh.next).await?;
        return Err(SMS_NOT_SENT.because(e));
    }
    Ok(CodeSent { expires_at: fresh.expires, resend_after_s: user.settings.sms.resend_after.as_secs() })
}

async fn keep(user: &User, ctx: &Ctx, index: &str, purpose: Purpose, human: Human) -> Result<Fresh> {
    let limits = &user.settings.sms;
    let network = (!ctx.ip.is_empty()).then(|| user.network_index(&ctx.ip));
    kit::tx!(user.db, |tx| {
        let now = tx.now();
        let fresh =
            Fresh { id: tx.id(), code: random::code(DIGITS), expires: now + limits.valid, next: now + limits.resend_after };
        if !code::pass_gate(&tx, index, fresh.next).await? {
            let opens = code::gate_opens(&tx, index).await?.unwrap_or(fresh.next);
            return Err(Error::from(SMS_TOO_SOON).retry_after_s(seconds_until(now, opens)));
        }
        let midnight = now.next_midnight();
        if !tally::count(&tx, "sms_phone", index, now.day(), limits.per_phone_day, midnight).await? {
            return Err(Error::from(SMS_DAY_LIMIT).retry_after_s(seconds_until(now, midnight)));
        }
        if let Some(network) = &network {
            let hour = now.ms().div_euclid(HOUR_MS);
            let ends = Time((hour + 1) * HOUR_MS);
            let limit = human.limit(limits.per_ip_hour, user.settings.captcha.sms_free_per_ip_hour);
            if !tally::count(&tx, "sms_ip", network, hour, limit, ends).await? {
                // A captcha helps only where it would be followed by a code.
                if limit < limits.per_ip_hour && tally::counted(&tx, "sms_ip", network, hour).await? < limits.per_ip_hour {
                    return Err(CAPTCHA_REQUIRED.into());
                }
                return Err(Error::from(TOO_MANY).retry_after_s(seconds_until(now, ends)));
            }
        }
        if !tally::count(&tx, "sms_all", "", now.day(), limits.per_day, midnight).await? {
            return Err(SMS_NOT_SENT.because("the day's budget of text messages is spent"));
        }
        let mac = user.keys.sign("user.sms_code", &signed(index, purpose, fresh.id, &fresh.code));
        code::keep(&tx, index, purpose.name(), fresh.id, &mac, fresh.expires).await?;
        Ok(fresh)
    })
}

/// Uses a code up: right, in time, for this phone and purpose, not tried too often, for the first time. `code_wrong` for
/// every other case, in the same words.
pub async fn consume(user: &User, phone_index: &str, purpose: Purpose, code: &str) -> Result<()> {
    let right = kit::tx!(user.db, |tx| {
        // A wrong code commits too: the try that it took is gone.
        if !code::take_try(&tx, phone_index, purpose.name(), user.settings.sms.tries).await? {
            return Ok(false);
        }
        let Some(kept) = code::kept(&tx, phone_index, purpose.name()).await? else { return Ok(false) };
        if !user.keys.verify("user.sms_code", &signed(phone_index, purpose, kept.id, code), &kept.code_mac) {
            return Ok(false);
        }
        code::use_up(&tx, phone_index, purpose.name(), kept.id).await
    })?;
    if right { Ok(()) } else { Err(CODE_WRONG.into()) }
}

/// What the HMAC covers: a code is worth nothing for another phone, purpose or sending.
fn signed(phone_index: &str, purpose: Purpose, id: i64, code: &str) -> Vec<u8> {
    format!("{phone_index}:{}:{id}:{code}", purpose.name()).into_bytes()
}

/// Whole seconds from now until then, at least one.
pub fn seconds_until(now: Time, then: Time) -> u32 {
    u32::try_from(then.since(now).as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

impl User {
    /// Blind index of a phone.
    pub(crate) fn phone_index(&self, phone: &Phone) -> String {
        self.keys.blind("user.account.phone", phone.reveal())
    }

    /// Blind index of a client's network.
    pub(crate) fn network_index(&self, ip: &str) -> String {
        self.keys.blind("user.network", &rules::network(ip))
    }
}
