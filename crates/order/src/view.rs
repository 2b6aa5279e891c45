//! How an order is shown to people: masked, with amounts and a timeline. Shapes only; who may see what is decided before.

use contract::order::{CancelReason, OrderKind, OrderState};
use contract::payment::Channel;
use contract::product::Spec;
use contract::promotion::Share;
use contract::user::Address;
use contract::{Fen, OrderId, OrderLineId, ParcelId, SkuId, SpuId, UserId};
use kit::secret::{PersonName, Phone, StreetAddress};
use kit::{Error, Result, Time};
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::{Fulfilment, OrderActor, OrderEvent, OrderPayment};

/// An order, whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderDetail {
    /// Its id.
    pub id: OrderId,
    /// The number that people say on the telephone.
    pub number: String,
    /// Whose it is.
    pub user_id: UserId,
    /// On which occasion it was placed.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// Why it was cancelled, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Where its money stands.
    pub payment: OrderPayment,
    /// Where its parcels stand.
    pub fulfilment: Fulfilment,
    /// Channel that was chosen when it was placed.
    pub pay_channel: Channel,
    /// What was bought.
    pub lines: Vec<OrderedLine>,
    /// What it costs.
    pub amounts: OrderAmounts,
    /// Where it goes, masked.
    pub address: OrderAddress,
    /// What the shopper wrote; empty without.
    pub remark: String,
    /// When it was placed.
    pub created_at: Time,
    /// Until when it may be paid; absent when it does not wait for money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_by: Option<Time>,
    /// What left the house.
    pub parcels: Vec<OrderParcel>,
    /// What happened, oldest first.
    pub timeline: Vec<OrderMoment>,
}

/// A line as it was sold; later changes of the product do not touch it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderedLine {
    /// Its id.
    pub id: OrderLineId,
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Code on the label.
    pub code: String,
    /// Title.
    pub title: String,
    /// What tells it from its siblings.
    pub specs: Vec<Spec>,
    /// Picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Unit.
    pub unit: String,
    /// 划线价.
    pub list_price_fen: Fen,
    /// Price of one before promotions.
    pub unit_price_fen: Fen,
    /// How many.
    pub qty: u32,
    /// Unit price times quantity.
    pub amount_fen: Fen,
    /// This line's share of all discounts.
    pub discount_fen: Fen,
    /// What this line cost.
    pub payable_fen: Fen,
    /// This line's share of each discount.
    pub shares: Vec<Share>,
}

/// What an order costs: payable = goods − discount + freight − freight discount.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderAmounts {
    /// Sum of the lines before discounts.
    pub goods_fen: Fen,
    /// Sum of the discounts on lines.
    pub discount_fen: Fen,
    /// Freight before discount.
    pub freight_fen: Fen,
    /// Discount on freight.
    pub freight_discount_fen: Fen,
    /// What is to be paid.
    pub payable_fen: Fen,
    /// What came in.
    pub paid_fen: Fen,
    /// What went back.
    pub refunded_fen: Fen,
}

/// Where an order goes, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderAddress {
    /// Receiver.
    pub name: PersonName,
    /// Receiver's phone.
    pub phone: Phone,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县.
    pub district: String,
    /// Street, building, door.
    pub detail: StreetAddress,
}

impl OrderAddress {
    /// The masked form of an address.
    pub fn mask(address: &Address) -> Result<Self> {
        Ok(OrderAddress {
            name: PersonName::parse(&address.name).map_err(Error::internal)?,
            phone: Phone::parse(&address.phone).map_err(Error::internal)?,
            province: address.province.clone(),
            city: address.city.clone(),
            district: address.district.clone(),
            detail: StreetAddress::parse(&address.detail).map_err(Error::internal)?,
        })
    }
}

/// A parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderParcel {
    /// Its id.
    pub id: ParcelId,
    /// Who carries it.
    pub courier: String,
    /// The courier's number.
    pub tracking_no: String,
    /// When it left.
    pub shipped_at: Time,
}

/// Something that happened to an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderMoment {
    /// When.
    pub at: Time,
    /// What.
    pub what: OrderEvent,
    /// Where the order stood before; absent for the first moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<OrderState>,
    /// Where the order stood after it.
    pub state: OrderState,
    /// Who did it.
    pub by: OrderActor,
    /// In which words: the reason that an operator gave, the parcel's number; empty without.
    pub note: String,
}

/// An order in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// The number that people say on the telephone.
    pub number: String,
    /// Whose it is.
    pub user_id: UserId,
    /// On which occasion it was placed.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: OrderState,
    /// Why it was cancelled, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Where its money stands.
    pub payment: OrderPayment,
    /// What is to be paid.
    pub payable_fen: Fen,
    /// When it was placed.
    pub created_at: Time,
    /// Until when it may be paid; absent when it does not wait for money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_by: Option<Time>,
    /// Its first lines, four at most.
    pub lines: Vec<OrderedLine>,
    /// How many lines there are.
    pub line_count: u32,
    /// How many pieces there are.
    pub qty: u32,
}

/// Orders that wait for something: the badges of a shopper's tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderCounts {
    /// Wait for money.
    pub unpaid: u32,
    /// Wait for the parcel to leave.
    pub paid: u32,
    /// On their way.
    pub shipped: u32,
    /// Received; after-sale is still open.
    pub received: u32,
}
