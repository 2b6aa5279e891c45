//! The channel's signature: Ed25519 over `timestamp\nnonce\nbody\n`. The channel signs with the private half; the mall's side
//! knows the public half and its id. Both come from the mall's master key, so that no key stands in the code.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kit::secret::{Keys, sha256_hex};
use kit::{Error, Result};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// The keys of the mall's app at the demo cashier.
pub(super) struct AppKeys {
    /// Absent only when a derived seed had not 32 bytes, which an HMAC-SHA256 always has.
    pair: Option<Ed25519KeyPair>,
    /// Signs what the test wants to be forged.
    forger: Option<Ed25519KeyPair>,
    verifier: Verifier,
}

/// What the mall knows of the channel's keys.
pub(super) struct Verifier {
    pub key_id: String,
    public_key: Vec<u8>,
}

fn pair(keys: &Keys, purpose: &str) -> Option<Ed25519KeyPair> {
    let seed = BASE64.decode(keys.sign(purpose, b"ed25519 seed")).ok()?;
    Ed25519KeyPair::from_seed_unchecked(&seed).ok()
}

fn signed_text(timestamp: &str, nonce: &str, body: &str) -> String {
    format!("{timestamp}\n{nonce}\n{body}\n")
}

impl AppKeys {
    pub fn derive(keys: &Keys) -> Self {
        let own = pair(keys, "thirdparty.cashier.app");
        let public_key = own.as_ref().map(|p| p.public_key().as_ref().to_vec()).unwrap_or_default();
        let key_id = sha256_hex(&public_key).chars().take(16).collect();
        AppKeys { pair: own, forger: pair(keys, "thirdparty.cashier.forger"), verifier: Verifier { key_id, public_key } }
    }

    pub fn sign(&self, timestamp: &str, nonce: &str, body: &str, forged: bool) -> Result<String> {
        let pair = if forged { &self.forger } else { &self.pair };
        let pair = pair.as_ref().ok_or_else(|| Error::internal("the demo cashier has no key"))?;
        Ok(BASE64.encode(pair.sign(signed_text(timestamp, nonce, body).as_bytes())))
    }

    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

impl Verifier {
    pub fn accepts(&self, timestamp: &str, nonce: &str, body: &str, signature: &str) -> bool {
        let Ok(signature) = BASE64.decode(signature) else { return false };
        let key = UnparsedPublicKey::new(&ED25519, &self.public_key);
        key.verify(signed_text(timestamp, nonce, body).as_bytes(), &signature).is_ok()
    }
}
