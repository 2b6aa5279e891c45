//! 搜索: the index of what is on the shelf, with filters, facets and suggestions. The catalogue is the truth and is read again
//! at every event; the index may be thrown away at any time and builds itself anew. Must never know orders or people.
//! Start reading at [`index`] for searching, at `take` for how products come in.

mod answer;
mod answers;
mod commit;
mod events;
mod find;
mod hot;
mod http;
pub mod index;
mod migration;
mod rebuild;
mod settings;
mod store;
mod take;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use contract::product::Product;
use contract::search as shape;
use contract::{Fen, SpuId};
use kit::limit::Bulkhead;
use kit::{Clock, Core, Ctx, Db, Error, Result};
use tokio::task::spawn_blocking;

use answers::Answers;
use commit::Commits;
use hot::HotWords;
use index::{Index, Words};

pub use events::{HEARS, jobs, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::Settings;

/// The service's name.
pub const NAME: &str = "search";

/// Most entries on a page of the audit.
const ENTRIES: u32 = 1000;

/// The service.
pub struct Search {
    me: Weak<Search>,
    clock: Clock,
    db: Db,
    settings: Settings,
    product: Arc<dyn Product>,
    index: Arc<Index>,
    /// Numbers for facts about stock, see [`Search::now_reading`].
    readings: AtomicI64,
    commits: Commits,
    /// The index has been built from the catalogue once; until then it lacks products.
    whole: AtomicBool,
    /// Held while the first build runs.
    first_build: Arc<tokio::sync::Mutex<()>>,
    places: Bulkhead,
    answers: Answers,
    hot: HotWords,
}

impl Search {
    /// Opens the index in the folder and begins to build it when nothing usable is there; that goes on behind and is tried
    /// again whenever something is asked. Fails when the folder cannot be written.
    pub async fn new(core: &Core, db: Db, settings: Settings, folder: &Path, product: Arc<dyn Product>) -> Result<Arc<Self>> {
        let words = Words::new();
        words.warm();
        let (in_memory, folder) = (settings.in_memory, folder.to_owned());
        let open = move || if in_memory { Index::in_memory(words) } else { Index::open(&folder, words) };
        let index = spawn_blocking(open).await.map_err(Error::internal)??;
        let whole = !in_memory && !index.needs_rebuild();
        let search = Arc::new_cyclic(|me: &Weak<Search>| Search {
            me: me.clone(),
            clock: core.clock.clone(),
            db,
            product,
            readings: AtomicI64::new(index.highest_stock_seq()),
            commits: Commits::begin(&index, settings.commit_after),
            index,
            whole: AtomicBool::new(whole),
            first_build: Arc::default(),
            places: Bulkhead::new(settings.places(), settings.waiting),
            answers: Answers::new(settings.cached_answers, settings.cached_bytes),
            hot: HotWords::default(),
            settings,
        });
        search.ensure_whole();
        search.keep_hot_words();
        Ok(search)
    }

    /// A number for a state that is about to be read. It is taken after the change that one was told of and before the read, so
    /// among several reads the one with the highest number has seen every change. It goes on from what the index holds,
    /// not from a clock that may be set back.
    fn now_reading(&self) -> i64 {
        self.readings.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn indexed(&self) -> shape::Indexed {
        shape::Indexed { documents: self.index.documents() }
    }
}

#[async_trait]
impl shape::Search for Search {
    async fn flush(&self, ctx: &Ctx, request: shape::Flush) -> Result<shape::Indexed> {
        self.take_now(ctx, request.spus).await
    }

    async fn entries(&self, _: &Ctx, request: shape::EntriesAfter) -> Result<Vec<shape::Entry>> {
        self.first_build_over().await;
        let limit = usize::try_from(request.limit.min(ENTRIES)).unwrap_or(0);
        let entries = self.index.entries(request.after.0, limit)?;
        let shown = |entry: index::Entry| shape::Entry {
            spu: SpuId(entry.spu),
            version: entry.version,
            price_fen: Fen(entry.price_fen),
            in_stock: entry.in_stock,
        };
        Ok(entries.into_iter().map(shown).collect())
    }

    async fn rebuild(&self, ctx: &Ctx, _: shape::Rebuild) -> Result<shape::Indexed> {
        self.build_again(&ctx.trace).await
    }
}
