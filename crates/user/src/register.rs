//! Registers a shopper: input → code used up → user name and phone free → hash → insert, which is what decides.

use contract::UserId;
use contract::fault::{PHONE_TAKEN, USERNAME_TAKEN};
use contract::user::UserRegistered;
use kit::secret::Phone;
use kit::{Ctx, Result, random};

use crate::lockout::Source;
use crate::send_code::{self, Purpose};
use crate::session::{self, Device};
use crate::store::account::{self, Account, NewAccount};
use crate::tokens::TokenPair;
use crate::{User, rules};

/// What a shopper registers with.
pub struct Register {
    /// Where the code went.
    pub phone: Phone,
    /// The code.
    pub code: String,
    /// May be chosen later.
    pub username: Option<String>,
    /// In plain text, on its way to the hash.
    pub password: String,
    /// As others will read it; one is made up when absent.
    pub nickname: Option<String>,
    /// The device that signs in with it.
    pub device: Device,
}

/// Registers and signs in. `code_wrong`, `phone_taken`, `username_taken`, `password_weak`, `invalid`.
pub async fn register(user: &User, ctx: &Ctx, with: Register) -> Result<(TokenPair, Account)> {
    let username = with.username.as_deref().map(rules::username).transpose()?;
    let nickname = with.nickname.as_deref().map(rules::nickname).transpose()?;
    rules::new_password(&with.password, Some(with.phone.reveal()), username.as_deref(), "/password")?;
    send_code::consume(user, &user.phone_index(&with.phone), Purpose::Register, &with.code).await?;
    let username_is_taken = match &username {
        Some(name) => account::by_username(&user.db, name).await?.is_some(),
        None => false,
    };
    // The unique keys decide below; looking first only saves the hash.
    if account::by_phone(&user.db, &user.phone_indexes(&with.phone)).await?.is_some() {
        return Err(PHONE_TAKEN.into());
    }
    if username_is_taken {
        return Err(USERNAME_TAKEN.into());
    }
    let hash = user.hasher.hash(&with.password).await?;
    let id = create(user, &with.phone, username.as_deref(), Some(&hash), nickname).await?;
    let account = user.account(id).await?;
    let source = Source::of(user, ctx, with.device.id.as_deref());
    let pair = session::open(user, ctx, &account, &with.device, &source).await?;
    Ok((pair, account))
}

/// Inserts an account. `phone_taken` or `username_taken` when a unique key says so.
pub async fn create(
    user: &User,
    phone: &Phone,
    username: Option<&str>,
    hash: Option<&str>,
    nickname: Option<String>,
) -> Result<UserId> {
    let nickname = nickname.unwrap_or_else(|| format!("用户{}", random::code(6)));
    let phone_indexes = user.phone_indexes(phone);
    kit::tx!(user.db, |tx| {
        let id: UserId = tx.id();
        let phone_sealed = user.seal_phone(id, phone);
        // Asked first because a row under the previous key does not collide by itself.
        if account::has_phone(&tx, &phone_indexes).await? {
            return Err(PHONE_TAKEN.into());
        }
        let new = NewAccount {
            id,
            phone_indexes: &phone_indexes,
            phone_sealed: &phone_sealed,
            username,
            password_hash: hash,
            nickname: &nickname,
        };
        if !account::insert(&tx, &new).await? {
            let phone_was_first = account::has_phone(&tx, &phone_indexes).await?;
            return Err(if phone_was_first { PHONE_TAKEN } else { USERNAME_TAKEN }.into());
        }
        tx.publish(&UserRegistered { user: id }).await?;
        Ok(id)
    })
}

/// A shopper for a seeded mall, made once; again it gives the same id and changes nothing. The rules for what people
/// choose (codes, weak passwords) do not apply.
pub async fn seed(user: &User, phone: &str, username: &str, password: &str, nickname: &str) -> Result<UserId> {
    let phone = Phone::parse(phone).map_err(|e| kit::fault::INVALID.at("phone", "shape", e.to_string()))?;
    let find = || async {
        let found = account::by_phone(&user.db, &user.phone_indexes(&phone)).await?;
        Ok::<_, kit::Error>(found.map(|account| UserId(account.id)))
    };
    if let Some(id) = find().await? {
        return Ok(id);
    }
    let username = rules::username(username)?;
    let hash = user.hasher.hash(password).await?;
    match create(user, &phone, Some(&username), Some(&hash), Some(rules::nickname(nickname)?)).await {
        Err(e) if e.is(PHONE_TAKEN) => find().await?.ok_or(e),
        done => done,
    }
}

impl User {
    /// Blind indexes of a phone under every key that is present, the current one first.
    pub(crate) fn phone_indexes(&self, phone: &Phone) -> Vec<String> {
        self.keys.blinds("user.account.phone", phone.reveal())
    }
}
