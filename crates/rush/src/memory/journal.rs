//! The journal of one shard: a file that begins with the pools as they stood and goes on with what happened, batch by batch. What
//! [`Journal::append`] returned from is on the disk. Knows effects as bytes only where it replays them; decides nothing.

use std::io;
use std::sync::Arc;

use super::disk::{Disk, DiskFile};
use super::frame::{self, FileId, Kind};
use crate::state::{Effect, Pools};

/// The file grows by such a share of its room at a time, filled with zeros: a sync that changes no length is a third cheaper.
const CHUNKS: u64 = 32;
const LEAST_CHUNK: u64 = 4096;
const MOST_CHUNK: u64 = 1024 * 1024;
/// So many times its room, a file is written anew even while claims wait.
const PATIENCE: u64 = 4;
/// Effects of one pool's snapshot are written when so many bytes have come together.
const SNAPSHOT_BYTES: usize = 4 * 1024 * 1024;

/// A journal that is being written.
pub(super) struct Journal {
    disk: Arc<dyn Disk>,
    id: FileId,
    shards: u16,
    /// What is appended to a small file before it is written anew.
    room: u64,
    file: Box<dyn DiskFile>,
    /// Where the next frame goes.
    at: u64,
    zeroed_to: u64,
    /// Where the snapshot ended.
    base: u64,
    number: u64,
    sealed: bool,
    buffer: Vec<u8>,
}

fn corrupt(name: &str, why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {why}"))
}

/// `rush-<shard>-of-<shards>.<generation>.log`; while it is being written it ends in `.new`.
fn name_of(shard: u16, shards: u16, generation: u64, end: &str) -> String {
    format!("rush-{shard}-of-{shards}.{generation:010}.{end}")
}

/// Shard, shards, generation and end of a name, if it is one of ours.
fn parse(name: &str) -> Option<(u16, u16, u64, &str)> {
    let (shard, rest) = name.strip_prefix("rush-")?.split_once("-of-")?;
    let mut rest = rest.splitn(3, '.');
    Some((shard.parse().ok()?, rest.next()?.parse().ok()?, rest.next()?.parse().ok()?, rest.next()?))
}

/// How many shards the files in there were written by; none when there are none.
pub(super) fn shards_on(disk: &dyn Disk) -> io::Result<Option<u16>> {
    let mut found: Vec<u16> = disk.names()?.iter().filter_map(|name| parse(name)).map(|(_, shards, ..)| shards).collect();
    found.sort_unstable();
    found.dedup();
    match found[..] {
        [] => Ok(None),
        [shards] => Ok(Some(shards)),
        _ => Err(corrupt("journals", "of different numbers of shards")),
    }
}

/// Replays one file. What a crash left unfinished at its end was never answered and is left out.
fn replay(name: &str, bytes: &[u8], file: FileId) -> io::Result<(Pools, u64)> {
    let (mut pools, mut at, mut number, mut complete) = (Pools::default(), 0, 0, false);
    while let Some(frame) = frame::read(&bytes[at..], file) {
        if frame.number != number + 1 {
            return Err(corrupt(name, format_args!("frame {} follows {number}", frame.number)));
        }
        number = frame.number;
        complete |= frame.kind == Kind::SnapshotEnd;
        let mut body = frame.body;
        while !body.is_empty() {
            let effect = Effect::read(&mut body).map_err(|e| corrupt(name, e))?;
            pools.apply(&effect).map_err(|e| corrupt(name, e))?;
        }
        at += frame.len;
    }
    let tail = &bytes[at..];
    if !complete || frame::any(tail, file) {
        return Err(corrupt(name, format_args!("broken at byte {at}, and whole further on")));
    }
    if tail.iter().any(|byte| *byte != 0) {
        tracing::warn!(name, at, "the last write before a crash was not finished; it was never answered and is left out");
    }
    Ok((pools, number))
}

impl Journal {
    /// Replays what stands there and begins a new file with it. Fails with `InvalidData` when a file is not what was written.
    pub(super) fn open(disk: Arc<dyn Disk>, (shard, shards): (u16, u16), room: u64) -> io::Result<(Journal, Pools)> {
        let names = disk.names()?;
        let mut mine: Vec<(u64, &String)> = names
            .iter()
            .filter_map(|name| Some((parse(name)?, name)))
            .filter(|((s, n, _, end), _)| (*s, *n, *end) == (shard, shards, "log"))
            .map(|((_, _, generation, _), name)| (generation, name))
            .collect();
        mine.sort_unstable();
        let (pools, last) = match mine.last() {
            None => (Pools::default(), 0),
            Some((generation, name)) => {
                let file = FileId { shard, generation: *generation };
                (replay(name, &disk.read(name)?, file)?.0, *generation)
            }
        };
        let journal = Journal::begin(disk, FileId { shard, generation: last + 1 }, (shards, room), &pools)?;
        journal.sweep()?;
        Ok((journal, pools))
    }

    /// A new file with these pools in it, complete before it gets its name.
    fn begin(disk: Arc<dyn Disk>, id: FileId, (shards, room): (u16, u64), pools: &Pools) -> io::Result<Journal> {
        let part = name_of(id.shard, shards, id.generation, "new");
        let file = disk.create(&part)?;
        let (at, zeroed_to, base, number) = (0, 0, 0, 0);
        let mut journal = Journal { disk, id, shards, room, file, at, zeroed_to, base, number, sealed: true, buffer: Vec::new() };
        let mut body = Vec::new();
        for pool in pools.iter() {
            Effect::Opened(Box::new(pool.image())).write(&mut body);
            if body.len() > SNAPSHOT_BYTES {
                journal.put(Kind::Batch, &body)?;
                body.clear();
            }
        }
        journal.put(Kind::Batch, &body)?;
        journal.put(Kind::SnapshotEnd, &[])?;
        journal.file.sync()?;
        journal.base = journal.at;
        let name = name_of(id.shard, shards, id.generation, "log");
        journal.disk.rename(&part, &name)?;
        journal.disk.sync_names()?;
        Ok(journal)
    }

    /// Drops files that newer ones replace.
    fn sweep(&self) -> io::Result<()> {
        for name in self.disk.names()? {
            if let Some((shard, _, generation, end)) = parse(&name)
                && shard == self.id.shard
                && (generation < self.id.generation || end != "log")
            {
                self.disk.remove(&name)?;
            }
        }
        self.disk.sync_names()
    }

    fn put(&mut self, kind: Kind, body: &[u8]) -> io::Result<()> {
        self.buffer.clear();
        let too_long = || corrupt("journal", "a batch of more than 4 GiB");
        frame::write(&mut self.buffer, self.id, kind, self.number + 1, body).ok_or_else(too_long)?;
        let end = self.at + self.buffer.len() as u64;
        if end > self.zeroed_to {
            // Zeros first, in the same sync: the end of the file is where frames stop.
            let chunk = (self.room / CHUNKS).clamp(LEAST_CHUNK, MOST_CHUNK);
            let to = (end + chunk).next_multiple_of(chunk);
            let zeros = vec![0; usize::try_from(to - self.zeroed_to).unwrap_or(0)];
            self.file.write_at(self.zeroed_to, &zeros)?;
            self.zeroed_to = to;
        }
        self.file.write_at(self.at, &self.buffer)?;
        (self.at, self.number) = (end, self.number + 1);
        self.sealed = kind != Kind::Batch;
        Ok(())
    }

    /// Appends effects and makes them last. After an error the journal must not be used again.
    pub(super) fn append(&mut self, effects: &[u8]) -> io::Result<()> {
        self.put(Kind::Batch, effects)?;
        self.file.sync()
    }

    /// Marks the last frame as one that was synced, when there is time: from then on damage to it is told from an unfinished write.
    pub(super) fn seal(&mut self) -> io::Result<()> {
        if self.sealed { Ok(()) } else { self.put(Kind::Seal, &[]) }
    }

    /// So much has been appended that the file should be written anew: soon, or at once.
    pub(super) fn is_long(&self, now: bool) -> bool {
        let room = self.room.max(2 * self.base);
        self.at - self.base > if now { PATIENCE * room } else { room }
    }

    /// Goes on in a new file that holds these pools and nothing of the past.
    pub(super) fn renew(&mut self, pools: &Pools) -> io::Result<()> {
        let id = FileId { generation: self.id.generation + 1, ..self.id };
        *self = Journal::begin(self.disk.clone(), id, (self.shards, self.room), pools)?;
        self.sweep()
    }
}
