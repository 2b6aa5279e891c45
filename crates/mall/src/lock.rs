//! One process at a time on the embedded stores. Who holds them says in the lock file how to reach it, so that a command
//! such as `mall import` can speak to the running mall instead of fighting it for the files.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use kit::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::config::Config;

const FILE: &str = "mall.lock";

/// The process that holds the stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Running {
    /// Its process id.
    pub pid: u32,
    /// Base address of its internal port.
    pub internal: String,
    /// Signs calls to it; the file is readable by its owner only.
    pub secret: String,
}

/// The stores are ours until this is dropped, also when the process dies: the kernel keeps the lock.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for its drop")] File);

impl Lock {
    /// Takes the stores of the data folder, or says which process has them.
    pub fn take(config: &Config, me: &Running) -> Result<Lock> {
        let mut file = open(config)?;
        if file.try_lock().is_err() {
            let pid = read(&mut file).map_or_else(|| "another process".to_owned(), |r| format!("process {}", r.pid));
            let folder = config.mall.data.display();
            return Err(Error::internal(format!("{pid} is running on {folder}; stop it first, or choose another folder")));
        }
        file.set_len(0).map_err(Error::internal)?;
        file.write_all(serde_json::to_string(me)?.as_bytes()).map_err(Error::internal)?;
        file.sync_all().map_err(Error::internal)?;
        Ok(Lock(file))
    }

    /// The process that holds the stores of the data folder, if any.
    pub fn holder(config: &Config) -> Result<Option<Running>> {
        if !config.mall.data.join(FILE).exists() {
            return Ok(None);
        }
        let mut file = open(config)?;
        if file.try_lock().is_ok() {
            return Ok(None);
        }
        Ok(read(&mut file))
    }
}

fn open(config: &Config) -> Result<File> {
    std::fs::create_dir_all(&config.mall.data).map_err(Error::internal)?;
    let path = config.mall.data.join(FILE);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(&path).map_err(|e| Error::internal(format!("{}: {e}", path.display())))
}

fn read(file: &mut File) -> Option<Running> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
