//! Passwords: argon2id in a small pool of threads, so that a flood of log-ins takes neither all processors nor all memory.
//! Must never know whose password it is.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use kit::limit::Bulkhead;
use kit::{Error, Result, random};

use crate::settings::Password;

/// Hashes and verifies passwords, so many at once.
#[derive(Clone)]
pub struct Hasher {
    pool: Bulkhead,
    params: Option<Params>,
    dummy: String,
}

impl Hasher {
    /// A pool with these numbers. Numbers that argon2 refuses make every hash fail with `internal`.
    pub fn new(settings: &Password) -> Self {
        // The hash of a password that nobody has: verifying against it takes as long as against a real one.
        let (salt, digest) = (BASE64.encode(random::bytes::<16>()), BASE64.encode(random::bytes::<32>()));
        let (m, t) = (settings.memory_kib, settings.passes);
        Hasher {
            pool: Bulkhead::new(settings.at_once, settings.queue),
            params: Params::new(m, t, 1, Some(32)).ok(),
            dummy: format!("$argon2id$v=19$m={m},t={t},p=1${salt}${digest}"),
        }
    }

    /// A hash to store, as a PHC text. `unavailable` when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let params = self.params.clone().ok_or_else(|| Error::internal("argon2 refuses the password settings"))?;
        let password = password.to_owned();
        self.in_pool(move || {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let salt: [u8; 16] = random::bytes();
            argon2.hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(Error::internal)
        })
        .await
    }

    /// Whether the password belongs to the hash. Without a hash: false, after the same work. `unavailable` when too
    /// many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let password = password.to_owned();
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        self.in_pool(move || {
            let parsed = PasswordHash::new(&hash).map_err(Error::internal)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
        })
        .await
    }

    async fn in_pool<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let place = self.pool.enter().await?;
        let task = tokio::task::spawn_blocking(move || {
            // The thread keeps the place, also when nobody waits for its answer any more.
            let _place = place;
            work()
        });
        task.await.map_err(Error::internal)?
    }
}

#[cfg(test)]
mod tests {
    use kit::fault::UNAVAILABLE;

    use super::*;

    fn cheap() -> Password {
        Password { memory_kib: 8, passes: 1, at_once: 2, queue: 20 }
    }

    #[tokio::test]
    async fn a_password_fits_its_hash_only() {
        let hasher = Hasher::new(&cheap());
        let (one, two) = (hasher.hash("correct horse").await.unwrap(), hasher.hash("correct horse").await.unwrap());
        assert_ne!(one, two, "each has its own salt");
        assert!(one.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{one}");
        assert!(hasher.verify("correct horse", Some(&one)).await.unwrap());
        assert!(!hasher.verify("correct horse ", Some(&one)).await.unwrap());
        assert!(!hasher.verify("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn the_shipped_numbers_are_the_promised_ones() {
        let hash = Hasher::new(&Password::default()).hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[tokio::test]
    async fn a_flood_is_refused_beyond_the_queue() {
        let hasher = Hasher::new(&Password { at_once: 1, queue: 3, ..cheap() });
        let held = hasher.pool.enter().await.unwrap();
        let mut flood: Vec<_> = (0..10).map(|_| Box::pin(hasher.verify("x", None))).collect();
        let mut refused = Vec::new();
        for one in &mut flood {
            if let std::task::Poll::Ready(answer) = futures::poll!(one) {
                refused.push(answer);
            }
        }
        assert_eq!(refused.len(), 7);
        assert!(refused.iter().all(|answer| answer.as_ref().is_err_and(|e| e.is(UNAVAILABLE))));
        drop(held);
    }
}
