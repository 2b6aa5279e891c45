//! Shows one order: to its shopper, or to an operator.

use contract::fault::NOT_FOUND;
use contract::order::OrderState;
use contract::user::Address;
use contract::{OrderId, UserId};
use kit::Result;

use crate::Order;
use crate::place::address_purpose;
use crate::state::{OrderActor, OrderEvent, Word as _};
use crate::store::{self, Head, HistoryRow, Rows};
use crate::view::{OrderAddress, OrderAmounts, OrderDetail, OrderMoment, OrderParcel};

impl Order {
    /// A shopper's own order; `not_found` when it is not theirs.
    pub async fn detail(&self, user: UserId, id: OrderId) -> Result<OrderDetail> {
        if let Some(order) = store::own(&self.db, id, user).await? {
            return self.show(&self.db, &order).await;
        }
        if !self.db.is_shared() {
            return Err(NOT_FOUND.into());
        }
        // A replica may not know yet what was placed just now.
        kit::tx!(self.db, |tx| {
            let order = store::own(&tx, id, user).await?.ok_or(NOT_FOUND)?;
            self.show(&tx, &order).await
        })
    }

    /// Any order, for an operator.
    pub async fn any_detail(&self, id: OrderId) -> Result<OrderDetail> {
        let order = store::head(&self.db, id).await?.ok_or(NOT_FOUND)?;
        self.show(&self.db, &order).await
    }

    /// An order with everything around it.
    pub(crate) async fn show(&self, from: &impl Rows, order: &Head) -> Result<OrderDetail> {
        let lines = store::lines(from, order.id).await?;
        let parcels = store::parcels(from, order.id).await?;
        let history = store::history(from, order.id).await?;
        let address: Address = serde_json::from_str(&self.core.keys.open(&address_purpose(order.id), &order.address)?)?;
        let parcel = |p: store::ParcelRow| OrderParcel {
            id: p.id,
            courier: p.courier,
            tracking_no: p.tracking_no,
            shipped_at: p.shipped_ms,
        };
        Ok(OrderDetail {
            id: order.id,
            number: order.id.to_string(),
            user_id: order.user,
            kind: order.kind,
            state: order.state,
            cancel_reason: order.cancel_reason,
            payment: order.payment,
            fulfilment: order.fulfilment,
            pay_channel: order.channel,
            lines: lines.into_iter().map(store::LineRow::shown).collect::<Result<_>>()?,
            amounts: amounts(order),
            address: OrderAddress::mask(&address)?,
            remark: order.remark.clone(),
            created_at: order.created,
            pay_by: order.due.filter(|_| order.state == OrderState::Unpaid),
            parcels: parcels.into_iter().map(parcel).collect(),
            timeline: history.iter().map(moment).collect::<Result<_>>()?,
        })
    }
}

fn amounts(order: &Head) -> OrderAmounts {
    OrderAmounts {
        goods_fen: order.goods_fen,
        discount_fen: order.discount_fen,
        freight_fen: order.freight_fen,
        freight_discount_fen: order.freight_discount_fen,
        payable_fen: order.payable_fen,
        paid_fen: order.paid_fen,
        refunded_fen: order.refunded_fen,
    }
}

fn moment(row: &HistoryRow) -> Result<OrderMoment> {
    let from = Some(&row.from_state).filter(|name| !name.is_empty());
    Ok(OrderMoment {
        at: row.at_ms,
        what: OrderEvent::read(&row.what)?,
        from: from.map(|name| OrderState::read(name)).transpose()?,
        state: OrderState::read(&row.to_state)?,
        by: OrderActor::read(&row.actor)?,
        note: row.note.clone(),
    })
}
