//! The mall's keys: from the settings, or made once and kept beside the embedded stores.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use kit::secret::Keys;
use kit::{Error, Result};

use crate::config::Config;

/// Name of the file in the data folder that holds the key of embedded stores.
const FILE: &str = "master.key";

/// The keys that seal personal data. With embedded stores and no key in the settings, one is made at the first start
/// and kept, readable by its owner only: whoever copies the stores copies it too.
pub fn keys(config: &Config) -> Result<Keys> {
    let previous = config.mall.previous_master_key.as_deref();
    let current = match &config.mall.master_key {
        Some(key) => key.clone(),
        None => kept(&config.mall.data)?,
    };
    Keys::new(&current, previous).map_err(Error::internal)
}

fn kept(folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let file = folder.join(FILE);
    if let Ok(key) = std::fs::read_to_string(&file) {
        return Ok(key.trim().to_owned());
    }
    let key = kit::random::token();
    let mut opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(Error::internal)?;
    opened.write_all(key.as_bytes()).and_then(|()| opened.sync_all()).map_err(Error::internal)?;
    Ok(key)
}
