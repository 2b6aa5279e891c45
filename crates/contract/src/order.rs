//! 订单: what was bought, and how far it has come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AddressId, AllotmentId, Fen, OrderId, SkuId, SpuId, UserId};

kit::contract! {
    /// Orders, for services that sell in their own way.
    pub trait Order = "order" {
        /// Places orders for units that shoppers won elsewhere, at the price they won them for, without holding stock: when one is
        /// paid it takes its units from its allotment. One outcome for each, in the order asked, once per `order`: a refusal
        /// is kept too, so that a late repeat cannot place what its caller has given up. `conflict` when a number comes with other contents.
        async fn place_won(PlaceWon) -> Vec<WonPlaced>;
    }
}

/// Most wins of one call.
pub const MOST_WINS: usize = 200;

/// Places orders for what was won.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlaceWon {
    /// Each of them; at most [`MOST_WINS`].
    pub wins: Vec<Win>,
}

/// Units that a shopper won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Win {
    /// The order's number, chosen by the caller.
    pub order: OrderId,
    /// Whose.
    pub user: UserId,
    /// Which variant.
    pub sku: SkuId,
    /// How many.
    pub qty: u32,
    /// Price of one. Promotions do not touch it; freight is as usual.
    pub unit_price_fen: Fen,
    /// Where it goes: an address of the shopper.
    pub address: AddressId,
    /// The stock that it comes from.
    pub allotment: AllotmentId,
    /// How long it waits for money, from the moment that it is placed.
    pub pay_within_s: u32,
}

/// What became of a win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WonPlaced {
    /// Which order.
    pub order: OrderId,
    /// What became of it.
    pub outcome: WonOutcome,
}

/// What became of a win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WonOutcome {
    /// The order stands and waits for money.
    Placed,
    /// It cannot be, for good: the code of a fault (`not_found`: the address is gone; `off_shelf`).
    Refused(String),
}

/// The occasion on which an order was placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// From the cart or from a product's page.
    #[default]
    Usual,
    /// 秒杀: from an allotment, with a shorter time to pay.
    Seckill,
}

/// Where an order stands (the trade axis). Legal moves stand in `order::state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Recorded; stock is being held.
    Placing,
    /// Stock is held; waits for money.
    Unpaid,
    /// Paid; waits for the parcel to leave.
    Paid,
    /// On its way.
    Shipped,
    /// The shopper has it.
    Received,
    /// Over; after-sale is closed.
    Done,
    /// Will not be.
    Cancelled,
}

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Not paid in time.
    Timeout,
    /// By the shopper.
    Shopper,
    /// By an operator.
    Operator,
    /// A line was not there to be had.
    OutOfStock,
    /// Placing did not finish (a crash, a neighbour that did not answer).
    Placing,
}

/// A line of an order, as news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldLine {
    /// The product.
    pub spu: SpuId,
    /// The variant.
    pub sku: SkuId,
    /// How many.
    pub qty: u32,
}

kit::events! {
    /// An order stands and waits for money.
    OrderPlaced "order.placed" { order: OrderId, user: UserId, lines: Vec<SoldLine>, from_cart: bool }
    /// An order is paid. What it holds is the reservation `attempt`: 0, or more when it was cancelled and a late payment revived it.
    OrderPaid "order.paid" {
        order: OrderId, user: UserId, lines: Vec<SoldLine>, payable_fen: Fen, #[serde(default)] attempt: u32,
        /// Where its units come from, when it holds none.
        #[serde(default)] allotment: Option<AllotmentId>
    }
    /// An order is cancelled; what the reservation `attempt` held for it is free. A later attempt is not touched: this
    /// event may arrive after a late payment has revived the order.
    OrderCancelled "order.cancelled" {
        order: OrderId, user: UserId, reason: CancelReason, lines: Vec<SoldLine>, #[serde(default)] attempt: u32,
        /// Where its units came from, when it held none.
        #[serde(default)] allotment: Option<AllotmentId>
    }
    /// An order left the house.
    OrderShipped "order.shipped" { order: OrderId, user: UserId }
    /// The shopper has it, by their word or by time.
    OrderReceived "order.received" { order: OrderId, user: UserId, lines: Vec<SoldLine> }
    /// Everything that was paid for an order has gone back to the payer.
    OrderRefunded "order.refunded" { order: OrderId, user: UserId }
    /// Timer: placing should be over by now.
    PlacingExpired "order.placing_expired" { order: OrderId }
    /// Timer: an unpaid order closes now.
    PaymentExpired "order.payment_expired" { order: OrderId }
    /// Timer: a shipped order counts as received now.
    ReceiptDue "order.receipt_due" { order: OrderId }
    /// Timer: after-sale closes now.
    AfterSaleClosed "order.after_sale_closed" { order: OrderId }
}
