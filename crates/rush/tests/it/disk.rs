//! A disk that forgets: what was not synced when the power went may be there, or not, or in part (by sectors, in any order).

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use rush::memory::disk::{Disk, DiskFile};

use super::people::Dice;

const SECTOR: usize = 512;

#[derive(Clone, Default)]
struct Contents {
    synced: Vec<u8>,
    /// Writes since the last sync.
    loose: Vec<(usize, Vec<u8>)>,
}

#[derive(Clone)]
enum Naming {
    Is(String, usize),
    Gone(String),
}

#[derive(Default)]
struct Platter {
    files: Vec<Contents>,
    names: BTreeMap<String, usize>,
    loose_names: Vec<Naming>,
    steps: u64,
    dies_at: Option<u64>,
    dead: bool,
}

/// The disk; clones are the same one.
#[derive(Clone, Default)]
pub struct Forgetful(Arc<Mutex<Platter>>);

struct Open {
    disk: Forgetful,
    file: usize,
}

fn write_into(bytes: &mut Vec<u8>, at: usize, new: &[u8]) {
    if bytes.len() < at + new.len() {
        bytes.resize(at + new.len(), 0);
    }
    bytes[at..at + new.len()].copy_from_slice(new);
}

fn power_is_gone() -> io::Error {
    io::Error::other("the power is gone")
}

impl Platter {
    /// One thing that changes the disk. The one at which it dies may still have half its effect.
    fn step(&mut self) -> io::Result<()> {
        if self.dead {
            return Err(power_is_gone());
        }
        self.steps += 1;
        self.dead = self.dies_at == Some(self.steps);
        Ok(())
    }

    fn done(&self) -> io::Result<()> {
        if self.dead { Err(power_is_gone()) } else { Ok(()) }
    }

    fn rename(names: &mut BTreeMap<String, usize>, naming: &Naming) {
        match naming {
            Naming::Is(name, file) => {
                // A file has one name here.
                names.retain(|_, f| f != file);
                names.insert(name.clone(), *file);
            }
            Naming::Gone(name) => drop(names.remove(name)),
        }
    }

    fn live_names(&self) -> BTreeMap<String, usize> {
        let mut names = self.names.clone();
        self.loose_names.iter().for_each(|naming| Platter::rename(&mut names, naming));
        names
    }
}

impl Forgetful {
    fn lock(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap()
    }

    /// The power goes at the `step`th thing that changes the disk from now on.
    pub fn dies_in(&self, step: u64) {
        let mut platter = self.lock();
        platter.dies_at = Some(platter.steps + step);
    }

    /// How many things changed it so far.
    pub fn steps(&self) -> u64 {
        self.lock().steps
    }

    pub fn is_dead(&self) -> bool {
        self.lock().dead
    }

    /// The disk as it is found when the power is back.
    pub fn found(&self, dice: &mut Dice) -> Forgetful {
        let platter = self.lock();
        let mut names = platter.names.clone();
        // Nobody promises an order among names that were not synced.
        let lucky = platter.loose_names.iter().filter(|_| dice.below(2) == 0);
        lucky.for_each(|naming| Platter::rename(&mut names, naming));
        let files = platter.files.iter().map(|file| Contents { synced: survivors(file, dice), loose: Vec::new() }).collect();
        Forgetful(Arc::new(Mutex::new(Platter { files, names, ..Platter::default() })))
    }

    /// Does something to the bytes of every file whose name ends so.
    pub fn damage(&self, end: &str, mut with: impl FnMut(&mut Vec<u8>)) {
        let mut platter = self.lock();
        for (name, file) in platter.live_names() {
            if name.ends_with(end) {
                let mut bytes = survivors(&platter.files[file], &mut Dice(0));
                with(&mut bytes);
                platter.files[file] = Contents { synced: bytes, loose: Vec::new() };
            }
        }
    }
}

/// What is left of a file: everything synced, and of the rest all, nothing, or any of its sectors.
fn survivors(file: &Contents, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = file.synced.clone();
    let mood = dice.below(3);
    for (at, new) in &file.loose {
        for (n, sector) in new.chunks(SECTOR).enumerate() {
            if mood == 0 || (mood == 1 && dice.below(2) == 0) {
                write_into(&mut bytes, at + n * SECTOR, sector);
            }
        }
    }
    bytes
}

impl Disk for Forgetful {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(self.lock().live_names().into_keys().collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let platter = self.lock();
        let file = platter.live_names().get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        let file = &platter.files[file];
        let mut bytes = file.synced.clone();
        file.loose.iter().for_each(|(at, new)| write_into(&mut bytes, *at, new));
        Ok(bytes)
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut platter = self.lock();
        platter.step()?;
        let file = platter.files.len();
        platter.files.push(Contents::default());
        platter.loose_names.push(Naming::Is(name.to_owned(), file));
        platter.done()?;
        Ok(Box::new(Open { disk: self.clone(), file }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut platter = self.lock();
        platter.step()?;
        let file = platter.live_names().get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        platter.loose_names.push(Naming::Is(to.to_owned(), file));
        platter.done()
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut platter = self.lock();
        platter.step()?;
        platter.loose_names.push(Naming::Gone(name.to_owned()));
        platter.done()
    }

    fn sync_names(&self) -> io::Result<()> {
        let mut platter = self.lock();
        platter.step()?;
        platter.done()?;
        platter.names = platter.live_names();
        platter.loose_names.clear();
        Ok(())
    }
}

impl DiskFile for Open {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let mut platter = self.disk.lock();
        platter.step()?;
        platter.files[self.file].loose.push((usize::try_from(at).unwrap(), bytes.to_vec()));
        platter.done()
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut platter = self.disk.lock();
        platter.step()?;
        // Died in the middle of it: the writes stay loose.
        platter.done()?;
        let file = &mut platter.files[self.file];
        for (at, new) in std::mem::take(&mut file.loose) {
            write_into(&mut file.synced, at, &new);
        }
        Ok(())
    }
}
