//! Captchas: drawn for anyone, kept as an HMAC, tried once. They are asked for where a machine would go on and a person would not.

use contract::fault::{CAPTCHA_WRONG, INVALID};
use kit::fault::TOO_MANY;
use kit::{Ctx, Error, Result, Time, captcha as drawing, random};
use serde::Serialize;

use crate::User;
use crate::send_code::seconds_until;
use crate::store::{captcha, tally};

/// What the HMAC is for.
const PURPOSE: &str = "user.captcha";
const HOUR_MS: i64 = 3_600_000;
/// Longest id, answer, and name of what a captcha is passed for; the first and last as their columns.
const ID_CHARS: usize = 64;

/// A picture with four letters and digits to type.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Captcha {
    /// Names it; goes back with the answer.
    pub id: String,
    /// The picture, an SVG of paths only.
    pub svg: String,
    /// The answer is refused from this time on.
    pub expires_at: Time,
}

/// What somebody typed.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Of which captcha.
    pub id: String,
    /// As typed.
    pub text: String,
}

/// Whether a request comes with a captcha that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Human {
    /// It does.
    Shown,
    /// It does not, and may be asked for one.
    NotShown,
    /// Nobody asks here.
    NotAsked,
}

impl Human {
    /// Tries the captcha that came with a request, if any; `captcha_wrong`.
    pub async fn of(user: &User, answer: Option<&Answer>) -> Result<Self> {
        let Some(answer) = answer else { return Ok(Human::NotShown) };
        pass(user, &answer.id, &answer.text, &user.ids.next().to_string()).await?;
        Ok(Human::Shown)
    }

    /// How much is allowed, of a limit and of what goes without a captcha.
    pub fn limit(self, limit: i64, free: i64) -> i64 {
        if self == Human::NotShown { limit.min(free) } else { limit }
    }
}

/// Draws a captcha. `too_many_requests` when the client's network has had its share of the hour.
pub async fn create(user: &User, ctx: &Ctx) -> Result<Captcha> {
    let rules = &user.settings.captcha;
    let network = (!ctx.ip.is_empty()).then(|| user.network_index(&ctx.ip));
    let (id, text) = (random::token(), drawing::text());
    let mac = user.keys.sign(PURPOSE, &signed(&id, &text));
    let expires_at = kit::tx!(user.db, |tx| {
        let now = tx.now();
        if let Some(network) = &network {
            let hour = now.ms().div_euclid(HOUR_MS);
            let ends = Time((hour + 1) * HOUR_MS);
            if !tally::count(&tx, "captcha_ip", network, hour, rules.per_ip_hour, ends).await? {
                return Err(Error::from(TOO_MANY).retry_after_s(seconds_until(now, ends)));
            }
        }
        captcha::insert(&tx, &id, &mac, now + rules.valid).await?;
        Ok(now + rules.valid)
    })?;
    if rules.readable {
        user.drawn.remember(&id, &text);
    }
    Ok(Captcha { svg: drawing::draw(&text), id, expires_at })
}

/// Captchas of a mall that is only tried out, by id, so that a test without eyes can type them.
#[derive(Default)]
pub struct Drawn(std::sync::Mutex<std::collections::VecDeque<(String, String)>>);

/// Captchas that are remembered for reading.
const READABLE: usize = 200;

impl Drawn {
    fn remember(&self, id: &str, text: &str) {
        let mut drawn = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        drawn.push_back((id.to_owned(), text.to_owned()));
        if drawn.len() > READABLE {
            drawn.pop_front();
        }
    }

    /// What was drawn under this id, if it is remembered.
    pub fn read(&self, id: &str) -> Option<String> {
        let drawn = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        drawn.iter().find(|(known, _)| known == id).map(|(_, text)| text.clone())
    }
}

/// Takes an answer for one thing: right, in time, for the first time. `captcha_wrong` for every other case, in the same words.
/// Again with the same answer for the same thing: the same outcome.
pub async fn pass(user: &User, id: &str, answer: &str, for_id: &str) -> Result<()> {
    if !(1..=ID_CHARS).contains(&for_id.chars().count()) {
        return Err(INVALID.at("/for_id", "length", format!("1 to {ID_CHARS} characters")));
    }
    if id.len() > ID_CHARS || answer.len() > ID_CHARS {
        return Err(CAPTCHA_WRONG.into());
    }
    let typed = signed(id, &drawing::normal(answer));
    // A wrong answer is written as well: the one try is gone.
    if !captcha::take_try(&user.db, id, &user.keys.sign(PURPOSE, &typed), for_id).await? {
        return Err(CAPTCHA_WRONG.into());
    }
    let drawn = captcha::answer_mac(&user.db, id).await?.unwrap_or_default();
    if user.keys.verify(PURPOSE, &typed, &drawn) { Ok(()) } else { Err(CAPTCHA_WRONG.into()) }
}

/// What the HMAC covers: an answer is worth nothing for another captcha.
fn signed(id: &str, text: &str) -> Vec<u8> {
    format!("{id}:{text}").into_bytes()
}
