//! 秒杀: sessions with few pieces, few minutes and a crowd. Stock of a session lies apart; the crowd is let through one gate
//! (`rush`), the database has the last word, and orders are placed behind it in batches. Must never hold ordinary stock, make an
//! ordinary price, or move money.

mod events;
mod gate;
mod http;
mod migration;
mod pools;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod tickets;

use std::sync::Arc;

use contract::inventory::Inventory;
use contract::order::Order;
use contract::product::Product;
use contract::promotion::Promotion;
use contract::user::User;
use kit::{Core, Db};
use rush::Parts;

pub use events::{HEARS, jobs, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::{GateSettings, Settings};

/// The service's name.
pub const NAME: &str = "seckill";

/// The services that a flash sale calls.
#[derive(Clone)]
pub struct Around {
    /// 商品: what is sold.
    pub product: Arc<dyn Product>,
    /// 促销: what freight costs.
    pub promotion: Arc<dyn Promotion>,
    /// 库存: where the pieces come from.
    pub inventory: Arc<dyn Inventory>,
    /// 订单: where they go.
    pub order: Arc<dyn Order>,
    /// 用户: captchas, addresses, text messages.
    pub user: Arc<dyn User>,
}

/// Flash sales.
pub struct Seckill {
    core: Core,
    db: Db,
    settings: Settings,
    around: Around,
    engine: Arc<dyn Parts>,
    gate: gate::Gate,
    online: arc_swap::ArcSwap<pools::Online>,
}

impl Seckill {
    /// The service on its database, with the engine that its pools stand in.
    pub fn new(core: &Core, db: Db, settings: Settings, around: Around, engine: Arc<dyn Parts>) -> Arc<Self> {
        let gate = gate::Gate::new(&settings.gate);
        let online = arc_swap::ArcSwap::default();
        Arc::new(Seckill { core: core.clone(), db, settings, around, engine, gate, online })
    }
}
