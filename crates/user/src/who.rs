//! Who holds a token: asked for every request, so answered from memory for a few seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use contract::user::Identity;
use kit::fault::UNAUTHENTICATED;
use kit::{Caller, Result, Time};

use crate::User;
use crate::store::{operator, session};
use crate::tokens::{self, Known};

/// Longest text that is looked at.
const LONGEST: usize = 100;

/// Who holds an access token, of a shopper or an operator; `unauthenticated` when nobody does (any more).
pub async fn who(user: &User, token: &str) -> Result<Identity> {
    let is_operator = token.starts_with(tokens::OPERATOR);
    if token.len() > LONGEST || !(is_operator || token.starts_with(tokens::ACCESS)) {
        return Err(UNAUTHENTICATED.into());
    }
    let digest = tokens::digest(token);
    let known = match user.memory.get(&digest) {
        Some(known) => known,
        None => {
            let mark = user.memory.mark();
            let found = if is_operator { operator_of(user, &digest).await? } else { shopper_of(user, &digest).await? };
            let known = Arc::new(found.ok_or(UNAUTHENTICATED)?);
            user.memory.keep(digest, known.clone(), mark);
            known
        }
    };
    let now = user.clock.now();
    if end_of(user, &known) <= now {
        return Err(UNAUTHENTICATED.into());
    }
    touch(user, &known, now).await?;
    Ok(Identity { caller: known.caller.clone(), expires: end_of(user, &known) })
}

/// An operator's session also ends when it rests.
fn end_of(user: &User, known: &Known) -> Time {
    match known.caller {
        Caller::Operator { .. } => known.expires.min(Time(known.seen_ms.load(SeqCst)) + user.settings.tokens.operator_idle),
        _ => known.expires,
    }
}

async fn shopper_of(user: &User, digest: &str) -> Result<Option<Known>> {
    let found = session::by_access(&user.db, digest).await?;
    Ok(found.map(|s| Known {
        caller: Caller::Shopper { user: s.user_id.0, session: s.id },
        session: s.id,
        expires: s.access_expires_ms,
        seen_ms: AtomicI64::new(s.seen_ms.ms()),
    }))
}

async fn operator_of(user: &User, digest: &str) -> Result<Option<Known>> {
    let Some(s) = operator::session_by_token(&user.db, digest).await? else { return Ok(None) };
    let permissions = operator::permissions(&user.db, s.operator_id).await?;
    Ok(Some(Known {
        caller: Caller::Operator { operator: s.operator_id.0, permissions: permissions.into() },
        session: s.id,
        expires: s.expires_ms,
        seen_ms: AtomicI64::new(s.seen_ms.ms()),
    }))
}

/// Writes the last use, once a minute at most; of many requests at once one writes.
async fn touch(user: &User, known: &Known, now: Time) -> Result<()> {
    let seen_ms = known.seen_ms.load(SeqCst);
    let before = now - user.settings.tokens.touch_every;
    if seen_ms > before.ms() || known.seen_ms.compare_exchange(seen_ms, now.ms(), SeqCst, SeqCst).is_err() {
        return Ok(());
    }
    let written = match known.caller {
        Caller::Operator { .. } => operator::touch(&user.db, known.session, now, before).await,
        _ => session::touch(&user.db, known.session, now, before).await,
    };
    if let Err(e) = written {
        // Nobody is turned away because the time of his last visit could not be written.
        known.seen_ms.store(seen_ms, SeqCst);
        tracing::debug!(error = %e, "the last use of a session was not written");
    }
    Ok(())
}
