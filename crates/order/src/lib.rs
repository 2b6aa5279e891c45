//! 订单: places an order, waits for its money, sends it off, and closes it. Each step is one transaction with its history and
//! its news; what several services must do together is written down first and healed by a due event after a crash.
//! Must never make a price, know a payment channel's rules, or count stock.

mod cancel;
mod detail;
mod events;
mod expire;
mod http;
mod list;
mod migration;
mod paid;
mod pay;
mod place;
mod price;
mod quote;
mod receive;
mod refunded;
mod settings;
mod ship;
mod state;
mod step;
mod store;
#[cfg(test)]
mod tests;
mod view;
mod won;

use std::sync::Arc;

use contract::inventory::Inventory;
use contract::order::{PlaceWon, WonPlaced};
use contract::payment::Payment;
use contract::product::Product;
use contract::promotion::Promotion;
use contract::user::User;
use kit::{Core, Ctx, Db, Result};

pub use events::{HEARS, jobs, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::Settings;

/// The service's name.
pub const NAME: &str = "order";

/// The services that orders call.
#[derive(Clone)]
pub struct Around {
    /// 商品: what is sold, and the cart.
    pub product: Arc<dyn Product>,
    /// 促销: the price.
    pub promotion: Arc<dyn Promotion>,
    /// 库存: what is there.
    pub inventory: Arc<dyn Inventory>,
    /// 支付: the money.
    pub payment: Arc<dyn Payment>,
    /// 用户: where a parcel goes.
    pub user: Arc<dyn User>,
}

/// Orders.
pub struct Order {
    core: Core,
    db: Db,
    settings: Settings,
    around: Around,
}

impl Order {
    /// The service on its database, with its neighbours.
    pub fn new(core: &Core, db: Db, settings: Settings, around: Around) -> Arc<Self> {
        Arc::new(Order { core: core.clone(), db, settings, around })
    }
}

#[async_trait::async_trait]
impl contract::order::Order for Order {
    async fn place_won(&self, ctx: &Ctx, request: PlaceWon) -> Result<Vec<WonPlaced>> {
        self.place_all_won(ctx, &request.wins).await
    }
}
