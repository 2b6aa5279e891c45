//! One generation of the index: a folder, its writer and its reader. Must never decide what is newer.

use std::collections::HashMap;
use std::sync::Mutex;

use kit::{Error, Result};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument};

use super::document::{Document, SEPARATOR};
use super::home::Home;
use super::ledger::{Change, Kind, State};
use super::schema::{Fields, column};
use super::words::Words;

/// Memory of the writer; the least that tantivy takes.
const WRITER_BYTES: usize = 15_000_000;
/// Blocks of stored documents kept unpacked for the reader.
const STORE_BLOCKS: usize = 32;

/// The parts that belong together.
pub struct Generation {
    /// Number of the folder.
    pub number: u64,
    /// The layout.
    pub fields: Fields,
    /// Reads what the last commit wrote.
    pub reader: IndexReader,
    /// Writes; none once another generation took over.
    pub writer: Mutex<Option<IndexWriter>>,
}

impl Generation {
    /// A new, empty one.
    pub fn create(home: &Home) -> Result<Self> {
        let number = home.next()?;
        let fields = Fields::new();
        let index = home.create(number, fields.schema.clone())?;
        Self::over(number, fields, &index)
    }

    /// One that is there. Any error means that it is of no use.
    pub fn open(home: &Home, number: u64) -> Result<Self> {
        let fields = Fields::new();
        let index = home.open(number, &fields.schema)?;
        Self::over(number, fields, &index)
    }

    fn over(number: u64, fields: Fields, index: &tantivy::Index) -> Result<Self> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(WRITER_BYTES)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options).map_err(Error::internal)?;
        let mut merging = LogMergePolicy::default();
        // Small commits come twice a second at worst; without this every eighth would rewrite all below 10,000 documents.
        merging.set_min_layer_size(500);
        writer.set_merge_policy(Box::new(merging));
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(STORE_BLOCKS)
            .try_into()
            .map_err(Error::internal)?;
        Ok(Generation { number, fields, reader, writer: Mutex::new(Some(writer)) })
    }

    /// Puts changes into the writer. They can be found after [`Generation::commit`].
    pub fn write(&self, writer: &IndexWriter, words: &Words, changes: &[(i64, Change, State)]) -> Result<()> {
        let searcher = self.reader.searcher();
        for (spu, change, state) in changes {
            let stored = match change {
                None if state.kind == Kind::Live => self.content(&searcher, *spu)?,
                _ => None,
            };
            let content = change.as_deref().or(stored.as_ref());
            writer.delete_term(self.fields.key(*spu));
            writer.add_document(self.fields.lay_out(words, *spu, state, content)).map_err(Error::internal)?;
        }
        Ok(())
    }

    /// Makes what was written durable and visible.
    pub fn commit(&self, writer: &mut IndexWriter) -> Result<()> {
        writer.commit().map_err(Error::internal)?;
        self.reader.reload().map_err(Error::internal)
    }

    /// The content of a product as the last commit left it.
    pub fn content(&self, searcher: &Searcher, spu: i64) -> Result<Option<Document>> {
        let query = TermQuery::new(self.fields.key(spu), IndexRecordOption::Basic);
        let found = searcher.search(&query, &tantivy::collector::DocSetCollector).map_err(Error::internal)?;
        let Some(address) = found.into_iter().next() else { return Ok(None) };
        let stored: TantivyDocument = searcher.doc(address).map_err(Error::internal)?;
        let bytes = |field| stored.get_first(field).and_then(|value| value.as_bytes());
        let Some(source) = bytes(self.fields.source) else { return Ok(None) };
        let mut document: Document = serde_json::from_slice(source).map_err(Error::internal)?;
        document.card = bytes(self.fields.card).unwrap_or_default().to_vec();
        Ok(Some(document))
    }

    /// The states of all products, gone ones too, as the last commit left them.
    pub fn states(&self) -> Result<HashMap<i64, State>> {
        let mut states = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let fast = segment.fast_fields();
            let number = |name: &str| fast.column_first_or_default::<i64>(name).map_err(Error::internal);
            let flag = |name: &str| fast.column_first_or_default::<u64>(name).map_err(Error::internal);
            let (spu, version) = (number(column::SPU)?, number(column::VERSION)?);
            let (sales, sales_seq) = (number(column::SALES)?, number(column::SALES_SEQ)?);
            let (in_stock, stock_seq) = (flag(column::IN_STOCK)?, number(column::STOCK_SEQ)?);
            let kind = flag(column::KIND)?;
            for doc in segment.doc_ids_alive() {
                let state = State {
                    kind: Kind::of(kind.get_val(doc)),
                    version: version.get_val(doc),
                    sales: sales.get_val(doc),
                    sales_seq: sales_seq.get_val(doc),
                    in_stock: in_stock.get_val(doc) == 1,
                    stock_seq: stock_seq.get_val(doc),
                };
                states.insert(spu.get_val(doc), state);
            }
        }
        Ok(states)
    }

    /// Names of brands and categories, for the dictionary.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            for column in [column::BRAND_NODE, column::CATEGORY_NODE] {
                let Some(nodes) = segment.fast_fields().str(column).map_err(Error::internal)? else { continue };
                let mut stream = nodes.dictionary().stream().map_err(Error::internal)?;
                while stream.advance() {
                    let term = String::from_utf8_lossy(stream.key());
                    names.extend(term.rsplit(SEPARATOR).next().map(str::to_owned));
                }
            }
        }
        Ok(names)
    }
}
