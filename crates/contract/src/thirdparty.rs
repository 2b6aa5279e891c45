//! 第三方接入: text messages, payment channels and uploads, each behind one shape whoever the vendor is.

use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::payment::Channel;
use crate::{AttemptId, Fen, RefundId, UserId};

kit::contract! {
    /// Vendors outside the house.
    pub trait Thirdparty = "thirdparty" {
        /// Sends a text message, once per `id`.
        async fn send_sms(SendSms) -> SmsSent;
        /// The channels that are open: those that a trade can be opened at.
        async fn channels(ListChannels) -> OpenChannels;
        /// Opens a trade at a channel. Again with the same `out_trade_no`: the same trade.
        async fn create_trade(CreateTrade) -> TradeCreated;
        /// How a trade stands at its channel.
        async fn query_trade(TradeOf) -> TradeState;
        /// Closes a trade; tells when it was paid already.
        async fn close_trade(TradeOf) -> TradeState;
        /// Gives money back. Again with the same `out_refund_no`: the same refund.
        async fn refund_trade(RefundTrade) -> RefundState;
        /// How a refund stands at its channel.
        async fn query_refund(RefundOf) -> RefundState;
        /// Checks a notification's signature, merchant and freshness, and reads it; `bad_signature` otherwise.
        async fn read_notice(RawNotice) -> Notice;
        /// Marks uploads of a shopper as used for one thing, all or none; `upload_unknown` when one of them is not there, not
        /// theirs, of another purpose, or used for something else. Again for the same thing: the same answer.
        async fn keep_uploads(KeepUploads) -> UploadsKept;
    }
}

/// Sends a text message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SendSms {
    /// Chosen by the caller; the same id is sent once.
    pub id: String,
    /// To whom, 11 digits.
    pub phone: String,
    /// Which text.
    pub template: SmsTemplate,
}

/// The texts that we send, with what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsTemplate {
    /// 【尚品商城】验证码 {code}，{minutes} 分钟内有效，请勿告诉他人。
    Code {
        /// The code.
        code: String,
        /// Minutes that it is valid.
        minutes: u32,
    },
    /// 【尚品商城】您预约的秒杀「{title}」将于 {time} 开始，共 {items} 件商品，别错过。
    SeckillReminder {
        /// The session.
        title: String,
        /// When it begins, HH:MM.
        time: String,
        /// How many things of it the shopper wanted to be told of.
        items: u32,
    },
}

/// The vendor has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmsSent {}

/// Asks which channels are open.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ListChannels {}

/// The channels that are open, in the order in which they are offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenChannels {
    /// Each of them.
    pub channels: Vec<Channel>,
}

/// Opens a trade.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CreateTrade {
    /// At which channel.
    pub channel: Channel,
    /// Our number of the trade.
    pub out_trade_no: AttemptId,
    /// How much.
    pub amount_fen: Fen,
    /// What the payer reads.
    pub subject: String,
    /// No money is taken after this.
    pub expires: Time,
    /// Where the channel sends the payer afterwards: a path of the mall or an address under it; empty: the channel's own page.
    #[serde(default)]
    pub return_url: String,
}

/// The trade is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradeCreated {
    /// Where the payer goes.
    pub pay_url: String,
}

/// Names a trade.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TradeOf {
    /// At which channel.
    pub channel: Channel,
    /// Our number of the trade.
    pub out_trade_no: AttemptId,
}

/// How a trade stands at its channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TradeState {
    /// The channel knows no such trade.
    Absent,
    /// Open, not paid.
    Open,
    /// Paid.
    Paid {
        /// The channel's own number.
        channel_trade_no: String,
        /// What was paid.
        amount_fen: Fen,
        /// When.
        paid_at: Time,
    },
    /// Closed without money.
    Closed,
}

/// Gives money back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundTrade {
    /// At which channel.
    pub channel: Channel,
    /// Of which trade.
    pub out_trade_no: AttemptId,
    /// Our number of the refund.
    pub out_refund_no: RefundId,
    /// How much.
    pub amount_fen: Fen,
    /// Why.
    pub reason: String,
}

/// Names a refund.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RefundOf {
    /// At which channel.
    pub channel: Channel,
    /// Our number of the refund.
    pub out_refund_no: RefundId,
}

/// How a refund stands at its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// The channel knows no such refund.
    Absent,
    /// On its way.
    Pending,
    /// The payer has it.
    Done,
    /// The channel refuses for good.
    Refused,
}

/// A notification as it came over the wire.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RawNotice {
    /// By which channel's address it came.
    pub channel: Channel,
    /// Headers that signatures need, lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: String,
}

/// A notification that is genuine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The channel's id of this notification: the same at every delivery.
    pub notice_id: String,
    /// Our number of the trade.
    pub out_trade_no: AttemptId,
    /// The channel's own number.
    pub channel_trade_no: String,
    /// What was paid.
    pub amount_fen: Fen,
    /// ISO 4217.
    pub currency: String,
    /// When.
    pub paid_at: Time,
}

/// What a shopper uploads a picture for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadPurpose {
    /// A picture in a review.
    Review,
    /// The shopper's own picture.
    Avatar,
}

impl UploadPurpose {
    /// Name in keys and databases.
    pub const fn name(self) -> &'static str {
        match self {
            UploadPurpose::Review => "review",
            UploadPurpose::Avatar => "avatar",
        }
    }

    /// The purpose of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [UploadPurpose::Review, UploadPurpose::Avatar].into_iter().find(|p| p.name() == name)
    }
}

/// Most uploads that one thing may use.
pub const KEPT_UPLOADS: usize = 20;

/// Uses uploads for something; those that nobody uses are deleted after a while.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeepUploads {
    /// Who uploaded them.
    pub user: UserId,
    /// What for.
    pub purpose: UploadPurpose,
    /// Their keys, at most [`KEPT_UPLOADS`].
    pub keys: Vec<String>,
    /// Names the one thing that they are used for, 1 to 64 characters.
    pub for_id: String,
}

/// They are used for it and stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadsKept {}

kit::events! {
    /// Timer of the demo cashier: deliver a notification, until the mall answers `success`.
    NoticeDue "thirdparty.notice_due" { notice: String, tried: u32 }
}
