//! Where pictures lie: a folder for each key, a file for each width. A folder comes whole, by renaming, so that nobody finds half
//! of one. It is this process' own; a store that processes share would stand behind the same verbs.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use contract::thirdparty::UploadPurpose;
use kit::{Error, Result, random};

use super::picture::WIDTHS;

/// Random digits of a key, hex.
const KEY_DIGITS: usize = 32;

/// A key's parts, checked: nothing else ever becomes part of a path.
pub(super) struct Key<'a> {
    pub purpose: UploadPurpose,
    random: &'a str,
}

impl<'a> Key<'a> {
    /// A new key, `u/<purpose>/<random>`.
    pub fn make(purpose: UploadPurpose) -> String {
        let random: String = random::bytes::<{ KEY_DIGITS / 2 }>().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("u/{}/{random}", purpose.name())
    }

    /// The parts of a key; none when we did not make it.
    pub fn parse(key: &'a str) -> Option<Self> {
        let (purpose, random) = key.strip_prefix("u/")?.split_once('/')?;
        Self::of(purpose, random)
    }

    /// A key by its parts.
    pub fn of(purpose: &str, random: &'a str) -> Option<Self> {
        let plain = random.len() == KEY_DIGITS && random.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        UploadPurpose::parse(purpose).filter(|_| plain).map(|purpose| Key { purpose, random })
    }
}

/// The pictures of all keys.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
}

/// Pictures that are written and have no key yet; thrown away unless they are put in place.
pub(super) struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.0)
            && e.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(folder = %self.0.display(), cause = %e, "half an upload could not be thrown away");
        }
    }
}

impl Shelf {
    /// The shelf in a folder of this process; what a crash left half is thrown away.
    pub fn new(folder: &Path) -> Self {
        let shelf = Shelf { folder: folder.to_owned() };
        drop(Part(shelf.parts()));
        shelf
    }

    fn parts(&self) -> PathBuf {
        self.folder.join("parts")
    }

    /// Split by its first digits, so that no folder grows without end.
    fn place(&self, key: &Key<'_>) -> PathBuf {
        let (shard, _) = key.random.split_at_checked(2).unwrap_or_default();
        self.folder.join(key.purpose.name()).join(shard).join(key.random)
    }

    /// Writes pictures, on the disk before they count. Blocks.
    pub fn write(&self, pictures: &[(u16, Vec<u8>)]) -> Result<Part> {
        let part = Part(self.parts().join(random::code(18)));
        std::fs::create_dir_all(&part.0).map_err(Error::internal)?;
        for (width, bytes) in pictures {
            let mut file = std::fs::File::create_new(part.0.join(format!("{width}.jpg"))).map_err(Error::internal)?;
            file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::internal)?;
        }
        Ok(part)
    }

    /// Puts written pictures in their key's place. Again: nothing, because one key has one file.
    pub async fn put(&self, key: &Key<'_>, part: Part) -> Result<()> {
        let place = self.place(key);
        if let Some(above) = place.parent() {
            tokio::fs::create_dir_all(above).await.map_err(Error::internal)?;
        }
        match tokio::fs::rename(&part.0, &place).await {
            Err(_) if self.holds(key).await => Ok(()),
            done => done.map_err(Error::internal),
        }
    }

    /// Whether a key's pictures lie here.
    pub async fn holds(&self, key: &Key<'_>) -> bool {
        tokio::fs::try_exists(self.place(key)).await.unwrap_or(false)
    }

    /// A picture; none when it is not there.
    pub async fn picture(&self, key: &Key<'_>, width: u16) -> Result<Option<Vec<u8>>> {
        if !WIDTHS.contains(&width) {
            return Ok(None);
        }
        match tokio::fs::read(self.place(key).join(format!("{width}.jpg"))).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound) => Ok(None),
            Err(e) => Err(Error::internal(e)),
        }
    }

    /// Takes a key's pictures away; again: nothing.
    pub async fn remove(&self, key: &Key<'_>) -> Result<()> {
        match tokio::fs::remove_dir_all(self.place(key)).await {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::internal(e)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_ours_become_paths() {
        let key = Key::make(UploadPurpose::Review);
        let parsed = Key::parse(&key).unwrap();
        assert_eq!(format!("u/{}/{}", parsed.purpose.name(), parsed.random), key);
        assert_ne!(key, Key::make(UploadPurpose::Review));
        let hex = parsed.random;
        for bad in [
            hex.to_owned(),
            format!("u/{hex}"),
            format!("u/other/{hex}"),
            format!("u/review/{}", hex.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
            format!("u/review/{hex}0"),
            format!("u/review/../{}", &hex[3..]),
            format!("u/review/{}/..", &hex[3..]),
            format!("/u/review/{hex}"),
            "u/review/".to_owned(),
        ] {
            assert!(Key::parse(&bad).is_none(), "{bad}");
        }
    }
}
