//! What the index holds, in pages, as searches see it. Must never read the ledger: an audit asks what can be found.

use kit::{Error, Result};

use super::Index;
use super::ledger::Kind;
use super::schema::column;

/// A product as searches see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The product.
    pub spu: i64,
    /// Version of its content.
    pub version: i64,
    /// Lowest price.
    pub price_fen: i64,
    /// Can be bought.
    pub in_stock: bool,
}

impl Index {
    /// At most `limit` products with a number above `after`, ascending. Looks at every product.
    pub fn entries(&self, after: i64, limit: usize) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for segment in self.current().reader.searcher().segment_readers() {
            let fast = segment.fast_fields();
            let number = |name: &str| fast.column_first_or_default::<i64>(name).map_err(Error::internal);
            let flag = |name: &str| fast.column_first_or_default::<u64>(name).map_err(Error::internal);
            let (spu, version, price) = (number(column::SPU)?, number(column::VERSION)?, number(column::PRICE)?);
            let (kind, in_stock) = (flag(column::KIND)?, flag(column::IN_STOCK)?);
            let found = segment.doc_ids_alive().filter(|doc| Kind::of(kind.get_val(*doc)) == Kind::Live);
            entries.extend(found.filter(|doc| spu.get_val(*doc) > after).map(|doc| Entry {
                spu: spu.get_val(doc),
                version: version.get_val(doc),
                price_fen: price.get_val(doc),
                in_stock: in_stock.get_val(doc) == 1,
            }));
        }
        entries.sort_unstable_by_key(|entry| entry.spu);
        entries.truncate(limit);
        Ok(entries)
    }
}
