//! What shoppers read of sessions.

use contract::product::Spec;
use contract::{ActivityId, AllotmentId, Fen, SkuId, SpuId};
use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::board::Figures;
use super::online::Session;
use crate::store::item::ItemRow;

/// How a session stands for shoppers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeckillState {
    /// Has not begun.
    Upcoming,
    /// May be bought from.
    Running,
    /// Takes no claims for a while.
    Paused,
}

/// How a variant in a session stands for shoppers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeckillLiveState {
    /// Has not begun.
    Upcoming,
    /// May be bought.
    Running,
    /// Takes no claims for a while.
    Paused,
    /// Over.
    Ended,
}

impl From<SeckillState> for SeckillLiveState {
    fn from(state: SeckillState) -> Self {
        match state {
            SeckillState::Upcoming => SeckillLiveState::Upcoming,
            SeckillState::Running => SeckillLiveState::Running,
            SeckillState::Paused => SeckillLiveState::Paused,
        }
    }
}

/// A variant in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillCardView {
    /// The variant in this session.
    pub id: AllotmentId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title of the product.
    pub title: String,
    /// What tells it from its siblings.
    pub specs: Vec<Spec>,
    /// Picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<String>,
    /// Price in the session.
    pub price_fen: Fen,
    /// Price outside of it.
    pub list_price_fen: Fen,
    /// Units.
    pub quota: u32,
    /// Units left, as of a second ago.
    pub left: u32,
    /// Units that one shopper may have.
    pub limit: u32,
}

impl SeckillCardView {
    /// A variant, with its figures.
    pub fn of(item: &ItemRow, figures: Figures) -> Self {
        SeckillCardView {
            id: item.id,
            sku_id: item.sku,
            spu_id: item.spu,
            title: item.title.clone(),
            specs: item.specs.clone(),
            picture: item.picture.clone(),
            price_fen: item.price_fen,
            list_price_fen: item.usual_price_fen,
            quota: item.quota,
            left: figures.left,
            limit: item.buy_limit,
        }
    }
}

/// A session with what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillSession {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub starts_at: Time,
    /// When it ends.
    pub ends_at: Time,
    /// How it stands.
    pub state: SeckillState,
    /// What is in it.
    pub items: Vec<SeckillCardView>,
}

/// The sessions that may be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillSessions {
    /// The house's time: count down from here.
    pub now: Time,
    /// The sessions, by start.
    pub items: Vec<SeckillSession>,
}

/// A session without what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillSessionHead {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub starts_at: Time,
    /// When it ends.
    pub ends_at: Time,
    /// How it stands.
    pub state: SeckillState,
}

impl SeckillSessionHead {
    /// The head of a session that stands so.
    pub fn of(session: &Session, state: SeckillState) -> Self {
        let Session { id, title, starts, ends, .. } = session;
        SeckillSessionHead { id: *id, title: title.clone(), starts_at: *starts, ends_at: *ends, state }
    }
}

/// A variant in a session, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillItem {
    /// The variant in this session.
    pub id: AllotmentId,
    /// The session.
    pub session: SeckillSessionHead,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title of the product.
    pub title: String,
    /// Its subtitle.
    pub subtitle: String,
    /// What tells the variant from its siblings.
    pub specs: Vec<Spec>,
    /// Picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub picture: Option<String>,
    /// Price in the session.
    pub price_fen: Fen,
    /// Price outside of it.
    pub list_price_fen: Fen,
    /// Units.
    pub quota: u32,
    /// Units that one shopper may have.
    pub limit: u32,
    /// The house's time: count down from here.
    pub now: Time,
    /// Units left, as of a second ago.
    pub left: u32,
    /// Claims whose outcome is not known yet, as of a second ago.
    pub in_line: u32,
}

/// How a variant in a session stands at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillLive {
    /// The house's time: count down from here.
    pub now: Time,
    /// How it stands.
    pub state: SeckillLiveState,
    /// Units left, as of a second ago.
    pub left: u32,
    /// Claims whose outcome is not known yet, as of a second ago.
    pub in_line: u32,
}

/// A variant of a product in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillSpuCard {
    /// The variant in this session.
    #[serde(flatten)]
    pub card: SeckillCardView,
    /// The session.
    pub session: SeckillSessionHead,
}

/// What of a product is in sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeckillOfSpu {
    /// Its variants in sessions, by start; empty when there are none.
    pub items: Vec<SeckillSpuCard>,
}
