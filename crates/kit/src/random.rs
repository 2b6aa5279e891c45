//! The only source of chance: the operating system's, by `ring`.

use ring::rand::{SecureRandom, SystemRandom};

/// Random bytes from the operating system.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    // The operating system's source does not fail on the systems that we run on; a token made of
    // zeros would be worse than a stop.
    if SystemRandom::new().fill(&mut out).is_err() {
        std::process::abort();
    }
    out
}

/// A number in `0..n`, without bias (rejection). Zero when `n` is zero.
pub fn below(n: u64) -> u64 {
    if n == 0 {
        return 0;
    }
    let limit = u64::MAX - u64::MAX % n;
    loop {
        let x = u64::from_le_bytes(bytes());
        if x < limit {
            return x % n;
        }
    }
}

/// 256 random bits as text: tokens, secrets.
pub fn token() -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// `digits` random decimal digits: codes that people type.
pub fn code(digits: usize) -> String {
    (0..digits).map(|_| char::from(b'0' + u8::try_from(below(10)).unwrap_or(0))).collect()
}
