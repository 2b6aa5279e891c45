//! Where generations of the index live: in memory, or in numbered folders with a pointer file to the current one.
//! Must never know what is inside an index.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use kit::{Error, Result};
use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;

use super::schema::LAYOUT;

const POINTER: &str = "current";
const PREFIX: &str = "generation-";

/// The place.
#[derive(Clone, Debug)]
pub enum Home {
    /// In memory; gone with the process.
    Ram,
    /// In a folder of the index's own.
    Folder(PathBuf),
}

impl Home {
    /// The generation that the pointer names, if the pointer is there, readable and of this layout.
    pub fn current(&self) -> Option<u64> {
        let Home::Folder(folder) = self else { return None };
        let text = fs::read_to_string(folder.join(POINTER)).ok()?;
        let (number, layout) = text.trim().split_once(' ')?;
        (layout.parse() == Ok(LAYOUT)).then(|| number.parse().ok())?
    }

    /// Points to a generation: all or nothing, also when the power fails.
    pub fn point_to(&self, number: u64) -> Result<()> {
        let Home::Folder(folder) = self else { return Ok(()) };
        let draft = folder.join("current.new");
        let written = (|| {
            let mut file = fs::File::create(&draft)?;
            writeln!(file, "{number} {LAYOUT}")?;
            file.sync_all()?;
            fs::rename(&draft, folder.join(POINTER))?;
            fs::File::open(folder)?.sync_all()
        })();
        written.map_err(Error::internal)
    }

    /// A number above all that are there.
    pub fn next(&self) -> Result<u64> {
        let mut highest = 0;
        for (number, _) in self.generations()? {
            highest = highest.max(number);
        }
        Ok(highest + 1)
    }

    /// A new, empty generation.
    pub fn create(&self, number: u64, schema: Schema) -> Result<tantivy::Index> {
        let Home::Folder(folder) = self else { return Ok(tantivy::Index::create_in_ram(schema)) };
        let folder = generation(folder, number);
        fs::create_dir_all(&folder).map_err(Error::internal)?;
        tantivy::Index::create_in_dir(folder, schema).map_err(Error::internal)
    }

    /// A generation that is there, with every byte checked. Any error means that it is of no use.
    pub fn open(&self, number: u64, schema: &Schema) -> Result<tantivy::Index> {
        let Home::Folder(folder) = self else { return Err(Error::internal("memory keeps no index")) };
        let directory = MmapDirectory::open(generation(folder, number)).map_err(Error::internal)?;
        let index = tantivy::Index::open(directory).map_err(Error::internal)?;
        if index.schema() != *schema {
            return Err(Error::internal("the index has another layout"));
        }
        let damaged = index.validate_checksum().map_err(Error::internal)?;
        if damaged.is_empty() { Ok(index) } else { Err(Error::internal(format!("damaged: {damaged:?}"))) }
    }

    /// Removes all generations but one. What cannot be removed now is tried again at the next start.
    pub fn sweep(&self, keep: u64) {
        for (number, folder) in self.generations().unwrap_or_default() {
            if number != keep
                && let Err(error) = fs::remove_dir_all(&folder)
            {
                tracing::warn!(%error, folder = %folder.display(), "an old index folder could not be removed");
            }
        }
    }

    fn generations(&self) -> Result<Vec<(u64, PathBuf)>> {
        let Home::Folder(folder) = self else { return Ok(Vec::new()) };
        fs::create_dir_all(folder).map_err(Error::internal)?;
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(Error::internal)? {
            let entry = entry.map_err(Error::internal)?;
            if let Some(number) = entry.file_name().to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse().ok()) {
                found.push((number, entry.path()));
            }
        }
        Ok(found)
    }
}

fn generation(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{PREFIX}{number}"))
}
