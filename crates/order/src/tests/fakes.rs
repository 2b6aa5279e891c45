//! Neighbours for tests: stock with its real rules, a scripted payment channel, a small catalogue.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use async_trait::async_trait;
use contract::fault::{AMOUNT_OVERFLOW, CONFLICT, NOT_FOUND, OUT_OF_STOCK, REFUND_EXCEEDS, UNAVAILABLE};
use contract::inventory::{self, Hold, Inventory, Released};
use contract::payment::{self, Channel, Close, Closed, Pay, PayStarted, Payment, PaymentState, PaymentStatus, PaymentSucceeded};
use contract::product::{self, CartPick, Product, SelectionOf, Sku, SkusOf, Spec};
use contract::promotion::{Promotion, Quote, QuoteRequest, QuotedLine};
use contract::user::{self, Address, AddressOf, User};
use contract::*;
use kit::db::{Parcel, Stop};
use kit::{Ctx, Result, Time};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Locked,
    Sold,
    Released,
}

#[derive(Clone, Debug)]
pub struct Reservation {
    pub attempt: u32,
    pub kept: Kept,
    pub lines: Vec<(SkuId, i64)>,
}

/// Stock, with the rules of the contract.
#[derive(Default)]
pub struct Stock {
    pub levels: Mutex<HashMap<SkuId, i64>>,
    pub reservations: Mutex<HashMap<OrderId, Reservation>>,
    /// What is left in allotments, of which variant.
    pub apart: Mutex<HashMap<AllotmentId, (SkuId, i64)>>,
    /// What paid orders took from them.
    pub taken: Mutex<HashMap<OrderId, i64>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Holds, but the answer is lost.
    pub mute: AtomicBool,
    /// Holds that were asked for.
    pub holds: Mutex<u32>,
}

impl Stock {
    pub fn put(&self, sku: SkuId, n: i64) {
        self.levels.lock().unwrap().insert(sku, n);
    }

    pub fn available(&self, sku: SkuId) -> i64 {
        self.levels.lock().unwrap().get(&sku).copied().unwrap_or(0)
    }

    pub fn kept(&self, order: OrderId) -> Option<Kept> {
        self.reservations.lock().unwrap().get(&order).map(|r| r.kept)
    }

    pub fn taken(&self, order: OrderId) -> Option<i64> {
        self.taken.lock().unwrap().get(&order).copied()
    }

    /// Pieces in all: on the shelf, kept, kept apart and sold.
    pub fn total(&self) -> i64 {
        let kept: i64 = (self.reservations.lock().unwrap().values())
            .filter(|r| r.kept != Kept::Released)
            .flat_map(|r| r.lines.iter().map(|(_, n)| *n))
            .sum();
        let apart: i64 = self.apart.lock().unwrap().values().map(|(_, left)| *left).sum();
        let taken: i64 = self.taken.lock().unwrap().values().sum();
        kept + apart + taken + self.levels.lock().unwrap().values().sum::<i64>()
    }

    /// A paid order takes its units from an allotment.
    fn take(&self, news: &order::OrderPaid, from: AllotmentId) -> Result<()> {
        if self.taken(news.order).is_some() {
            return Ok(());
        }
        let mut apart = self.apart.lock().unwrap();
        let (sku, left) = apart.get_mut(&from).ok_or(CONFLICT)?;
        let n: i64 = news.lines.iter().map(|l| i64::from(l.qty)).sum();
        if *left < n || news.lines.iter().any(|l| l.sku != *sku) {
            return Err(CONFLICT.into());
        }
        *left -= n;
        self.taken.lock().unwrap().insert(news.order, n);
        Ok(())
    }

    fn give_back(&self, lines: &[(SkuId, i64)]) {
        let mut levels = self.levels.lock().unwrap();
        for (sku, n) in lines {
            *levels.entry(*sku).or_default() += n;
        }
    }
}

#[async_trait]
impl Inventory for Stock {
    async fn allot(&self, _: &Ctx, wish: inventory::Allot) -> Result<inventory::Allotted> {
        let mut levels = self.levels.lock().unwrap();
        let level = levels.get_mut(&wish.sku).filter(|level| **level >= i64::from(wish.qty)).ok_or(OUT_OF_STOCK)?;
        *level -= i64::from(wish.qty);
        self.apart.lock().unwrap().insert(wish.id, (wish.sku, i64::from(wish.qty)));
        Ok(inventory::Allotted {})
    }

    async fn end_allotment(&self, _: &Ctx, _: inventory::EndAllotment) -> Result<inventory::AllotmentEnded> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn hold(&self, _: &Ctx, wish: Hold) -> Result<inventory::Held> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        *self.holds.lock().unwrap() += 1;
        let mut reservations = self.reservations.lock().unwrap();
        if let Some(r) = reservations.get(&wish.order) {
            if wish.attempt < r.attempt || (wish.attempt == r.attempt && r.kept == Kept::Released) {
                return Err(CONFLICT.into());
            }
            if wish.attempt == r.attempt {
                return Ok(inventory::Held {});
            }
            if r.kept == Kept::Locked {
                self.give_back(&r.lines.clone());
            }
        }
        let lines: Vec<(SkuId, i64)> = wish.lines.iter().map(|l| (l.sku, i64::from(l.qty))).collect();
        {
            let mut levels = self.levels.lock().unwrap();
            for (sku, n) in &lines {
                let available = levels.get(sku).copied().unwrap_or(0);
                if available < *n {
                    return Err(OUT_OF_STOCK.with(serde_json::json!({ "sku_id": sku, "available": available })));
                }
            }
            for (sku, n) in &lines {
                *levels.entry(*sku).or_default() -= n;
            }
        }
        reservations.insert(wish.order, Reservation { attempt: wish.attempt, kept: Kept::Locked, lines });
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(inventory::Held {}) }
    }

    async fn release(&self, _: &Ctx, wish: inventory::Release) -> Result<Released> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let mut reservations = self.reservations.lock().unwrap();
        let newest = reservations.get(&wish.order).map_or(0, |r| r.attempt);
        let attempt = wish.attempt.unwrap_or(newest);
        let mark = Reservation { attempt, kept: Kept::Released, lines: vec![] };
        match reservations.get(&wish.order) {
            Some(r) if attempt < r.attempt => return Ok(Released {}),
            Some(r) if r.kept == Kept::Sold => return Err(CONFLICT.into()),
            Some(r) if r.kept == Kept::Locked => self.give_back(&r.lines.clone()),
            _ => {}
        }
        reservations.insert(wish.order, mark);
        Ok(Released {})
    }

    async fn commit(&self, _: &Ctx, wish: inventory::Commit) -> Result<inventory::Committed> {
        let mut reservations = self.reservations.lock().unwrap();
        let r = reservations.get_mut(&wish.order).ok_or(CONFLICT)?;
        if r.kept == Kept::Released || wish.attempt.is_some_and(|a| a != r.attempt) {
            return Err(CONFLICT.into());
        }
        r.kept = Kept::Sold;
        Ok(inventory::Committed {})
    }

    async fn levels(&self, _: &Ctx, _: inventory::LevelsOf) -> Result<Vec<inventory::Level>> {
        Ok(vec![])
    }

    async fn count(&self, _: &Ctx, _: inventory::Count) -> Result<Vec<inventory::Level>> {
        Err(NOT_FOUND.into())
    }
}

/// What stock hears of orders.
pub struct StockEars(pub std::sync::Arc<Stock>);

#[async_trait]
impl Stop for StockEars {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        let ctx = Ctx::house();
        match parcel.topic.as_str() {
            "order.cancelled" => {
                let news: order::OrderCancelled = serde_json::from_str(&parcel.payload)?;
                if news.allotment.is_some() {
                    return Ok(());
                }
                self.0.release(&ctx, inventory::Release { order: news.order, attempt: Some(news.attempt) }).await.map(|_| ())
            }
            "order.paid" => {
                let news: order::OrderPaid = serde_json::from_str(&parcel.payload)?;
                if let Some(from) = news.allotment {
                    return self.0.take(&news, from);
                }
                self.0.commit(&ctx, inventory::Commit { order: news.order, attempt: Some(news.attempt) }).await.map(|_| ())
            }
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Account {
    pub attempts: HashMap<String, AttemptId>,
    pub open: bool,
    pub asked_fen: i64,
    pub paid_fen: i64,
    pub refunds: HashMap<RefundId, i64>,
    pub refund_calls: u32,
}

/// A payment service with its channel, as a script.
#[derive(Default)]
pub struct Money {
    pub accounts: Mutex<HashMap<OrderId, Account>>,
    pub deaf: AtomicBool,
    /// The next payer's money comes in right after the channel has said that nothing was paid.
    pub slips: AtomicBool,
    pub slipped: Mutex<Vec<OrderId>>,
}

impl Money {
    pub fn account(&self, order: OrderId) -> Account {
        self.accounts.lock().unwrap().get(&order).cloned().unwrap_or_default()
    }

    /// The payer pays at the channel, if it lets them; gives the news.
    pub fn payer_pays(&self, order: OrderId, user: UserId, even_if_closed: bool) -> Option<PaymentSucceeded> {
        let mut accounts = self.accounts.lock().unwrap();
        let account = accounts.get_mut(&order)?;
        if account.paid_fen > 0 || account.attempts.is_empty() || !(account.open || even_if_closed) {
            return None;
        }
        account.paid_fen = account.asked_fen;
        Some(Self::news(order, user, account.paid_fen))
    }

    pub fn news(order: OrderId, user: UserId, amount_fen: i64) -> PaymentSucceeded {
        PaymentSucceeded {
            payment: PaymentId(order.0),
            order,
            user,
            amount_fen: Fen(amount_fen),
            channel: Channel::Demo,
            paid_at: Time(1),
            purpose: contract::payment::PayPurpose::Order,
        }
    }
}

#[async_trait]
impl Payment for Money {
    async fn fund(&self, _: &Ctx, _: contract::payment::Fund) -> Result<contract::payment::Funded> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn grant(&self, _: &Ctx, _: contract::payment::Grants) -> Result<contract::payment::Granted> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn return_rest(&self, _: &Ctx, _: contract::payment::ReturnRest) -> Result<contract::payment::RestReturned> {
        Err(kit::fault::NOT_FOUND.into())
    }

    async fn pay(&self, _: &Ctx, wish: Pay) -> Result<PayStarted> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let mut accounts = self.accounts.lock().unwrap();
        let account = accounts.entry(wish.order).or_default();
        if account.paid_fen > 0 {
            return Err(contract::fault::ALREADY_PAID.into());
        }
        let n = i64::try_from(account.attempts.len()).unwrap();
        let attempt = *account.attempts.entry(wish.request).or_insert(AttemptId(wish.order.0 + n));
        (account.open, account.asked_fen) = (true, wish.amount_fen.0);
        Ok(PayStarted { payment: PaymentId(wish.order.0), attempt, redirect_url: format!("/cashier/{attempt}") })
    }

    async fn close(&self, _: &Ctx, wish: Close) -> Result<Closed> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let mut accounts = self.accounts.lock().unwrap();
        let Some(account) = accounts.get_mut(&wish.order) else { return Ok(Closed::Unpaid) };
        if account.paid_fen > 0 {
            return Ok(Closed::Paid);
        }
        account.open = false;
        if self.slips.load(SeqCst) && !account.attempts.is_empty() {
            account.paid_fen = account.asked_fen;
            self.slipped.lock().unwrap().push(wish.order);
        }
        Ok(Closed::Unpaid)
    }

    async fn status(&self, _: &Ctx, wish: payment::StatusOf) -> Result<PaymentStatus> {
        let accounts = self.accounts.lock().unwrap();
        let account = accounts.get(&wish.order).ok_or(NOT_FOUND)?;
        let refunded: i64 = account.refunds.values().sum();
        let state = if account.paid_fen > 0 { PaymentState::Paid } else { PaymentState::Paying };
        Ok(PaymentStatus {
            payment: PaymentId(wish.order.0),
            state,
            kept_fen: Fen(account.paid_fen - refunded),
            refunded_fen: Fen(refunded),
        })
    }

    async fn refund(&self, _: &Ctx, wish: payment::Refund) -> Result<payment::Refunded> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let mut accounts = self.accounts.lock().unwrap();
        let account = accounts.entry(wish.order).or_default();
        account.refund_calls += 1;
        account.refunds.insert(wish.id, wish.amount_fen.0);
        if account.refunds.values().sum::<i64>() > account.paid_fen {
            return Err(REFUND_EXCEEDS.into());
        }
        Ok(payment::Refunded { refund: wish.id })
    }
}

/// A catalogue, carts, addresses and a price rule: freight 10.00, free from 88.00 on; 1.00 off every full 50.00.
#[derive(Default)]
pub struct Shop {
    pub skus: Mutex<Vec<Sku>>,
    pub carts: Mutex<HashMap<UserId, Vec<CartPick>>>,
    /// Added to every unit price, so that a price moves.
    pub dearer_fen: Mutex<i64>,
    pub lies: AtomicBool,
}

impl Shop {
    pub fn sell(&self, sku: i64, price_fen: i64) -> SkuId {
        self.skus.lock().unwrap().push(Sku {
            sku: SkuId(sku),
            spu: SpuId(sku / 10),
            version: 3,
            code: format!("SP-{sku}"),
            title: format!("棉麻衬衫 {sku}"),
            specs: vec![Spec { name: "颜色".into(), value: "雾蓝".into() }],
            picture: Some(format!("p/{sku}.jpg")),
            list_price_fen: Fen(price_fen + 1000),
            price_fen: Fen(price_fen),
            unit: "件".into(),
            category: CategoryId(7),
            brand: None,
            listed: true,
        });
        SkuId(sku)
    }
}

#[async_trait]
impl Product for Shop {
    async fn skus(&self, _: &Ctx, wish: SkusOf) -> Result<Vec<Sku>> {
        let dearer = *self.dearer_fen.lock().unwrap();
        let skus = self.skus.lock().unwrap();
        let found = wish.skus.iter().filter_map(|id| skus.iter().find(|s| s.sku == *id));
        Ok(found.map(|s| Sku { price_fen: Fen(s.price_fen.0 + dearer), ..s.clone() }).collect())
    }

    async fn selection(&self, _: &Ctx, wish: SelectionOf) -> Result<Vec<CartPick>> {
        Ok(self.carts.lock().unwrap().get(&wish.user).cloned().unwrap_or_default())
    }

    async fn import_reviews(&self, _: &Ctx, _: product::ImportReviews) -> Result<product::ReviewsImported> {
        Err(NOT_FOUND.into())
    }

    async fn documents(&self, _: &Ctx, _: product::DocumentsOf) -> Result<Vec<product::Document>> {
        Ok(vec![])
    }

    async fn import(&self, _: &Ctx, _: product::Line) -> Result<product::Imported> {
        Err(NOT_FOUND.into())
    }

    async fn home(&self, _: &Ctx, _: product::HomeOf) -> Result<product::HomeText> {
        Err(NOT_FOUND.into())
    }
}

#[async_trait]
impl Promotion for Shop {
    async fn quote(&self, _: &Ctx, wish: QuoteRequest) -> Result<Quote> {
        if wish.lines.iter().any(|l| l.unit_price_fen.times(l.qty).is_none()) {
            return Err(AMOUNT_OVERFLOW.into());
        }
        let amounts: Vec<Fen> = wish.lines.iter().map(|l| l.unit_price_fen.times(l.qty).unwrap()).collect();
        let goods = Fen::sum(amounts.iter().copied()).unwrap();
        let discount = if wish.scene == promotion::Scene::Seckill { Fen::ZERO } else { Fen(goods.0 / 5000 * 100) };
        let shares = discount.split(&amounts);
        let line = |((l, amount), share): ((&promotion::QuoteLine, &Fen), &Fen)| QuotedLine {
            sku: l.sku,
            qty: l.qty,
            unit_price_fen: l.unit_price_fen,
            amount_fen: *amount,
            shares: vec![promotion::Share { rule: "full:1".into(), amount_fen: *share }],
            discount_fen: *share,
            payable_fen: Fen(amount.0 - share.0),
        };
        let freight = if goods.0 >= 8800 { 0 } else { 1000 };
        let lie = i64::from(self.lies.load(SeqCst));
        Ok(Quote {
            lines: wish.lines.iter().zip(&amounts).zip(&shares).map(line).collect(),
            rules: vec![],
            goods_fen: goods,
            discount_fen: discount,
            freight_fen: Fen(1000),
            freight_discount_fen: Fen(1000 - freight),
            payable_fen: Fen(goods.0 - discount.0 + freight - lie),
        })
    }
}

#[async_trait]
impl User for Shop {
    async fn text(&self, _: &Ctx, _: contract::user::TextShopper) -> Result<contract::user::Texted> {
        Ok(contract::user::Texted {})
    }

    async fn add_operator(&self, _: &Ctx, _: contract::user::AddOperator) -> Result<contract::user::OperatorAdded> {
        Err(NOT_FOUND.into())
    }

    async fn pass_captcha(&self, _: &Ctx, _: user::PassCaptcha) -> Result<user::CaptchaPassed> {
        Err(NOT_FOUND.into())
    }

    async fn shown_as(&self, _: &Ctx, _: user::ShownAs) -> Result<user::Shown> {
        Err(NOT_FOUND.into())
    }

    async fn who(&self, _: &Ctx, _: user::Who) -> Result<user::Identity> {
        Err(NOT_FOUND.into())
    }

    /// Everybody lives at the address that has their number.
    async fn address(&self, _: &Ctx, wish: AddressOf) -> Result<Address> {
        if wish.address.0 != wish.user.0 {
            return Err(NOT_FOUND.into());
        }
        Ok(Address {
            name: "张小伟".into(),
            phone: "13812345678".into(),
            province: "浙江省".into(),
            city: "杭州市".into(),
            district: "西湖区".into(),
            detail: "文三路478号华星时代广场".into(),
        })
    }
}
