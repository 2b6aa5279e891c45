//! Operators hide a review, show it again, and reply.

use contract::{ReviewId, fault};
use garde::Validate;
use kit::{Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminReview, TEXT, said, state};
use crate::Product;
use crate::store::review::{self as store, Review, Tally};

/// Longest reason, characters.
const REASON: usize = 200;

/// Why a review is hidden.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct HideReview {
    /// 1–200 characters.
    #[garde(length(chars, min = 1, max = REASON), custom(said))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// What the shop answers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReplyReview {
    /// 1–500 characters.
    #[garde(length(chars, min = 1, max = TEXT), custom(said))]
    #[schema(min_length = 1, max_length = 500)]
    pub text: String,
}

impl Product {
    /// Hides a review: it leaves the public list and the counters. Again: nothing changes.
    pub(crate) async fn hide_review(&self, id: ReviewId, why: HideReview, operator: i64) -> Result<AdminReview> {
        let reason = why.reason.trim();
        kit::tx!(self.db, |tx| {
            let turned = store::turn(&tx, id, state::SHOWN, state::HIDDEN, reason, operator).await?;
            counted(&tx, id, turned, -1).await
        })
    }

    /// Shows a hidden review again. Again: nothing changes.
    pub(crate) async fn show_review(&self, id: ReviewId, operator: i64) -> Result<AdminReview> {
        kit::tx!(self.db, |tx| {
            let turned = store::turn(&tx, id, state::HIDDEN, state::SHOWN, "", operator).await?;
            counted(&tx, id, turned, 1).await
        })
    }

    /// Answers a review, in place of an earlier answer.
    pub(crate) async fn reply_review(&self, id: ReviewId, reply: ReplyReview, operator: i64) -> Result<AdminReview> {
        kit::tx!(self.db, |tx| {
            store::reply(&tx, id, reply.text.trim(), tx.now(), operator).await?;
            written(&tx, id).await?.admin()
        })
    }
}

/// Counts a review in or out when it has turned.
async fn counted(tx: &Tx, id: ReviewId, turned: bool, times: i64) -> Result<AdminReview> {
    let row = written(tx, id).await?;
    if turned {
        store::count(tx, row.spu_id, Tally::of(&row), times).await?;
    }
    row.admin()
}

/// A review that somebody wrote; an item that merely waits for one is none.
async fn written(tx: &Tx, id: ReviewId) -> Result<Review> {
    let row = store::by_id(tx, id).await?.filter(|r| r.state == state::SHOWN || r.state == state::HIDDEN);
    row.ok_or_else(|| fault::NOT_FOUND.into())
}
