//! The index of products: words, filters, facets, suggestions, and writing that lets no old event win.
//! Must never know services or HTTP. Start reading at [`Index`]; what a search asks is in [`query`].

mod document;
mod entries;
mod facet;
mod gather;
mod generation;
mod home;
mod ledger;
mod phrase;
mod pinyin;
pub mod query;
mod rebuild;
mod schema;
mod suggest;
#[cfg(test)]
mod tests;
mod words;
mod write;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use kit::Result;

use generation::Generation;
use home::Home;
use ledger::{Kind, Ledger};

pub use document::Document;
pub use entries::Entry;
pub use query::{Cursor, Facets, Hit, Page, Query, Sort};
pub use rebuild::Rebuild;
pub use suggest::{Suggestion, SuggestionKind};
pub use words::{Words, fold};

/// The search index. All methods are quick but [`Index::commit`], [`Index::flush`] and rebuilding, which wait for
/// the disk and belong on a blocking thread.
pub struct Index {
    words: Arc<Words>,
    home: Home,
    current: RwLock<Arc<Generation>>,
    ledger: Mutex<Ledger>,
    edition: AtomicU64,
    rebuilding: AtomicBool,
    incomplete: AtomicBool,
}

impl Index {
    /// An index in memory, empty and complete.
    pub fn in_memory(words: Arc<Words>) -> Result<Arc<Self>> {
        let generation = Generation::create(&Home::Ram)?;
        Ok(Arc::new(Self::over(words, Home::Ram, generation, Ledger::default(), false)))
    }

    /// The index in a folder of its own. If nothing usable is there, it starts empty and
    /// [`Index::needs_rebuild`] says so, also after the next start, until a rebuild is finished.
    pub fn open(folder: &Path, words: Arc<Words>) -> Result<Arc<Self>> {
        let home = Home::Folder(folder.to_owned());
        let found = home.current().and_then(|number| match Self::load(&home, number, &words) {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::warn!(cause = error.cause(), "the search index cannot be used and has to be built anew");
                None
            }
        });
        let incomplete = found.is_none();
        let (generation, ledger) = match found {
            Some(found) => found,
            None => (Generation::create(&home)?, Ledger::default()),
        };
        home.sweep(generation.number);
        Ok(Arc::new(Self::over(words, home, generation, ledger, incomplete)))
    }

    fn load(home: &Home, number: u64, words: &Words) -> Result<(Generation, Ledger)> {
        let generation = Generation::open(home, number)?;
        let states = generation.states()?;
        let names = generation.names()?;
        if !names.is_empty() {
            words.add(names.iter().map(String::as_str));
        }
        Ok((generation, Ledger { states, ..Ledger::default() }))
    }

    fn over(words: Arc<Words>, home: Home, generation: Generation, ledger: Ledger, incomplete: bool) -> Self {
        Index {
            words,
            home,
            current: RwLock::new(Arc::new(generation)),
            ledger: Mutex::new(ledger),
            edition: AtomicU64::new(0),
            rebuilding: AtomicBool::new(false),
            incomplete: AtomicBool::new(incomplete),
        }
    }

    /// The index was missing or broken when opened, and has not been rebuilt since.
    pub fn needs_rebuild(&self) -> bool {
        self.incomplete.load(Ordering::Acquire)
    }

    /// Rises whenever searches begin to see something else: the same search of the same edition finds the same.
    pub fn edition(&self) -> u64 {
        self.edition.load(Ordering::Acquire)
    }

    fn is_new_edition(&self) {
        self.edition.fetch_add(1, Ordering::AcqRel);
    }

    /// The highest number of any fact about stock: numbers of new facts begin above it.
    pub fn highest_stock_seq(&self) -> i64 {
        self.ledger().states.values().map(|state| state.stock_seq).max().unwrap_or(0)
    }

    /// Products that can be found, or will be after the next commit.
    pub fn documents(&self) -> u64 {
        self.ledger().states.values().filter(|state| state.kind == Kind::Live).count() as u64
    }

    /// The version known of a product that is not removed.
    pub fn version(&self, spu: i64) -> Option<i64> {
        self.ledger().states.get(&spu).filter(|state| state.kind == Kind::Live).map(|state| state.version)
    }

    fn current(&self) -> Arc<Generation> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        hold(&self.ledger)
    }
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
