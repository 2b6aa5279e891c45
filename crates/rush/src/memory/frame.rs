//! Frames: what is written and synced at once, with its length, its number in the file and a checksum. Pure; knows no record.
//!
//! A frame is written only after the one before it is synced. So only the last frame of a file can be half there; a broken frame
//! with a whole one behind it was broken later, and what it held must not be missed in silence.

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Effects.
    Batch = 1,
    /// The pools as they stood when the file began are complete.
    SnapshotEnd = 2,
    /// Empty: says that the frame before it was synced.
    Seal = 3,
}

const MAGIC: u32 = 0x7275_7368;
const HEAD: usize = 24;
const ALIGN: usize = 8;

/// Which file a frame belongs to: one of another file is not whole here.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileId {
    pub(super) shard: u16,
    pub(super) generation: u64,
}

fn checksum(file: FileId, head: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&file.shard.to_le_bytes());
    hasher.update(&file.generation.to_le_bytes());
    hasher.update(head);
    hasher.update(body);
    hasher.finalize()
}

/// Appends a frame to `out`. None when the body is too long for one.
pub(super) fn write(out: &mut Vec<u8>, file: FileId, kind: Kind, number: u64, body: &[u8]) -> Option<()> {
    let mut head = [0; HEAD - 4];
    head[..4].copy_from_slice(&MAGIC.to_le_bytes());
    head[4..8].copy_from_slice(&u32::try_from(body.len()).ok()?.to_le_bytes());
    head[8..16].copy_from_slice(&number.to_le_bytes());
    head[16] = kind as u8;
    out.extend_from_slice(&head);
    out.extend_from_slice(&checksum(file, &head, body).to_le_bytes());
    out.extend_from_slice(body);
    out.resize(out.len().next_multiple_of(ALIGN), 0);
    Some(())
}

pub(super) struct Frame<'a> {
    pub(super) kind: Kind,
    pub(super) number: u64,
    pub(super) body: &'a [u8],
    /// With its padding.
    pub(super) len: usize,
}

/// The frame at the front, if it is whole.
pub(super) fn read(bytes: &[u8], file: FileId) -> Option<Frame<'_>> {
    let (head, rest) = bytes.split_first_chunk::<{ HEAD - 4 }>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let word = |at: usize| head.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
    if word(0)? != MAGIC {
        return None;
    }
    let body = rest.get(..word(4)? as usize)?;
    if checksum(file, head, body) != u32::from_le_bytes(*sum) {
        return None;
    }
    let number = u64::from_le_bytes(head.get(8..16)?.try_into().ok()?);
    let kind = [Kind::Batch, Kind::SnapshotEnd, Kind::Seal].into_iter().find(|kind| *kind as u8 == head[16])?;
    Some(Frame { kind, number, body, len: (HEAD + body.len()).next_multiple_of(ALIGN) })
}

/// Whether a whole frame of this file stands anywhere in these bytes. Frames begin at multiples of eight.
pub(super) fn any(bytes: &[u8], file: FileId) -> bool {
    let magic = MAGIC.to_le_bytes();
    (0..bytes.len()).step_by(ALIGN).any(|at| bytes[at..].starts_with(&magic) && read(&bytes[at..], file).is_some())
}
