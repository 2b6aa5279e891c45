//! Searching: parameters as a query of one way of writing, and its answer, ready-made if the same was asked before.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use contract::{BrandId, CategoryId};
use garde::Validate;
use kit::fault::INVALID;
use kit::{Ctx, Error, Result, Time};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::{self, SearchFacets, SearchPage, Suggestions};
use crate::answers::{Answer, Asked};
use crate::index::{Cursor, Page, Query, Sort, fold};
use crate::{Search, Settings};

/// 十亿元: above every price.
const HIGHEST_FEN: i64 = 100_000_000_000;
/// Products on a page when nobody says otherwise.
const PAGE: u16 = 20;
const MINUTE_MS: i64 = 60_000;

/// The order of the products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchSort {
    /// 综合.
    #[default]
    Relevance,
    /// 销量: most sold first.
    Sales,
    /// 上新: latest on the shelf first.
    Newest,
    /// Cheapest first.
    PriceAsc,
    /// Dearest first.
    PriceDesc,
}

impl SearchSort {
    const fn of_index(self) -> Sort {
        match self {
            SearchSort::Relevance => Sort::Relevance,
            SearchSort::Sales => Sort::Sales,
            SearchSort::Newest => Sort::Newest,
            SearchSort::PriceAsc => Sort::PriceUp,
            SearchSort::PriceDesc => Sort::PriceDown,
        }
    }

    /// Marks the cursors of this order.
    const fn letter(self) -> char {
        match self {
            SearchSort::Relevance => 'r',
            SearchSort::Sales => 's',
            SearchSort::Newest => 'n',
            SearchSort::PriceAsc => 'u',
            SearchSort::PriceDesc => 'd',
        }
    }
}

/// What is searched for. Everything left out does not restrict; without words it is a listing.
#[derive(Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// What the shopper typed; Pinyin and initials find too.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    pub q: Option<String>,
    /// Any of these categories, at any level; the name is repeated.
    #[garde(length(max = 50))]
    #[serde(default)]
    #[param(max_items = 50)]
    pub category: Vec<CategoryId>,
    /// Any of these brands; the name is repeated.
    #[garde(length(max = 50))]
    #[serde(default)]
    #[param(max_items = 50)]
    pub brand: Vec<BrandId>,
    /// `name:value`; repeated. Several values of one name: any of them. Several names: all of them.
    #[garde(length(max = 20), inner(length(chars, max = 200)))]
    #[serde(default)]
    #[param(max_items = 20)]
    pub attr: Vec<String>,
    /// Lowest price, included.
    #[garde(range(min = 0, max = HIGHEST_FEN))]
    #[param(minimum = 0, maximum = 100_000_000_000_i64)]
    pub price_min_fen: Option<i64>,
    /// Highest price, included.
    #[garde(range(min = 0, max = HIGHEST_FEN))]
    #[param(minimum = 0, maximum = 100_000_000_000_i64)]
    pub price_max_fen: Option<i64>,
    /// Only what can be bought.
    #[garde(skip)]
    pub in_stock: Option<bool>,
    /// Only what came on the shelf in the last days.
    #[garde(skip)]
    pub new: Option<bool>,
    /// The order; by relevance when absent.
    #[garde(skip)]
    #[param(inline)]
    pub sort: Option<SearchSort>,
    /// `next` of the page before; all else must be the same.
    #[garde(length(max = 60))]
    #[param(max_length = 60)]
    pub cursor: Option<String>,
    /// Products a page, 1–50; 20 when absent.
    #[garde(range(min = 1, max = 50))]
    #[param(minimum = 1, maximum = 50)]
    pub limit: Option<u16>,
    /// Whether to count what the search can be narrowed by; on the first page when absent.
    #[garde(skip)]
    pub facets: Option<bool>,
}

/// What is typed so far.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TypedParams {
    /// What is typed so far; Pinyin and initials too.
    #[garde(length(chars, max = 100))]
    #[param(max_length = 100)]
    pub q: String,
}

/// One way of writing for all: half width, lower case, single blanks, no control characters.
pub(crate) fn written_one_way(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

impl SearchParams {
    fn sort(&self) -> SearchSort {
        self.sort.unwrap_or_default()
    }

    /// The query. The same question gives the same query, whatever the order of its parts.
    pub(crate) fn query(&self, settings: &Settings, now: Time) -> Result<Query> {
        if let (Some(min), Some(max)) = (self.price_min_fen, self.price_max_fen)
            && min > max
        {
            return Err(INVALID.at("price_max_fen", "range", "below price_min_fen"));
        }
        let categories: BTreeSet<i64> = self.category.iter().map(|category| category.0).collect();
        let brands: BTreeSet<i64> = self.brand.iter().map(|brand| brand.0).collect();
        let new_since = now - settings.new_for;
        Ok(Query {
            words: written_one_way(self.q.as_deref().unwrap_or_default()),
            categories: categories.into_iter().collect(),
            brands: brands.into_iter().collect(),
            price_min_fen: self.price_min_fen,
            price_max_fen: self.price_max_fen,
            attributes: self.attributes()?,
            in_stock_only: self.in_stock.unwrap_or(false),
            // Whole minutes, so that the question stays the same for a while.
            new_since_ms: self.new.unwrap_or(false).then(|| new_since.ms().div_euclid(MINUTE_MS) * MINUTE_MS),
            spus: None,
            sort: self.sort().of_index(),
            after: self.after()?,
            limit: usize::from(self.limit.unwrap_or(PAGE)),
            facets: self.facets.unwrap_or(self.cursor.is_none()),
        })
    }

    fn attributes(&self) -> Result<Vec<(String, Vec<String>)>> {
        let mut chosen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (at, text) in self.attr.iter().enumerate() {
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            match text.split_once(':') {
                Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                    chosen.entry(name.to_owned()).or_default().insert(value.to_owned());
                }
                _ => return Err(INVALID.at(format!("attr/{at}"), "shape", "name:value")),
            }
        }
        Ok(chosen.into_iter().map(|(name, values)| (name, values.into_iter().collect())).collect())
    }

    fn after(&self) -> Result<Option<Cursor>> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let place = text.strip_prefix(self.sort().letter()).and_then(|place| place.parse().ok());
        place.map(Some).ok_or_else(|| INVALID.at("cursor", "cursor", "not a cursor of this list"))
    }
}

impl Search {
    /// Searches for a shopper; what was found is noted as a hot word.
    pub(crate) async fn find(&self, ctx: &Ctx, params: &SearchParams) -> Result<Bytes> {
        self.ensure_whole();
        let now = self.clock.now();
        let query = params.query(&self.settings, now)?;
        let words = if params.cursor.is_none() { query.words.clone() } else { String::new() };
        let letter = params.sort().letter();
        let answer = self.answer(Asked::Search(query), |edition, asked| self.search(edition, asked, letter)).await?;
        if answer.found {
            self.hot.note(&words, &ctx.ip, now);
        }
        Ok(answer.bytes)
    }

    /// Suggestions for what is typed so far.
    pub(crate) async fn suggest(&self, typed: &str) -> Result<Bytes> {
        self.ensure_whole();
        let typed = fold(typed).trim_start().to_owned();
        let answer = self.answer(Asked::Suggestions(typed), |_, asked| self.complete(asked)).await?;
        Ok(answer.bytes)
    }

    /// The answer, from those that are ready or made now. Making one takes a millisecond of pure work, so it runs right here,
    /// but only so many at once.
    async fn answer(&self, asked: Asked, make: impl FnOnce(u64, &Asked) -> Result<Answer>) -> Result<Answer> {
        if let Some(ready) = self.answers.get(self.index.edition(), &asked) {
            return Ok(ready);
        }
        let _place = self.places.enter().await?;
        // Read before the search: what it sees is of this edition or a later one.
        let edition = self.index.edition();
        if let Some(ready) = self.answers.get(edition, &asked) {
            return Ok(ready);
        }
        let answer = make(edition, &asked)?;
        self.answers.keep(edition, asked, &answer);
        Ok(answer)
    }

    fn search(&self, edition: u64, asked: &Asked, letter: char) -> Result<Answer> {
        let Asked::Search(query) = asked else { return Err(Error::internal("not a search")) };
        let ready = if query.facets { self.answers.facets(edition, query) } else { None };
        let counting = query.facets && ready.is_none();
        let mut page = self.index.search(&Query { facets: counting, ..query.clone() })?;
        let facets = if counting {
            let counted = Arc::new(answer::facets(std::mem::take(&mut page.facets)));
            self.answers.keep_facets(edition, query, &counted);
            Some(counted)
        } else {
            ready
        };
        written(page, facets.as_deref(), letter)
    }

    fn complete(&self, asked: &Asked) -> Result<Answer> {
        let Asked::Suggestions(typed) = asked else { return Err(Error::internal("not suggestions")) };
        let found = self.index.suggest(typed, self.settings.suggestions)?;
        let items = found.into_iter().map(answer::suggestion).collect();
        Ok(Answer { bytes: serde_json::to_vec(&Suggestions { items })?.into(), found: false })
    }
}

fn written(page: Page, facets: Option<&SearchFacets>, letter: char) -> Result<Answer> {
    let found = page.total > 0 && !page.loosened;
    let shown = SearchPage {
        items: page.items.into_iter().map(answer::item).collect::<Result<_>>()?,
        next: page.next.map(|place| format!("{letter}{place}")),
        total: page.total,
        loosened: page.loosened,
        facets,
    };
    Ok(Answer { bytes: serde_json::to_vec(&shown)?.into(), found })
}
