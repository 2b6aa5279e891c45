//! 秒杀: a session with few pieces, few minutes and a crowd. Nobody calls this service; others hear from it.

use kit::Time;
use serde::{Deserialize, Serialize};

use crate::{ActivityId, AllotmentId, Fen, OrderId, SkuId, SpuId, UserId};

/// A variant in a session, as shoppers see it on other pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeckillCard {
    /// The variant in this session.
    pub item: AllotmentId,
    /// The variant.
    pub sku: SkuId,
    /// The product.
    pub spu: SpuId,
    /// Title of the product.
    pub title: String,
    /// Its picture, as a path below the media root.
    pub picture: Option<String>,
    /// Price in the session.
    pub price_fen: Fen,
    /// Price outside of it.
    pub usual_price_fen: Fen,
}

kit::events! {
    /// A session may be seen (and from `starts` on bought from). Again when it changes: the newest `version` counts.
    SeckillOnline "seckill.online" {
        activity: ActivityId, version: i64, title: String, starts: Time, ends: Time, cards: Vec<SeckillCard>
    }
    /// A session is over, or was stopped.
    SeckillOffline "seckill.offline" { activity: ActivityId, version: i64 }
    /// Timer: something is due with a session (to go online, to end, to be settled).
    ActivityDue "seckill.activity_due" { activity: ActivityId }
    /// Timer: an order of a won unit should stand by now.
    WinDue "seckill.win_due" { order: OrderId }
    /// Timer: a unit whose order is cancelled goes back into its pool.
    ReturnDue "seckill.return_due" { order: OrderId }
    /// Timer: a shopper wants to be told that a session begins.
    ReminderDue "seckill.reminder_due" { activity: ActivityId, user: UserId }
}
