//! A buyer reviews an item of a received order.

use contract::thirdparty::{KeepUploads, UploadPurpose};
use contract::user::{Shown, ShownAs};
use contract::{OrderId, ReviewId, SkuId, UserId, fault};
use garde::Validate;
use kit::http::Once;
use kit::{Ctx, Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NAMELESS, OwnReview, PICTURES, TEXT, grade, keys, masked, readable, refusal, state, upload_of};
use crate::Product;
use crate::store::review::{self as store, Review, Tally, Written};

/// A review of an item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct WriteReview {
    /// The order.
    #[garde(skip)]
    pub order_id: OrderId,
    /// The variant.
    #[garde(skip)]
    pub sku_id: SkuId,
    /// 1–5.
    #[garde(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub score: u8,
    /// Up to 500 characters.
    #[garde(length(chars, max = TEXT), custom(readable))]
    #[schema(max_length = 500)]
    pub text: String,
    /// Keys of own uploads, up to nine.
    #[garde(length(max = PICTURES), custom(keys))]
    #[schema(max_items = 9)]
    pub pictures: Vec<String>,
    /// Others see no name.
    #[garde(skip)]
    pub anonymous: bool,
}

impl Product {
    /// Writes a review, once. `not_found` for an item that is not theirs, `review_exists`, `review_closed`, `upload_unknown`.
    pub(crate) async fn write_review(&self, ctx: &Ctx, user: UserId, new: WriteReview, once: &Once) -> Result<OwnReview> {
        let row = store::own_item(&self.db, user, new.order_id, new.sku_id).await?.ok_or(fault::NOT_FOUND)?;
        if row.state != state::OPEN {
            return Err(refusal(&row));
        }
        self.keep_pictures(ctx, user, &new.pictures, upload_of(row.id)).await?;
        let shown =
            if new.anonymous { Shown { nickname: NAMELESS.to_owned(), avatar: None } } else { self.author(ctx, user).await? };
        let since = self.follow_up_since();
        kit::tx!(self.db, |tx| {
            once.begin(&tx).await?;
            let score = i32::from(new.score);
            let written = Written {
                score,
                grade: grade(score),
                words: new.text.trim(),
                pictures: &new.pictures,
                anonymous: new.anonymous,
                automatic: false,
                author: &shown.nickname,
                avatar: shown.avatar.as_deref(),
                at: tx.now(),
            };
            let row = write_and_count(&tx, row.id, &written).await?.map_err(|there| refusal(&there))?;
            let own = row.own(since)?;
            once.answer(&tx, 201, &own).await?;
            Ok(own)
        })
    }

    /// Takes uploads for good; `upload_unknown` for one that is not theirs or serves something else.
    pub(super) async fn keep_pictures(&self, ctx: &Ctx, user: UserId, keys: &[String], for_id: String) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let keep = KeepUploads { user, purpose: UploadPurpose::Review, keys: keys.to_vec(), for_id };
        self.thirdparty.keep_uploads(ctx, keep).await.map(|_| ())
    }

    /// How a shopper is shown to strangers; nobody when the account is gone.
    pub(super) async fn author(&self, ctx: &Ctx, user: UserId) -> Result<Shown> {
        match self.user.shown_as(ctx, ShownAs { user }).await {
            Ok(shown) => Ok(Shown { nickname: masked(&shown.nickname), avatar: shown.avatar }),
            Err(e) if e.is(fault::NOT_FOUND) => Ok(Shown { nickname: NAMELESS.to_owned(), avatar: None }),
            Err(e) => Err(e),
        }
    }
}

/// Writes into an open row and counts it; the row as it stands when it is not open.
pub(super) async fn write_and_count(tx: &Tx, id: ReviewId, written: &Written<'_>) -> Result<std::result::Result<Review, Review>> {
    let done = store::write(tx, id, written).await?;
    let row = store::by_id(tx, id).await?.ok_or(fault::NOT_FOUND)?;
    if !done {
        return Ok(Err(row));
    }
    store::count(tx, row.spu_id, Tally::of(&row), 1).await?;
    Ok(Ok(row))
}
