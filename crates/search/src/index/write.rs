//! Writing: news is taken at once and written in batches. Must never search.

use std::sync::Arc;

use kit::Result;

use super::document::Document;
use super::ledger::{Change, Kind, State};
use super::words::Words;
use super::{Index, hold};

impl Index {
    /// Takes a document. False if one of the same or a higher version, or a removal of that, is known already.
    pub fn put(&self, document: Document) -> bool {
        let (spu, news) = (document.spu, State::of(&document));
        self.admit(spu, &news, Some(Arc::new(document)))
    }

    /// Removes a product. A document of this or a lower version that comes later does not bring it back.
    /// False if a higher version or such a removal is known already.
    pub fn remove(&self, spu: i64, version: i64) -> bool {
        self.admit(spu, &State { kind: Kind::Gone, version, ..State::default() }, None)
    }

    /// Notes how many were sold. `seq` counts these facts of one product from 1; an old one does nothing.
    pub fn set_sales(&self, spu: i64, sales: i64, seq: i64) -> bool {
        self.admit(spu, &State { sales, sales_seq: seq, ..State::default() }, None)
    }

    /// Notes whether it can be bought. `seq` counts these facts of one product from 1; an old one does nothing.
    pub fn set_stock(&self, spu: i64, in_stock: bool, seq: i64) -> bool {
        self.admit(spu, &State { in_stock, stock_seq: seq, ..State::default() }, None)
    }

    fn admit(&self, spu: i64, news: &State, content: Change) -> bool {
        self.ledger().admit(spu, news, content)
    }

    /// Whether anything waits to be written.
    pub fn is_dirty(&self) -> bool {
        !self.ledger().pending.is_empty()
    }

    /// Writes all that waits and makes it visible. Returns how many products that were. Waits for the disk.
    /// After an error everything waits again for the next time.
    pub fn commit(&self) -> Result<usize> {
        loop {
            let generation = self.current();
            let mut writer = hold(&generation.writer);
            // A rebuild may have swapped the generation just now.
            let Some(writer) = writer.as_mut() else { continue };
            let changes = self.ledger().take_pending();
            if changes.is_empty() {
                return Ok(0);
            }
            teach(&self.words, &changes);
            let written = generation.write(writer, &self.words, &changes).and_then(|()| generation.commit(writer));
            if let Err(error) = written {
                self.ledger().give_back(changes);
                writer.rollback().map_err(kit::Error::internal)?;
                return Err(error);
            }
            self.is_new_edition();
            return Ok(changes.len());
        }
    }

    /// All that was taken before this call can be found when it returns. Waits for the disk.
    pub fn flush(&self) -> Result<()> {
        // A commit that runs elsewhere holds the writer, so this one begins after that one's changes are visible.
        self.commit().map(|_| ())
    }
}

/// Adds names of brands and categories to the dictionary before texts with them are cut.
pub(super) fn teach(words: &Words, changes: &[(i64, Change, State)]) {
    let documents = || changes.iter().filter_map(|(_, change, _)| change.as_deref());
    let brands = documents().filter_map(|document| document.brand.as_ref());
    let names = brands.chain(documents().flat_map(|document| &document.categories)).map(|(_, name)| name.as_str());
    let distinct: std::collections::HashSet<&str> = names.collect();
    if !distinct.is_empty() {
        words.add(distinct);
    }
}
