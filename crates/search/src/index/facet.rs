//! Counts by value, and what of them is shown. Must never touch the index beyond its dictionaries.

use std::collections::HashMap;

use tantivy::columnar::StrColumn;

use super::document::SEPARATOR;
use super::query::{AttributeFacet, Count, Facets, Named, PriceBand};

/// Where price bands begin, in fen.
const STEPS_FEN: [i64; 9] = [0, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000];
/// Number of price bands.
pub const BANDS: usize = STEPS_FEN.len();
/// Most brands or categories shown.
const MOST_NODES: usize = 60;
/// Most attributes shown.
const MOST_ATTRIBUTES: usize = 20;
/// Most values of an attribute shown.
const MOST_VALUES: usize = 40;

/// The band of a price.
pub fn band(price_fen: i64) -> usize {
    STEPS_FEN.partition_point(|step| *step <= price_fen).saturating_sub(1)
}

/// Counts of all values met.
#[derive(Default)]
pub struct Counts {
    /// Brands by number, with the names met.
    brands: HashMap<Named, u64>,
    /// Categories with their parent.
    categories: HashMap<(i64, Named), u64>,
    /// Attribute values.
    attributes: HashMap<(String, String), u64>,
    /// Price bands.
    pub bands: [u64; BANDS],
}

/// Calls `each` with every term that was counted.
fn counted(column: Option<&StrColumn>, counts: &[u32], mut each: impl FnMut(&str, u64)) -> tantivy::Result<()> {
    let Some(column) = column else { return Ok(()) };
    let (ords, numbers): (Vec<u64>, Vec<u64>) =
        (0..).zip(counts).filter(|(_, count)| **count > 0).map(|(ord, count)| (ord, u64::from(*count))).unzip();
    let mut numbers = numbers.into_iter();
    column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
        if let (Ok(term), Some(count)) = (std::str::from_utf8(term), numbers.next()) {
            each(term, count);
        }
    })?;
    Ok(())
}

impl Counts {
    /// Adds the brands of a segment.
    pub fn add_brands(&mut self, column: Option<&StrColumn>, counts: &[u32]) -> tantivy::Result<()> {
        counted(column, counts, |term, count| {
            if let Some((id, name)) = term.split_once(SEPARATOR)
                && let Ok(id) = id.parse()
            {
                *self.brands.entry(Named { id, name: name.to_owned() }).or_default() += count;
            }
        })
    }

    /// Adds the categories of a segment.
    pub fn add_categories(&mut self, column: Option<&StrColumn>, counts: &[u32]) -> tantivy::Result<()> {
        counted(column, counts, |term, count| {
            let mut parts = term.splitn(3, SEPARATOR);
            let mut number = || parts.next().and_then(|part| part.parse().ok());
            if let (Some(parent), Some(id)) = (number(), number())
                && let Some(name) = parts.next()
            {
                *self.categories.entry((parent, Named { id, name: name.to_owned() })).or_default() += count;
            }
        })
    }

    /// Adds the attribute values of a segment.
    pub fn add_attributes(&mut self, column: Option<&StrColumn>, counts: &[u32]) -> tantivy::Result<()> {
        counted(column, counts, |term, count| {
            if let Some((name, value)) = term.split_once(SEPARATOR) {
                *self.attributes.entry((name.to_owned(), value.to_owned())).or_default() += count;
            }
        })
    }

    /// Adds the counts of another segment.
    pub fn merge(&mut self, other: Counts) {
        for (key, count) in other.brands {
            *self.brands.entry(key).or_default() += count;
        }
        for (key, count) in other.categories {
            *self.categories.entry(key).or_default() += count;
        }
        for (key, count) in other.attributes {
            *self.attributes.entry(key).or_default() += count;
        }
        for (band, count) in self.bands.iter_mut().zip(other.bands) {
            *band += count;
        }
    }

    /// What is shown. Ties are in the order of names, so that the same search shows the same.
    pub fn facets(self, chosen: &[i64]) -> Facets {
        let shown = |above: i64, id: i64| match chosen {
            [] => above == 0,
            [parent] => above == *parent,
            several => several.contains(&id),
        };
        let categories = self.categories.into_iter().filter(|((above, named), _)| shown(*above, named.id));
        Facets {
            categories: named(categories.map(|((_, named), count)| (named, count))),
            brands: named(self.brands.into_iter()),
            prices: prices(&self.bands),
            attributes: attributes(self.attributes),
        }
    }
}

/// One line per number: while a new name spreads, the name that more products have is shown.
fn named(counts: impl Iterator<Item = (Named, u64)>) -> Vec<Count<Named>> {
    let mut counts: Vec<(Named, u64)> = counts.collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut shown: Vec<Count<Named>> = Vec::new();
    for (value, count) in counts {
        match places.get(&value.id).and_then(|place| shown.get_mut(*place)) {
            Some(line) => line.count += count,
            None => {
                places.insert(value.id, shown.len());
                shown.push(Count { value, count });
            }
        }
    }
    shown.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.id.cmp(&b.value.id)));
    shown.truncate(MOST_NODES);
    shown
}

fn prices(bands: &[u64; BANDS]) -> Vec<Count<PriceBand>> {
    let ends = STEPS_FEN.iter().skip(1).map(|end| Some(*end)).chain([None]);
    STEPS_FEN
        .iter()
        .zip(ends)
        .zip(bands)
        .filter(|(_, count)| **count > 0)
        .map(|((from, to_fen), count)| Count { value: PriceBand { from_fen: *from, to_fen }, count: *count })
        .collect()
}

fn attributes(counts: HashMap<(String, String), u64>) -> Vec<AttributeFacet> {
    let mut by_name: HashMap<String, Vec<Count<String>>> = HashMap::new();
    for ((name, value), count) in counts {
        by_name.entry(name).or_default().push(Count { value, count });
    }
    let mut all: Vec<(u64, AttributeFacet)> = by_name
        .into_iter()
        .map(|(name, mut values)| {
            let products = values.iter().map(|value| value.count).sum();
            values.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
            values.truncate(MOST_VALUES);
            (products, AttributeFacet { name, values })
        })
        .collect();
    all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    all.truncate(MOST_ATTRIBUTES);
    all.into_iter().map(|(_, facet)| facet).collect()
}
