//! What operators read of sessions.

use contract::product::Spec;
use contract::{ActivityId, AllotmentId, Fen, SkuId, SpuId};
use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::{ActivityState, ItemState};
use crate::store::activity::ActivityRow;
use crate::store::item::ItemRow;

/// A variant in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityItem {
    /// Its number; of its allotment too.
    pub id: AllotmentId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Title of the product when it was attached.
    pub title: String,
    /// What tells the variant from its siblings.
    pub specs: Vec<Spec>,
    /// Price in the session.
    pub price_fen: Fen,
    /// Units.
    pub quota: u32,
    /// Units that one shopper may have.
    pub limit: u32,
    /// Parts of its pool.
    pub parts: u16,
    /// Units of tickets that stand: to be ordered, unpaid, paid.
    pub sold: u32,
    /// Where it stands.
    pub state: ItemState,
}

impl From<&ItemRow> for ActivityItem {
    fn from(row: &ItemRow) -> Self {
        ActivityItem {
            id: row.id,
            sku_id: row.sku,
            spu_id: row.spu,
            title: row.title.clone(),
            specs: row.specs.clone(),
            price_fen: row.price_fen,
            quota: row.quota,
            limit: row.buy_limit,
            parts: row.parts,
            sold: row.sold,
            state: row.state,
        }
    }
}

/// A session as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// When it begins.
    pub starts_at: Time,
    /// When it ends.
    pub ends_at: Time,
    /// Where it stands.
    pub state: ActivityState,
    /// Takes no claims for a while.
    pub paused: bool,
    /// Rises with each change.
    pub version: i64,
    /// What is in it.
    pub items: Vec<ActivityItem>,
}

impl Activity {
    /// A session with what is in it.
    pub fn of(row: &ActivityRow, items: &[ItemRow]) -> Self {
        Activity {
            id: row.id,
            title: row.title.clone(),
            starts_at: row.starts,
            ends_at: row.ends,
            state: row.state,
            paused: row.paused,
            version: row.version,
            items: items.iter().map(ActivityItem::from).collect(),
        }
    }
}
