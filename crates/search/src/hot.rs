//! Hot words: what people search for and find. A search only leaves a note in memory; a task writes the notes now and then,
//! so a crash forgets some seconds of them. Must never keep who searched: an address is only remembered as a hash, for an hour.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kit::{Result, Time};
use tokio::sync::Notify;

use crate::answer::{HotList, HotWord};
use crate::{Search, store};

/// Longest hot word, in characters.
const LONGEST: usize = 20;
/// Shortest hot word, in characters.
const SHORTEST: usize = 2;
/// From so many digits on it may be a phone number, an order or a card.
const MANY_DIGITS: usize = 7;
/// Notes that are written at once, without waiting for the time.
const ENOUGH: usize = 100;
/// Most notes kept while the database does not answer.
const MOST_NOTES: usize = 10_000;
/// Most clients and words told apart in an hour; more are not counted.
const MOST_SEEN: usize = 200_000;
/// How long a list is shown before it is read again.
const SHOWN: Duration = Duration::from_secs(60);
const HOUR_MS: i64 = 3_600_000;

/// Notes of what was searched for.
#[derive(Default)]
pub struct HotWords {
    notes: Mutex<Notes>,
    enough: Arc<Notify>,
    shown: Mutex<Option<(Time, Bytes)>>,
}

#[derive(Default)]
struct Notes {
    hour: i64,
    seen: HashSet<u64>,
    waiting: HashMap<(i64, String), i64>,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether words may be shown to everybody: some letters, not long, and nothing that looks like a number of somebody.
pub fn worthy(words: &str) -> bool {
    let length = words.chars().count();
    let digits = words.chars().filter(|c| c.is_numeric()).count();
    let address = ["@", "://", "www."].iter().any(|mark| words.contains(mark));
    (SHORTEST..=LONGEST).contains(&length) && digits < MANY_DIGITS && words.chars().any(char::is_alphabetic) && !address
}

impl HotWords {
    /// Notes that words, already in their one way of writing, were searched for. A client counts once per word and hour.
    pub fn note(&self, words: &str, client: &str, now: Time) {
        if !worthy(words) {
            return;
        }
        let mut hasher = DefaultHasher::new();
        (client, words).hash(&mut hasher);
        let mut notes = hold(&self.notes);
        let hour = now.ms().div_euclid(HOUR_MS);
        if notes.hour != hour {
            notes.hour = hour;
            notes.seen.clear();
        }
        if notes.seen.len() >= MOST_SEEN || !notes.seen.insert(hasher.finish()) {
            return;
        }
        give(&mut notes.waiting, (now.day(), words.to_owned()), 1);
        if notes.waiting.len() >= ENOUGH {
            self.enough.notify_one();
        }
    }
}

fn give(waiting: &mut HashMap<(i64, String), i64>, key: (i64, String), n: i64) {
    if waiting.len() < MOST_NOTES || waiting.contains_key(&key) {
        *waiting.entry(key).or_default() += n;
    }
}

impl Search {
    /// Starts the task that writes the notes. It ends when the service is dropped. A task and no job: each process has
    /// its own notes, and a job runs in one of them.
    pub(crate) fn keep_hot_words(&self) {
        let (me, enough, each) = (self.me.clone(), self.hot.enough.clone(), self.settings.hot_written_each);
        tokio::spawn(async move {
            loop {
                // Either is a reason to write.
                let _ = tokio::time::timeout(each, enough.notified()).await;
                let Some(here) = me.upgrade() else { return };
                if let Err(error) = here.write_hot_words().await {
                    tracing::warn!(code = error.code(), cause = error.cause(), "counts of searched words wait to be written");
                    drop(here);
                    // Not at once again, however many wait.
                    tokio::time::sleep(each).await;
                }
            }
        });
    }

    /// Writes the notes.
    pub(crate) async fn write_hot_words(&self) -> Result<()> {
        let mut notes: Vec<((i64, String), i64)> = hold(&self.hot.notes).waiting.drain().collect();
        if notes.is_empty() {
            return Ok(());
        }
        // In one order, so that two processes never wait for each other.
        notes.sort_unstable();
        let written = kit::tx!(self.db, |tx| {
            for ((day, words), n) in &notes {
                store::add(&tx, *day, words, *n).await?;
            }
            Ok(())
        });
        if written.is_err() {
            let waiting = &mut hold(&self.hot.notes).waiting;
            for (key, n) in notes {
                give(waiting, key, n);
            }
        }
        written
    }

    /// The hot words, as JSON.
    pub(crate) async fn hot_words(&self) -> Result<Bytes> {
        let now = self.clock.now();
        let shown = hold(&self.hot.shown).clone();
        if let Some((at, list)) = shown
            && at <= now
            && now.since(at) < SHOWN
        {
            return Ok(list);
        }
        let since = now.day() - i64::from(self.settings.hot_days) + 1;
        let words = store::hottest(&self.db, since, self.settings.hot_words).await?;
        let list = HotList { items: words.into_iter().map(|words| HotWord { words }).collect() };
        let list = Bytes::from(serde_json::to_vec(&list)?);
        *hold(&self.hot.shown) = Some((now, list.clone()));
        Ok(list)
    }

    /// Forgets old counts.
    pub(crate) async fn forget_words(&self, now: Time) -> Result<()> {
        store::forget(&self.db, now.day() - i64::from(self.settings.hot_kept_days)).await
    }
}
