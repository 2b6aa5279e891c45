//! What the shopper typed, as a query on the index. Must never fail: any text is some query.
#![allow(clippy::float_arithmetic, reason = "scores are floats")]

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query as Clause, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::pinyin::sound;
use super::query::Query;
use super::schema::Fields;
use super::words::{Piece, Words, fold, grams, is_han, pieces};

/// Most characters of a text that are looked at.
const LONGEST_TEXT: usize = 100;
/// Most words of a text that are looked for.
const MOST_WORDS: usize = 24;
/// Longest stretch of Chinese that is looked for as a whole, in characters.
const LONGEST_STRETCH: usize = 12;
/// Most such stretches.
const MOST_STRETCHES: usize = 4;
/// Words that say nothing as long as others are there.
const STOP: [&str; 10] = ["的", "了", "和", "与", "及", "或", "之", "the", "for", "and"];

/// How exactly words have to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// As they were typed.
    AsTyped,
    /// Also beginnings, one wrong letter, and what sounds the same.
    Similar,
}

/// The words of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    words: Vec<String>,
    /// Stretches of Chinese that hold several words: worth more where they stand together.
    stretches: Vec<String>,
}

impl Phrase {
    /// Reads a text.
    pub fn read(words: &Words, text: &str) -> Self {
        let short: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
        if short.trim().is_empty() {
            return Phrase { words: Vec::new(), stretches: Vec::new() };
        }
        let mut seen = std::collections::HashSet::new();
        let mut found = words.for_query(&short);
        found.retain(|word| seen.insert(word.clone()));
        if found.iter().any(|word| !STOP.contains(&word.as_str())) {
            found.retain(|word| !STOP.contains(&word.as_str()));
        }
        found.truncate(MOST_WORDS);
        let folded = fold(&short);
        let several = |run: &str| (3..=LONGEST_STRETCH).contains(&run.chars().count()) && !found.iter().any(|word| word == run);
        let stretches = pieces(&folded)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Han(run) if several(run) => Some(run.to_owned()),
                _ => None,
            })
            .take(MOST_STRETCHES)
            .collect();
        Phrase { words: found, stretches }
    }

    /// Nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The query on the index: words, category and chosen products. The other filters are applied while gathering.
    pub fn query(&self, fields: &Fields, query: &Query, strictness: Strictness) -> Box<dyn Clause> {
        let mut clauses: Vec<(Occur, Box<dyn Clause>)> = Vec::new();
        if !self.is_empty() {
            clauses.push((Occur::Must, self.words_clause(fields, strictness)));
            clauses.extend(self.stretches.iter().map(|stretch| (Occur::Should, net(fields, stretch, 6.0))));
        }
        match query.categories.as_slice() {
            [] => {}
            [category] => clauses.push((Occur::Must, silent(term(Term::from_field_i64(fields.category, *category))))),
            several => {
                let any = TermSetQuery::new(several.iter().map(|category| Term::from_field_i64(fields.category, *category)));
                clauses.push((Occur::Must, silent(Box::new(any))));
            }
        }
        if let Some(spus) = &query.spus {
            let chosen = TermSetQuery::new(spus.iter().map(|spu| fields.key(*spu)));
            clauses.push((Occur::Must, silent(Box::new(chosen))));
        }
        match clauses.len() {
            0 => Box::new(AllQuery),
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        }
    }

    fn words_clause(&self, fields: &Fields, strictness: Strictness) -> Box<dyn Clause> {
        let clauses: Vec<Box<dyn Clause>> = self.words.iter().map(|word| word_clause(fields, word, strictness)).collect();
        // One or two words must all match; of more, three quarters.
        let needed = if clauses.len() <= 2 { clauses.len() } else { (clauses.len() * 3).div_ceil(4) };
        let all: Box<dyn Clause> = if needed == clauses.len() {
            Box::new(BooleanQuery::intersection(clauses))
        } else {
            Box::new(BooleanQuery::union_with_minimum_required_clauses(clauses, needed))
        };
        if strictness == Strictness::AsTyped {
            return all;
        }
        // The whole text by sound: `shou ji ke`, or 连衣群 for 连衣裙.
        let whole = self.words.concat();
        match sound(&whole).filter(|sound| sound.whole.chars().count() >= 3) {
            Some(sound) => Box::new(BooleanQuery::union(vec![all, constant(fields.pinyin, &sound.whole, 2.0)])),
            None => all,
        }
    }
}

fn term(term: Term) -> Box<dyn Clause> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// A clause that restricts and does not score.
fn silent(clause: Box<dyn Clause>) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(clause, 0.0))
}

fn scored(field: Field, word: &str, boost: f32) -> Box<dyn Clause> {
    let clause = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
    Box::new(BoostQuery::new(Box::new(clause), boost))
}

fn constant(field: Field, word: &str, score: f32) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(term(Term::from_field_text(field, word)), score))
}

fn word_clause(fields: &Fields, word: &str, strictness: Strictness) -> Box<dyn Clause> {
    let mut ways = vec![
        scored(fields.title, word, 4.0),
        scored(fields.brand_words, word, 3.0),
        scored(fields.category_words, word, 2.0),
        scored(fields.subtitle, word, 1.2),
        scored(fields.attribute_words, word, 1.0),
    ];
    if word.chars().all(is_han) {
        ways.push(net(fields, word, 0.4));
    }
    if strictness == Strictness::Similar {
        ways.extend(similar(fields, word));
    }
    Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, 0.1))
}

/// Finds the characters of a word side by side, wherever the dictionary cut the text.
fn net(fields: &Fields, word: &str, score: f32) -> Box<dyn Clause> {
    let all = grams(word);
    let wide = all.iter().any(|gram| gram.chars().nth(1).is_some());
    let needed = all.iter().filter(|gram| !wide || gram.chars().nth(1).is_some());
    let clauses = needed.map(|gram| term(Term::from_field_text(fields.grams, gram))).collect();
    Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::intersection(clauses)), score))
}

fn similar(fields: &Fields, word: &str) -> Vec<Box<dyn Clause>> {
    let mut ways: Vec<Box<dyn Clause>> = Vec::new();
    let length = word.chars().count();
    let latin = word.chars().all(|c| c.is_ascii_alphabetic());
    if latin && length >= 2 {
        ways.push(constant(fields.pinyin, word, 1.5));
        for field in [fields.title, fields.brand_words] {
            ways.push(fuzzy(FuzzyTermQuery::new_prefix(Term::from_field_text(field, word), 0, true), 1.2));
        }
    }
    if latin && length >= 3 {
        ways.push(fuzzy(FuzzyTermQuery::new_prefix(Term::from_field_text(fields.pinyin, word), 0, true), 0.5));
    }
    if latin && length >= 4 {
        for field in [fields.title, fields.brand_words, fields.subtitle] {
            ways.push(fuzzy(FuzzyTermQuery::new(Term::from_field_text(field, word), 1, true), 1.0));
        }
    }
    if !latin
        && length >= 2
        && let Some(sound) = sound(word)
    {
        ways.push(constant(fields.pinyin, &sound.whole, 1.5));
    }
    ways
}

fn fuzzy(clause: FuzzyTermQuery, score: f32) -> Box<dyn Clause> {
    Box::new(ConstScoreQuery::new(Box::new(clause), score))
}
