//! Answers kept ready: the same question of the same edition of the index is answered with the same bytes.
//! Must never know how an answer is made.

use std::sync::Arc;

use bytes::Bytes;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use crate::answer::SearchFacets;
use crate::index::Query;

/// Facets kept beside the answers: they serve every order and page of a search.
const FACETS: u64 = 200;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    /// A search.
    Search(Query),
    /// Suggestions for what is typed.
    Suggestions(String),
}

/// An answer, written.
#[derive(Clone, Debug)]
pub struct Answer {
    /// JSON.
    pub bytes: Bytes,
    /// Something was found by the words as they were typed.
    pub found: bool,
}

/// The answers. The edition is part of the key, so nothing old is ever given; what is old leaves by not being used.
pub struct Answers {
    answers: Cache<(u64, Asked), Answer>,
    facets: Cache<(u64, Query), Arc<SearchFacets>>,
}

impl Answers {
    /// At most so many answers, and so many bytes.
    pub fn new(answers: usize, bytes: usize) -> Self {
        // Weighing each at its share at least bounds the number too.
        let share = bytes.checked_div(answers).unwrap_or(bytes);
        let weigh = move |_: &(u64, Asked), answer: &Answer| u32::try_from(answer.bytes.len().max(share)).unwrap_or(u32::MAX);
        let most = if answers == 0 { 0 } else { u64::try_from(bytes).unwrap_or(u64::MAX) };
        // The latest are kept: the default prefers what was popular before, which is of an old edition.
        let answers = Cache::builder().max_capacity(most).weigher(weigh).eviction_policy(EvictionPolicy::lru()).build();
        let facets = Cache::builder().max_capacity(FACETS).eviction_policy(EvictionPolicy::lru()).build();
        Answers { answers, facets }
    }

    /// The answer, if it is ready.
    pub fn get(&self, edition: u64, asked: &Asked) -> Option<Answer> {
        self.answers.get(&(edition, asked.clone()))
    }

    /// Keeps an answer of an edition that was read before the search began.
    pub fn keep(&self, edition: u64, asked: Asked, answer: &Answer) {
        self.answers.insert((edition, asked), answer.clone());
    }

    /// Facets of a search, if they are ready.
    pub fn facets(&self, edition: u64, query: &Query) -> Option<Arc<SearchFacets>> {
        self.facets.get(&(edition, unpaged(query)))
    }

    /// Keeps the facets of a search.
    pub fn keep_facets(&self, edition: u64, query: &Query, facets: &Arc<SearchFacets>) {
        self.facets.insert((edition, unpaged(query)), facets.clone());
    }
}

/// The search without what facets do not depend on.
fn unpaged(query: &Query) -> Query {
    Query { sort: Default::default(), after: None, limit: 0, ..query.clone() }
}
