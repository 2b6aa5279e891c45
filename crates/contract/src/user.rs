//! 用户: who holds a token, where a shopper lives.

use kit::Caller;
use serde::{Deserialize, Serialize};

use crate::{AddressId, OperatorId, UserId};

kit::contract! {
    /// Accounts, tokens, addresses, operators.
    pub trait User = "user" {
        /// Who holds an access token; `unauthenticated` when nobody does (any more).
        async fn who(Who) -> Identity;
        /// A shopper's own address, in plain text for the parcel; `not_found` when it is not theirs.
        async fn address(AddressOf) -> Address;
        /// Sends a shopper a text message, once per `id`; nothing when they have no phone or are disabled. For what they asked to be told.
        async fn text(TextShopper) -> Texted;
        /// How a shopper is shown to others, before anything is masked; `not_found` when there is no such shopper.
        async fn shown_as(ShownAs) -> Shown;
        /// Makes an operator once; again it keeps the password and adds missing permissions. For the command line only.
        async fn add_operator(AddOperator) -> OperatorAdded;
        /// Takes a captcha's answer for one thing; `captcha_wrong` when it is wrong, too late, or was tried before. Again with
        /// the same answer for the same thing: the same outcome.
        async fn pass_captcha(PassCaptcha) -> CaptchaPassed;
    }
}

/// Asks who holds an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Who {
    /// The access token as the client sent it.
    pub token: String,
}

/// Who holds a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// The caller that requests run as.
    pub caller: Caller,
    /// The token ends at this time.
    pub expires: kit::Time,
}

/// Asks for a shopper's own address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddressOf {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub address: AddressId,
}

/// Where a parcel goes. Personal data in plain text: whoever stores it seals it, whoever shows it masks it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Receiver.
    pub name: String,
    /// Receiver's phone, 11 digits.
    pub phone: String,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县.
    pub district: String,
    /// Street, building, door.
    pub detail: String,
}

/// Sends a shopper a text message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TextShopper {
    /// Chosen by the caller; the same id is sent once, 1–100 characters.
    pub id: String,
    /// To whom.
    pub user: UserId,
    /// Which text.
    pub template: crate::thirdparty::SmsTemplate,
}

/// It is on its way, or there was nobody to send it to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texted {}

/// Asks how a shopper is shown to others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownAs {
    /// Whom.
    pub user: UserId,
}

/// How a shopper is shown to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// As the shopper chose it, 1–20 characters: whoever shows it to strangers masks it.
    pub nickname: String,
    /// Key of an uploaded picture, if there is one.
    pub avatar: Option<String>,
}

/// Asks for an operator.
#[derive(Clone, Serialize, Deserialize)]
pub struct AddOperator {
    /// Name to sign in with.
    pub name: String,
    /// Password, in plain text on its way to be hashed.
    pub password: String,
    /// Codes of `permission::ALL`.
    pub permissions: Vec<String>,
}

/// The operator is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorAdded {
    /// Its number.
    pub operator: OperatorId,
}

/// Tries a captcha.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PassCaptcha {
    /// Which.
    pub id: String,
    /// What was typed; large and small letters are the same.
    pub answer: String,
    /// Names the one thing that it is passed for, 1 to 64 characters.
    pub for_id: String,
}

/// It was right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptchaPassed {}

kit::events! {
    /// A shopper registered.
    UserRegistered "user.registered" { user: UserId }
    /// A shopper was disabled: tokens ended with it.
    UserDisabled "user.disabled" { user: UserId }
}
