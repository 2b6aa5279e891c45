//! Short names for contents.

/// A digest under way: SHA-256 over parts, each with its length, so that where a part ends counts too.
#[derive(Default)]
pub struct Digest(Vec<u8>);

impl Digest {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one part.
    pub fn feed(mut self, part: &[u8]) -> Self {
        self.0.extend((part.len() as u64).to_le_bytes());
        self.0.extend(part);
        self
    }

    /// 32 hex digits: half of it is plenty to tell contents apart.
    pub fn hex(&self) -> String {
        let mut text = kit::secret::sha256_hex(&self.0);
        text.truncate(32);
        text
    }
}
