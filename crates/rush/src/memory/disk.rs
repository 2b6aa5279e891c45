//! The little of a file system that a journal needs, so that a test can be a disk that forgets. Knows names and bytes, no record.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Where journals stand. All fail with what the operating system says.
pub trait Disk: Send + Sync + 'static {
    /// Names of all files.
    fn names(&self) -> io::Result<Vec<String>>;
    /// All bytes of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// A new empty file; one of this name loses its bytes.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Another name for a file, at once or not at all.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Drops a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes names last: those created, changed and removed so far.
    fn sync_names(&self) -> io::Result<()>;
}

/// A file that is written.
pub trait DiskFile: Send {
    /// Writes bytes at a place, all or an error. They last only once synced.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes what was written last. After an error nothing about it is known, also when the next call succeeds.
    fn sync(&mut self) -> io::Result<()>;
}

/// A folder of the machine, for one process at a time.
pub struct Folder {
    path: PathBuf,
    _lock: fs::File,
}

impl Folder {
    /// Opens a folder and makes it if there is none. Fails with `WouldBlock` when another process has it.
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let lock = options().create(true).truncate(false).open(path.join("lock"))?;
        lock.try_lock().map_err(io::Error::from)?;
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }
}

/// Amounts that nobody claimed stand in these files: they are for their owner's eyes.
fn options() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

struct Real(fs::File);

impl DiskFile for Real {
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.0.sync_data()
    }
}

impl Disk for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(name))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(Real(options().create(true).truncate(true).open(self.path.join(name))?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()
    }
}
