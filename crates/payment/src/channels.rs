//! By what a shopper may pay: the channels that are open, by their names.

use contract::payment::Channel;
use contract::thirdparty::ListChannels;
use kit::{Ctx, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Payment;

/// Where the answer is kept.
const KEY: &str = "payment:channels";

/// The channels that are open, in the order in which they are offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PayChannels {
    pub items: Vec<PayChannel>,
}

/// A channel that is open.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PayChannel {
    /// Its name for the mall.
    pub channel: Channel,
    /// Its name for the shopper.
    pub name: &'static str,
}

const fn name(channel: Channel, english: bool) -> &'static str {
    match (channel, english) {
        (Channel::Demo, false) => "演示收银台",
        (Channel::Demo, true) => "Demo cashier",
    }
}

impl Payment {
    /// The channels that are open, as they were some seconds ago.
    pub(crate) async fn list_channels(&self, ctx: &Ctx, english: bool) -> Result<PayChannels> {
        let asked = async || self.thirdparty.channels(ctx, ListChannels {}).await.map(|open| Some(open.channels));
        let open: Option<Vec<Channel>> = self.cache.load(KEY, self.settings.channels_ttl, asked).await?;
        let items = open.unwrap_or_default().into_iter().map(|channel| PayChannel { channel, name: name(channel, english) });
        Ok(PayChannels { items: items.collect() })
    }
}
