//! What the shopper may be about to type: names of brands and categories, words of titles, found by their beginning,
//! by sound and by initials. Must never suggest what finds nothing.

use std::collections::{HashMap, HashSet};

use kit::{Error, Result};
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED};

use super::Index;
use super::document::{Document, SEPARATOR, part};
use super::pinyin::sound;
use super::schema::{Fields, column};
use super::words::{Words, fold, is_han};

/// Most suggestions given.
const MOST: usize = 20;
/// Longest beginning that is looked up, in characters.
const LONGEST_START: usize = 32;
/// Most terms of a segment looked at.
const MOST_TERMS: usize = 20_000;
/// Most products looked at to weigh one suggestion in one segment.
const MOST_PRODUCTS: usize = 500;

/// What a suggestion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuggestionKind {
    /// Name of a brand.
    Brand,
    /// Name of a category.
    Category,
    /// Words of titles.
    Words,
}

/// A suggestion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to search for.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// How many products it stands for, and how well they sell; to compare within one answer.
    pub weight: u64,
}

/// The terms by which the names and words of a document are suggested: key, kind and text.
pub fn terms(words: &Words, document: &Document) -> Vec<String> {
    let mut terms = HashSet::new();
    if let Some((_, name)) = &document.brand {
        add(&mut terms, 'b', name);
    }
    for (_, name) in &document.categories {
        add(&mut terms, 'c', name);
    }
    for stretch in words.stretches(&document.title) {
        for word in &stretch {
            add(&mut terms, 'w', word);
        }
        for pair in stretch.windows(2) {
            add(&mut terms, 'p', &pair.concat());
        }
    }
    terms.into_iter().collect()
}

fn add(terms: &mut HashSet<String>, kind: char, text: &str) {
    let text = part(text);
    let key: String = fold(&text).chars().filter(|c| !c.is_whitespace()).collect();
    if key.chars().count() < 2 {
        return;
    }
    if key.chars().any(is_han)
        && let Some(sound) = sound(&key)
    {
        terms.insert(format!("{}{SEPARATOR}{kind}{text}", sound.whole));
        terms.insert(format!("{}{SEPARATOR}{kind}{text}", sound.initials));
    }
    terms.insert(format!("{key}{SEPARATOR}{kind}{text}"));
}

/// How much more a kind weighs than a pair of words.
const fn factor(kind: char) -> u64 {
    match kind {
        'b' | 'c' => 4,
        'w' => 2,
        _ => 1,
    }
}

const fn kind_of(kind: char) -> SuggestionKind {
    match kind {
        'b' => SuggestionKind::Brand,
        'c' => SuggestionKind::Category,
        _ => SuggestionKind::Words,
    }
}

struct Candidate {
    factor: u64,
    kind: SuggestionKind,
    places: Vec<(usize, TermInfo)>,
}

impl Candidate {
    /// A first guess at the weight that reads no postings.
    fn promise(&self) -> u64 {
        self.factor * self.places.iter().map(|(_, info)| u64::from(info.doc_freq)).sum::<u64>()
    }
}

impl Index {
    /// Suggestions for what is typed so far, best first, at most 20. With several words the last one is completed.
    pub fn suggest(&self, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
        let limit = limit.min(MOST);
        let short: String = fold(typed).chars().take(LONGEST_START).collect();
        let short = short.trim();
        if short.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let generation = self.current();
        let searcher = generation.reader.searcher();
        let whole: String = short.chars().filter(|c| !c.is_whitespace() && *c != SEPARATOR).collect();
        let found = complete(&searcher, &generation.fields, &whole, limit)?;
        if !found.is_empty() {
            return Ok(found);
        }
        let Some((head, tail)) = short.rsplit_once(' ') else { return Ok(Vec::new()) };
        let completed = complete(&searcher, &generation.fields, tail, limit)?;
        let join = |found: Suggestion| {
            let text = format!("{} {}", head.trim(), found.text);
            Suggestion { text, kind: SuggestionKind::Words, ..found }
        };
        // Both words exist, but perhaps not together.
        let mut joined: Vec<Suggestion> = completed.into_iter().map(join).collect();
        joined.retain(|suggestion| self.finds(&suggestion.text));
        Ok(joined)
    }

    fn finds(&self, words: &str) -> bool {
        let query = super::Query { words: words.to_owned(), limit: 1, ..super::Query::default() };
        self.search(&query).is_ok_and(|page| page.total > 0 && !page.loosened)
    }
}

fn complete(searcher: &Searcher, fields: &Fields, start: &str, limit: usize) -> Result<Vec<Suggestion>> {
    let mut candidates: Vec<(String, Candidate)> = candidates(searcher, fields, start)?.into_iter().collect();
    candidates.retain(|(text, _)| fold(text) != start);
    let order = |a: &(String, Candidate), b: &(String, Candidate)| b.1.promise().cmp(&a.1.promise()).then_with(|| a.0.cmp(&b.0));
    candidates.sort_unstable_by(order);
    candidates.truncate(limit * 4);
    let mut suggestions = Vec::new();
    for (text, candidate) in candidates {
        let weight = weigh(searcher, fields, &candidate)?;
        if weight > 0 {
            suggestions.push(Suggestion { text, kind: candidate.kind, weight });
        }
    }
    suggestions.sort_unstable_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
    suggestions.truncate(limit);
    Ok(suggestions)
}

fn candidates(searcher: &Searcher, fields: &Fields, start: &str) -> Result<HashMap<String, Candidate>> {
    let mut found: HashMap<String, Candidate> = HashMap::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let inverted = reader.inverted_index(fields.suggest).map_err(Error::internal)?;
        let mut stream = inverted.terms().range().ge(start.as_bytes()).into_stream().map_err(Error::internal)?;
        let mut looked_at = 0;
        while stream.advance() && stream.key().starts_with(start.as_bytes()) && looked_at < MOST_TERMS {
            looked_at += 1;
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            let Some((_, tagged)) = term.split_once(SEPARATOR) else { continue };
            let mut rest = tagged.chars();
            let Some(kind) = rest.next() else { continue };
            let text = rest.as_str();
            let info = stream.value();
            if !found.contains_key(text) {
                found.insert(text.to_owned(), Candidate { factor: 0, kind: SuggestionKind::Words, places: Vec::new() });
            }
            if let Some(candidate) = found.get_mut(text) {
                if factor(kind) > candidate.factor {
                    candidate.factor = factor(kind);
                    candidate.kind = kind_of(kind);
                }
                // Sound and initials often begin alike: one text counts once in a segment.
                match candidate.places.last_mut().filter(|(last, _)| *last == segment) {
                    Some((_, place)) if place.doc_freq >= info.doc_freq => {}
                    Some((_, place)) => *place = info.clone(),
                    None => candidate.places.push((segment, info.clone())),
                }
            }
        }
    }
    Ok(found)
}

/// Products that are there, each with the doublings of its sales.
fn weigh(searcher: &Searcher, fields: &Fields, candidate: &Candidate) -> Result<u64> {
    let mut weight = 0;
    for (segment, info) in &candidate.places {
        let Some(reader) = searcher.segment_readers().get(*segment) else { continue };
        let sales = reader.fast_fields().column_first_or_default::<i64>(column::SALES).map_err(Error::internal)?;
        let inverted = reader.inverted_index(fields.suggest).map_err(Error::internal)?;
        let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic).map_err(Error::internal)?;
        let mut looked_at = 0;
        while postings.doc() != TERMINATED && looked_at < MOST_PRODUCTS {
            looked_at += 1;
            if !reader.is_deleted(postings.doc()) {
                let doublings = i64::BITS - sales.get_val(postings.doc()).max(0).leading_zeros();
                weight += 1 + u64::from(doublings);
            }
            postings.advance();
        }
    }
    Ok(weight * candidate.factor)
}
