//! 第三方接入: text messages, payment channels, uploads. Each vendor stands behind one shape; the demo has a mailbox for the messages
//! and a cashier that behaves as a real payment channel does: it redirects, signs, notifies, repeats itself and can misbehave.
//! Must never know what is bought, nor who the payer is to the mall, nor what an uploaded picture is used for.

mod cashier;
mod events;
mod http;
mod mailbox;
mod migration;
mod outlet;
mod page;
mod settings;
mod sms;
mod store;
#[cfg(test)]
mod tests;
mod upload;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use contract::fault::CHANNEL_UNKNOWN;
use contract::payment::Channel;
use contract::thirdparty as shape;
use kit::{Core, Ctx, Db, Result};

use cashier::Cashier;
use upload::Intake;

pub use cashier::CashierFaults;
pub use events::{HEARS, jobs, subscriptions};
pub use http::routes;
pub use migration::MIGRATIONS;
pub use outlet::{HttpOutlet, Outlet};
pub use settings::{Settings, SmsProvider, Uploads};

/// The service's name.
pub const NAME: &str = "thirdparty";

/// The vendors.
pub struct Thirdparty {
    core: Core,
    db: Db,
    settings: Settings,
    cashier: Cashier,
    intake: Intake,
}

impl Thirdparty {
    /// The service on its database; the demo cashier delivers its notifications through the outlet, and uploads lie in a folder
    /// of this process.
    pub fn new(core: &Core, db: Db, settings: Settings, outlet: Arc<dyn Outlet>, uploads: &Path) -> Arc<Self> {
        let cashier = Cashier::new(core, db.clone(), &settings, outlet);
        let intake = Intake::new(uploads, &settings.uploads);
        Arc::new(Thirdparty { core: core.clone(), db, settings, cashier, intake })
    }

    /// The demo cashier's misbehaviour, all off until a test turns it on.
    pub fn faults(&self) -> &CashierFaults {
        self.cashier.faults()
    }

    /// The cashier, if this mall has one.
    fn channel(&self, channel: Channel) -> Result<&Cashier> {
        match channel {
            Channel::Demo if self.settings.cashier => Ok(&self.cashier),
            Channel::Demo => Err(CHANNEL_UNKNOWN.into()),
        }
    }
}

#[async_trait]
impl shape::Thirdparty for Thirdparty {
    async fn send_sms(&self, _: &Ctx, request: shape::SendSms) -> Result<shape::SmsSent> {
        self.send(request).await
    }

    async fn channels(&self, _: &Ctx, _: shape::ListChannels) -> Result<shape::OpenChannels> {
        let open = |channel: &Channel| self.channel(*channel).is_ok();
        Ok(shape::OpenChannels { channels: Channel::ALL.into_iter().filter(open).collect() })
    }

    async fn create_trade(&self, _: &Ctx, request: shape::CreateTrade) -> Result<shape::TradeCreated> {
        self.channel(request.channel)?.create(request).await
    }

    async fn query_trade(&self, _: &Ctx, request: shape::TradeOf) -> Result<shape::TradeState> {
        self.channel(request.channel)?.query(request.out_trade_no).await
    }

    async fn close_trade(&self, _: &Ctx, request: shape::TradeOf) -> Result<shape::TradeState> {
        self.channel(request.channel)?.close(request.out_trade_no).await
    }

    async fn refund_trade(&self, _: &Ctx, request: shape::RefundTrade) -> Result<shape::RefundState> {
        self.channel(request.channel)?.refund(request).await
    }

    async fn query_refund(&self, _: &Ctx, request: shape::RefundOf) -> Result<shape::RefundState> {
        self.channel(request.channel)?.query_refund(request.out_refund_no).await
    }

    async fn read_notice(&self, _: &Ctx, request: shape::RawNotice) -> Result<shape::Notice> {
        self.channel(request.channel)?.read_notice(&request)
    }

    async fn keep_uploads(&self, _: &Ctx, request: shape::KeepUploads) -> Result<shape::UploadsKept> {
        self.keep_for(&request).await
    }
}
