//! Logs a shopper in, by password or by code. Unknown, wrong and locked answer in the same words after the same work.

use contract::UserId;
use contract::fault::{ACCOUNT_DISABLED, CODE_WRONG, CREDENTIALS_WRONG, PHONE_TAKEN};
use kit::secret::Phone;
use kit::{Ctx, Result};

use crate::captcha::{Answer, Human};
use crate::lockout::{self, Guess, Source, Target};
use crate::send_code::{self, Purpose};
use crate::session::{self, Device};
use crate::store::account::{self, Account};
use crate::tokens::TokenPair;
use crate::{User, register};

/// How a shopper proves who it is.
pub enum Proof {
    /// By user name or phone, and password.
    Password {
        /// User name or phone, as typed.
        account: String,
        /// In plain text, on its way to the hash.
        password: String,
        /// What was typed from a captcha, if one was asked for.
        captcha: Option<Answer>,
    },
    /// By a code to the phone.
    Code {
        /// Where the code went.
        phone: Phone,
        /// The code.
        code: String,
    },
}

/// Signs in. `credentials_wrong`, `code_wrong`, `captcha_required`, `captcha_wrong`, `login_locked`, `account_disabled` (told only
/// to who has proven it).
pub async fn login(user: &User, ctx: &Ctx, proof: Proof, device: &Device) -> Result<(TokenPair, Account)> {
    let source = Source::of(user, ctx, device.id.as_deref());
    let account = match proof {
        Proof::Password { account, password, captcha } => {
            // Tried before anything is looked up, and before anything is counted: a wrong one costs no try of the password.
            let human = Human::of(user, captcha.as_ref()).await?;
            by_password(user, &source, human, &account, &password).await?
        }
        Proof::Code { phone, code } => by_code(user, &source, &phone, &code).await?,
    };
    if !account.is_active() {
        return Err(ACCOUNT_DISABLED.into());
    }
    let pair = session::open(user, ctx, &account, device, &source).await?;
    Ok((pair, account))
}

async fn by_password(user: &User, source: &Source, human: Human, typed: &str, password: &str) -> Result<Account> {
    let (found, name) = match Phone::parse(typed) {
        Ok(phone) => (account::by_phone(&user.db, &user.phone_indexes(&phone)).await?, user.phone_index(&phone)),
        Err(_) => {
            let name = typed.trim().to_lowercase();
            (account::by_username(&user.db, &name).await?, name)
        }
    };
    let target = found.as_ref().map_or_else(|| Target::unknown(&name), |account| Target::known(account.id));
    let hash = found.as_ref().and_then(|account| account.password_hash.as_deref());
    if !lockout::try_password(user, source, &target, human, password, hash).await? {
        return Err(CREDENTIALS_WRONG.into());
    }
    found.ok_or_else(|| CREDENTIALS_WRONG.into())
}

/// A phone that nobody has registers on the way: its owner has just proven that it is theirs.
async fn by_code(user: &User, source: &Source, phone: &Phone, code: &str) -> Result<Account> {
    let (index, indexes) = (user.phone_index(phone), user.phone_indexes(phone));
    let found = account::by_phone(&user.db, &indexes).await?;
    let target = found.as_ref().map_or_else(|| Target::unknown(&index), |account| Target::known(account.id));
    let attempt = lockout::begin(user, source, &target, Guess::Code).await?;
    match send_code::consume(user, &index, Purpose::Login, code).await {
        Ok(()) => attempt.forgive(user).await?,
        Err(e) if e.is(CODE_WRONG) => return Err(e),
        Err(e) => {
            attempt.withdraw(user).await?;
            return Err(e);
        }
    }
    if let Some(account) = found {
        return Ok(account);
    }
    let id: UserId = match register::create(user, phone, None, None, None).await {
        // Registered elsewhere in this moment, by the same owner.
        Err(e) if e.is(PHONE_TAKEN) => {
            return account::by_phone(&user.db, &indexes).await?.ok_or(e);
        }
        done => done?,
    };
    user.account(id).await
}
