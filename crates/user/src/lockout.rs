//! Lock-out after wrong passwords and codes, without a weapon in it: who guesses locks himself out, not the owner.
//!
//! An attempt is counted before it is judged, by conditional writes, so that fifty at once are still five; the right
//! password takes the count back. Counters are of accounts as they were named or found, whether or not they exist, and
//! end at midnight in Asia/Shanghai. They stand in the database, so a restart forgives nothing.

use contract::fault::{CAPTCHA_REQUIRED, LOGIN_LOCKED};
use kit::{Ctx, Error, Result, Time};

use crate::User;
use crate::captcha::Human;
use crate::send_code::seconds_until;
use crate::store::tally;

const SOURCE: &str = "lock_source";
const ACCOUNT: &str = "lock_account";
const NETWORK: &str = "lock_network";

/// Where an attempt comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Blind index of the device's id, or of the client's network when the client names no device.
    pub index: String,
    /// Blind index of the client's network, if known.
    network: Option<String>,
}

impl Source {
    /// The source of a request.
    pub fn of(user: &User, ctx: &Ctx, device_id: Option<&str>) -> Self {
        let network = (!ctx.ip.is_empty()).then(|| user.network_index(&ctx.ip));
        let index = match device_id.filter(|id| !id.is_empty()) {
            Some(id) => user.device_index(id),
            None => user.network_index(&ctx.ip),
        };
        Source { index, network }
    }

    /// A source that is a device which has signed in.
    pub fn device(user: &User, ctx: &Ctx, device_index: String) -> Self {
        Source { index: device_index, ..Source::of(user, ctx, None) }
    }
}

/// What is being guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// A password: also counted for the account and the network, unless the device is known.
    Password(Human),
    /// A code.
    Code,
}

/// Who is being guessed at.
pub struct Target {
    /// Names the account: its id, or what was typed when there is none.
    name: String,
    owner: Option<i64>,
}

impl Target {
    /// A shopper or an operator that exists.
    pub fn known(id: i64) -> Self {
        Target { name: format!("id:{id}"), owner: Some(id) }
    }

    /// A name that nobody has.
    pub fn unknown(name: &str) -> Self {
        Target { name: format!("name:{name}"), owner: None }
    }
}

/// A counted attempt that has not been judged yet. Dropped without a word it stays counted as a failure.
#[must_use = "an attempt that nobody settles stays a failure"]
pub struct Attempt {
    counted: Vec<(&'static str, String)>,
    day: i64,
    strict: bool,
}

impl Guess {
    /// How many attempts are counted without a captcha before one is asked for.
    fn limit(self, scope: &str, limit: i64, free: i64) -> i64 {
        match self {
            // Of a whole network others would have to type for what one of them does.
            Guess::Password(human) if scope != NETWORK => human.limit(limit, free),
            _ => limit,
        }
    }
}

/// Counts an attempt before it is judged. `login_locked` (until midnight) when the source, or the account, has had its share;
/// `captcha_required` before that, when either has had what goes without. Whatever is refused here is not counted.
pub async fn begin(user: &User, source: &Source, target: &Target, guess: Guess) -> Result<Attempt> {
    let rules = &user.settings.lockout;
    let account = user.keys.blind("user.lock", &target.name);
    let pair = user.keys.blind("user.lock", &format!("{}|{}", target.name, source.index));
    kit::tx!(user.db, |tx| {
        let now = tx.now();
        let known = match target.owner {
            Some(owner) => tally::knows_device(&tx, owner, &source.index).await?,
            None => false,
        };
        let mut limits = vec![(SOURCE, &pair, rules.per_source)];
        if rules.strict_day_lock {
            limits = vec![(ACCOUNT, &account, rules.per_source)];
        } else if matches!(guess, Guess::Password(_)) && !known {
            limits.push((ACCOUNT, &account, rules.per_account));
            limits.extend(source.network.as_ref().map(|network| (NETWORK, network, rules.per_ip)));
        }
        for &(scope, subject, limit) in &limits {
            let free = guess.limit(scope, limit, user.settings.captcha.after_failures);
            if !tally::count(&tx, scope, subject, now.day(), free, now.next_midnight()).await? {
                // A captcha helps only where it would be followed by a try.
                let locked_anyway = free == limit || tally::counted(&tx, scope, subject, now.day()).await? >= limit;
                return Err(if locked_anyway { locked(now) } else { CAPTCHA_REQUIRED.into() });
            }
        }
        let counted = limits.into_iter().map(|(scope, subject, _)| (scope, subject.clone())).collect();
        Ok(Attempt { counted, day: now.day(), strict: rules.strict_day_lock })
    })
}

fn locked(now: Time) -> Error {
    Error::from(LOGIN_LOCKED).retry_after_s(seconds_until(now, now.next_midnight()))
}

impl Attempt {
    /// The guess was right: the source starts anew, and the account forgets this attempt.
    pub async fn forgive(self, user: &User) -> Result<()> {
        kit::tx!(user.db, |tx| {
            for (scope, subject) in &self.counted {
                if *scope == SOURCE || self.strict {
                    tally::clear(&tx, scope, subject, self.day).await?;
                } else {
                    tally::uncount(&tx, scope, subject, self.day).await?;
                }
            }
            Ok(())
        })
    }

    /// The guess was never judged (the house was busy): it does not count.
    pub async fn withdraw(self, user: &User) -> Result<()> {
        kit::tx!(user.db, |tx| {
            for (scope, subject) in &self.counted {
                tally::uncount(&tx, scope, subject, self.day).await?;
            }
            Ok(())
        })
    }
}

/// Verifies a password under lock-out: true when it is right. The account may be unknown or have no password; the work is
/// the same.
pub async fn try_password(
    user: &User,
    source: &Source,
    target: &Target,
    human: Human,
    password: &str,
    hash: Option<&str>,
) -> Result<bool> {
    let attempt = begin(user, source, target, Guess::Password(human)).await?;
    match user.hasher.verify(password, hash).await {
        Ok(true) => attempt.forgive(user).await.map(|()| true),
        Ok(false) => Ok(false),
        Err(e) => {
            attempt.withdraw(user).await?;
            Err(e)
        }
    }
}

impl User {
    /// Blind index of a device's id as its client chose it.
    pub(crate) fn device_index(&self, device_id: &str) -> String {
        self.keys.blind("user.device", device_id)
    }
}
