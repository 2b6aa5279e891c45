//! 支付: money that comes in and goes back.

use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AttemptId, Fen, OrderId, PaymentId, RefundId, UserId};

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
    }
}

/// Starts to pay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pay {
    /// Which order.
    pub order: OrderId,
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

/// A payment channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The demo's own cashier, which redirects, notifies and signs as a real one.
    Demo,
}

impl Channel {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 1] = [Channel::Demo];

    /// Name in URLs and databases.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Demo => "demo",
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

kit::events! {
    /// An order's payment succeeded: the one that counts. A second one is given back by payment itself.
    PaymentSucceeded "payment.succeeded" {
        payment: PaymentId, order: OrderId, user: UserId, amount_fen: Fen, channel: Channel, paid_at: Time
    }
    /// A refund has reached the payer.
    RefundSucceeded "payment.refund_succeeded" { refund: RefundId, order: OrderId, user: UserId, amount_fen: Fen }
    /// An order was paid twice and the second payment has reached its payer again; the one that counts is untouched.
    SurplusRefunded "payment.surplus_refunded" { refund: RefundId, order: OrderId, user: UserId, amount_fen: Fen }
    /// Timer: ask the channel how an attempt ended.
    AttemptDue "payment.attempt_due" { attempt: AttemptId, asked: u32 }
    /// Timer: carry out a refund, or ask how it ended.
    RefundDue "payment.refund_due" { refund: RefundId, tried: u32 }
}
