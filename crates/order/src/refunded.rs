//! Takes in that money went back to the payer.

use contract::fault::{AMOUNT_OVERFLOW, UNAVAILABLE};
use contract::order::OrderRefunded;
use contract::payment::{PayPurpose, RefundSucceeded};
use kit::Result;

use crate::Order;
use crate::state::{OrderEvent, OrderPayment, has_money};
use crate::step::Step;
use crate::store::{self, Head};

impl Order {
    /// A refund has reached the payer; each counts once.
    pub(crate) async fn hear_refunded(&self, news: &RefundSucceeded) -> Result<()> {
        if news.purpose != PayPurpose::Order {
            return Ok(());
        }
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, news.order).await?;
            if !has_money(order.payment) {
                return Err(UNAVAILABLE.because(format!("a refund of order {} came before its payment", order.id)));
            }
            if !store::insert_refund(&tx, news.refund, order.id, news.amount_fen).await? {
                return Ok(());
            }
            let refunded_fen = order.refunded_fen.plus(news.amount_fen).ok_or(AMOUNT_OVERFLOW)?;
            let payment = if refunded_fen >= order.paid_fen { OrderPayment::Refunded } else { OrderPayment::PartRefunded };
            if payment == OrderPayment::Refunded {
                tx.publish(&OrderRefunded { order: order.id, user: order.user }).await?;
            }
            let after = Head { refunded_fen, payment, ..order.clone() };
            let note = news.amount_fen.to_string();
            self.step(&tx, &order, after, Step { note: &note, ..Step::of_house(OrderEvent::Refunded) }).await.map(|_| ())
        })
    }
}
