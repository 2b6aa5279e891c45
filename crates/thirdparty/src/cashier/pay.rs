//! What the payer does on the cashier's page.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::fault::{NOT_FOUND, ORDER_STATE};
use contract::thirdparty::NoticeDue;
use kit::{Result, Time};

use super::Cashier;
use super::notice::PAID;
use crate::store::trade::{self, Trade};

/// How a trade stands for its payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stand {
    /// Can be paid.
    Open,
    /// Is paid.
    Paid,
    /// The mall has closed it.
    Closed,
    /// Its time is over.
    Expired,
}

impl Stand {
    pub fn of(trade: &Trade, now: Time) -> Self {
        match trade.state.as_str() {
            "paid" => Stand::Paid,
            "open" if trade.expires_ms > now => Stand::Open,
            "open" => Stand::Expired,
            _ => Stand::Closed,
        }
    }
}

impl Cashier {
    /// The trade behind a page; `not_found` for a token that is none.
    pub async fn trade(&self, token: &str) -> Result<(Trade, Stand)> {
        let trade = trade::by_token(&self.db, token).await?.ok_or(NOT_FOUND)?;
        let stand = Stand::of(&trade, self.now());
        Ok((trade, stand))
    }

    /// Takes the money once and queues the notification; `order_state` when the trade is closed or its time is over.
    pub async fn pay(&self, token: &str) -> Result<Trade> {
        let (trade, _) = self.trade(token).await?;
        let channel_trade_no = format!("D{}", self.ids.next());
        let notice = format!("N{}", self.ids.next());
        let delay = Duration::from_millis(self.faults.delay_ms.load(SeqCst))
            + Duration::from_secs(self.settings.notice_pauses_s.first().copied().unwrap_or(0));
        let paid = kit::tx!(self.db, |tx| {
            if !trade::pay(&tx, trade.out_trade_no, &channel_trade_no).await? {
                return Ok(false);
            }
            trade::queue_notice(&tx, &notice, trade.out_trade_no, PAID).await?;
            tx.publish_at(&NoticeDue { notice: notice.clone(), tried: 0 }, tx.now() + delay).await?;
            Ok(true)
        })?;
        match self.trade(token).await? {
            (trade, Stand::Paid) => Ok(trade),
            (_, stand) => Err(ORDER_STATE.because(format!("the trade is {stand:?}, taken: {paid}"))),
        }
    }
}
