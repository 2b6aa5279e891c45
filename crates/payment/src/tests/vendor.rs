//! A channel outside the house: what it holds survives every crash of ours.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU32};

use async_trait::async_trait;
use contract::fault::{BAD_SIGNATURE, CHANNEL_UNKNOWN, TIMEOUT, UNAVAILABLE};
use contract::payment::Channel;
use contract::thirdparty::*;
use contract::{AttemptId, Fen, RefundId};
use kit::{Clock, Ctx, Result, Time};
use tokio::sync::Notify;

#[derive(Clone, Debug)]
pub struct Trade {
    pub amount: Fen,
    pub state: TradeState,
    pub return_url: String,
}

pub struct Vendor {
    pub clock: Clock,
    pub trades: Mutex<BTreeMap<AttemptId, Trade>>,
    pub refunds: Mutex<BTreeMap<RefundId, (AttemptId, Fen, RefundState)>>,
    /// When it was asked how a trade stands.
    pub asked: Mutex<Vec<Time>>,
    /// So many creations succeed and are answered with a time-out.
    pub creates_time_out: AtomicU32,
    /// A creation says that it has come, and takes effect when it may.
    pub slow: AtomicBool,
    pub has_come: Notify,
    pub may_go: Notify,
    pub silent: AtomicBool,
    pub refuses_trades: AtomicBool,
    /// What new refunds become.
    pub refunds_become: Mutex<RefundState>,
    /// Refunds are carried out and answered with a time-out.
    pub refunds_time_out: AtomicBool,
}

impl Vendor {
    pub fn new(clock: Clock) -> Self {
        Vendor {
            clock,
            trades: Mutex::default(),
            refunds: Mutex::default(),
            asked: Mutex::default(),
            creates_time_out: AtomicU32::new(0),
            slow: AtomicBool::new(false),
            has_come: Notify::new(),
            may_go: Notify::new(),
            silent: AtomicBool::new(false),
            refuses_trades: AtomicBool::new(false),
            refunds_become: Mutex::new(RefundState::Done),
            refunds_time_out: AtomicBool::new(false),
        }
    }

    /// The payer pays; gives the notification, or nothing when the trade takes no money.
    pub fn pay(&self, number: AttemptId) -> Option<Notice> {
        let mut trades = self.trades.lock().unwrap();
        let trade = trades.get_mut(&number)?;
        if trade.state == TradeState::Open {
            let channel_trade_no = format!("V{number}");
            trade.state = TradeState::Paid { channel_trade_no, amount_fen: trade.amount, paid_at: self.clock.now() };
        }
        let TradeState::Paid { channel_trade_no, amount_fen, paid_at } = trade.state.clone() else { return None };
        let notice_id = format!("N{number}");
        Some(Notice { notice_id, out_trade_no: number, channel_trade_no, amount_fen, currency: "CNY".into(), paid_at })
    }

    pub fn trade(&self, number: AttemptId) -> TradeState {
        self.trades.lock().unwrap().get(&number).map_or(TradeState::Absent, |trade| trade.state.clone())
    }

    /// Money of ours that lies at the channel.
    pub fn holds(&self) -> i64 {
        let trades = self.trades.lock().unwrap();
        let paid = trades.values().filter(|t| matches!(t.state, TradeState::Paid { .. })).map(|t| t.amount.0).sum::<i64>();
        let refunds = self.refunds.lock().unwrap();
        paid - refunds.values().filter(|(.., state)| *state == RefundState::Done).map(|(_, fen, _)| fen.0).sum::<i64>()
    }

    fn awake(&self) -> Result<()> {
        if self.silent.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(()) }
    }
}

/// A notification as it comes over the wire, genuinely signed.
pub fn wire(notice: &Notice) -> RawNotice {
    let headers = vec![("x-signature".to_owned(), "genuine".to_owned())];
    RawNotice { channel: Channel::Demo, headers, body: serde_json::to_string(notice).unwrap() }
}

#[async_trait]
impl Thirdparty for Vendor {
    async fn send_sms(&self, _: &Ctx, _: SendSms) -> Result<SmsSent> {
        Ok(SmsSent {})
    }

    async fn create_trade(&self, _: &Ctx, new: CreateTrade) -> Result<TradeCreated> {
        self.awake()?;
        if self.slow.load(SeqCst) {
            self.has_come.notify_one();
            self.may_go.notified().await;
        }
        if self.refuses_trades.load(SeqCst) {
            return Err(CHANNEL_UNKNOWN.into());
        }
        let trade = Trade { amount: new.amount_fen, state: TradeState::Open, return_url: new.return_url };
        let mut trades = self.trades.lock().unwrap();
        assert_eq!(trades.entry(new.out_trade_no).or_insert(trade).amount, new.amount_fen);
        drop(trades);
        if self.creates_time_out.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)).is_ok() {
            return Err(TIMEOUT.into());
        }
        Ok(TradeCreated { pay_url: format!("/pay/{}", new.out_trade_no) })
    }

    async fn query_trade(&self, _: &Ctx, of: TradeOf) -> Result<TradeState> {
        self.asked.lock().unwrap().push(self.clock.now());
        self.awake()?;
        Ok(self.trade(of.out_trade_no))
    }

    async fn close_trade(&self, _: &Ctx, of: TradeOf) -> Result<TradeState> {
        self.awake()?;
        if let Some(trade) = self.trades.lock().unwrap().get_mut(&of.out_trade_no)
            && trade.state == TradeState::Open
        {
            trade.state = TradeState::Closed;
        }
        Ok(self.trade(of.out_trade_no))
    }

    async fn refund_trade(&self, _: &Ctx, refund: RefundTrade) -> Result<RefundState> {
        self.awake()?;
        let new = (refund.out_trade_no, refund.amount_fen, *self.refunds_become.lock().unwrap());
        let kept = *self.refunds.lock().unwrap().entry(refund.out_refund_no).or_insert(new);
        assert_eq!((kept.0, kept.1), (new.0, new.1), "a refund's number was used for another");
        if self.refunds_time_out.load(SeqCst) { Err(TIMEOUT.into()) } else { Ok(kept.2) }
    }

    async fn query_refund(&self, _: &Ctx, of: RefundOf) -> Result<RefundState> {
        self.awake()?;
        Ok(self.refunds.lock().unwrap().get(&of.out_refund_no).map_or(RefundState::Absent, |kept| kept.2))
    }

    async fn keep_uploads(&self, _: &Ctx, _: KeepUploads) -> Result<UploadsKept> {
        Ok(UploadsKept {})
    }

    async fn read_notice(&self, _: &Ctx, raw: RawNotice) -> Result<Notice> {
        if !raw.headers.contains(&("x-signature".to_owned(), "genuine".to_owned())) {
            return Err(BAD_SIGNATURE.because("not signed"));
        }
        serde_json::from_str(&raw.body).map_err(|e| BAD_SIGNATURE.because(e))
    }
}
