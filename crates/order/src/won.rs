//! Places orders for units that shoppers won in a flash sale, a batch at a time: all look-ups first, then one transaction with
//! the orders and what became of each win. Nothing is held: a paid order takes its units from the allotment that it names.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use contract::fault::{AMOUNT_OVERFLOW, CONFLICT, INVALID, NOT_FOUND, OFF_SHELF, UNAVAILABLE};
use contract::order::{MOST_WINS, OrderKind, OrderPlaced, OrderState, PaymentExpired, SoldLine, Win, WonOutcome, WonPlaced};
use contract::payment::Channel;
use contract::product::{Sku, SkusOf};
use contract::promotion::{Quote, QuoteLine, Scene};
use contract::user::AddressOf;
use contract::{Fen, OrderId, SkuId, UserId};
use futures::{StreamExt as _, TryStreamExt as _};
use kit::db::Tx;
use kit::secret::sha256_hex;
use kit::{Ctx, Error, Fault, Result, Time};

use crate::Order;
use crate::place::{address_purpose, line_row};
use crate::state::{Fulfilment, OrderActor, OrderEvent, OrderPayment};
use crate::store::{self, Head, LineRow, Moment, WonRow};
use crate::view::OrderAddress;

/// Wins whose address and price are asked for at the same time.
const ABREAST: usize = 16;
/// Times that a batch which somebody else places too is looked at again.
const TRIES: u32 = 4;
/// Longest time to pay, in seconds: a day.
const LONGEST_S: u32 = 24 * 3600;
/// Shown until the shopper chooses; any channel will do.
const CHANNEL: Channel = Channel::Demo;

/// A win that was looked into.
struct Found {
    win: Win,
    digest: String,
    /// What its order is made of, or why it cannot be.
    basket: std::result::Result<Box<Basket>, Fault>,
}

/// What an order is made of.
struct Basket {
    line: LineRow,
    quote: Quote,
    /// The same as JSON.
    quote_text: String,
    /// Sealed.
    address: String,
}

type Outcomes = HashMap<OrderId, WonOutcome>;

impl Order {
    /// Places orders for wins; gives what became of each, in the order asked.
    pub(crate) async fn place_all_won(&self, ctx: &Ctx, wins: &[Win]) -> Result<Vec<WonPlaced>> {
        check(wins)?;
        if wins.is_empty() {
            return Ok(Vec::new());
        }
        let digests = digests(wins)?;
        let mut outcomes = self.outcomes(&digests).await?;
        let open: Vec<&Win> = wins.iter().filter(|win| !outcomes.contains_key(&win.order)).collect();
        if !open.is_empty() {
            let found = self.look_into(ctx, &open, &digests).await?;
            outcomes = self.place_found(&found, &digests).await?;
        }
        let told = |win: &Win| {
            let outcome = outcomes.get(&win.order).cloned().ok_or_else(|| Error::internal("a win without an outcome"))?;
            Ok(WonPlaced { order: win.order, outcome })
        };
        wins.iter().map(told).collect()
    }

    /// What became of those that have been here, not as a replica remembers it.
    async fn outcomes(&self, digests: &BTreeMap<OrderId, String>) -> Result<Outcomes> {
        let orders: Vec<OrderId> = digests.keys().copied().collect();
        let rows = if self.db.is_shared() {
            kit::tx!(self.db, |tx| store::outcomes(&tx, &orders).await)?
        } else {
            store::outcomes(&self.db, &orders).await?
        };
        same(&rows, digests)
    }

    /// Asks the neighbours what was won, where it goes and what it costs.
    async fn look_into(&self, ctx: &Ctx, wins: &[&Win], digests: &BTreeMap<OrderId, String>) -> Result<Vec<Found>> {
        let skus: BTreeSet<SkuId> = wins.iter().map(|win| win.sku).collect();
        let known = self.around.product.skus(ctx, SkusOf { skus: skus.into_iter().collect() }).await?;
        let known: HashMap<SkuId, Sku> = known.into_iter().filter(|sku| sku.listed).map(|sku| (sku.sku, sku)).collect();
        let asked = wins.iter().map(|win| {
            let (win, sku) = ((*win).clone(), known.get(&win.sku).cloned());
            let digest = digests.get(&win.order).cloned().unwrap_or_default();
            async move {
                let basket = match sku {
                    Some(sku) => self.fill_won(ctx, &win, &sku).await?,
                    None => Err(OFF_SHELF),
                };
                Ok(Found { win, digest, basket })
            }
        });
        futures::stream::iter(asked.collect::<Vec<_>>()).buffered(ABREAST).try_collect().await
    }

    /// What one order is made of. An error is no answer, and the whole batch is asked again; a fault is one for good.
    async fn fill_won(&self, ctx: &Ctx, win: &Win, sku: &Sku) -> Result<std::result::Result<Box<Basket>, Fault>> {
        let address = match self.around.user.address(ctx, AddressOf { user: win.user, address: win.address }).await {
            Ok(address) => address,
            Err(e) if e.is(NOT_FOUND) => return Ok(Err(NOT_FOUND)),
            Err(e) => return Err(e),
        };
        if let Err(e) = OrderAddress::mask(&address) {
            // An order with it could not be shown; one bad address must not keep the others of its batch.
            kit::tracing::error!(order = %win.order, error = %e, "an address cannot be shown");
            return Ok(Err(NOT_FOUND));
        }
        let line = QuoteLine {
            sku: sku.sku,
            spu: sku.spu,
            category: sku.category,
            brand: sku.brand,
            qty: win.qty,
            unit_price_fen: win.unit_price_fen,
        };
        let quote = match self.quote_of(ctx, win.user, Scene::Seckill, &[line], Some(&address)).await {
            Ok(quote) => quote,
            Err(e) if e.is(AMOUNT_OVERFLOW) => return Ok(Err(AMOUNT_OVERFLOW)),
            Err(e) => return Err(e),
        };
        let quoted = quote.lines.first().ok_or_else(|| Error::internal("a quote without its line"))?;
        // What it costs outside the sale is what the price is compared with.
        let sku = Sku { list_price_fen: sku.price_fen, ..sku.clone() };
        let line = line_row(self.core.ids.make(), win.order, &sku, quoted)?;
        let quote_text = serde_json::to_string(&quote)?;
        let address = self.core.keys.seal(&address_purpose(win.order), &serde_json::to_string(&address)?);
        Ok(Ok(Box::new(Basket { line, quote, quote_text, address })))
    }

    /// Places what was found, and keeps what became of it; gives the outcomes of the whole batch.
    async fn place_found(&self, found: &[Found], digests: &BTreeMap<OrderId, String>) -> Result<Outcomes> {
        let orders: Vec<OrderId> = digests.keys().copied().collect();
        for _ in 0..TRIES {
            let rows = kit::tx!(self.db, |tx| {
                let mut rows = store::outcomes(&tx, &orders).await?;
                let known: HashSet<OrderId> = rows.iter().map(|row| row.order_id).collect();
                let new: Vec<&Found> = found.iter().filter(|f| !known.contains(&f.win.order)).collect();
                let added: Vec<WonRow> = new.iter().map(|f| f.row()).collect();
                if !added.is_empty() {
                    if !store::insert_outcomes(&tx, &added).await? {
                        return Ok(None);
                    }
                    record(&tx, &new).await?;
                }
                rows.extend(added);
                Ok(Some(rows))
            })?;
            if let Some(rows) = rows {
                return same(&rows, digests);
            }
        }
        Err(UNAVAILABLE.because("somebody else places the same wins").retry_after_s(1))
    }
}

impl Found {
    fn row(&self) -> WonRow {
        let outcome = match &self.basket {
            Ok(_) => WonOutcome::Placed,
            Err(fault) => WonOutcome::Refused(fault.code.to_owned()),
        };
        WonRow::new(self.win.order, self.digest.clone(), &outcome)
    }
}

/// The orders that can be, with their lines, history, counts, timers and news.
async fn record(tx: &Tx, found: &[&Found]) -> Result<()> {
    let baskets = found.iter().filter_map(|f| f.basket.as_ref().ok().map(|basket| (&f.win, basket.as_ref())));
    let now = tx.now();
    let placed: Vec<(Head, &Basket)> = baskets.map(|(win, basket)| (head(win, basket, now), basket)).collect();
    if placed.is_empty() {
        return Ok(());
    }
    store::insert(tx, &placed.iter().map(|(order, basket)| (order, basket.quote_text.as_str())).collect::<Vec<_>>()).await?;
    store::insert_lines(tx, &placed.iter().map(|(_, basket)| (0, &basket.line)).collect::<Vec<_>>()).await?;
    let moment =
        |user: UserId| Moment { what: OrderEvent::Placed, from: None, actor: OrderActor::Shopper, actor_id: user.0, note: "" };
    store::remember(tx, &placed.iter().map(|(order, _)| (order, moment(order.user))).collect::<Vec<_>>()).await?;
    // In the order of their numbers, so that two batches never wait for each other.
    let mut unpaid: BTreeMap<UserId, i64> = BTreeMap::new();
    for (order, _) in &placed {
        *unpaid.entry(order.user).or_default() += 1;
    }
    for (user, more) in unpaid {
        store::more_unpaid(tx, user, more).await?;
    }
    let news = placed.iter().map(|(order, basket)| Ok((placed_news(order, &basket.line)?, now)));
    tx.publish_all(&news.collect::<Result<Vec<_>>>()?).await?;
    let timer = |order: &Head| (PaymentExpired { order: order.id }, order.due.unwrap_or_default());
    tx.publish_all(&placed.iter().map(|(order, _)| timer(order)).collect::<Vec<_>>()).await
}

fn placed_news(order: &Head, line: &LineRow) -> Result<OrderPlaced> {
    let qty = u32::try_from(line.qty).map_err(Error::internal)?;
    let lines = vec![SoldLine { spu: line.spu_id, sku: line.sku_id, qty }];
    Ok(OrderPlaced { order: order.id, user: order.user, lines, from_cart: false })
}

/// The order as it stands at once.
fn head(win: &Win, basket: &Basket, now: Time) -> Head {
    let quote = &basket.quote;
    Head {
        id: win.order,
        user: win.user,
        kind: OrderKind::Seckill,
        allotment: Some(win.allotment),
        state: OrderState::Unpaid,
        payment: OrderPayment::Unpaid,
        fulfilment: Fulfilment::None,
        cancel_reason: None,
        attempt: 0,
        from_cart: false,
        channel: CHANNEL,
        goods_fen: quote.goods_fen,
        discount_fen: quote.discount_fen,
        freight_fen: quote.freight_fen,
        freight_discount_fen: quote.freight_discount_fen,
        payable_fen: quote.payable_fen,
        paid_fen: Fen::ZERO,
        refunded_fen: Fen::ZERO,
        give_back: None,
        give_back_reason: String::new(),
        address: basket.address.clone(),
        remark: String::new(),
        // No request of a shopper placed it.
        idem_key: String::new(),
        created: now,
        placed: Some(now),
        due: Some(now + Duration::from_secs(u64::from(win.pay_within_s))),
    }
}

/// The digest of each win, by its order's number.
fn digests(wins: &[Win]) -> Result<BTreeMap<OrderId, String>> {
    wins.iter().map(|win| Ok((win.order, sha256_hex(&serde_json::to_vec(win)?)))).collect()
}

/// The outcomes of rows; `conflict` when one was of something else.
fn same(rows: &[WonRow], digests: &BTreeMap<OrderId, String>) -> Result<Outcomes> {
    if let Some(row) = rows.iter().find(|row| digests.get(&row.order_id) != Some(&row.digest)) {
        return Err(CONFLICT.because(format!("order {} was won with other contents", row.order_id)));
    }
    Ok(rows.iter().map(|row| (row.order_id, row.outcome())).collect())
}

/// `invalid` with a pointer when a win cannot be one. Its caller made it, and nobody else: the batch is wrong as a whole.
fn check(wins: &[Win]) -> Result<()> {
    if wins.len() > MOST_WINS {
        return Err(INVALID.at("/wins", "length", format!("at most {MOST_WINS}")));
    }
    let mut seen = HashSet::with_capacity(wins.len());
    for (i, win) in wins.iter().enumerate() {
        if !seen.insert(win.order) || win.order.0 <= 0 {
            return Err(INVALID.at(format!("/wins/{i}/order"), "duplicate", "each number once, above 0"));
        }
        if !(1..=999).contains(&win.qty) {
            return Err(INVALID.at(format!("/wins/{i}/qty"), "range", "1 to 999"));
        }
        if win.unit_price_fen <= Fen::ZERO {
            return Err(INVALID.at(format!("/wins/{i}/unit_price_fen"), "range", "more than 0"));
        }
        if win.allotment.0 <= 0 {
            return Err(INVALID.at(format!("/wins/{i}/allotment"), "range", "above 0"));
        }
        if !(1..=LONGEST_S).contains(&win.pay_within_s) {
            return Err(INVALID.at(format!("/wins/{i}/pay_within_s"), "range", format!("1 to {LONGEST_S}")));
        }
    }
    Ok(())
}
