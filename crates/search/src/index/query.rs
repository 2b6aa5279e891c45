//! What a search asks and what it gets. Must never know fields of the index; see [`super::phrase`] for words
//! and [`super::gather`] for filters, order and facets.

use std::fmt;
use std::str::FromStr;

use kit::{Error, Result};
use tantivy::collector::Collector;
use tantivy::schema::Value;
use tantivy::{Searcher, TantivyDocument};

use super::Index;
use super::gather::{Found, Gather, Row};
use super::generation::Generation;
use super::phrase::{Phrase, Strictness};

/// Most hits on a page.
pub const LONGEST_PAGE: usize = 100;

/// The order of hits. Ties are broken by the product's number, newer first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// 综合: how well the words match and a little of how well it sells; what is out of stock comes last.
    #[default]
    Relevance,
    /// 销量: most sold first.
    Sales,
    /// 上新: latest on the shelf first.
    Newest,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
}

/// A search. Everything left empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// What the shopper typed, as it is.
    pub words: String,
    /// Any of these categories, at any level.
    pub categories: Vec<i64>,
    /// Any of these brands.
    pub brands: Vec<i64>,
    /// Lowest price, included.
    pub price_min_fen: Option<i64>,
    /// Highest price, included.
    pub price_max_fen: Option<i64>,
    /// Attributes: each must have one of its values.
    pub attributes: Vec<(String, Vec<String>)>,
    /// Only what can be bought.
    pub in_stock_only: bool,
    /// Only what came on the shelf at or after this time.
    pub new_since_ms: Option<i64>,
    /// Only these products; an empty list finds nothing.
    pub spus: Option<Vec<i64>>,
    /// Order of the hits.
    pub sort: Sort,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// Hits on the page, at most 100.
    pub limit: usize,
    /// Whether to count facets; later pages need none.
    pub facets: bool,
}

/// The place after a hit in an order. Its text form may be given to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    pub(super) key: u64,
    pub(super) spu: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.key, self.spu)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (key, spu) = text.split_once('-')?;
            // Negative numbers are printed as their two's complement.
            let spu = u64::from_str_radix(spu, 16).ok()?.cast_signed();
            Some(Cursor { key: u64::from_str_radix(key, 16).ok()?, spu })
        };
        read().ok_or_else(|| kit::fault::MALFORMED.at("/after", "cursor", "not a cursor of this search"))
    }
}

/// A product that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its number.
    pub spu: i64,
    /// Units sold, as last noted.
    pub sales: i64,
    /// Whether it can be bought, as last noted.
    pub in_stock: bool,
    /// Its lowest price.
    pub price_fen: i64,
    /// The list card, as given with the document.
    pub card: Vec<u8>,
}

/// A value to filter by, and how many hits it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count<T> {
    /// What.
    pub value: T,
    /// How many products.
    pub count: u64,
}

/// Prices from `from_fen`, included, to `to_fen`, excluded; open upwards without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBand {
    /// Lowest.
    pub from_fen: i64,
    /// Where the next band begins.
    pub to_fen: Option<i64>,
}

/// Something with a number and a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// Number.
    pub id: i64,
    /// Name.
    pub name: String,
}

/// An attribute with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeFacet {
    /// The attribute.
    pub name: String,
    /// Its values, most frequent first.
    pub values: Vec<Count<String>>,
}

/// What the hits can be narrowed by. Each facet is counted as if its own filter were not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// The level below the chosen category, or the roots; of several chosen ones, those.
    pub categories: Vec<Count<Named>>,
    /// Brands.
    pub brands: Vec<Count<Named>>,
    /// Price bands that are not empty, cheapest first.
    pub prices: Vec<Count<PriceBand>>,
    /// Attributes, most frequent first.
    pub attributes: Vec<AttributeFacet>,
}

/// A page of hits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The hits in order.
    pub items: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// All hits of all pages.
    pub total: u64,
    /// Facets, if asked for.
    pub facets: Facets,
    /// Nothing matched the words as typed, so similar spellings and sounds were taken.
    pub loosened: bool,
}

impl Index {
    /// Searches. Any text is a legal search; the time it takes does not depend on the length of the text.
    pub fn search(&self, query: &Query) -> Result<Page> {
        if query.spus.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Page::default());
        }
        let generation = self.current();
        let searcher = generation.reader.searcher();
        let phrase = Phrase::read(&self.words, &query.words);
        if phrase.is_empty() && !query.words.trim().is_empty() {
            // Only punctuation: that is in no title, and showing everything would be odd.
            return Ok(Page::default());
        }
        let mut found = run(&generation, &searcher, query, &phrase, Strictness::AsTyped)?;
        let mut loosened = false;
        if found.matched == 0 && !phrase.is_empty() {
            found = run(&generation, &searcher, query, &phrase, Strictness::Similar)?;
            loosened = found.matched > 0;
        }
        page(&generation, &searcher, query, found, loosened)
    }
}

fn run(generation: &Generation, searcher: &Searcher, query: &Query, phrase: &Phrase, strictness: Strictness) -> Result<Found> {
    let restricted = phrase.query(&generation.fields, query, strictness);
    let gather = Gather::new(query, !phrase.is_empty());
    gather.check_schema(&generation.fields.schema).map_err(Error::internal)?;
    searcher.search(&restricted, &gather).map_err(Error::internal)
}

fn page(generation: &Generation, searcher: &Searcher, query: &Query, found: Found, loosened: bool) -> Result<Page> {
    let limit = query.limit.min(LONGEST_PAGE);
    let more = found.rows.len() > limit;
    let rows = &found.rows[..found.rows.len().min(limit)];
    let next = rows.last().filter(|_| more).map(|row| Cursor { key: row.key, spu: row.spu });
    let items = rows.iter().map(|row| hit(generation, searcher, row)).collect::<Result<Vec<Hit>>>()?;
    let facets = if query.facets { found.counts.facets(&query.categories) } else { Facets::default() };
    Ok(Page { items, next, total: found.total, facets, loosened })
}

fn hit(generation: &Generation, searcher: &Searcher, row: &Row) -> Result<Hit> {
    let stored: TantivyDocument = searcher.doc(row.address).map_err(Error::internal)?;
    let card = stored.get_first(generation.fields.card).and_then(|value| value.as_bytes()).unwrap_or_default().to_vec();
    Ok(Hit { spu: row.spu, sales: row.sales, in_stock: row.in_stock, price_fen: row.price_fen, card })
}
