//! Building the index from the whole catalogue: at the start when nothing usable is there, and when somebody asks for it.
//! Searches and changes go on meanwhile.

use std::sync::atomic::Ordering;

use contract::SpuId;
use contract::fault::{IN_FLIGHT, INDEX_BUILDING};
use contract::product::DocumentsOf;
use contract::search::Indexed;
use kit::{Ctx, Error, Result};
use tokio::task::spawn_blocking;

use crate::Search;
use crate::take::laid_out;

/// Documents on a page of the catalogue.
const PAGE: u32 = 200;

impl Search {
    /// Begins the first build if it is still missing and does not run. When it fails, the next who asks begins it again.
    pub(crate) fn ensure_whole(&self) {
        if self.whole.load(Ordering::Acquire) {
            return;
        }
        let (Ok(building), Some(here)) = (self.first_build.clone().try_lock_owned(), self.me.upgrade()) else { return };
        if self.whole.load(Ordering::Acquire) {
            return;
        }
        tokio::spawn(async move {
            match here.build(&kit::ctx::trace_id()).await {
                Ok(indexed) => tracing::info!(documents = indexed.documents, "the search index was built"),
                Err(error) => tracing::warn!(code = error.code(), cause = error.cause(), "the search index is not built yet"),
            }
            // Let go first: who waited may want to open the folder again.
            drop(here);
            drop(building);
        });
    }

    /// Waits for the first build, if it is missing; it may have failed.
    pub(crate) async fn first_build_over(&self) {
        self.ensure_whole();
        drop(self.first_build.lock().await);
    }

    /// Builds the index anew. `index_building` when that is going on already; the first build is waited for.
    pub(crate) async fn build_again(&self, trace: &str) -> Result<Indexed> {
        drop(self.first_build.lock().await);
        self.build(trace).await
    }

    async fn build(&self, trace: &str) -> Result<Indexed> {
        // Each call gets its own deadline: the whole takes longer than one request may.
        let page = async |after: SpuId, limit: u32| {
            self.product.documents(&Ctx::on_trace(trace), DocumentsOf::After { after, limit }).await
        };
        // Asked before anything is made: at the start the catalogue may not answer yet.
        page(SpuId(0), 1).await?;
        let index = self.index.clone();
        let begun = spawn_blocking(move || index.begin_rebuild()).await.map_err(Error::internal)?;
        let mut rebuild = begun.map_err(|error| if error.is(IN_FLIGHT) { INDEX_BUILDING.into() } else { error })?;
        let mut after = SpuId(0);
        loop {
            let reading = self.now_reading();
            let documents = page(after, PAGE).await?;
            let Some(last) = documents.iter().map(|document| document.spu).max() else { break };
            if last <= after {
                return Err(Error::internal("the catalogue's pages do not go on"));
            }
            after = last;
            let listed = documents.into_iter().filter(|document| document.listed);
            let documents = listed.map(|document| laid_out(document, reading)).collect::<Result<Vec<_>>>()?;
            rebuild = spawn_blocking(move || rebuild.add(documents).map(|()| rebuild)).await.map_err(Error::internal)??;
        }
        let documents = spawn_blocking(move || rebuild.finish()).await.map_err(Error::internal)??;
        self.whole.store(true, Ordering::Release);
        Ok(Indexed { documents })
    }
}
