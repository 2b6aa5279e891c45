//! What a product's reviews come to: read by key from counters that change with each review.

use contract::SpuId;
use kit::Result;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Product;
use crate::store::review::{self as store, Tally};

/// What a product's reviews come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewSummary {
    /// How many there are.
    pub count: i64,
    /// Average score in tenths: 48 is 4.8; 0 without reviews.
    pub average_tenths: i64,
    /// Share of four and five stars, percent; 0 without reviews.
    pub good_percent: i64,
    /// How many have 1, 2, 3, 4, 5 stars.
    pub scores: [i64; 5],
    /// How many have pictures, their follow-up's included.
    pub with_pictures: i64,
    /// How many have a follow-up.
    pub with_follow_up: i64,
}

impl From<Tally> for ReviewSummary {
    fn from(tally: Tally) -> Self {
        let Tally { score_1, score_2, score_3, score_4, score_5, with_pictures, with_follow_up } = tally;
        let scores = [score_1, score_2, score_3, score_4, score_5];
        let count: i64 = scores.iter().sum();
        let stars: i64 = scores.iter().zip(1..).map(|(n, stars)| n * stars).sum();
        // To the nearest, halves up.
        let rounded = |part: i64| if count > 0 { (2 * part + count) / (2 * count) } else { 0 };
        ReviewSummary {
            count,
            average_tenths: rounded(stars * 10),
            good_percent: rounded((score_4 + score_5) * 100),
            scores,
            with_pictures,
            with_follow_up,
        }
    }
}

impl Product {
    /// What a product's reviews come to.
    pub(crate) async fn review_summary(&self, spu: SpuId) -> Result<ReviewSummary> {
        Ok(store::tally(&self.db, spu).await?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_rounded_to_the_nearest() {
        let of = |score_1, score_4, score_5| ReviewSummary::from(Tally { score_1, score_4, score_5, ..Tally::default() });
        assert_eq!((of(0, 0, 0).average_tenths, of(0, 0, 0).good_percent), (0, 0));
        assert_eq!((of(0, 1, 4).average_tenths, of(0, 1, 4).good_percent), (48, 100));
        assert_eq!((of(1, 0, 2).average_tenths, of(1, 0, 2).good_percent), (37, 67), "11 stars of 3, and 66.7 %");
        assert_eq!(of(0, 1, 1).average_tenths, 45);
    }
}
