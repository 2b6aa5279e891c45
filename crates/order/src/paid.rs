//! Takes in that an order was paid: in time, too late, or with another amount than asked. Money that the order cannot take
//! goes back by itself, once, under an id that is stored before anybody is asked.

use contract::OrderId;
use contract::fault::{CONFLICT, OUT_OF_STOCK, UNAVAILABLE};
use contract::inventory::{Hold, Release, StockLine};
use contract::order::OrderState;
use contract::payment::{PayPurpose, PaymentSucceeded, Refund};
use kit::db::Tx;
use kit::{Ctx, Error, Result};

use crate::Order;
use crate::state::{OrderEvent, OrderPayment, has_money};
use crate::step::Step;
use crate::store::{self, Head};

/// What is left to do once the news is written down.
enum Next {
    Nothing,
    /// Stock has to be held anew.
    Revive(Hold),
    /// The stored refund has to be asked for.
    GiveBack,
}

impl Order {
    /// A payment succeeded. Again: nothing more happens, because the order itself tells that it has the money.
    pub(crate) async fn hear_paid(&self, ctx: &Ctx, news: &PaymentSucceeded) -> Result<()> {
        if news.purpose != PayPurpose::Order {
            return Ok(());
        }
        let next = kit::tx!(self.db, |tx| {
            let order = self.read(&tx, news.order).await?;
            self.take_money(&tx, &order, news).await
        })?;
        match next {
            Next::Nothing => Ok(()),
            Next::Revive(hold) => self.revive(ctx, news, hold).await,
            Next::GiveBack => self.give_back(ctx, news.order).await,
        }
    }

    async fn take_money(&self, tx: &Tx, order: &Head, news: &PaymentSucceeded) -> Result<Next> {
        if order.give_back.is_some() {
            return Ok(Next::GiveBack);
        }
        if has_money(order.payment) {
            return Ok(Next::Nothing);
        }
        if order.state == OrderState::Placing {
            return Err(UNAVAILABLE.because(format!("order {} is paid but still being placed", order.id)));
        }
        if news.amount_fen != order.payable_fen {
            kit::tracing::error!(order = %order.id, payable = order.payable_fen.0, paid = news.amount_fen.0, "paid with a wrong amount");
            self.decide_to_give_back(tx, order, news, OrderEvent::PaidWrongAmount, "wrong_amount").await?;
            return Ok(Next::GiveBack);
        }
        match order.state {
            OrderState::Unpaid => {
                let after = with_money(order, news);
                self.step(tx, order, Head { state: OrderState::Paid, ..after }, Step::of_house(OrderEvent::Paid)).await?;
                Ok(Next::Nothing)
            }
            // What it was to take from its allotment is somebody else's by now.
            OrderState::Cancelled if order.allotment.is_some() => {
                self.decide_to_give_back(tx, order, news, OrderEvent::PaidTooLate, "late_payment").await?;
                Ok(Next::GiveBack)
            }
            OrderState::Cancelled => {
                let lines = store::sold_lines(tx, order.id).await?;
                let lines = lines.iter().map(|line| StockLine { sku: line.sku, qty: line.qty }).collect();
                Ok(Next::Revive(Hold { order: order.id, attempt: order.attempt + 1, lines }))
            }
            state => Err(Error::internal(format!("order {} is {state:?} without money", order.id))),
        }
    }

    /// Money for a cancelled order: if its goods are still there it goes on, else the money goes back.
    async fn revive(&self, ctx: &Ctx, news: &PaymentSucceeded, hold: Hold) -> Result<()> {
        let attempt = hold.attempt;
        let held = match self.around.inventory.hold(ctx, hold).await {
            Ok(_) => true,
            Err(e) if e.is(OUT_OF_STOCK) || e.is(CONFLICT) => false,
            Err(e) => return Err(e),
        };
        let next = kit::tx!(self.db, |tx| {
            let order = self.read(&tx, news.order).await?;
            // Another delivery of the same news may have been faster, and may have found another answer.
            if order.give_back.is_some() {
                return Ok(Next::GiveBack);
            }
            if order.state != OrderState::Cancelled {
                return Ok(Next::Nothing);
            }
            if !held {
                self.decide_to_give_back(&tx, &order, news, OrderEvent::PaidTooLate, "late_payment").await?;
                return Ok(Next::GiveBack);
            }
            let after = Head { state: OrderState::Paid, attempt, cancel_reason: None, ..with_money(&order, news) };
            self.step(&tx, &order, after, Step::of_house(OrderEvent::Revived)).await?;
            Ok(Next::Nothing)
        })?;
        match next {
            Next::GiveBack => self.give_back(ctx, news.order).await,
            Next::Nothing | Next::Revive(_) => Ok(()),
        }
    }

    async fn decide_to_give_back(
        &self,
        tx: &Tx,
        order: &Head,
        news: &PaymentSucceeded,
        what: OrderEvent,
        reason: &str,
    ) -> Result<()> {
        let after = Head { give_back: Some(tx.id()), give_back_reason: reason.to_owned(), ..with_money(order, news) };
        self.step(tx, order, after, Step::of_house(what)).await.map(|_| ())
    }

    /// Asks for the refund that was decided on. May be asked again at any time: the id is the same.
    async fn give_back(&self, ctx: &Ctx, id: OrderId) -> Result<()> {
        let order = self.current(None, id).await?;
        let Some(refund) = order.give_back else { return Ok(()) };
        if order.payment == OrderPayment::Refunded {
            return Ok(());
        }
        if order.state == OrderState::Cancelled && order.allotment.is_none() {
            // Whatever a faster or slower delivery has held for the revival that will not be.
            self.around.inventory.release(ctx, Release { order: id, attempt: Some(order.attempt + 1) }).await?;
        }
        let request = Refund { id: refund, order: id, amount_fen: order.paid_fen, reason: order.give_back_reason };
        self.around.payment.refund(ctx, request).await.map(|_| ())
    }
}

fn with_money(order: &Head, news: &PaymentSucceeded) -> Head {
    Head { payment: OrderPayment::Paid, paid_fen: news.amount_fen, ..order.clone() }
}
