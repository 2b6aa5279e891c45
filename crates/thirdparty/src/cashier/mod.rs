//! The demo cashier: a small payment channel with its own books, its own key pair and its own merchant numbers. The mall speaks to it
//! as to any channel: trades are opened, queried, closed and refunded by the mall's numbers; what happens is told by signed notifications.

mod faults;
mod keys;
mod notice;
mod page;
mod pay;
mod refund;

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use contract::AttemptId;
use contract::fault::{CONFLICT, INVALID, TIMEOUT, UNAVAILABLE};
use contract::thirdparty::{CreateTrade, TradeCreated, TradeState};
use kit::{Clock, Core, Db, Error, Ids, Result, Time, random};

use crate::Outlet;
use crate::settings::Settings;
use crate::store::trade::{self, Trade};

pub use faults::CashierFaults;
pub(crate) use page::{gone_page, left_page, trade_page};
pub(crate) use pay::Stand;

use keys::AppKeys;

/// The channel that the demo pays with.
pub(crate) struct Cashier {
    db: Db,
    clock: Clock,
    ids: Ids,
    keys: AppKeys,
    settings: Settings,
    outlet: Arc<dyn Outlet>,
    faults: CashierFaults,
}

impl Cashier {
    pub fn new(core: &Core, db: Db, settings: &Settings, outlet: Arc<dyn Outlet>) -> Self {
        Cashier {
            db,
            clock: core.clock.clone(),
            ids: core.ids.clone(),
            keys: AppKeys::derive(&core.keys),
            settings: settings.clone(),
            outlet,
            faults: CashierFaults::default(),
        }
    }

    pub fn faults(&self) -> &CashierFaults {
        &self.faults
    }

    fn now(&self) -> Time {
        self.clock.now()
    }

    /// Refuses every call while the channel plays dead.
    fn awake(&self) -> Result<()> {
        if self.faults.silent.load(SeqCst) { Err(UNAVAILABLE.because("the demo cashier plays dead")) } else { Ok(()) }
    }

    /// Opens a trade; the same number again gives the same trade.
    pub async fn create(&self, new: CreateTrade) -> Result<TradeCreated> {
        self.awake()?;
        if new.amount_fen.0 <= 0 {
            return Err(INVALID.at("/amount_fen", "range", "must be positive"));
        }
        if new.return_url.len() > 500 || !self.is_ours(&new.return_url) {
            return Err(INVALID.at("/return_url", "place", "must lead back to the mall"));
        }
        let subject: String = new.subject.chars().filter(|c| !c.is_control()).take(100).collect();
        trade::insert(&self.db, &new, &random::token(), &subject).await?;
        let number = new.out_trade_no;
        let kept = trade::by_number(&self.db, number).await?.ok_or_else(|| Error::internal("a trade is not there"))?;
        if kept.amount_fen != new.amount_fen {
            return Err(CONFLICT.because(format!("trade {number} exists with another amount")));
        }
        if faults::count_down(&self.faults.creates_time_out) {
            return Err(TIMEOUT.because("the demo cashier opened the trade and kept silent"));
        }
        Ok(TradeCreated { pay_url: self.address(&kept) })
    }

    /// Where a trade is paid.
    pub fn address(&self, trade: &Trade) -> String {
        format!("{}/cashier/{}", self.settings.public_url, trade.token)
    }

    /// A place of the mall: a path, or an address under its own; or none at all.
    fn is_ours(&self, url: &str) -> bool {
        let path =
            if self.settings.public_url.is_empty() { url } else { url.strip_prefix(&self.settings.public_url).unwrap_or(url) };
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        url.is_empty() || plain && path.starts_with('/') && !path.starts_with("//")
    }

    /// How a trade stands.
    pub async fn query(&self, number: AttemptId) -> Result<TradeState> {
        self.awake()?;
        trade::by_number(&self.db, number).await?.map_or(Ok(TradeState::Absent), |trade| state_of(&trade))
    }

    /// Closes an open trade, and tells how it stands then: it may have been paid before.
    pub async fn close(&self, number: AttemptId) -> Result<TradeState> {
        self.awake()?;
        trade::close(&self.db, number).await?;
        self.query(number).await
    }

    /// Trades that wait for their payer, the newest first.
    pub async fn open_trades(&self, limit: u32) -> Result<Vec<Trade>> {
        trade::open(&self.db, self.now(), limit).await
    }
}

fn state_of(trade: &Trade) -> Result<TradeState> {
    match (trade.state.as_str(), &trade.channel_trade_no, trade.paid_ms) {
        ("open", ..) => Ok(TradeState::Open),
        ("closed", ..) => Ok(TradeState::Closed),
        ("paid", Some(number), Some(paid_ms)) => {
            Ok(TradeState::Paid { channel_trade_no: number.clone(), amount_fen: trade.amount_fen, paid_at: Time(paid_ms) })
        }
        (state, ..) => Err(Error::internal(format!("trade {} is {state:?}", trade.out_trade_no))),
    }
}
