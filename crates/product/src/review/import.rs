//! Reviews that were written elsewhere come in: by no order of this mall, and marked so. All of a product in one transaction.

use contract::fault;
use contract::product::{ImportReviews, ImportedReview, ImportedWords, ReviewsImported};
use kit::{Result, Time, Tx};

use super::{PICTURES, TEXT, grade, masked, readable};
use crate::Product;
use crate::content::{Wrong, is_picture};
use crate::review::write::write_and_count;
use crate::store::review::{self as store, Item, Tally, Written};

/// Reviews taken in at once.
const REVIEWS: usize = 100;
/// Longest name of an author, characters.
const AUTHOR: usize = 40;
/// Values of a variant.
const SPECS: usize = 5;
/// Who replied, in the books: nobody of this mall.
const NOBODY: i64 = 0;

impl Product {
    /// Takes in reviews of one product; those that are here stay as they are.
    pub(crate) async fn take_in_reviews(&self, asked: ImportReviews) -> Result<ReviewsImported> {
        check(&asked.reviews)?;
        kit::tx!(self.db, |tx| {
            let product = store::spu_of_source(&tx, asked.spu_source).await?.ok_or(fault::NOT_FOUND)?;
            let mut done = ReviewsImported::default();
            for review in &asked.reviews {
                if take_in(&tx, &product, review).await? { done.created += 1 } else { done.unchanged += 1 }
            }
            Ok(done)
        })
    }
}

/// Takes in one; false when it is here already.
async fn take_in(tx: &Tx, product: &Item, review: &ImportedReview) -> Result<bool> {
    let item = Item { specs: serde_json::to_string(&review.specs)?, ..product.clone() };
    let Some(id) = store::insert_imported(tx, review.source_id, &item, review.at).await? else { return Ok(false) };
    let score = i32::from(review.score);
    let written = Written {
        score,
        grade: grade(score),
        words: review.text.trim(),
        pictures: &review.pictures,
        anonymous: false,
        automatic: false,
        author: &masked(&review.author),
        avatar: None,
        at: review.at,
    };
    if write_and_count(tx, id, &written).await?.is_err() {
        return Err(fault::CONFLICT.because("a new review was not open"));
    }
    if let Some(ImportedWords { text, at }) = &review.follow_up {
        store::follow_up(tx, id, text.trim(), &[], *at, Time(0)).await?;
        store::count(tx, item.spu_id, Tally { with_follow_up: 1, ..Tally::default() }, 1).await?;
    }
    if let Some(ImportedWords { text, at }) = &review.reply {
        store::reply(tx, id, text.trim(), *at, NOBODY).await?;
    }
    Ok(true)
}

fn check(reviews: &[ImportedReview]) -> Result<()> {
    let mut wrong = Wrong::default();
    if !wrong.when(reviews.len() > REVIEWS, "/reviews", "too_many", "at most 100 reviews") {
        for (n, review) in reviews.iter().enumerate() {
            check_one(&mut wrong, &format!("/reviews/{n}"), review);
        }
    }
    wrong.finish()
}

fn check_one(wrong: &mut Wrong, at: &str, review: &ImportedReview) {
    wrong.text(&format!("{at}/author"), &review.author, 1, AUTHOR);
    wrong.when(!(1..=5).contains(&review.score), &format!("{at}/score"), "range", "1 to 5");
    words(wrong, &format!("{at}/text"), &review.text, 0);
    wrong.when(review.at <= Time(0), &format!("{at}/at"), "range", "a time after 1970");
    wrong.when(review.specs.len() > SPECS, &format!("{at}/specs"), "too_many", "at most 5 values");
    for (n, spec) in review.specs.iter().enumerate() {
        wrong.text(&format!("{at}/specs/{n}/name"), &spec.name, 1, AUTHOR);
        wrong.text(&format!("{at}/specs/{n}/value"), &spec.value, 1, AUTHOR);
    }
    let pictures = review.pictures.len() <= PICTURES && review.pictures.iter().all(|key| is_picture(key));
    wrong.when(!pictures, &format!("{at}/pictures"), "picture", "at most 9 paths below the media root");
    for (name, later) in [("follow_up", &review.follow_up), ("reply", &review.reply)] {
        if let Some(ImportedWords { text, at: when }) = later {
            words(wrong, &format!("{at}/{name}/text"), text, 1);
            wrong.when(*when < review.at, &format!("{at}/{name}/at"), "range", "not before the review");
        }
    }
}

fn words(wrong: &mut Wrong, pointer: &str, text: &str, min: usize) {
    let length = text.trim().chars().count();
    wrong.when(!(min..=TEXT).contains(&length), pointer, "length", &format!("{min} to {TEXT} characters"));
    wrong.when(readable(text, &()).is_err(), pointer, "control", "no control characters");
}
