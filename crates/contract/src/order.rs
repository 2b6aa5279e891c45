//! 订单: what was bought, and how far it has come.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Fen, OrderId, SkuId, SpuId, UserId};

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
    OrderPaid "order.paid" { order: OrderId, user: UserId, lines: Vec<SoldLine>, payable_fen: Fen, #[serde(default)] attempt: u32 }
    /// An order is cancelled; what the reservation `attempt` held for it is free. A later attempt is not touched: this
    /// event may arrive after a late payment has revived the order.
    OrderCancelled "order.cancelled" {
        order: OrderId, user: UserId, reason: CancelReason, lines: Vec<SoldLine>, #[serde(default)] attempt: u32
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
