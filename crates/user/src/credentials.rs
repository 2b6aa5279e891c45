//! Changes what a shopper signs in with, password or phone, after proof that it is the owner who asks.

use contract::UserId;
use contract::fault::{PHONE_TAKEN, REAUTH_REQUIRED};
use kit::fault::{CONFLICT, INVALID};
use kit::secret::Phone;
use kit::{Ctx, Result};

use crate::captcha::Human;
use crate::lockout::{self, Source, Target};
use crate::send_code::{self, Purpose};
use crate::store::account::{self, Account};
use crate::store::session as sessions;
use crate::{User, rules, session};

/// Who asks: a shopper on a signed-in device.
#[derive(Clone, Copy)]
pub struct Owner {
    /// The shopper.
    pub id: UserId,
    /// The session that asks; it is the one that stays.
    pub session: i64,
}

/// Sets a password; all other sessions end. Proof is the old password or a code to the phone (purpose `reset`);
/// `reauth_required` without either.
pub async fn set_password(user: &User, ctx: &Ctx, owner: Owner, old: Option<&str>, code: Option<&str>, new: &str) -> Result<()> {
    let account = user.account(owner.id).await?;
    let phone = user.phone_of(&account)?;
    rules::new_password(new, Some(phone.reveal()), account.username.as_deref(), "/new_password")?;
    reauthenticate(user, ctx, owner, &account, Proof { password: old, at: "/old_password", code, purpose: Purpose::Reset })
        .await?;
    let hash = user.hasher.hash(new).await?;
    let ended = kit::tx!(user.db, |tx| {
        if !account::set_password(&tx, owner.id, account.epoch, &hash).await? {
            return Err(CONFLICT.because("the account changed while its password was set"));
        }
        session::end_all(&tx, owner.id, Some(owner.session)).await
    })?;
    user.memory.forget(&ended);
    Ok(())
}

/// Moves the account to another phone; all other sessions end. Needs a code to the new phone, and as proof the password or
/// a code to the old phone (both codes: purpose `change_phone`); `reauth_required` without, `phone_taken`.
pub async fn set_phone(
    user: &User,
    ctx: &Ctx,
    owner: Owner,
    new: (&Phone, &str),
    password: Option<&str>,
    old_code: Option<&str>,
) -> Result<()> {
    let account = user.account(owner.id).await?;
    let proof = Proof { password, at: "/password", code: old_code, purpose: Purpose::ChangePhone };
    reauthenticate(user, ctx, owner, &account, proof).await?;
    let (phone, code) = new;
    let indexes = user.phone_indexes(phone);
    let index = user.phone_index(phone);
    send_code::consume(user, &index, Purpose::ChangePhone, code).await?;
    let sealed = user.seal_phone(owner.id, phone);
    let ended = kit::tx!(user.db, |tx| {
        if account.phone_index != index && account::has_phone(&tx, &indexes).await? {
            return Err(PHONE_TAKEN.into());
        }
        match account::set_phone(&tx, owner.id, account.epoch, &index, &sealed).await? {
            Some(true) => session::end_all(&tx, owner.id, Some(owner.session)).await,
            Some(false) => Err(CONFLICT.because("the account changed while its phone was set")),
            None => Err(PHONE_TAKEN.into()),
        }
    })?;
    user.memory.forget(&ended);
    Ok(())
}

struct Proof<'a> {
    password: Option<&'a str>,
    at: &'static str,
    code: Option<&'a str>,
    purpose: Purpose,
}

/// A wrong password is a wrong field here, not a 401: the session itself is good, and must not be taken for an ended one.
async fn reauthenticate(user: &User, ctx: &Ctx, owner: Owner, account: &Account, proof: Proof<'_>) -> Result<()> {
    match (proof.password, proof.code) {
        (Some(password), _) => {
            let device =
                sessions::own(&user.db, owner.id, owner.session).await?.map(|s| s.device_index).filter(|d| !d.is_empty());
            let source = match device {
                Some(device) => Source::device(user, ctx, device),
                None => Source::of(user, ctx, None),
            };
            let hash = account.password_hash.as_deref();
            if lockout::try_password(user, &source, &Target::known(account.id), Human::NotAsked, password, hash).await? {
                return Ok(());
            }
            Err(INVALID.at(proof.at, "wrong", "the password is wrong"))
        }
        (None, Some(code)) => send_code::consume(user, &account.phone_index, proof.purpose, code).await,
        (None, None) => Err(REAUTH_REQUIRED.into()),
    }
}
