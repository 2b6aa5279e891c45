//! What buyers of the demo store's goods have to say: invented, the same on every run but for the day. Knows the goods by their lines
//! and the words that fit each kind; must never know how a review is kept.

mod words;

use std::time::Duration;

use contract::product::{ImportReviews, ImportedReview, ImportedWords, Line, Spec};
use kit::Time;

use super::pictures::palette::stir;
use words::{ANSWERS, AUTHORS, GENERAL, LATER, SORRY, TALK, Talk};

/// Goods of a leaf that somebody has reviewed.
const GOODS: usize = 2;
/// How far back reviews go, days.
const DAYS: u32 = 88;

/// Reviews of about sixty of these goods, written within the ninety days before `now`.
#[must_use]
pub fn reviews(lines: &[Line], now: Time) -> Vec<ImportReviews> {
    let mut all = Vec::new();
    // What fits any goods is said in turn, so that nothing is said too often.
    let mut general = GENERAL.iter().copied().cycle();
    for talk in TALK {
        let of_leaf = lines.iter().filter(|line| line.on_sale && line.category.last().is_some_and(|leaf| leaf == talk.leaf));
        for (nth, line) in of_leaf.take(GOODS).enumerate() {
            all.push(ImportReviews { spu_source: line.source_id, reviews: of_one(talk, nth, line, &mut general, now) });
        }
    }
    all
}

/// A number from 0 up to but not including `below`; each `which` is another throw for the same review.
fn draw(seed: u64, which: u64, below: usize) -> usize {
    usize::try_from(stir(seed ^ (which << 40)) % (below.max(1) as u64)).unwrap_or(0)
}

/// One of a list.
fn one<T: Copy>(list: &[T], seed: u64, which: u64) -> Option<T> {
    list.get(draw(seed, which, list.len())).copied()
}

fn of_one(
    talk: &Talk,
    nth: usize,
    line: &Line,
    general: &mut impl Iterator<Item = &'static str>,
    now: Time,
) -> Vec<ImportedReview> {
    let seed = stir(line.source_id.unsigned_abs());
    // Each of a leaf's goods has words of its own, and the first one of its goods is not the one that is scolded.
    let praise = talk.praise.iter().skip(nth * 2).take(2).zip(32..).map(|(text, which)| (*text, 5 - draw(seed, which, 4) / 3));
    let doubt = if nth == 0 { (talk.doubt, 3) } else { (talk.blame, 1 + draw(seed, 2, 2)) };
    let general = general.take(draw(seed, 3, 6)).zip(16..).map(|(text, which)| (text, 5 - draw(seed, which, 5) / 4));
    let said: Vec<(&str, usize)> = praise.chain(general).chain([doubt]).collect();
    let first = draw(seed, 5, AUTHORS.len());
    let written = said.into_iter().enumerate().map(|(n, (text, score))| {
        let author = AUTHORS.get((first + n * 7) % AUTHORS.len()).copied().unwrap_or_default();
        review(line, n, author, (text, score), now)
    });
    written.collect()
}

fn review(line: &Line, n: usize, author: &str, (text, score): (&str, usize), now: Time) -> ImportedReview {
    let source_id = line.source_id * 100 + i64::try_from(n).unwrap_or(0);
    let seed = stir(source_id.unsigned_abs());
    let minutes = |days: usize, which| Duration::from_secs(60 * (days * 24 * 60 + draw(seed, which, 24 * 60)) as u64);
    let at = now - minutes(1 + draw(seed, 1, DAYS as usize), 2);
    let bought = line.skus.get(draw(seed, 3, line.skus.len()));
    let specs =
        bought.map(|sku| sku.specs.iter().map(|(name, value)| Spec { name: name.clone(), value: value.clone() }).collect());
    let not_yet = |words: &ImportedWords| words.at < now;
    let later = |text: &str, at| ImportedWords { text: text.to_owned(), at };
    let reply = if score <= 3 { one(SORRY, seed, 4) } else { one(ANSWERS, seed, 4).filter(|_| draw(seed, 5, 5) == 0) };
    let follow_up = one(LATER, seed, 6).filter(|_| score >= 4 && draw(seed, 7, 6) == 0);
    ImportedReview {
        source_id,
        author: author.to_owned(),
        score: u8::try_from(score).unwrap_or(5),
        text: text.to_owned(),
        specs: specs.unwrap_or_default(),
        pictures: Vec::new(),
        at,
        follow_up: follow_up.map(|text| later(text, at + minutes(9 + draw(seed, 8, 30), 9))).filter(not_yet),
        reply: reply.map(|text| later(text, at + minutes(0, 10))).filter(not_yet),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue;
    use std::collections::{BTreeMap, BTreeSet};

    const NOW: Time = Time(1_795_312_800_000);

    #[test]
    fn about_sixty_goods_have_three_to_eight_reviews_each() {
        let lines = catalogue::lines();
        let all = reviews(&lines, NOW);
        assert!((55..=70).contains(&all.len()), "{}", all.len());
        assert_eq!(all.len(), TALK.len() * GOODS, "every leaf that is spoken of has goods");
        assert!(all.iter().all(|of| (3..=8).contains(&of.reviews.len())));
        assert_eq!(all, reviews(&lines, NOW));
    }

    #[test]
    fn buyers_are_mostly_content_and_do_not_all_say_the_same() {
        let all: Vec<ImportedReview> = reviews(&catalogue::lines(), NOW).into_iter().flat_map(|of| of.reviews).collect();
        let mut scores: BTreeMap<u8, usize> = BTreeMap::new();
        let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
        for review in &all {
            *scores.entry(review.score).or_default() += 1;
            *texts.entry(&review.text).or_default() += 1;
        }
        assert_eq!(scores.len(), 5, "{scores:?}");
        let content = scores[&4] + scores[&5];
        assert!(content * 100 / all.len() >= 70 && scores[&5] > scores[&4], "{scores:?}");
        let often = texts.iter().max_by_key(|(_, n)| **n).unwrap();
        assert!(*often.1 <= 10 && texts.len() * 2 > all.len(), "{often:?} of {}", all.len());
        let with = |has: fn(&ImportedReview) -> bool| all.iter().filter(|r| has(r)).count();
        assert!(with(|r| r.reply.is_some()) > 30 && with(|r| r.follow_up.is_some()) > 10);
    }

    #[test]
    fn times_and_numbers_fit() {
        let mut seen = BTreeSet::new();
        for review in reviews(&catalogue::lines(), NOW).into_iter().flat_map(|of| of.reviews) {
            assert!(seen.insert(review.source_id));
            assert!(review.at < NOW && review.at > NOW - Duration::from_secs(90 * 24 * 3600));
            assert!(review.text.chars().count() <= 500 && !review.specs.is_empty());
            for later in [&review.reply, &review.follow_up].into_iter().flatten() {
                assert!(later.at >= review.at && later.at < NOW);
            }
        }
    }
}
