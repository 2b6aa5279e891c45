//! The shopper says that the parcel has come.

use contract::fault::{NOT_FOUND, ORDER_STATE};
use contract::order::OrderState;
use contract::{OrderId, UserId};
use kit::Result;

use crate::Order;
use crate::state::{OrderActor, OrderEvent};
use crate::step::Step;
use crate::store::{self, Head};
use crate::view::OrderDetail;

impl Order {
    /// A shopper confirms the receipt of an own order; again: the same answer.
    pub async fn receive(&self, user: UserId, id: OrderId) -> Result<OrderDetail> {
        kit::tx!(self.db, |tx| {
            let order = store::own(&tx, id, user).await?.ok_or(NOT_FOUND)?;
            let order = match order.state {
                OrderState::Shipped => {
                    let after = Head { state: OrderState::Received, ..order.clone() };
                    let step = Step { what: OrderEvent::Received, actor: OrderActor::Shopper, actor_id: user.0, note: "" };
                    self.step(&tx, &order, after, step).await?
                }
                OrderState::Received | OrderState::Done => order,
                _ => return Err(ORDER_STATE.into()),
            };
            self.show(&tx, &order).await
        })
    }
}
