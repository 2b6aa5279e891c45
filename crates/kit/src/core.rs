//! What every service is built with: time, ids, keys, cache, and the switch of the crash test.

use crate::cache::Cache;
use crate::db::CrashSwitch;
use crate::secret::Keys;
use crate::{Clock, Ids};

/// What every service is built with. Cheap to clone.
#[derive(Clone)]
pub struct Core {
    /// Time.
    pub clock: Clock,
    /// Numbers.
    pub ids: Ids,
    /// Keys that seal personal data and sign.
    pub keys: Keys,
    /// What may be forgotten.
    pub cache: Cache,
    /// Stops everything in a crash test; never armed elsewhere.
    pub crash: CrashSwitch,
}
