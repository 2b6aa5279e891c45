//! Keys: a 32-byte master, from which each purpose gets its own (HKDF-SHA256 with one block of output,
//! written as the two HMACs that it is, because those cannot fail).

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hmac};

use crate::{Error, Result, random};

/// First byte of everything sealed.
const VERSION: u8 = 1;
const SALT: &[u8] = b"kit.secret.v1";
/// Version, key id, nonce.
const HEAD: usize = 2 + NONCE_LEN;

/// The current master key and perhaps the one before it: what is sealed or signed now uses the current one,
/// what was sealed or signed with the other still opens.
#[derive(Clone)]
pub struct Keys {
    current: Key,
    previous: Option<Key>,
}

#[derive(Clone)]
struct Key {
    /// Names the key in sealed texts; derived, so that nobody has to number keys.
    id: u8,
    root: hmac::Key,
    seal: LessSafeKey,
}

/// The text of a master key is not 32 bytes in base64 or hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKey;

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a master key is 32 bytes, written in base64 (44 characters) or hex (64 characters)")
    }
}

impl std::error::Error for BadKey {}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, BadKey> {
        let master: [u8; 32] = master_bytes(text.trim()).and_then(|bytes| bytes.try_into().ok()).ok_or(BadKey)?;
        let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SALT), &master);
        let root = hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref());
        let seal = UnboundKey::new(&AES_256_GCM, subkey(&root, "seal", "").as_ref()).map_err(|_| BadKey)?;
        let id = subkey(&root, "id", "").as_ref().first().copied().unwrap_or_default();
        Ok(Key { id, root, seal: LessSafeKey::new(seal) })
    }

    fn hmac(&self, kind: &str, name: &str) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, subkey(&self.root, kind, name).as_ref())
    }

    fn open(&self, aad: &str, nonce: [u8; NONCE_LEN], sealed: &[u8]) -> Option<String> {
        let mut bytes = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = self.seal.open_in_place(nonce, Aad::from(aad.as_bytes()), &mut bytes).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

/// HKDF-Expand, one block: `kind` and `name` are kept apart by a byte that stands in neither.
fn subkey(root: &hmac::Key, kind: &str, name: &str) -> hmac::Tag {
    let mut context = hmac::Context::with_key(root);
    for part in [kind.as_bytes(), &[0], name.as_bytes(), &[1]] {
        context.update(part);
    }
    context.sign()
}

fn master_bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 {
        return unhex(text);
    }
    [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].iter().find_map(|alphabet| alphabet.decode(text).ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    text.as_bytes().chunks(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 in lower-case hex, 64 characters.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

impl Keys {
    /// Keys from master keys in base64 or hex, 32 bytes each.
    pub fn new(current: &str, previous: Option<&str>) -> Result<Self, BadKey> {
        Ok(Keys { current: Key::parse(current)?, previous: previous.map(Key::parse).transpose()? })
    }

    /// New random keys, for a store that lives no longer than the process.
    pub fn random() -> Result<Self, BadKey> {
        Keys::new(&random::token(), None)
    }

    fn all(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Seals a text: AES-256-GCM with a random nonce, bound to `purpose_aad` (`user.phone:42`), which has to be
    /// the same when it is opened. Base64url of version, key id, nonce, ciphertext, tag. The same text seals
    /// differently each time.
    pub fn seal(&self, purpose_aad: &str, plain: &str) -> String {
        let nonce: [u8; NONCE_LEN] = random::bytes();
        let mut body = plain.as_bytes().to_vec();
        let aad = Aad::from(purpose_aad.as_bytes());
        let sealed = self.current.seal.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body);
        // Only a text of 64 GiB can fail to seal. To go on would store it in the open.
        if sealed.is_err() {
            std::process::abort();
        }
        let mut out = Vec::with_capacity(HEAD + body.len());
        out.extend([VERSION, self.current.id]);
        out.extend(nonce);
        out.extend(body);
        URL_SAFE_NO_PAD.encode(out)
    }

    /// Opens what [`Keys::seal`] sealed. Fails with `internal` on another purpose, another key, or a changed text.
    pub fn open(&self, purpose_aad: &str, sealed: &str) -> Result<String> {
        let refused = || Error::internal("a sealed text does not open");
        let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| refused())?;
        let (head, body) = bytes.split_at_checked(HEAD).ok_or_else(refused)?;
        let (&[version, id], nonce) = head.split_first_chunk().ok_or_else(refused)?;
        let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| refused())?;
        if version != VERSION {
            return Err(refused());
        }
        self.all().filter(|key| key.id == id).find_map(|key| key.open(purpose_aad, nonce, body)).ok_or_else(refused)
    }

    /// Whether a sealed text uses the previous key, and should be sealed again.
    pub fn is_outdated(&self, sealed: &str) -> bool {
        URL_SAFE_NO_PAD.decode(sealed).is_ok_and(|bytes| bytes.get(1) != Some(&self.current.id))
    }

    /// Blind index: what stands in a column so that an exact text can be found without being stored.
    /// HMAC-SHA256 in hex, 64 characters; each column has its own key, so two columns cannot be joined.
    pub fn blind(&self, column: &str, normalised: &str) -> String {
        hex(hmac::sign(&self.current.hmac("blind", column), normalised.as_bytes()).as_ref())
    }

    /// The blind index under every key that is present, the current one first: what a search asks for while
    /// rows of the previous key are still there.
    pub fn blinds(&self, column: &str, normalised: &str) -> Vec<String> {
        self.all().map(|key| hex(hmac::sign(&key.hmac("blind", column), normalised.as_bytes()).as_ref())).collect()
    }

    /// Signs bytes for a purpose: HMAC-SHA256 in base64url, 43 characters.
    pub fn sign(&self, purpose: &str, bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.current.hmac("sign", purpose), bytes))
    }

    /// Whether [`Keys::sign`] made this signature, in constant time.
    pub fn verify(&self, purpose: &str, bytes: &[u8], signature: &str) -> bool {
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
        self.all().any(|key| hmac::verify(&key.hmac("sign", purpose), bytes, &signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const OTHER: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    fn keys() -> Keys {
        Keys::new(HEX, None).unwrap()
    }

    #[test]
    fn hex_and_base64_give_the_same_key_and_nonsense_none() {
        let sealed = keys().seal("a", "text");
        assert_eq!(Keys::new(BASE64, None).unwrap().open("a", &sealed).unwrap(), "text");
        for bad in ["", "short", &HEX[1..], &OTHER.replace('f', "g"), &format!("{BASE64}AAAA"), "ＡＢ"] {
            assert_eq!(Keys::new(bad, None).unwrap_err(), BadKey, "{bad}");
        }
    }

    #[test]
    fn subkeys_are_hkdf_as_ring_has_it() {
        struct Len32;
        impl ring::hkdf::KeyType for Len32 {
            fn len(&self) -> usize {
                32
            }
        }
        let master = unhex(HEX).unwrap();
        let prk = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, SALT).extract(&master);
        let mut expected = [0; 32];
        prk.expand(&[b"blind", &[0], b"phone"], Len32).unwrap().fill(&mut expected).unwrap();
        assert_eq!(subkey(&keys().current.root, "blind", "phone").as_ref(), expected);
    }

    #[test]
    fn the_layout_is_version_id_nonce_text_tag() {
        let keys = keys();
        let bytes = URL_SAFE_NO_PAD.decode(keys.seal("a", "text")).unwrap();
        assert_eq!(bytes.len(), 1 + 1 + 12 + 4 + 16);
        assert_eq!(bytes[..2], [1, keys.current.id]);
        assert_ne!(keys.seal("a", "text"), keys.seal("a", "text"));
    }

    #[test]
    fn a_previous_key_still_opens_and_verifies() {
        let old = Keys::new(OTHER, None).unwrap();
        let both = Keys::new(HEX, Some(OTHER)).unwrap();
        let (sealed, signed) = (old.seal("a", "text"), old.sign("p", b"x"));
        assert_eq!(both.open("a", &sealed).unwrap(), "text");
        assert!(both.verify("p", b"x", &signed));
        assert!(both.is_outdated(&sealed) && !both.is_outdated(&both.seal("a", "text")));
        assert!(keys().open("a", &sealed).is_err());
        assert!(!keys().verify("p", b"x", &signed));
        assert_eq!(both.blinds("c", "x"), [keys().blind("c", "x"), old.blind("c", "x")]);
    }

    #[test]
    fn digests_and_indexes_are_sixty_four_characters() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let keys = keys();
        assert_eq!(keys.blind("phone", "138").len(), 64);
        assert_eq!(keys.blind("phone", "138"), keys.blind("phone", "138"));
        assert_ne!(keys.blind("phone", "138"), keys.blind("mobile", "138"));
        assert!(!format!("{keys:?}").contains("00"));
    }

    proptest! {
        #[test]
        fn sealed_text_opens_only_for_its_purpose(aad in ".{0,20}", other in ".{0,20}", plain in ".{0,60}") {
            let keys = keys();
            let sealed = keys.seal(&aad, &plain);
            prop_assert_eq!(keys.open(&aad, &sealed).unwrap(), plain);
            if other != aad {
                prop_assert!(keys.open(&other, &sealed).is_err());
            }
        }

        #[test]
        fn a_changed_byte_is_noticed(plain in ".{0,20}", at in 0_usize..30, flip in 1_u8..) {
            let keys = keys();
            let mut bytes = URL_SAFE_NO_PAD.decode(keys.seal("a", &plain)).unwrap();
            bytes[at] ^= flip;
            prop_assert!(keys.open("a", &URL_SAFE_NO_PAD.encode(bytes)).is_err());
        }

        #[test]
        fn nonsense_neither_opens_nor_verifies(text in ".{0,80}") {
            prop_assert!(keys().open("a", &text).is_err());
            prop_assert!(!keys().verify("p", b"x", &text));
        }

        #[test]
        fn a_signature_is_for_its_purpose_and_bytes(bytes: Vec<u8>, other: Vec<u8>) {
            let signed = keys().sign("p", &bytes);
            prop_assert!(keys().verify("p", &bytes, &signed));
            prop_assert!(!keys().verify("q", &bytes, &signed));
            prop_assert_eq!(keys().verify("p", &other, &signed), other == bytes);
        }
    }
}
