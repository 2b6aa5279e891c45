//! Sessions: opened by a log-in, listed and ended by their owner, ended all at once when trust ends.

use contract::UserId;
use kit::db::Tx;
use kit::fault::{CONFLICT, NOT_FOUND};
use kit::{Ctx, Result, Time};
use serde::Serialize;

use crate::lockout::Source;
use crate::store::account::{self, Account};
use crate::store::session::{self, Session};
use crate::store::tally;
use crate::tokens::{self, TokenPair};
use crate::{User, rules};

/// The device that signs in, as its client describes it.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// Chosen by the client once and kept there.
    pub id: Option<String>,
    /// What its owner reads in the list.
    pub name: String,
}

/// One signed-in device, for its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SessionShown {
    /// Names it.
    #[schema(value_type = String)]
    pub id: SessionId,
    /// As the device named itself.
    pub device_name: String,
    /// Where it was last, masked.
    pub ip: String,
    /// Last use, to the minute.
    pub last_seen_at: Time,
    /// Log-in.
    pub created_at: Time,
    /// Whether it is the one that asks.
    pub current: bool,
}

kit::id_types! {
    /// A session of a shopper.
    SessionId;
}

/// Opens a session for an account that has proven itself at its present epoch. The oldest device makes room.
pub async fn open(user: &User, ctx: &Ctx, of: &Account, device: &Device, source: &Source) -> Result<TokenPair> {
    let (id, owner) = (user.ids.next(), UserId(of.id));
    let device_index = device.id.as_deref().filter(|id| !id.is_empty()).map(|id| user.device_index(id)).unwrap_or_default();
    let ip_index = if ctx.ip.is_empty() { String::new() } else { user.network_index(&ctx.ip) };
    let (pair, ended) = kit::tx!(user.db, |tx| {
        let now = tx.now();
        // Disabled, kicked, or another password since it proved itself: that proof is worth nothing now.
        if !account::hold(&tx, owner, of.epoch).await? {
            return Err(CONFLICT.because("the account changed while it signed in"));
        }
        let pair = tokens::mint(&user.keys, &user.settings.tokens, id, now, now);
        let room = usize::try_from(user.settings.tokens.devices_max - 1).unwrap_or(0);
        let (same, others): (Vec<_>, Vec<_>) = session::of_user(&tx, owner)
            .await?
            .into_iter()
            .partition(|s| s.refresh_expires_ms <= now || (!device_index.is_empty() && s.device_index == device_index));
        let mut ended = Vec::new();
        for gone in same.into_iter().chain(others.into_iter().skip(room)) {
            session::end(&tx, owner, gone.id).await?;
            ended.push(gone.access_hash);
        }
        let opened = Session {
            id,
            user_id: owner,
            device_index: device_index.clone(),
            device_name: device.name.clone(),
            ip_masked: rules::masked_ip(&ctx.ip),
            ip_index: ip_index.clone(),
            access_hash: tokens::digest(&pair.access_token),
            access_expires_ms: pair.access_expires_at,
            refresh_hash: tokens::digest(&pair.refresh_token),
            refresh_expires_ms: pair.refresh_expires_at,
            previous_hash: String::new(),
            rotated_ms: now,
            successor_sealed: String::new(),
            seen_ms: now,
            created_ms: now,
        };
        session::insert(&tx, &opened).await?;
        tally::know_device(&tx, owner.0, &source.index).await?;
        Ok((pair, ended))
    })?;
    user.memory.forget(&ended);
    Ok(pair)
}

/// A shopper's signed-in devices, newest first.
pub async fn list(user: &User, owner: UserId, current: i64) -> Result<Vec<SessionShown>> {
    let sessions = session::live(&user.db, owner, user.clock.now()).await?;
    let shown = |s: Session| SessionShown {
        id: SessionId(s.id),
        device_name: s.device_name,
        ip: s.ip_masked,
        last_seen_at: s.seen_ms,
        created_at: s.created_ms,
        current: s.id == current,
    };
    Ok(sessions.into_iter().map(shown).collect())
}

/// Ends one of a shopper's sessions; `not_found` when there is none (any more).
pub async fn end(user: &User, owner: UserId, id: i64) -> Result<()> {
    let ended = kit::tx!(user.db, |tx| {
        // Read inside: a refresh that runs now either is seen here, or finds no session.
        let session = session::by_id(&tx, id).await?.filter(|s| s.user_id == owner);
        let Some(session) = session else { return Ok(None) };
        session::end(&tx, owner, id).await?;
        Ok(Some(session.access_hash))
    })?;
    match ended {
        Some(hash) => {
            user.memory.forget([&hash]);
            Ok(())
        }
        None => Err(NOT_FOUND.into()),
    }
}

/// Ends a shopper's sessions but perhaps one; gives the digests to forget after the commit. The account's row is held.
pub async fn end_all(tx: &Tx, owner: UserId, but: Option<i64>) -> Result<Vec<String>> {
    let mut ended = Vec::new();
    for session in session::of_user(tx, owner).await? {
        if Some(session.id) != but {
            session::end(tx, owner, session.id).await?;
            ended.push(session.access_hash);
        }
    }
    Ok(ended)
}
