//! Lists of reviews: everybody's of a product, a shopper's own, what waits for one, all for operators.

use contract::{OrderId, SpuId, UserId};
use garde::Validate;
use kit::Result;
use kit::http::{Cursor, Page, PageParams};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{AdminReview, OwnReview, PendingReview, ReviewCounts, ReviewView, state};
use crate::Product;
use crate::store::review::{self as store, Listed, Review};

/// Which reviews of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewFilter {
    /// All.
    #[default]
    All,
    /// 好评: four and five stars.
    Good,
    /// 中评: three stars.
    Middle,
    /// 差评: one and two stars.
    Bad,
    /// With pictures, their follow-up's included.
    Picture,
    /// With a follow-up.
    FollowUp,
}

/// Which reviews of a product, and from where on.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReviewParams {
    /// Which; all when absent.
    #[garde(skip)]
    #[param(inline, required = false)]
    pub filter: ReviewFilter,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// Which items that wait, and from where on.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PendingParams {
    /// Only of this order.
    #[garde(skip)]
    pub order_id: Option<OrderId>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// Which reviews an operator sees, and from where on.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AdminReviewParams {
    /// Only of this product.
    #[garde(skip)]
    pub spu_id: Option<SpuId>,
    /// Only hidden ones, or only those that are not.
    #[garde(skip)]
    pub hidden: Option<bool>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

fn page<T>(rows: Vec<Review>, at: &PageParams, show: impl Fn(&Review) -> Result<T>) -> Result<Page<T>> {
    by(rows, at, |r| Cursor { at: r.created_ms.ms(), id: r.id.0 }, show)
}

fn by<T>(
    rows: Vec<Review>,
    at: &PageParams,
    cursor: impl Fn(&Review) -> Cursor,
    show: impl Fn(&Review) -> Result<T>,
) -> Result<Page<T>> {
    let Page { items, next } = Page::from_rows(rows, at.limit(), cursor);
    Ok(Page { items: items.iter().map(show).collect::<Result<_>>()?, next })
}

impl Product {
    /// A product's reviews that everybody may see, latest first.
    pub(crate) async fn reviews_of(&self, spu: SpuId, asked: ReviewParams) -> Result<Page<ReviewView>> {
        let grade = match asked.filter {
            ReviewFilter::Good => Some("good"),
            ReviewFilter::Middle => Some("middle"),
            ReviewFilter::Bad => Some("bad"),
            ReviewFilter::All | ReviewFilter::Picture | ReviewFilter::FollowUp => None,
        };
        let listed = Listed {
            spu: Some(spu),
            state: Some(state::SHOWN),
            grade,
            with_pictures: asked.filter == ReviewFilter::Picture,
            with_follow_up: asked.filter == ReviewFilter::FollowUp,
        };
        let at = PageParams { cursor: asked.cursor, limit: asked.limit };
        page(store::page(&self.db, listed, at.cursor()?, at.limit() + 1).await?, &at, Review::public)
    }

    /// A shopper's own reviews, latest first, hidden ones too.
    pub(crate) async fn own_reviews(&self, user: UserId, at: &PageParams) -> Result<Page<OwnReview>> {
        let since = self.follow_up_since();
        page(store::own_page(&self.db, user, at.cursor()?, at.limit() + 1).await?, at, |r| r.own(since))
    }

    /// What a shopper may review, the latest received first.
    pub(crate) async fn pending_reviews(&self, user: UserId, asked: PendingParams) -> Result<Page<PendingReview>> {
        let at = PageParams { cursor: asked.cursor, limit: asked.limit };
        let rows = store::open_page(&self.db, user, asked.order_id, at.cursor()?, at.limit() + 1).await?;
        by(rows, &at, |r| Cursor { at: r.received_ms.ms(), id: r.id.0 }, Review::pending)
    }

    /// How many items a shopper may review.
    pub(crate) async fn review_counts(&self, user: UserId) -> Result<ReviewCounts> {
        Ok(ReviewCounts { pending: store::open_count(&self.db, user).await? })
    }

    /// Reviews for operators, latest first.
    pub(crate) async fn all_reviews(&self, asked: AdminReviewParams) -> Result<Page<AdminReview>> {
        let state = asked.hidden.map(|hidden| if hidden { state::HIDDEN } else { state::SHOWN });
        let listed = Listed { spu: asked.spu_id, state, ..Listed::default() };
        let at = PageParams { cursor: asked.cursor, limit: asked.limit };
        page(store::page(&self.db, listed, at.cursor()?, at.limit() + 1).await?, &at, Review::admin)
    }
}
