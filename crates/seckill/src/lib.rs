//! 秒杀: sessions with few pieces, few minutes and a crowd. Stock of a session lies apart; the crowd is let through one gate
//! (`rush`), the database has the last word, and orders are placed behind it in batches. Must never hold ordinary stock, make an
//! ordinary price, or move money.

mod events;
mod gate;
mod http;
mod migration;
mod plan;
mod pools;
mod remind;
mod schedule;
mod settings;
mod show;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod tickets;

use std::sync::{Arc, Weak};

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
pub use plan::{PlannedItem, PlannedSession};
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
    board: show::Board,
    gate: gate::Gate,
    me: Weak<Seckill>,
}

impl Seckill {
    /// The service on its database, with the engine that its pools stand in.
    pub fn new(core: &Core, db: Db, settings: Settings, around: Around, engine: Arc<dyn Parts>) -> Arc<Self> {
        let core = core.clone();
        let (board, gate) = (show::Board::default(), gate::Gate::new(&settings.gate));
        Arc::new_cyclic(|me| Seckill { core, db, settings, around, engine, board, gate, me: me.clone() })
    }
}
