//! Places an order. Intention first, effects second: the order is recorded, then its stock is held, then it stands. Whatever a
//! crash leaves half done is given up when `PlacingExpired` comes.

use contract::fault::{CONFLICT, NOT_FOUND, OUT_OF_STOCK, PLACING_EXPIRED, PRICE_CHANGED, TOO_MANY_UNPAID, UNAVAILABLE};
use contract::inventory::{Hold, StockLine};
use contract::order::{CancelReason, OrderKind, OrderState, PlacingExpired};
use contract::payment::Channel;
use contract::product::Sku;
use contract::promotion::{Quote, QuotedLine, Scene};
use contract::user::{Address, AddressOf};
use contract::{AddressId, Fen, OrderId, OrderLineId, SkuId, UserId};
use garde::Validate;
use kit::db::Tx;
use kit::http::{IdempotencyKey, Once, Stored};
use kit::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Order;
use crate::state::{Fulfilment, OrderActor, OrderEvent, OrderPayment};
use crate::step::Step;
use crate::store::{self, Head, LineRow, Moment};
use crate::view::{OrderAddress, OrderDetail};

/// The operation's name among idempotency keys.
pub const ROUTE: &str = "order.place";

/// What a shopper wants to order. No price: that is made here.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrder {
    /// What is bought.
    #[garde(dive)]
    pub source: OrderSource,
    /// Where it goes: an address of the shopper.
    #[garde(skip)]
    pub address_id: AddressId,
    /// A word to the shop, at most 200 characters.
    #[garde(inner(length(chars, max = 200), custom(without_control)))]
    #[schema(max_length = 200)]
    #[serde(default)]
    pub remark: Option<String>,
    /// How it will be paid.
    #[garde(skip)]
    pub pay_channel: Channel,
    /// What the shopper was shown. When the price is another by now, nothing is placed and `price_changed` brings the new one.
    #[garde(custom(not_negative))]
    #[serde(default)]
    pub expected_payable_fen: Option<Fen>,
}

/// Where the lines of an order come from.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrderSource {
    /// What is selected in the shopper's cart.
    Cart {},
    /// These, past the cart.
    BuyNow {
        /// Each variant once.
        #[garde(length(min = 1, max = 120), dive)]
        #[schema(min_items = 1, max_items = 120)]
        lines: Vec<OrderPick>,
    },
}

/// So many of a variant.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPick {
    /// The variant.
    #[garde(skip)]
    pub sku_id: SkuId,
    /// How many.
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    pub qty: u32,
}

/// Text that people will read has no control characters.
pub fn without_control(text: &str, (): &()) -> garde::Result {
    if text.chars().any(char::is_control) { Err(garde::Error::new("has control characters")) } else { Ok(()) }
}

fn not_negative(amount: &Option<Fen>, (): &()) -> garde::Result {
    if amount.is_some_and(|a| a < Fen::ZERO) { Err(garde::Error::new("is negative")) } else { Ok(()) }
}

/// How placing ended.
#[derive(Debug)]
pub enum Placed {
    /// The order stands.
    Now(Box<OrderDetail>),
    /// It was placed by an earlier request with the same key; this was the answer.
    Before(Stored),
}

/// What an order will be made of.
struct Basket {
    skus: Vec<Sku>,
    address: Address,
    quote: Quote,
    from_cart: bool,
}

impl Order {
    /// Places an order, once per key.
    pub async fn place(&self, ctx: &Ctx, user: UserId, key: &IdempotencyKey, wish: &PlaceOrder) -> Result<Placed> {
        let once = Once::new(user.0, ROUTE, key, wish)?;
        if let Some(answer) = once.seen(&self.db).await? {
            return Ok(Placed::Before(answer));
        }
        let basket = self.fill(ctx, user, wish).await?;
        if wish.expected_payable_fen.is_some_and(|expected| expected != basket.quote.payable_fen) {
            return Err(PRICE_CHANGED.with(serde_json::json!({ "quote": basket.quote })));
        }
        let order = self.record(&once, user, wish, &basket).await?;
        let lines = basket.quote.lines.iter().map(|l| StockLine { sku: l.sku, qty: l.qty }).collect();
        match self.around.inventory.hold(ctx, Hold { order, attempt: 0, lines }).await {
            Ok(_) => self.confirm(&once, order).await.map(|detail| Placed::Now(Box::new(detail))),
            Err(refused) => Err(self.withdraw(&once, order, refused).await),
        }
    }

    /// Asks the neighbours what is bought, where it goes and what it costs.
    async fn fill(&self, ctx: &Ctx, user: UserId, wish: &PlaceOrder) -> Result<Basket> {
        let (goods, address) = tokio::try_join!(self.goods(ctx, user, &wish.source), self.address(ctx, user, wish.address_id))?;
        // An address that could not be shown must not fail after stock is held.
        OrderAddress::mask(&address)?;
        let quote = self.quote_of(ctx, user, Scene::Order, &goods.lines, Some(&address)).await?;
        Ok(Basket { skus: goods.skus, address, quote, from_cart: matches!(wish.source, OrderSource::Cart {}) })
    }

    /// An address of the shopper; `not_found` says where it was asked for.
    pub(crate) async fn address(&self, ctx: &Ctx, user: UserId, address: AddressId) -> Result<Address> {
        let found = self.around.user.address(ctx, AddressOf { user, address }).await;
        found.map_err(|e| if e.is(NOT_FOUND) { e.at("/address_id", "not_found", "not an address of yours") } else { e })
    }

    /// The intention: the order, its lines, its price, and the timer that gives it up.
    async fn record(&self, once: &Once, user: UserId, wish: &PlaceOrder, basket: &Basket) -> Result<OrderId> {
        let id: OrderId = self.core.ids.make();
        let address = self.core.keys.seal(&address_purpose(id), &serde_json::to_string(&basket.address)?);
        let quote = serde_json::to_string(&basket.quote)?;
        let lines = self.lines(id, basket)?;
        kit::tx!(self.db, |tx| {
            once.begin(&tx).await?;
            if !store::one_more_unpaid(&tx, user, self.settings.unpaid_orders).await? {
                return Err(TOO_MANY_UNPAID.with(serde_json::json!({ "limit": self.settings.unpaid_orders })));
            }
            let order = self.first(&tx, id, user, wish, basket, &once.key, &address);
            store::insert(&tx, &[(&order, quote.as_str())]).await?;
            store::insert_lines(&tx, &(0..).zip(&lines).collect::<Vec<_>>()).await?;
            let (what, actor) = (OrderEvent::Recorded, OrderActor::Shopper);
            store::remember(&tx, &[(&order, Moment { what, from: None, actor, actor_id: user.0, note: "" })]).await?;
            tx.publish_at(&PlacingExpired { order: id }, order.due.unwrap_or_default()).await
        })?;
        Ok(id)
    }

    #[allow(clippy::too_many_arguments, reason = "each is one fact of the order; a struct for them would be the order itself")]
    fn first(&self, tx: &Tx, id: OrderId, user: UserId, wish: &PlaceOrder, basket: &Basket, key: &str, address: &str) -> Head {
        let quote = &basket.quote;
        Head {
            id,
            user,
            kind: OrderKind::Usual,
            allotment: None,
            state: OrderState::Placing,
            payment: OrderPayment::Unpaid,
            fulfilment: Fulfilment::None,
            cancel_reason: None,
            attempt: 0,
            from_cart: basket.from_cart,
            channel: wish.pay_channel,
            goods_fen: quote.goods_fen,
            discount_fen: quote.discount_fen,
            freight_fen: quote.freight_fen,
            freight_discount_fen: quote.freight_discount_fen,
            payable_fen: quote.payable_fen,
            paid_fen: Fen::ZERO,
            refunded_fen: Fen::ZERO,
            give_back: None,
            give_back_reason: String::new(),
            address: address.to_owned(),
            remark: wish.remark.as_deref().unwrap_or_default().trim().to_owned(),
            idem_key: key.to_owned(),
            created: tx.now(),
            placed: None,
            due: Some(tx.now() + self.settings.placing),
        }
    }

    fn lines(&self, order: OrderId, basket: &Basket) -> Result<Vec<LineRow>> {
        basket.skus.iter().zip(&basket.quote.lines).map(|(sku, line)| line_row(self.core.ids.make(), order, sku, line)).collect()
    }

    /// Stock is held: the order stands, and waits for money.
    async fn confirm(&self, once: &Once, id: OrderId) -> Result<OrderDetail> {
        kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            if order.state != OrderState::Placing {
                return Err(PLACING_EXPIRED.into());
            }
            let after = Head { state: OrderState::Unpaid, placed: Some(tx.now()), ..order.clone() };
            let order = self.step(&tx, &order, after, Step::of_house(OrderEvent::Placed)).await?;
            let detail = self.show(&tx, &order).await?;
            once.answer(&tx, 201, &detail).await?;
            Ok(detail)
        })
    }

    /// Stock is refused, or nobody knows: the order will not be. Gives the reply; `PlacingExpired` makes good what fails here.
    async fn withdraw(&self, once: &Once, id: OrderId, refused: Error) -> Error {
        // The mark of a release that came first: this order was given up while stock was asked for.
        let expired = refused.is(CONFLICT);
        let answer = if refused.is_ours() || expired { PLACING_EXPIRED.into() } else { refused.clone() };
        let reason = if refused.is(OUT_OF_STOCK) { CancelReason::OutOfStock } else { CancelReason::Placing };
        let withdrawn = kit::tx!(self.db, |tx| {
            let order = self.read(&tx, id).await?;
            if order.state == OrderState::Placing {
                self.step_to_cancelled(&tx, &order, reason, Step::of_house(OrderEvent::Cancelled)).await?;
                once.answer(&tx, answer.status(), &answer).await?;
            }
            Ok(())
        });
        if let Err(e) = withdrawn {
            kit::tracing::warn!(order = %id, error = %e, "an order could not be withdrawn; its timer will");
        }
        if refused.is_ours() { UNAVAILABLE.because(refused).retry_after_s(1) } else { answer }
    }
}

/// What an address is sealed for: its order, so that it opens nowhere else.
pub fn address_purpose(id: OrderId) -> String {
    format!("order.address:{id}")
}

/// A line as it is sold now, at the quoted price.
pub(crate) fn line_row(id: OrderLineId, order: OrderId, sku: &Sku, line: &QuotedLine) -> Result<LineRow> {
    Ok(LineRow {
        id,
        order_id: order,
        sku_id: sku.sku,
        spu_id: sku.spu,
        spu_version: sku.version,
        code: sku.code.clone(),
        title: sku.title.clone(),
        specs: serde_json::to_string(&sku.specs)?,
        picture: sku.picture.clone(),
        unit: sku.unit.clone(),
        list_price_fen: sku.list_price_fen,
        unit_price_fen: line.unit_price_fen,
        qty: i32::try_from(line.qty).map_err(Error::internal)?,
        amount_fen: line.amount_fen,
        discount_fen: line.discount_fen,
        payable_fen: line.payable_fen,
        shares: serde_json::to_string(&line.shares)?,
    })
}
