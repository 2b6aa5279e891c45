//! Operators: log in, log out, and what one may do. They are made by whoever runs the mall.

use contract::OperatorId;
use contract::fault::{ACCOUNT_DISABLED, CREDENTIALS_WRONG};
use kit::fault::{INVALID, UNAUTHENTICATED};
use kit::{Ctx, Error, Result, Time, random};
use serde::Serialize;

use crate::User;
use crate::captcha::Human;
use crate::lockout::{self, Source, Target};
use crate::store::operator::{self, Session};
use crate::store::tally;
use crate::tokens;

/// An operator's session, as the operator gets it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct OperatorSession {
    /// Goes with every request: `Authorization: Bearer …`.
    pub token: String,
    /// The token is refused from this time on, and earlier when it rests for 15 minutes.
    pub expires_at: Time,
    /// Who signed in.
    pub operator: OperatorShown,
}

/// An operator, as it sees itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OperatorShown {
    /// Names it.
    pub id: OperatorId,
    /// Signs in with it.
    pub name: String,
    /// What it may do.
    pub permissions: Vec<String>,
}

/// Signs an operator in. `credentials_wrong`, `login_locked`, `account_disabled` (told only to who knows the password).
pub async fn login(user: &User, ctx: &Ctx, name: &str, password: &str) -> Result<OperatorSession> {
    let name = name.trim().to_lowercase();
    let found = operator::by_name(&user.db, &name).await?;
    let source = Source::of(user, ctx, None);
    let target = match &found {
        Some(operator) => Target::known(operator.id.0),
        None => Target::unknown(&format!("operator:{name}")),
    };
    let hash = found.as_ref().map(|operator| operator.password_hash.as_str());
    let right = lockout::try_password(user, &source, &target, Human::NotAsked, password, hash).await?;
    let Some(found) = found.filter(|_| right) else { return Err(CREDENTIALS_WRONG.into()) };
    let token = format!("{}{}", tokens::OPERATOR, random::token());
    let id = user.ids.next();
    let expires = kit::tx!(user.db, |tx| {
        let session = Session {
            id,
            operator_id: found.id,
            token_hash: tokens::digest(&token),
            expires_ms: tx.now() + user.settings.tokens.operator,
            seen_ms: tx.now(),
        };
        if !operator::open(&tx, &session).await? {
            return Err(ACCOUNT_DISABLED.into());
        }
        tally::know_device(&tx, found.id.0, &source.index).await?;
        Ok(session.expires_ms)
    })?;
    Ok(OperatorSession { token, expires_at: expires, operator: show(user, found.id).await? })
}

/// Ends the operator's session of this token; all of them when the token did not come this far.
pub async fn logout(user: &User, id: OperatorId, token: Option<&str>) -> Result<()> {
    let digest = token.map(tokens::digest);
    let ended = kit::tx!(user.db, |tx| {
        let mut ended = Vec::new();
        for session in operator::sessions(&tx, id).await? {
            if digest.as_ref().is_none_or(|digest| *digest == session.token_hash) {
                operator::end(&tx, id, session.id).await?;
                ended.push(session.token_hash);
            }
        }
        Ok(ended)
    })?;
    user.memory.forget(&ended);
    Ok(())
}

/// An operator, as it sees itself.
pub async fn show(user: &User, id: OperatorId) -> Result<OperatorShown> {
    let found = operator::by_id(&user.db, id).await?.ok_or(UNAUTHENTICATED)?;
    Ok(OperatorShown { id, name: found.name, permissions: operator::permissions(&user.db, id).await? })
}

/// An operator for a new mall, made once; again it gives the same id, keeps the password, and adds missing permissions.
/// `invalid` for a permission that no operation declares.
pub async fn seed(user: &User, name: &str, password: &str, permissions: &[&str]) -> Result<OperatorId> {
    let name = name.trim().to_lowercase();
    if !(1..=40).contains(&name.chars().count()) {
        return Err(INVALID.at("name", "length", "1 to 40 characters"));
    }
    if let Some(unknown) = permissions.iter().find(|p| contract::permission::ALL.iter().all(|(code, ..)| code != *p)) {
        return Err(INVALID.at("permissions", "unknown", *unknown));
    }
    let known = operator::by_name(&user.db, &name).await?;
    let hash = match &known {
        Some(operator) => operator.password_hash.clone(),
        None => user.hasher.hash(password).await?,
    };
    let made: Option<OperatorId> = kit::tx!(user.db, |tx| {
        let id = match &known {
            Some(operator) => operator.id,
            None => {
                let id = tx.id();
                if !operator::insert(&tx, id, &name, &hash).await? {
                    return Ok(None);
                }
                id
            }
        };
        for permission in permissions {
            operator::grant(&tx, id, permission).await?;
        }
        Ok(Some(id))
    })?;
    match made {
        Some(id) => Ok(id),
        // Made elsewhere in this moment, by the same seed.
        None => operator::by_name(&user.db, &name).await?.map(|o| o.id).ok_or_else(|| Error::internal("an operator vanished")),
    }
}
