//! The numbers that a mall may change.

use std::time::Duration;

use kit::config::duration_text;
use serde::Deserialize;

/// Settings of searching.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Keeps the index in memory: it is built anew at every start.
    pub in_memory: bool,
    /// How long a change waits for others that are written with it; with enough of them waiting it does not.
    #[serde(with = "duration_text")]
    pub commit_after: Duration,
    /// How long a product is new after it went on the shelf.
    #[serde(with = "duration_text")]
    pub new_for: Duration,
    /// Searches at work at once; 0: one less than there are processors.
    pub at_once: usize,
    /// Searches that may stand in line; more are refused.
    pub waiting: usize,
    /// Most answers kept ready.
    pub cached_answers: usize,
    /// Most bytes of answers kept ready.
    pub cached_bytes: usize,
    /// Suggestions given while typing, at most 20.
    pub suggestions: usize,
    /// Hot words shown.
    pub hot_words: u32,
    /// Hot words are of the last so many days.
    pub hot_days: u32,
    /// Counts of words are forgotten after so many days.
    pub hot_kept_days: u32,
    /// How often counts of words are written.
    #[serde(with = "duration_text")]
    pub hot_written_each: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            in_memory: false,
            commit_after: Duration::from_millis(50),
            new_for: Duration::from_secs(14 * 24 * 3600),
            at_once: 0,
            waiting: 256,
            cached_answers: 2000,
            cached_bytes: 32 * 1024 * 1024,
            suggestions: 10,
            hot_words: 10,
            hot_days: 7,
            hot_kept_days: 30,
            hot_written_each: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// Searches at work at once: a processor is left to everybody else.
    pub(crate) fn places(&self) -> usize {
        match self.at_once {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1)).max(1),
            n => n,
        }
    }
}
