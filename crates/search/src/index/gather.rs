//! Goes once over what the words matched: filters, counts facets, keeps the best rows.
//! Each facet is counted without its own filter: a product that fails one filter only still counts for that facet.
//! Must never look at words.
#![allow(clippy::float_arithmetic, reason = "scores are floats")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{ColumnValues, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError, i64_to_u64};

use super::document::{SEPARATOR, attribute_term, part};
use super::facet::{BANDS, Counts, band};
use super::ledger::Kind;
use super::query::{Cursor, LONGEST_PAGE, Query, Sort};
use super::schema::column;

/// A hit with what the list needs of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place: higher is better.
    pub key: u64,
    /// Product.
    pub spu: i64,
    /// Where it is stored.
    pub address: DocAddress,
    /// Units sold.
    pub sales: i64,
    /// Can be bought.
    pub in_stock: bool,
    /// Lowest price.
    pub price_fen: i64,
}

impl Row {
    const fn place(&self) -> (u64, i64) {
        (self.key, self.spu)
    }
}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place()).then_with(|| self.address.cmp(&other.address))
    }
}

/// What was found.
#[derive(Default)]
pub struct Found {
    /// Products that match the words, before filters.
    pub matched: u64,
    /// Products that also pass the filters.
    pub total: u64,
    /// The best, in order; one more than asked for if there are more.
    pub rows: Vec<Row>,
    /// Facets.
    pub counts: Counts,
}

/// The filters and the order of one search.
struct Plan {
    sort: Sort,
    scored: bool,
    after: Option<Cursor>,
    keep: usize,
    in_stock_only: bool,
    new_since_ms: Option<i64>,
    brands: Vec<i64>,
    price: Option<(i64, i64)>,
    attributes: Vec<(String, Vec<String>)>,
    facets: bool,
}

/// Collects the hits of a search.
pub struct Gather(Arc<Plan>);

impl Gather {
    /// For a query; `worded` if it has words and hence scores.
    pub fn new(query: &Query, worded: bool) -> Self {
        let bounded = query.price_min_fen.is_some() || query.price_max_fen.is_some();
        let bounds = (query.price_min_fen.unwrap_or(i64::MIN), query.price_max_fen.unwrap_or(i64::MAX));
        Gather(Arc::new(Plan {
            sort: query.sort,
            scored: worded && query.sort == Sort::Relevance,
            after: query.after,
            keep: query.limit.min(LONGEST_PAGE) + 1,
            in_stock_only: query.in_stock_only,
            new_since_ms: query.new_since_ms,
            brands: query.brands.clone(),
            price: bounded.then_some(bounds),
            attributes: query.attributes.iter().filter(|(_, values)| !values.is_empty()).cloned().collect(),
            facets: query.facets,
        }))
    }
}

/// A filter on one attribute, in the numbers of one segment.
struct AttributeFilter {
    all: Range<u64>,
    chosen: Vec<u64>,
}

/// Collects from one segment.
pub struct SegmentGather {
    plan: Arc<Plan>,
    ordinal: SegmentOrdinal,
    kind: Arc<dyn ColumnValues<u64>>,
    spu: Arc<dyn ColumnValues<i64>>,
    sales: Arc<dyn ColumnValues<i64>>,
    in_stock: Arc<dyn ColumnValues<u64>>,
    price: Arc<dyn ColumnValues<i64>>,
    shelf: Arc<dyn ColumnValues<i64>>,
    brand: Arc<dyn ColumnValues<i64>>,
    brand_node: Option<StrColumn>,
    category_node: Option<StrColumn>,
    attribute: Option<StrColumn>,
    filters: Vec<AttributeFilter>,
    brand_counts: Vec<u32>,
    category_counts: Vec<u32>,
    attribute_counts: Vec<u32>,
    bands: [u64; BANDS],
    matched: u64,
    total: u64,
    best: BinaryHeap<Reverse<Row>>,
}

/// Which filters a product fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fails {
    None,
    Brand,
    Price,
    Attribute(usize),
    Several,
}

impl Fails {
    const fn and(self, other: Fails) -> Fails {
        if matches!(self, Fails::None) { other } else { Fails::Several }
    }
}

impl SegmentGather {
    fn fails(&self, doc: DocId) -> Fails {
        let mut fails = Fails::None;
        if !self.plan.brands.is_empty() && !self.plan.brands.contains(&self.brand.get_val(doc)) {
            fails = Fails::Brand;
        }
        if let Some((lowest, highest)) = self.plan.price
            && !(lowest..=highest).contains(&self.price.get_val(doc))
        {
            fails = fails.and(Fails::Price);
        }
        for (at, filter) in self.filters.iter().enumerate() {
            let has = |column: &StrColumn| column.ords().values_for_doc(doc).any(|ord| filter.chosen.contains(&ord));
            if !self.attribute.as_ref().is_some_and(has) {
                fails = fails.and(Fails::Attribute(at));
            }
        }
        fails
    }

    fn count(&mut self, doc: DocId, fails: Fails) {
        if matches!(fails, Fails::None | Fails::Brand) {
            tally(self.brand_node.as_ref(), &mut self.brand_counts, doc, |_| true);
        }
        if fails == Fails::None {
            tally(self.category_node.as_ref(), &mut self.category_counts, doc, |_| true);
        }
        if matches!(fails, Fails::None | Fails::Price) {
            self.bands[band(self.price.get_val(doc))] += 1;
        }
        let filters = &self.filters;
        match fails {
            Fails::None => tally(self.attribute.as_ref(), &mut self.attribute_counts, doc, |_| true),
            Fails::Attribute(at) => {
                let own = |ord| filters.get(at).is_some_and(|filter| filter.all.contains(&ord));
                tally(self.attribute.as_ref(), &mut self.attribute_counts, doc, own);
            }
            _ => {}
        }
    }

    fn key(&self, doc: DocId, score: Score, sales: i64, in_stock: bool, price_fen: i64) -> u64 {
        match self.plan.sort {
            Sort::Relevance => {
                let base = if self.plan.scored { score } else { 1.0 };
                // Twice the sales weigh two per cent: enough to order equals, too little to beat a better match.
                let doublings = i64::BITS - sales.max(0).leading_zeros();
                let weighed = base.max(0.0) * (1.0 + 0.02 * doublings as f32);
                // The bits of floats that are not negative have the order of the floats.
                (u64::from(in_stock) << 32) | u64::from(weighed.to_bits())
            }
            Sort::Sales => i64_to_u64(sales),
            Sort::Newest => i64_to_u64(self.shelf.get_val(doc)),
            Sort::PriceUp => !i64_to_u64(price_fen),
            Sort::PriceDown => i64_to_u64(price_fen),
        }
    }

    fn keep(&mut self, row: Row) {
        let before_page = self.plan.after.is_some_and(|after| row.place() >= (after.key, after.spu));
        if before_page {
            return;
        }
        if self.best.len() < self.plan.keep {
            self.best.push(Reverse(row));
        } else if self.best.peek().is_some_and(|Reverse(worst)| row > *worst) {
            self.best.pop();
            self.best.push(Reverse(row));
        }
    }
}

fn tally(column: Option<&StrColumn>, counts: &mut [u32], doc: DocId, counted: impl Fn(u64) -> bool) {
    let Some(column) = column else { return };
    for ord in column.ords().values_for_doc(doc) {
        if counted(ord)
            && let Some(count) = usize::try_from(ord).ok().and_then(|ord| counts.get_mut(ord))
        {
            *count += 1;
        }
    }
}

impl SegmentCollector for SegmentGather {
    type Fruit = tantivy::Result<Found>;

    fn collect(&mut self, doc: DocId, score: Score) {
        if Kind::of(self.kind.get_val(doc)) != Kind::Live {
            return;
        }
        self.matched += 1;
        let in_stock = self.in_stock.get_val(doc) == 1;
        let too_old = self.plan.new_since_ms.is_some_and(|since| self.shelf.get_val(doc) < since);
        if too_old || (self.plan.in_stock_only && !in_stock) {
            return;
        }
        let fails = self.fails(doc);
        if self.plan.facets && fails != Fails::Several {
            self.count(doc, fails);
        }
        if fails != Fails::None {
            return;
        }
        self.total += 1;
        let (sales, price_fen) = (self.sales.get_val(doc), self.price.get_val(doc));
        let key = self.key(doc, score, sales, in_stock, price_fen);
        let address = DocAddress::new(self.ordinal, doc);
        self.keep(Row { key, spu: self.spu.get_val(doc), address, sales, in_stock, price_fen });
    }

    fn harvest(self) -> Self::Fruit {
        let mut counts = Counts::default();
        counts.bands = self.bands;
        counts.add_brands(self.brand_node.as_ref(), &self.brand_counts)?;
        counts.add_categories(self.category_node.as_ref(), &self.category_counts)?;
        counts.add_attributes(self.attribute.as_ref(), &self.attribute_counts)?;
        let rows = self.best.into_iter().map(|Reverse(row)| row).collect();
        Ok(Found { matched: self.matched, total: self.total, rows, counts })
    }
}

fn filters(plan: &Plan, column: Option<&StrColumn>) -> tantivy::Result<Vec<AttributeFilter>> {
    let mut filters = Vec::with_capacity(plan.attributes.len());
    for (name, values) in &plan.attributes {
        let mut filter = AttributeFilter { all: 0..0, chosen: Vec::new() };
        if let Some(column) = column {
            let dictionary = column.dictionary();
            let first = |text: String| dictionary.term_ord_or_next(text);
            let (from, to) = (format!("{}{SEPARATOR}", part(name)), format!("{}\u{20}", part(name)));
            filter.all = place(first(from)?, column)..place(first(to)?, column);
            for value in values {
                filter.chosen.extend(dictionary.term_ord(attribute_term(name, value))?);
            }
        }
        filters.push(filter);
    }
    Ok(filters)
}

fn place(hit: tantivy::columnar::TermOrdHit, column: &StrColumn) -> u64 {
    match hit {
        tantivy::columnar::TermOrdHit::Exact(ord) | tantivy::columnar::TermOrdHit::Next(ord) => {
            ord.min(column.num_terms() as u64)
        }
    }
}

impl Collector for Gather {
    type Fruit = Found;
    type Child = SegmentGather;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentGather> {
        let fast = segment.fast_fields();
        let number = |name: &str| fast.column_first_or_default::<i64>(name);
        let flag = |name: &str| fast.column_first_or_default::<u64>(name);
        let nodes = |name: &str| if self.0.facets { fast.str(name) } else { Ok(None) };
        let counts = |column: &Option<StrColumn>| vec![0; column.as_ref().map_or(0, |column| column.num_terms())];
        let attribute = if self.0.facets || !self.0.attributes.is_empty() { fast.str(column::ATTRIBUTE)? } else { None };
        let (brand_node, category_node) = (nodes(column::BRAND_NODE)?, nodes(column::CATEGORY_NODE)?);
        Ok(SegmentGather {
            plan: Arc::clone(&self.0),
            ordinal,
            kind: flag(column::KIND)?,
            spu: number(column::SPU)?,
            sales: number(column::SALES)?,
            in_stock: flag(column::IN_STOCK)?,
            price: number(column::PRICE)?,
            shelf: number(column::SHELF)?,
            brand: number(column::BRAND)?,
            filters: filters(&self.0, attribute.as_ref())?,
            brand_counts: counts(&brand_node),
            category_counts: counts(&category_node),
            attribute_counts: if self.0.facets { counts(&attribute) } else { Vec::new() },
            brand_node,
            category_node,
            attribute,
            bands: [0; BANDS],
            matched: 0,
            total: 0,
            best: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.0.scored
    }

    fn merge_fruits(&self, parts: Vec<tantivy::Result<Found>>) -> Result<Found, TantivyError> {
        let mut all = Found::default();
        for found in parts {
            let found = found?;
            all.matched += found.matched;
            all.total += found.total;
            all.rows.extend(found.rows);
            all.counts.merge(found.counts);
        }
        all.rows.sort_unstable_by(|a, b| b.cmp(a));
        all.rows.truncate(self.0.keep);
        Ok(all)
    }
}
