//! Sends an order off: one parcel for now, in a table that allows several.

use contract::OrderId;
use contract::fault::ORDER_STATE;
use contract::order::OrderState;
use kit::Result;

use crate::Order;
use crate::state::{OrderActor, OrderEvent, OrderPayment};
use crate::step::Step;
use crate::store::{self, Head};
use crate::view::OrderDetail;

impl Order {
    /// An operator hands the parcel to a courier. The same parcel again changes nothing; another one is refused.
    pub async fn ship(&self, operator: i64, id: OrderId, courier: &str, tracking_no: &str) -> Result<OrderDetail> {
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            let order = match order.state {
                // What was paid back in full stays in the house.
                OrderState::Paid if order.payment != OrderPayment::Refunded => {
                    store::insert_parcel(&tx, id, courier, tracking_no).await?;
                    let after = Head { state: OrderState::Shipped, ..order.clone() };
                    let note = format!("{courier} {tracking_no}");
                    let step = Step { what: OrderEvent::Shipped, actor: OrderActor::Operator, actor_id: operator, note: &note };
                    self.step(&tx, &order, after, step).await?
                }
                OrderState::Shipped | OrderState::Received | OrderState::Done => {
                    let parcels = store::parcels(&tx, id).await?;
                    let same = parcels.iter().any(|p| p.courier == courier && p.tracking_no == tracking_no);
                    if same { order } else { return Err(ORDER_STATE.into()) }
                }
                _ => return Err(ORDER_STATE.into()),
            };
            self.show(&tx, &order).await
        })
    }
}
