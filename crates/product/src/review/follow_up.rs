//! The one follow-up of a review: 追评.

use contract::{ReviewId, UserId, fault};
use garde::Validate;
use kit::http::Once;
use kit::{Ctx, Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OwnReview, PICTURES, TEXT, keys, said, upload_of_follow_up};
use crate::Product;
use crate::store::review::{self as store, Review, Tally};

/// What an author adds to a review.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct FollowUpReview {
    /// 1–500 characters.
    #[garde(length(chars, min = 1, max = TEXT), custom(said))]
    #[schema(min_length = 1, max_length = 500)]
    pub text: String,
    /// Keys of own uploads, up to nine.
    #[garde(length(max = PICTURES), custom(keys))]
    #[schema(max_items = 9)]
    pub pictures: Vec<String>,
}

impl Product {
    /// What was written before this can be followed up no longer.
    pub(super) fn follow_up_since(&self) -> Time {
        self.db.clock().now() - self.settings.review.follow_up_within
    }

    /// Adds the follow-up, once. `not_found` for a review of somebody else, `review_exists` when there is one, `review_closed`
    /// when it is too late or the review is hidden.
    pub(crate) async fn follow_up_review(
        &self,
        ctx: &Ctx,
        user: UserId,
        id: ReviewId,
        new: FollowUpReview,
        once: &Once,
    ) -> Result<OwnReview> {
        let since = self.follow_up_since();
        let row = store::own(&self.db, user, id).await?.ok_or(fault::NOT_FOUND)?;
        if !row.own(since)?.may_follow_up {
            return Err(refusal(&row));
        }
        self.keep_pictures(ctx, user, &new.pictures, upload_of_follow_up(id)).await?;
        kit::tx!(self.db, |tx| {
            once.begin(&tx).await?;
            let done = store::follow_up(&tx, id, new.text.trim(), &new.pictures, tx.now(), since).await?;
            let news = done && !new.pictures.is_empty() && store::has_pictures(&tx, id).await?;
            let row = store::by_id(&tx, id).await?.ok_or(fault::NOT_FOUND)?;
            if !done {
                return Err(refusal(&row));
            }
            let more = Tally { with_follow_up: 1, with_pictures: i64::from(news), ..Tally::default() };
            store::count(&tx, row.spu_id, more, 1).await?;
            let own = row.own(since)?;
            once.answer(&tx, 200, &own).await?;
            Ok(own)
        })
    }
}

fn refusal(row: &Review) -> kit::Error {
    if row.with_follow_up != 0 { fault::REVIEW_EXISTS.into() } else { fault::REVIEW_CLOSED.into() }
}
