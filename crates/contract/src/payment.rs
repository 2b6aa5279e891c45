//! 支付: money that comes in and goes back.

use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AttemptId, Fen, GrantId, OrderId, PacketId, PaymentId, RefundId, UserId};

kit::contract! {
    /// Payments and refunds.
    pub trait Payment = "payment" {
        /// Starts to pay an order by a channel: one payment per order, one attempt per `request`. Again: the same attempt.
        /// `already_paid` when a payment of the order has succeeded or closed by success meanwhile.
        async fn pay(Pay) -> PayStarted;
        /// Closes every open attempt at its channel, so that nothing more comes in. "Already paid" at the channel means paid.
        async fn close(Close) -> Closed;
        /// How the payment of an order stands; `not_found` without one.
        async fn status(StatusOf) -> PaymentStatus;
        /// Gives money back that was paid for an order: once per `id`, never more than was paid (`refund_exceeds`).
        async fn refund(Refund) -> Refunded;
        /// Moves money of the house into a packet's account, once per packet; `fund_short` when the fund has less.
        async fn fund(Fund) -> Funded;
        /// Moves shares of packets into wallets, each once; all or none. `refund_exceeds` when a packet's account has less than
        /// its shares want (a mistake of the caller: nothing moves).
        async fn grant(Grants) -> Granted;
        /// What is left in a packet's account goes back where it came from (the fund, the sender's wallet, or the channel by which
        /// the sender paid), once. `conflict` when `amount_fen` is not what is left. Again: the same answer.
        async fn return_rest(ReturnRest) -> RestReturned;
    }
}

/// Starts to pay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pay {
    /// Which order; the packet's number when a packet is paid for.
    pub order: OrderId,
    /// What is paid for.
    #[serde(default)]
    pub purpose: PayPurpose,
    /// Who pays.
    pub user: UserId,
    /// How much; the same at every call of one order.
    pub amount_fen: Fen,
    /// By which channel.
    pub channel: Channel,
    /// What the channel shows.
    pub subject: String,
    /// Chosen by the caller: the same request is the same attempt.
    pub request: String,
    /// The channel refuses money after this time.
    pub expires: Time,
}

/// What a payment is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayPurpose {
    /// An order.
    #[default]
    Order,
    /// A red packet: the money goes into the packet's account, and is no income.
    RedPacket,
}

impl PayPurpose {
    /// Name in databases and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            PayPurpose::Order => "order",
            PayPurpose::RedPacket => "red_packet",
        }
    }

    /// The purpose of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [PayPurpose::Order, PayPurpose::RedPacket].into_iter().find(|p| p.name() == name)
    }
}

/// A payment channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The demo's own cashier, which redirects, notifies and signs as a real one.
    Demo,
    /// The payer's own wallet in this mall: paid at once, `wallet_short` when it holds too little.
    Wallet,
}

impl Channel {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Channel::Demo, Channel::Wallet];

    /// Name in URLs and databases.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Demo => "demo",
            Channel::Wallet => "wallet",
        }
    }

    /// The channel of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// An attempt is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PayStarted {
    /// The payment.
    pub payment: PaymentId,
    /// The attempt: its number is the channel's `out_trade_no`.
    pub attempt: AttemptId,
    /// Where the shopper goes to pay.
    pub redirect_url: String,
}

/// Asks that nothing more comes in for an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Close {
    /// Which order.
    pub order: OrderId,
}

/// How closing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// Nothing was paid and nothing can be any more.
    Unpaid,
    /// It turned out to be paid: the order goes on (`PaymentSucceeded` has left or will).
    Paid,
}

/// Asks how a payment stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatusOf {
    /// Of which order.
    pub order: OrderId,
    /// Ask the channel about open attempts first (the shopper waits on the result page).
    pub ask_channel: bool,
}

/// How a payment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentStatus {
    /// The payment.
    pub payment: PaymentId,
    /// Its state.
    pub state: PaymentState,
    /// What was paid and kept, after refunds.
    pub kept_fen: Fen,
    /// What was given back.
    pub refunded_fen: Fen,
}

/// Where a payment stands (the payment axis).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// No attempt has begun or all have failed.
    Unpaid,
    /// An attempt is open, or its outcome is not known yet.
    Paying,
    /// Paid.
    Paid,
    /// A part was given back.
    PartRefunded,
    /// All was given back.
    Refunded,
    /// Closed without money.
    Closed,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundProgress {
    /// The channel has been asked, or will be.
    Pending,
    /// The payer has it.
    Done,
    /// The channel refuses for good: an operator pays by hand.
    Refused,
    /// The channel gave no clear answer for too long: an operator finds out.
    ByHand,
}

impl RefundProgress {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Done, Self::Refused, Self::ByHand];

    /// Name in databases and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::ByHand => "by_hand",
        }
    }
}

/// Asks for money to be given back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Chosen by the caller; the same id is the same refund.
    pub id: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// How much.
    pub amount_fen: Fen,
    /// Why, for people and the books.
    pub reason: String,
}

/// The refund is recorded and will be carried out, however long the channel takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// The refund.
    pub refund: RefundId,
}

/// A fund of the house that pays for red-packet rain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundName {
    /// 营销费用: what the mall spends to be known.
    Marketing,
    /// 会员回馈: what the mall gives back to its shoppers.
    Loyalty,
}

impl FundName {
    /// Every one.
    pub const ALL: [Self; 2] = [FundName::Marketing, FundName::Loyalty];

    /// Name in databases and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            FundName::Marketing => "marketing",
            FundName::Loyalty => "loyalty",
        }
    }

    /// The fund of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// Moves money of the house into a packet's account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fund {
    /// Which packet.
    pub packet: PacketId,
    /// From which fund.
    pub fund: FundName,
    /// How much, more than 0.
    pub amount_fen: Fen,
}

/// The money lies there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funded {}

/// Most shares of one call.
pub const MOST_GRANTS: usize = 500;

/// Moves shares into wallets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Grants {
    /// Each of them; at most [`MOST_GRANTS`], each number once.
    pub grants: Vec<Grant>,
}

/// One share of a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Chosen by the caller: the same number moves once.
    pub id: GrantId,
    /// From which packet.
    pub packet: PacketId,
    /// Into whose wallet.
    pub user: UserId,
    /// How much, more than 0.
    pub amount_fen: Fen,
    /// The packet of a rain, for the words of the wallet.
    pub rain: bool,
}

/// They are in the wallets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {}

/// Sends back what is left of a packet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReturnRest {
    /// Which packet.
    pub packet: PacketId,
    /// What is left, 0 or more.
    pub amount_fen: Fen,
}

/// It goes back, however long a channel takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestReturned {}

kit::events! {
    /// An order's payment succeeded: the one that counts. A second one is given back by payment itself.
    PaymentSucceeded "payment.succeeded" {
        payment: PaymentId, order: OrderId, user: UserId, amount_fen: Fen, channel: Channel, paid_at: Time,
        #[serde(default)] purpose: PayPurpose
    }
    /// A refund has reached the payer.
    RefundSucceeded "payment.refund_succeeded" {
        refund: RefundId, order: OrderId, user: UserId, amount_fen: Fen, #[serde(default)] purpose: PayPurpose
    }
    /// An order was paid twice and the second payment has reached its payer again; the one that counts is untouched.
    SurplusRefunded "payment.surplus_refunded" { refund: RefundId, order: OrderId, user: UserId, amount_fen: Fen }
    /// Timer: ask the channel how an attempt ended.
    AttemptDue "payment.attempt_due" { attempt: AttemptId, asked: u32 }
    /// Timer: carry out a refund, or ask how it ended.
    RefundDue "payment.refund_due" { refund: RefundId, tried: u32 }
}
