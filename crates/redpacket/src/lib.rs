//! 红包: money in packets, from people to people, and from the house in a rain. Shares are made once, claimed in `rush`, and go to
//! wallets exactly once; what nobody claimed goes back to the fen. Must never keep a balance: that is payment's.

mod events;
mod http;
mod migration;
mod settings;

use std::sync::Arc;

use contract::payment::Payment;
use contract::user::User;
use kit::{Core, Db};
use rush::Parts;

pub use events::{HEARS, jobs, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use settings::Settings;

/// The service's name.
pub const NAME: &str = "redpacket";

/// The services that red packets call.
#[derive(Clone)]
pub struct Around {
    /// 支付: the money.
    pub payment: Arc<dyn Payment>,
    /// 用户: how a sender is shown.
    pub user: Arc<dyn User>,
}

/// Red packets.
pub struct Redpacket {
    core: Core,
    db: Db,
    settings: Settings,
    around: Around,
    engine: Arc<dyn Parts>,
}

impl Redpacket {
    /// The service on its database, with the engine that its pools stand in.
    pub fn new(core: &Core, db: Db, settings: Settings, around: Around, engine: Arc<dyn Parts>) -> Arc<Self> {
        Arc::new(Redpacket { core: core.clone(), db, settings, around, engine })
    }
}
