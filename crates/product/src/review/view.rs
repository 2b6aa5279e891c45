//! How reviews are shown: to everybody, to their author, to operators. Shapes only.

use contract::product::Spec;
use contract::{OrderId, ReviewId, SkuId, SpuId, UserId};
use kit::{Result, Time};
use serde::Serialize;
use utoipa::ToSchema;

use super::{NAMELESS, state};
use crate::store::review::Review;

/// Who wrote a review, as strangers may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewAuthor {
    /// First and last character of the name; 匿名用户 for who wants to be nobody.
    pub name: String,
    /// Key of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
}

/// What an author added later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewFollowUp {
    /// The words.
    pub text: String,
    /// Keys of pictures.
    pub pictures: Vec<String>,
    /// When.
    pub created_at: Time,
}

/// What the shop answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewReply {
    /// The words.
    pub text: String,
    /// When.
    pub created_at: Time,
}

/// A review, as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewView {
    /// Its number.
    pub id: ReviewId,
    /// 1–5.
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    /// What was written; empty without words.
    pub text: String,
    /// Keys of pictures.
    pub pictures: Vec<String>,
    /// Which variant was bought.
    pub specs: Vec<Spec>,
    /// Who wrote it.
    pub author: ReviewAuthor,
    /// When.
    pub created_at: Time,
    /// What the author added later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<ReviewFollowUp>,
    /// What the shop answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReviewReply>,
    /// Made by time, because nobody wrote one.
    pub automatic: bool,
}

/// An item that waits for its review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PendingReview {
    /// The order.
    pub order_id: OrderId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title.
    pub title: String,
    /// Values of the variant.
    pub specs: Vec<Spec>,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// When the parcel came.
    pub received_at: Time,
}

/// A review, as its author sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnReview {
    /// Its number.
    pub id: ReviewId,
    /// The order.
    pub order_id: OrderId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title.
    pub title: String,
    /// Values of the variant.
    pub specs: Vec<Spec>,
    /// Picture of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// 1–5.
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    /// What was written.
    pub text: String,
    /// Keys of pictures.
    pub pictures: Vec<String>,
    /// Others see no name.
    pub anonymous: bool,
    /// When.
    pub created_at: Time,
    /// What was added later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<ReviewFollowUp>,
    /// What the shop answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReviewReply>,
    /// Nobody else sees it: an operator has hidden it.
    pub hidden: bool,
    /// Made by time, because nobody wrote one.
    pub automatic: bool,
    /// The one follow-up may still be written.
    pub may_follow_up: bool,
}

/// How many items wait for a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewCounts {
    /// Items.
    pub pending: i64,
}

/// A review, as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AdminReview {
    /// Its number.
    pub id: ReviewId,
    /// The order; absent of an imported one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// The shopper; absent of an imported one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The product.
    pub spu_id: SpuId,
    /// Title.
    pub title: String,
    /// Values of the variant.
    pub specs: Vec<Spec>,
    /// Picture of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// 1–5.
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    /// What was written.
    pub text: String,
    /// Keys of pictures.
    pub pictures: Vec<String>,
    /// Who wrote it, as strangers see it.
    pub author: ReviewAuthor,
    /// Written by who wants to be nobody.
    pub anonymous: bool,
    /// When.
    pub created_at: Time,
    /// What the author added later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<ReviewFollowUp>,
    /// What the shop answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReviewReply>,
    /// Only its author and operators see it.
    pub hidden: bool,
    /// Why it is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_reason: Option<String>,
    /// Made by time, because nobody wrote one.
    pub automatic: bool,
    /// Written elsewhere.
    pub imported: bool,
}

impl Review {
    fn shown_specs(&self) -> Result<Vec<Spec>> {
        Ok(serde_json::from_str(&self.specs)?)
    }

    fn shown_pictures(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(&self.pictures)?)
    }

    fn shown_author(&self) -> ReviewAuthor {
        if self.anonymous != 0 {
            return ReviewAuthor { name: NAMELESS.to_owned(), avatar: None };
        }
        ReviewAuthor { name: self.author.clone(), avatar: self.avatar.clone() }
    }

    fn shown_follow_up(&self) -> Result<Option<ReviewFollowUp>> {
        if self.with_follow_up == 0 {
            return Ok(None);
        }
        let pictures = serde_json::from_str(&self.follow_up_pictures)?;
        Ok(Some(ReviewFollowUp { text: self.follow_up.clone(), pictures, created_at: self.follow_up_ms }))
    }

    fn shown_reply(&self) -> Option<ReviewReply> {
        (self.reply_ms > Time(0)).then(|| ReviewReply { text: self.reply.clone(), created_at: self.reply_ms })
    }

    /// As everybody sees it.
    pub(super) fn public(&self) -> Result<ReviewView> {
        Ok(ReviewView {
            id: self.id,
            score: self.score,
            text: self.words.clone(),
            pictures: self.shown_pictures()?,
            specs: self.shown_specs()?,
            author: self.shown_author(),
            created_at: self.created_ms,
            follow_up: self.shown_follow_up()?,
            reply: self.shown_reply(),
            automatic: self.automatic != 0,
        })
    }

    /// As its author sees it; a follow-up may be added to what was written after `since`.
    pub(super) fn own(&self, since: Time) -> Result<OwnReview> {
        Ok(OwnReview {
            id: self.id,
            order_id: self.order_id.unwrap_or(OrderId(0)),
            sku_id: self.sku_id,
            spu_id: self.spu_id,
            title: self.title.clone(),
            specs: self.shown_specs()?,
            picture: self.picture.clone(),
            score: self.score,
            text: self.words.clone(),
            pictures: self.shown_pictures()?,
            anonymous: self.anonymous != 0,
            created_at: self.created_ms,
            follow_up: self.shown_follow_up()?,
            reply: self.shown_reply(),
            hidden: self.state == state::HIDDEN,
            automatic: self.automatic != 0,
            may_follow_up: self.state == state::SHOWN && self.with_follow_up == 0 && self.created_ms > since,
        })
    }

    /// As an item that waits.
    pub(super) fn pending(&self) -> Result<PendingReview> {
        Ok(PendingReview {
            order_id: self.order_id.unwrap_or(OrderId(0)),
            sku_id: self.sku_id,
            spu_id: self.spu_id,
            title: self.title.clone(),
            specs: self.shown_specs()?,
            picture: self.picture.clone(),
            received_at: self.received_ms,
        })
    }

    /// As operators see it.
    pub(super) fn admin(&self) -> Result<AdminReview> {
        let hidden = self.state == state::HIDDEN;
        Ok(AdminReview {
            id: self.id,
            order_id: self.order_id,
            user_id: (self.imported == 0).then_some(self.user_id),
            spu_id: self.spu_id,
            title: self.title.clone(),
            specs: self.shown_specs()?,
            picture: self.picture.clone(),
            score: self.score,
            text: self.words.clone(),
            pictures: self.shown_pictures()?,
            author: self.shown_author(),
            anonymous: self.anonymous != 0,
            created_at: self.created_ms,
            follow_up: self.shown_follow_up()?,
            reply: self.shown_reply(),
            hidden,
            hidden_reason: hidden.then(|| self.hidden_reason.clone()),
            automatic: self.automatic != 0,
            imported: self.imported != 0,
        })
    }
}
