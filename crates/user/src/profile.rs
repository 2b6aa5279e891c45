//! A shopper's profile, as its owner sees and changes it.

use contract::UserId;
use contract::fault::USERNAME_TAKEN;
use contract::thirdparty::{KeepUploads, SendSms, UploadPurpose};
use contract::user::{Shown, TextShopper, Texted};
use kit::fault::{INVALID, NOT_FOUND, UNAUTHENTICATED};
use kit::secret::Phone;
use kit::{Ctx, Error, Result, Time};
use serde::{Deserialize, Serialize};

use crate::store::account::{self, Account, Changes};
use crate::{User, rules};

/// A shopper's gender, as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Not told.
    Unknown,
}

impl Gender {
    fn name(self) -> &'static str {
        match self {
            Gender::Male => "male",
            Gender::Female => "female",
            Gender::Unknown => "unknown",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "male" => Gender::Male,
            "female" => Gender::Female,
            _ => Gender::Unknown,
        }
    }
}

/// A shopper, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Profile {
    /// Names the shopper.
    pub id: UserId,
    /// Lower case; absent until one is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// As others read it.
    pub nickname: String,
    /// Key of an uploaded picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// As told.
    pub gender: Gender,
    /// ISO date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// `138****5678`.
    pub phone: Phone,
    /// Whether a password is set; without one, log-in is by code.
    pub has_password: bool,
    /// Registered at.
    pub created_at: Time,
}

/// What changes in a profile; absent means unchanged.
#[derive(Default)]
pub struct ProfileChange {
    /// Only while there is none.
    pub username: Option<String>,
    /// As others read it.
    pub nickname: Option<String>,
    /// Key of an uploaded picture.
    pub avatar: Option<String>,
    /// As told.
    pub gender: Option<Gender>,
    /// ISO date.
    pub birthday: Option<String>,
}

impl User {
    /// The account's phone in plain text, for comparing and masking.
    pub(crate) fn phone_of(&self, account: &Account) -> Result<Phone> {
        let plain = self.keys.open(&phone_purpose(UserId(account.id)), &account.phone_sealed)?;
        Phone::parse(&plain).map_err(Error::internal)
    }

    /// The phone as it is stored.
    pub(crate) fn seal_phone(&self, id: UserId, phone: &Phone) -> String {
        self.keys.seal(&phone_purpose(id), phone.reveal())
    }

    /// The account as its owner sees it.
    pub(crate) fn profile_of(&self, account: Account) -> Result<Profile> {
        Ok(Profile {
            id: UserId(account.id),
            phone: self.phone_of(&account)?,
            username: account.username,
            nickname: account.nickname,
            avatar: account.avatar,
            gender: Gender::of(&account.gender),
            birthday: account.birthday,
            has_password: account.password_hash.is_some(),
            created_at: account.created_ms,
        })
    }

    /// The account of a signed-in shopper.
    pub(crate) async fn account(&self, id: UserId) -> Result<Account> {
        account::by_id(&self.db, id).await?.ok_or_else(|| UNAUTHENTICATED.into())
    }
}

fn phone_purpose(id: UserId) -> String {
    format!("account.phone_sealed:{id}")
}

/// A shopper's own profile.
pub async fn show(user: &User, id: UserId) -> Result<Profile> {
    user.profile_of(user.account(id).await?)
}

/// How a shopper is shown to others: nothing that could reach them. `not_found` when there is no such shopper.
pub async fn shown(user: &User, id: UserId) -> Result<Shown> {
    let Account { nickname, avatar, .. } = account::by_id(&user.db, id).await?.ok_or(NOT_FOUND)?;
    Ok(Shown { nickname, avatar })
}

/// Sends a shopper a text message that they asked for, once per id. Nobody is written to who is disabled.
pub async fn text(user: &User, ctx: &Ctx, request: TextShopper) -> Result<Texted> {
    if request.id.is_empty() || request.id.len() > 100 {
        return Err(INVALID.at("/id", "length", "1 to 100 characters"));
    }
    let Some(account) = account::by_id(&user.db, request.user).await?.filter(Account::is_active) else { return Ok(Texted {}) };
    let phone = user.phone_of(&account)?;
    let sms = SendSms { id: format!("user.text.{}", request.id), phone: phone.reveal().to_owned(), template: request.template };
    user.thirdparty.send_sms(ctx, sms).await.map(|_| Texted {})
}

/// Changes a shopper's own profile. `username_taken`, `upload_unknown`, or `invalid` when a user name was chosen before.
pub async fn change(user: &User, ctx: &Ctx, id: UserId, to: ProfileChange) -> Result<Profile> {
    let username = to.username.as_deref().map(rules::username).transpose()?;
    let nickname = to.nickname.as_deref().map(rules::nickname).transpose()?;
    if let Some(key) = &to.avatar {
        // Once it is kept it stays, also when something below is refused: the same request again finds it kept.
        let keep = KeepUploads { user: id, purpose: UploadPurpose::Avatar, keys: vec![key.clone()], for_id: id.to_string() };
        user.thirdparty.keep_uploads(ctx, keep).await?;
    }
    let changes =
        Changes { nickname, avatar: to.avatar, gender: to.gender.map(|gender| gender.name().to_owned()), birthday: to.birthday };
    kit::tx!(user.db, |tx| {
        if let Some(username) = &username {
            match account::set_username(&tx, id, username).await? {
                Some(true) => {}
                Some(false) => return Err(INVALID.at("/username", "chosen", "a user name is chosen once")),
                None => return Err(USERNAME_TAKEN.into()),
            }
        }
        if account::change(&tx, id, &changes).await? { Ok(()) } else { Err(UNAUTHENTICATED.into()) }
    })?;
    show(user, id).await
}
