//! Opaque tokens: how they are made, known again, and remembered for a moment. Pure but for chance and the memory.
//!
//! An access token is 256 random bits. A refresh token also names its session and carries our HMAC, so that a token that we
//! made long ago is known for what it is without keeping it, and one that we never made ends nobody's session.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kit::secret::{Keys, sha256_hex};
use kit::{Caller, Error, Result, Time, random};
use serde::{Deserialize, Serialize};

use crate::settings::Tokens;

/// Begins every access token of a shopper.
pub const ACCESS: &str = "at_";
/// Begins every refresh token.
pub const REFRESH: &str = "rt_";
/// Begins every token of an operator.
pub const OPERATOR: &str = "ot_";
/// Longest text that is looked at as a token.
const LONGEST: usize = 200;
const SESSION_BYTES: usize = 8;

/// A pair of tokens, as its owner gets it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// Goes with every request: `Authorization: Bearer …`.
    pub access_token: String,
    /// The access token is refused from this time on.
    pub access_expires_at: Time,
    /// Gets the next pair; each works once.
    pub refresh_token: String,
    /// The refresh token is refused from this time on.
    pub refresh_expires_at: Time,
}

impl std::fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenPair").field("access_expires_at", &self.access_expires_at).finish_non_exhaustive()
    }
}

/// A new pair for a session that was opened at `created`.
pub fn mint(keys: &Keys, settings: &Tokens, session: i64, created: Time, now: Time) -> TokenPair {
    let mut body = Vec::with_capacity(SESSION_BYTES + 32);
    body.extend(session.to_be_bytes());
    body.extend(random::bytes::<32>());
    let body = BASE64.encode(body);
    let tag = keys.sign("user.refresh_token", body.as_bytes());
    let refresh_expires_at = (now + settings.refresh).min(created + settings.session_max);
    TokenPair {
        access_token: format!("{ACCESS}{}", random::token()),
        access_expires_at: (now + settings.access).min(refresh_expires_at),
        refresh_token: format!("{REFRESH}{body}.{tag}"),
        refresh_expires_at,
    }
}

/// Which session a refresh token belongs to; none when we did not make it.
pub fn session_of(keys: &Keys, refresh_token: &str) -> Option<i64> {
    let (body, tag) = refresh_token.strip_prefix(REFRESH).filter(|rest| rest.len() <= LONGEST)?.split_once('.')?;
    if !keys.verify("user.refresh_token", body.as_bytes(), tag) {
        return None;
    }
    let bytes = BASE64.decode(body).ok()?;
    bytes.first_chunk::<SESSION_BYTES>().map(|id| i64::from_be_bytes(*id))
}

/// What stands in the database for a token.
pub fn digest(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Seals the pair that follows a refresh token, so that only who holds that token can open it.
pub fn seal_successor(presented: &str, session: i64, pair: &TokenPair) -> Result<String> {
    Ok(successor_keys(presented)?.seal(&format!("session.successor_sealed:{session}"), &serde_json::to_string(pair)?))
}

/// Opens what [`seal_successor`] sealed.
pub fn open_successor(presented: &str, session: i64, sealed: &str) -> Result<TokenPair> {
    let text = successor_keys(presented)?.open(&format!("session.successor_sealed:{session}"), sealed)?;
    Ok(serde_json::from_str(&text)?)
}

/// A key out of the token; another digest than the one that is stored.
fn successor_keys(presented: &str) -> Result<Keys> {
    Keys::new(&sha256_hex(format!("user.successor:{presented}").as_bytes()), None).map_err(Error::internal)
}

/// What this process knows of a token that it has checked.
#[derive(Debug)]
pub struct Known {
    /// The caller that its requests run as.
    pub caller: Caller,
    /// Its session.
    pub session: i64,
    /// It ends at this time at the latest.
    pub expires: Time,
    /// Last use that was written, in milliseconds.
    pub seen_ms: AtomicI64,
}

/// The tokens that this process has checked a moment ago.
pub struct Memory {
    known: moka::sync::Cache<String, Arc<Known>>,
    /// Rises with every forgetting, so that what was read before it is not kept after it.
    forgotten: AtomicU64,
}

impl Memory {
    /// Remembers so many for so long.
    pub fn new(settings: &Tokens) -> Self {
        let known = moka::sync::Cache::builder().max_capacity(settings.remembered_max).time_to_live(settings.believed).build();
        Memory { known, forgotten: AtomicU64::new(0) }
    }

    /// What is known of a token by its digest.
    pub fn get(&self, digest: &str) -> Option<Arc<Known>> {
        self.known.get(digest)
    }

    /// To be asked before reading what will be kept.
    pub fn mark(&self) -> u64 {
        self.forgotten.load(SeqCst)
    }

    /// Keeps what was read since `mark`, unless something was forgotten meanwhile.
    pub fn keep(&self, digest: String, known: Arc<Known>, mark: u64) {
        self.known.insert(digest.clone(), known);
        if self.forgotten.load(SeqCst) != mark {
            self.known.invalidate(&digest);
        }
    }

    /// Forgets tokens, after the commit that ended them.
    pub fn forget<'a>(&self, digests: impl IntoIterator<Item = &'a String>) {
        self.forgotten.fetch_add(1, SeqCst);
        for digest in digests {
            self.known.invalidate(digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_refresh_token_names_its_session_and_a_changed_one_none(session in 0..i64::MAX, at in 0usize..100, with in "[0-9A-Za-z_-]") {
            let keys = Keys::random().unwrap();
            let pair = mint(&keys, &Tokens::default(), session, Time(0), Time(0));
            prop_assert_eq!(session_of(&keys, &pair.refresh_token), Some(session));
            prop_assert_eq!(session_of(&Keys::random().unwrap(), &pair.refresh_token), None);
            let mut changed = pair.refresh_token.clone();
            changed.replace_range(at..=at, &with);
            // The last character of a base64 text has bits that say nothing; they are not a way around the digest.
            if changed != pair.refresh_token && at < 99 {
                prop_assert_eq!(session_of(&keys, &changed), None);
            }
        }

        #[test]
        fn nonsense_is_nobodys(text in "(rt_)?\\PC{0,300}") {
            prop_assert_eq!(session_of(&Keys::random().unwrap(), &text), None);
        }
    }

    #[test]
    fn only_the_presented_token_opens_its_successor() {
        let keys = Keys::random().unwrap();
        let (one, two) =
            (mint(&keys, &Tokens::default(), 7, Time(0), Time(0)), mint(&keys, &Tokens::default(), 7, Time(0), Time(0)));
        let sealed = seal_successor(&one.refresh_token, 7, &two).unwrap();
        assert_eq!(open_successor(&one.refresh_token, 7, &sealed).unwrap(), two);
        assert!(open_successor(&two.refresh_token, 7, &sealed).is_err());
        assert!(open_successor(&one.refresh_token, 8, &sealed).is_err());
        assert!(!format!("{two:?}").contains(&two.access_token));
    }

    #[test]
    fn what_was_read_before_a_forgetting_is_not_kept_after_it() {
        let memory = Memory::new(&Tokens::default());
        let known = Arc::new(Known { caller: Caller::House, session: 1, expires: Time(1), seen_ms: AtomicI64::new(0) });
        let mark = memory.mark();
        memory.forget([&"a".to_owned()]);
        memory.keep("a".into(), known.clone(), mark);
        assert!(memory.get("a").is_none());
        memory.keep("a".into(), known, memory.mark());
        assert!(memory.get("a").is_some());
    }
}
