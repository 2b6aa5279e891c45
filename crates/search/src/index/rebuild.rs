//! Building the index anew beside the one in use, and swapping it in. Searches go on, and so do writes.
//! Must never lose a write that came while it ran.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use kit::{Error, Result};

use super::document::Document;
use super::generation::Generation;
use super::ledger::{Change, Kind, State};
use super::{Index, hold};

/// A rebuild that runs. Dropped unfinished, it leaves everything as it was.
pub struct Rebuild {
    index: Arc<Index>,
    fresh: Generation,
    states: HashMap<i64, State>,
    behind: HashSet<i64>,
    finished: bool,
}

impl Index {
    /// Begins a rebuild. Only one may run; `in_flight` otherwise.
    pub fn begin_rebuild(self: &Arc<Self>) -> Result<Rebuild> {
        if self.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(kit::fault::IN_FLIGHT.into());
        }
        let fresh = match Generation::create(&self.home) {
            Ok(fresh) => fresh,
            Err(error) => {
                self.rebuilding.store(false, Ordering::Release);
                return Err(error);
            }
        };
        let mut ledger = self.ledger();
        ledger.since_rebuild = Some(ledger.pending.clone());
        drop(ledger);
        Ok(Rebuild { index: Arc::clone(self), fresh, states: HashMap::new(), behind: HashSet::new(), finished: false })
    }

    /// Rebuilds from all documents at once. Returns how many can be found afterwards. Waits for the disk.
    pub fn rebuild(self: &Arc<Self>, documents: impl IntoIterator<Item = Document>) -> Result<u64> {
        let mut rebuild = self.begin_rebuild()?;
        rebuild.add(documents)?;
        rebuild.finish()
    }
}

impl Rebuild {
    /// Adds documents. A product that the index knows in a newer version keeps that one.
    pub fn add(&mut self, documents: impl IntoIterator<Item = Document>) -> Result<()> {
        let mut changes: Vec<(i64, Change, State)> = Vec::new();
        for document in documents {
            let (spu, alone) = (document.spu, State::of(&document));
            let known = self.index.ledger().states.get(&spu).copied().unwrap_or_default();
            if alone.is_behind(&known) || self.states.get(&spu).is_some_and(|added| !added.is_behind(&alone)) {
                self.behind.insert(spu);
                continue;
            }
            // The same version from the source is as good as a newer one: it comes fresh, with sales and stock.
            let known = State { kind: Kind::Unknown, ..known };
            let state = known.merged(&alone);
            self.states.insert(spu, state);
            changes.push((spu, Some(Arc::new(document)), state));
        }
        super::write::teach(&self.index.words, &changes);
        let writer = hold(&self.fresh.writer);
        let writer = writer.as_ref().ok_or_else(|| Error::internal("the new index has no writer"))?;
        self.fresh.write(writer, &self.index.words, &changes)
    }

    /// Adds what changed meanwhile and swaps the new index in. Products that were not added and did not change
    /// meanwhile are gone. Returns how many can be found. Waits for the disk.
    pub fn finish(mut self) -> Result<u64> {
        let index = Arc::clone(&self.index);
        let old = index.current();
        // Holding the old writer keeps commits away until the swap is done.
        let mut old_writer = hold(&old.writer);
        let mut slot = hold(&self.fresh.writer);
        let writer = slot.as_mut().ok_or_else(|| Error::internal("the new index has no writer"))?;
        self.fresh.commit(writer)?;
        let mut ledger = index.ledger();
        let touched = ledger.since_rebuild.clone().unwrap_or_default();
        let mut states = self.states.clone();
        let changes = self.leftovers(&old, &ledger.states, &touched, &mut states)?;
        super::write::teach(&index.words, &changes);
        self.fresh.write(writer, &index.words, &changes)?;
        self.fresh.commit(writer)?;
        index.home.point_to(self.fresh.number)?;
        drop(slot);
        let number = self.fresh.number;
        let fresh = Generation {
            number,
            fields: self.fresh.fields.clone(),
            reader: self.fresh.reader.clone(),
            writer: std::sync::Mutex::new(hold(&self.fresh.writer).take()),
        };
        *index.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        let documents = states.values().filter(|state| state.kind == Kind::Live).count() as u64;
        ledger.states = states;
        ledger.pending.clear();
        drop(ledger);
        self.finished = true;
        index.is_new_edition();
        index.incomplete.store(false, Ordering::Release);
        // The old writer's folder is about to go; its merges need not end well.
        drop(old_writer.take());
        index.home.sweep(number);
        Ok(documents)
    }

    /// What has to be written beside the documents that were added: changes made meanwhile, newer content
    /// that the old index has, and who is gone.
    fn leftovers(
        &self,
        old: &Generation,
        known: &HashMap<i64, State>,
        touched: &HashMap<i64, Change>,
        states: &mut HashMap<i64, State>,
    ) -> Result<Vec<(i64, Change, State)>> {
        let (old_searcher, new_searcher) = (old.reader.searcher(), self.fresh.reader.searcher());
        let mut changes = Vec::new();
        for (spu, state) in known {
            let added = self.states.get(spu);
            let kept = touched.contains_key(spu) || self.behind.contains(spu);
            if added.is_some() && !kept {
                continue;
            }
            let mut merged = added.copied().unwrap_or_default().merged(state);
            if added.is_none() && !kept && state.kind == Kind::Live {
                // The source no longer has it. The same version may come back, an older one may not.
                merged.kind = Kind::Gone;
                merged.version = state.version.saturating_sub(1);
            }
            let mut content = None;
            if merged.kind == Kind::Live {
                let newer = touched.get(spu).cloned().flatten().filter(|document| document.version == merged.version);
                content = match newer {
                    Some(document) => Some(document),
                    None if added.is_some_and(|added| !added.is_behind(state)) => {
                        self.fresh.content(&new_searcher, *spu)?.map(Arc::new)
                    }
                    None => old.content(&old_searcher, *spu)?.map(Arc::new),
                };
            }
            states.insert(*spu, merged);
            changes.push((*spu, content, merged));
        }
        Ok(changes)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        self.index.ledger().since_rebuild = None;
        if !self.finished {
            drop(hold(&self.fresh.writer).take());
            self.index.home.sweep(self.index.current().number);
        }
        self.index.rebuilding.store(false, Ordering::Release);
    }
}
