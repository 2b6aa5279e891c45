//! Exchanges a refresh token for the next pair.
//!
//! Each token works once. The one just before the current one, within seconds and from the same device, gets the same pair
//! again, because its answer may have been lost on the way. Any older one was stolen or is replayed: the session ends.

use contract::UserId;
use kit::db::Tx;
use kit::fault::{UNAUTHENTICATED, UNAVAILABLE};
use kit::{Ctx, Error, Result, Time};

use crate::store::session::{self, Session};
use crate::tokens::{self, TokenPair};
use crate::{User, rules};

enum Outcome {
    Rotated { pair: TokenPair, dead: String },
    Again(TokenPair),
    Reused { dead: String, owner: UserId },
    Refused,
}

/// The next pair. `unauthenticated` for anything but the current refresh token, or the one before it within the grace.
pub async fn refresh(user: &User, ctx: &Ctx, presented: &str, device_id: Option<&str>) -> Result<TokenPair> {
    let id = tokens::session_of(&user.keys, presented).ok_or(UNAUTHENTICATED)?;
    let from = From {
        ip_masked: rules::masked_ip(&ctx.ip),
        device: device_id.filter(|id| !id.is_empty()).map(|id| user.device_index(id)),
        network: if ctx.ip.is_empty() { String::new() } else { user.network_index(&ctx.ip) },
    };
    let outcome = kit::tx!(user.db, |tx| exchange(user, &tx, id, presented, &from).await)?;
    match outcome {
        Outcome::Rotated { pair, dead } => {
            user.memory.forget([&dead]);
            Ok(pair)
        }
        Outcome::Again(pair) => Ok(pair),
        Outcome::Reused { dead, owner } => {
            user.memory.forget([&dead]);
            tracing::warn!(user = owner.0, session = id, trace = %ctx.trace, "a used refresh token came again; its session has ended");
            Err(UNAUTHENTICATED.because("a used refresh token"))
        }
        Outcome::Refused => Err(UNAUTHENTICATED.into()),
    }
}

/// One try and, when somebody rotated between its two statements, a second look, which finds the rotated row.
async fn exchange(user: &User, tx: &Tx, id: i64, presented: &str, from: &From) -> Result<Outcome> {
    let digest = tokens::digest(presented);
    let now = tx.now();
    for _ in 0..2 {
        let Some(session) = session::by_id(tx, id).await? else { return Ok(Outcome::Refused) };
        if session.refresh_expires_ms <= now {
            return Ok(Outcome::Refused);
        }
        if session.refresh_hash == digest {
            let pair = tokens::mint(&user.keys, &user.settings.tokens, id, session.created_ms, now);
            let next = rotated(&session, presented, &pair, from, now)?;
            if session::rotate(tx, &next).await? {
                return Ok(Outcome::Rotated { pair, dead: session.access_hash });
            }
            continue;
        }
        let lost_reply = session.previous_hash == digest && now.since(session.rotated_ms) <= user.settings.tokens.grace;
        if lost_reply && from.is_device_of(&session) {
            return tokens::open_successor(presented, id, &session.successor_sealed).map(Outcome::Again);
        }
        session::end(tx, session.user_id, id).await?;
        return Ok(Outcome::Reused { dead: session.access_hash, owner: session.user_id });
    }
    Err(Error::from(UNAVAILABLE).because("lost the race to refresh twice").retry_after_s(1))
}

/// Where the request comes from.
struct From {
    ip_masked: String,
    device: Option<String>,
    network: String,
}

impl From {
    /// The device's own word when it gives one, or else the network that the exchange came from.
    fn is_device_of(&self, session: &Session) -> bool {
        match &self.device {
            Some(device) if !session.device_index.is_empty() => *device == session.device_index,
            _ => self.network == session.ip_index,
        }
    }
}

fn rotated(before: &Session, presented: &str, pair: &TokenPair, from: &From, now: Time) -> Result<Session> {
    Ok(Session {
        access_hash: tokens::digest(&pair.access_token),
        access_expires_ms: pair.access_expires_at,
        refresh_hash: tokens::digest(&pair.refresh_token),
        refresh_expires_ms: pair.refresh_expires_at,
        previous_hash: before.refresh_hash.clone(),
        rotated_ms: now,
        successor_sealed: tokens::seal_successor(presented, before.id, pair)?,
        ip_masked: from.ip_masked.clone(),
        ip_index: from.network.clone(),
        seen_ms: now,
        ..before.clone()
    })
}
