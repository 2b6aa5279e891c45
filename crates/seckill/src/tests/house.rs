//! A seckill service with its neighbours, on a database and a journal of its own. The neighbours keep the rules of their
//! contracts, may be deaf, and remember what they were asked.

pub use std::collections::{BTreeMap, HashMap};
pub use std::path::PathBuf;
pub use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
pub use std::sync::{Arc, Mutex};
pub use std::time::Duration;

pub use async_trait::async_trait;
pub use contract::fault::{AMOUNT_OVERFLOW, CAPTCHA_WRONG, CONFLICT, NOT_FOUND, OUT_OF_STOCK, UNAVAILABLE};
pub use contract::inventory::{self, Allot, AllotmentEnded, Allotted, EndAllotment, Inventory};
pub use contract::order::{self, Order, PlaceWon, Win, WonOutcome, WonPlaced};
pub use contract::product::{self, Document, DocumentsOf, Product, Sku, SkusOf, Spec};
pub use contract::promotion::{Promotion, Quote, QuoteRequest, QuotedLine};
pub use contract::user::{self, Address, AddressOf, TextShopper, User};
pub use contract::*;
pub use kit::cache::Cache;
pub use kit::cron::Jobs;
pub use kit::db::{Bus, CrashSwitch, DbUrl, Event, Parcel, Relay, Stop};
pub use kit::http::IdempotencyKey;
pub use kit::secret::Keys;
pub use kit::{Clock, Core, Ctx, Db, Ids, Result, Time};

pub use crate::plan::{Activity, ActivityItem, Attachment, NewActivity, NewActivityItem};
pub use crate::state::ActivityState;
pub use crate::store::item::{self, ItemRow};
pub use crate::{Around, HEARS, MIGRATIONS, NAME, Seckill, Settings, subscriptions};

pub const WANG: UserId = UserId(1001);
pub const LI: UserId = UserId(1002);
/// 39.00 yuan.
pub const SHIRT: SkuId = SkuId(110);
/// 120.00 yuan.
pub const COAT: SkuId = SkuId(120);
/// Units of each that are there at first.
pub const PIECES: i64 = 1000;
/// Who plans.
pub const PLANNER: i64 = 7;
/// 10:00 in Shanghai.
pub const START: &str = "2026-11-22T02:00:00Z";

/// An allotment of the fake stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Apart {
    pub sku: SkuId,
    pub qty: i64,
    /// Units that paid orders took.
    pub taken: i64,
    /// With how many sold it ended.
    pub ended: Option<i64>,
}

/// Stock, with the rules of the contract.
#[derive(Default)]
pub struct Stock {
    pub levels: Mutex<HashMap<SkuId, i64>>,
    pub apart: Mutex<BTreeMap<AllotmentId, Apart>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Does what it is asked, but the answer is lost.
    pub mute: AtomicBool,
    /// Allotments that were asked for, repeats included.
    pub asked: Mutex<u32>,
}

impl Stock {
    pub fn put(&self, sku: SkuId, n: i64) {
        self.levels.lock().unwrap().insert(sku, n);
    }

    pub fn available(&self, sku: SkuId) -> i64 {
        self.levels.lock().unwrap().get(&sku).copied().unwrap_or(0)
    }

    pub fn apart(&self, id: AllotmentId) -> Option<Apart> {
        self.apart.lock().unwrap().get(&id).copied()
    }

    /// A paid order takes its units.
    pub fn take(&self, id: AllotmentId, qty: i64) {
        let mut apart = self.apart.lock().unwrap();
        let a = apart.get_mut(&id).unwrap();
        assert!(a.taken + qty <= a.ended.unwrap_or(a.qty), "more was taken than lay apart: {a:?}");
        a.taken += qty;
    }

    /// Units in all: on the shelf, apart, and sold out of allotments.
    pub fn total(&self) -> i64 {
        let apart: i64 = self.apart.lock().unwrap().values().map(|a| a.ended.unwrap_or(a.qty)).sum();
        apart + self.levels.lock().unwrap().values().sum::<i64>()
    }

    fn answer<T>(&self, value: T) -> Result<T> {
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(value) }
    }
}

#[async_trait]
impl Inventory for Stock {
    async fn allot(&self, _: &Ctx, wish: Allot) -> Result<Allotted> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        *self.asked.lock().unwrap() += 1;
        let (mut apart, mut levels) = (self.apart.lock().unwrap(), self.levels.lock().unwrap());
        if let Some(a) = apart.get(&wish.id) {
            let same = a.ended.is_none() && a.sku == wish.sku && a.qty == i64::from(wish.qty);
            return if same { self.answer(Allotted {}) } else { Err(CONFLICT.into()) };
        }
        let level = levels.entry(wish.sku).or_default();
        if *level < i64::from(wish.qty) {
            return Err(OUT_OF_STOCK.with(serde_json::json!({ "sku_id": wish.sku, "available": *level })));
        }
        *level -= i64::from(wish.qty);
        apart.insert(wish.id, Apart { sku: wish.sku, qty: wish.qty.into(), taken: 0, ended: None });
        self.answer(Allotted {})
    }

    async fn end_allotment(&self, _: &Ctx, wish: EndAllotment) -> Result<AllotmentEnded> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        let (mut apart, mut levels) = (self.apart.lock().unwrap(), self.levels.lock().unwrap());
        let sold = i64::from(wish.sold);
        // Of one that was never made, a mark refuses it should it come late.
        let mark = Apart { sku: SkuId(0), qty: 0, taken: 0, ended: None };
        let a = if sold == 0 { apart.entry(wish.id).or_insert(mark) } else { apart.get_mut(&wish.id).ok_or(CONFLICT)? };
        let returned = u32::try_from(a.qty - sold).unwrap_or(0);
        if let Some(ended) = a.ended {
            return if ended == sold { self.answer(AllotmentEnded { returned }) } else { Err(CONFLICT.into()) };
        }
        if sold > a.qty || a.taken > sold {
            return Err(CONFLICT.into());
        }
        a.ended = Some(sold);
        *levels.entry(a.sku).or_default() += a.qty - sold;
        self.answer(AllotmentEnded { returned })
    }

    async fn hold(&self, _: &Ctx, _: inventory::Hold) -> Result<inventory::Held> {
        Err(NOT_FOUND.into())
    }

    async fn release(&self, _: &Ctx, _: inventory::Release) -> Result<inventory::Released> {
        Err(NOT_FOUND.into())
    }

    async fn commit(&self, _: &Ctx, _: inventory::Commit) -> Result<inventory::Committed> {
        Err(NOT_FOUND.into())
    }

    async fn levels(&self, _: &Ctx, wish: inventory::LevelsOf) -> Result<Vec<inventory::Level>> {
        let level =
            |sku: &SkuId| inventory::Level { sku: *sku, available: self.available(*sku), locked: 0, sold: 0, allotted: 0 };
        Ok(wish.skus.iter().map(level).collect())
    }

    async fn count(&self, _: &Ctx, _: inventory::Count) -> Result<Vec<inventory::Level>> {
        Err(NOT_FOUND.into())
    }
}

/// A catalogue, a price rule (freight 10.00, free from 88.00 on), and people. The captcha `right` passes, for one thing.
#[derive(Default)]
pub struct Shop {
    pub skus: Mutex<Vec<Sku>>,
    /// Text messages, each once.
    pub texts: Mutex<BTreeMap<String, TextShopper>>,
    /// What each captcha was passed for.
    pub captchas: Mutex<HashMap<String, String>>,
    /// People do not answer.
    pub deaf: AtomicBool,
}

impl Shop {
    pub fn sell(&self, sku: SkuId, price_fen: i64) {
        self.skus.lock().unwrap().push(Sku {
            sku,
            spu: SpuId(sku.0 / 10),
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
    }

    pub fn unlist(&self, sku: SkuId) {
        self.skus.lock().unwrap().iter_mut().filter(|s| s.sku == sku).for_each(|s| s.listed = false);
    }
}

#[async_trait]
impl Product for Shop {
    async fn skus(&self, _: &Ctx, wish: SkusOf) -> Result<Vec<Sku>> {
        let skus = self.skus.lock().unwrap();
        Ok(wish.skus.iter().filter_map(|id| skus.iter().find(|s| s.sku == *id)).cloned().collect())
    }

    async fn documents(&self, _: &Ctx, wish: DocumentsOf) -> Result<Vec<Document>> {
        let DocumentsOf::Spus(spus) = wish else { return Ok(vec![]) };
        let document = |spu: SpuId| Document {
            spu,
            version: 3,
            listed: true,
            title: format!("棉麻衬衫 {spu}"),
            subtitle: format!("透气亲肤 {spu}"),
            categories: vec![],
            brand: None,
            picture: None,
            price_fen: Fen(0),
            list_price_fen: Fen(0),
            in_stock: true,
            listed_at: Time(0),
            sales: 0,
            attributes: vec![],
            flags: vec![],
        };
        Ok(spus.into_iter().map(document).collect())
    }

    async fn selection(&self, _: &Ctx, _: product::SelectionOf) -> Result<Vec<product::CartPick>> {
        Ok(vec![])
    }

    async fn import_reviews(&self, _: &Ctx, _: product::ImportReviews) -> Result<product::ReviewsImported> {
        Err(NOT_FOUND.into())
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
        let line = |l: &promotion::QuoteLine| {
            let amount_fen = l.unit_price_fen.times(l.qty).ok_or(AMOUNT_OVERFLOW)?;
            let (sku, qty, unit_price_fen, discount_fen) = (l.sku, l.qty, l.unit_price_fen, Fen::ZERO);
            Ok(QuotedLine { sku, qty, unit_price_fen, amount_fen, shares: vec![], discount_fen, payable_fen: amount_fen })
        };
        let lines: Vec<QuotedLine> = wish.lines.iter().map(line).collect::<Result<_>>()?;
        let goods = Fen::sum(lines.iter().map(|l| l.amount_fen)).ok_or(AMOUNT_OVERFLOW)?;
        let freight = if goods.0 >= 8800 { 0 } else { 1000 };
        Ok(Quote {
            lines,
            rules: vec![],
            goods_fen: goods,
            discount_fen: Fen::ZERO,
            freight_fen: Fen(1000),
            freight_discount_fen: Fen(1000 - freight),
            payable_fen: Fen(goods.0 + freight),
        })
    }
}

#[async_trait]
impl User for Shop {
    async fn text(&self, _: &Ctx, wish: TextShopper) -> Result<user::Texted> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        self.texts.lock().unwrap().entry(wish.id.clone()).or_insert(wish);
        Ok(user::Texted {})
    }

    async fn pass_captcha(&self, _: &Ctx, wish: user::PassCaptcha) -> Result<user::CaptchaPassed> {
        let mut passed = self.captchas.lock().unwrap();
        let first = passed.entry(wish.id.clone()).or_insert_with(|| wish.for_id.clone()) == &wish.for_id;
        if first && wish.answer == "right" { Ok(user::CaptchaPassed {}) } else { Err(CAPTCHA_WRONG.into()) }
    }

    async fn add_operator(&self, _: &Ctx, _: user::AddOperator) -> Result<user::OperatorAdded> {
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

/// Orders: places each win once and keeps the outcome.
#[derive(Default)]
pub struct Orders {
    pub placed: Mutex<BTreeMap<OrderId, (Win, WonOutcome)>>,
    /// Shoppers whose wins are refused, and why.
    pub refuses: Mutex<HashMap<UserId, &'static str>>,
    /// Does not answer, and has done nothing.
    pub deaf: AtomicBool,
    /// Places, but the answer is lost.
    pub mute: AtomicBool,
    /// Calls.
    pub calls: Mutex<u32>,
}

#[async_trait]
impl Order for Orders {
    async fn place_won(&self, _: &Ctx, wish: PlaceWon) -> Result<Vec<WonPlaced>> {
        if self.deaf.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        *self.calls.lock().unwrap() += 1;
        assert!(wish.wins.len() <= order::MOST_WINS);
        let (mut placed, refuses) = (self.placed.lock().unwrap(), self.refuses.lock().unwrap());
        let mut outcomes = Vec::new();
        for win in wish.wins {
            let refused = refuses.get(&win.user).map(|why| WonOutcome::Refused((*why).into()));
            let (order, outcome) = (win.order, refused.unwrap_or(WonOutcome::Placed));
            let (first, outcome) = placed.entry(order).or_insert_with(|| (win.clone(), outcome));
            if *first != win {
                return Err(CONFLICT.into());
            }
            outcomes.push(WonPlaced { order, outcome: outcome.clone() });
        }
        if self.mute.load(SeqCst) { Err(UNAVAILABLE.into()) } else { Ok(outcomes) }
    }
}

/// Notes all news in passing.
#[derive(Default)]
pub struct Log(pub Mutex<Vec<Parcel>>);

#[async_trait]
impl Stop for Log {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        self.0.lock().unwrap().push(parcel.clone());
        Ok(())
    }
}

/// A seckill service with its neighbours.
pub struct House {
    folder: PathBuf,
    pub core: Core,
    pub db: Db,
    pub crash: CrashSwitch,
    pub stock: Arc<Stock>,
    pub shop: Arc<Shop>,
    pub orders: Arc<Orders>,
    pub engine: rush::Memory,
    pub seckill: Arc<Seckill>,
    pub relay: Relay,
    pub log: Arc<Log>,
    pub settings: Settings,
    rounds: AtomicU32,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl House {
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let folder = std::env::temp_dir().join(format!("seckill-{}", kit::random::token()));
        let clock = Clock::manual(Time::parse(START).unwrap());
        let crash = CrashSwitch::default();
        let core = Core {
            ids: Ids::new(clock.clone(), 1),
            keys: Keys::random().unwrap(),
            cache: Cache::memory_on(clock.clone()),
            crash: crash.clone(),
            clock,
        };
        let (stock, shop, orders, log): (Arc<Stock>, Arc<Shop>, Arc<Orders>, Arc<Log>) = Default::default();
        for (sku, price) in [(SHIRT, 3900), (COAT, 12000)] {
            shop.sell(sku, price);
            stock.put(sku, PIECES);
        }
        let db = open(&folder, &core, &crash).await;
        let engine = engine(&folder, "rush", &core).await;
        let (seckill, relay) = build(&core, &db, &settings, (&stock, &shop, &orders, &log), &engine);
        House { folder, core, db, crash, stock, shop, orders, engine, seckill, relay, log, settings, rounds: AtomicU32::new(0) }
    }

    /// The process has died; another one starts on the same files.
    pub async fn reopen(&mut self) {
        self.db.close().await;
        self.crash = CrashSwitch::default();
        self.core.crash = self.crash.clone();
        self.db = open(&self.folder, &self.core, &self.crash).await;
        self.rebuild();
    }

    /// What the engine kept is gone.
    pub async fn lose_engine(&mut self) {
        self.engine = engine(&self.folder, &kit::random::token(), &self.core).await;
        self.rebuild();
    }

    fn rebuild(&mut self) {
        let near = (&self.stock, &self.shop, &self.orders, &self.log);
        (self.seckill, self.relay) = build(&self.core, &self.db, &self.settings, near, &self.engine);
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::house()
    }

    pub fn now(&self) -> Time {
        self.core.clock.now()
    }

    pub fn pass(&self, by: Duration) {
        self.core.clock.pass(by);
    }

    /// Delivers what is due until nothing is.
    pub async fn run(&self) {
        while self.relay.step().await.unwrap() > 0 {}
    }

    /// Runs the jobs that are due, and delivers what is due.
    pub async fn jobs(&self) {
        let mut jobs = Jobs::new(self.db.clone());
        crate::jobs(&self.seckill, &mut jobs);
        // Each time later than the last one, so that all jobs are due; the clock stays.
        let hours = self.rounds.fetch_add(1, SeqCst) + 1;
        jobs.run_due(self.now() + Duration::from_secs(3600) * hours).await;
        self.run().await;
    }

    /// Lets time pass in steps, so that failed deliveries are tried again.
    pub async fn settle(&self) {
        for _ in 0..14 {
            self.run().await;
            self.pass(Duration::from_secs(30));
        }
        self.run().await;
    }

    /// The news of a topic that were told, each once.
    pub fn told<E: Event>(&self) -> Vec<E> {
        let log = self.log.0.lock().unwrap();
        let found: BTreeMap<i64, &Parcel> = log.iter().filter(|p| p.topic == E::TOPIC).map(|p| (p.id, p)).collect();
        found.values().map(|p| serde_json::from_str(&p.payload).unwrap()).collect()
    }

    /// A draft that starts in `minutes` and lasts an hour.
    pub async fn draft(&self, minutes: u64) -> ActivityId {
        let starts_at = self.now() + Duration::from_secs(minutes * 60);
        let ends_at = starts_at + Duration::from_secs(3600);
        self.seckill.create_activity(PLANNER, NewActivity { title: "早场".into(), starts_at, ends_at }).await.unwrap().id
    }

    pub async fn try_attach(&self, activity: ActivityId, sku: SkuId, quota: u32, limit: u32) -> Result<ActivityItem> {
        let new = NewActivityItem { sku_id: sku, price_fen: Fen(1990), quota, limit, parts: None };
        self.attach_as(&kit::random::token(), activity, &new).await
    }

    pub async fn attach_as(&self, key: &str, activity: ActivityId, new: &NewActivityItem) -> Result<ActivityItem> {
        match self.seckill.attach(&self.ctx(), PLANNER, &IdempotencyKey(key.into()), activity, new).await? {
            Attachment::Now(item) => Ok(item),
            Attachment::Before(answer) if answer.status == 201 => Ok(serde_json::from_str(&answer.body).unwrap()),
            Attachment::Before(answer) => Err(serde_json::from_str(&answer.body).unwrap()),
        }
    }

    pub async fn attach(&self, activity: ActivityId, sku: SkuId, quota: u32, limit: u32) -> AllotmentId {
        self.try_attach(activity, sku, quota, limit).await.unwrap().id
    }

    /// Hands it in, approves it, and delivers what is due.
    pub async fn approve(&self, activity: ActivityId) {
        self.seckill.submit(PLANNER, activity).await.unwrap();
        self.seckill.approve(PLANNER, activity).await.unwrap();
        self.run().await;
    }

    /// A session of one variant at 19.90 that is online and starts in five minutes.
    pub async fn online(&self, sku: SkuId, quota: u32, limit: u32) -> (ActivityId, AllotmentId) {
        let activity = self.draft(5).await;
        let item = self.attach(activity, sku, quota, limit).await;
        self.approve(activity).await;
        assert_eq!(self.state(activity).await, ActivityState::Online);
        (activity, item)
    }

    /// The same, and it has begun.
    pub async fn running(&self, sku: SkuId, quota: u32, limit: u32) -> (ActivityId, AllotmentId) {
        let found = self.online(sku, quota, limit).await;
        self.pass(Duration::from_secs(5 * 60));
        self.run().await;
        self.seckill.refresh().await;
        found
    }

    pub async fn activity(&self, id: ActivityId) -> Activity {
        self.seckill.activity(id).await.unwrap()
    }

    pub async fn state(&self, id: ActivityId) -> ActivityState {
        self.activity(id).await.state
    }

    pub async fn item(&self, id: AllotmentId) -> ItemRow {
        item::item(&self.db, id).await.unwrap().unwrap()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.number(sql, vec![]).await.unwrap().unwrap_or(0)
    }
}

async fn open(folder: &std::path::Path, core: &Core, crash: &CrashSwitch) -> Db {
    let at = DbUrl::File { path: folder.join("seckill.db"), durable: false };
    let db = Db::open(NAME, &at, core.clock.clone(), core.ids.clone(), crash.clone()).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    db
}

async fn engine(folder: &std::path::Path, name: &str, core: &Core) -> rush::Memory {
    let (folder, clock) = (folder.join(name), core.clock.clone());
    let opened = tokio::task::spawn_blocking(move || rush::Memory::open(&folder, rush::memory::Settings::default(), clock));
    opened.await.unwrap().unwrap()
}

type Near<'a> = (&'a Arc<Stock>, &'a Arc<Shop>, &'a Arc<Orders>, &'a Arc<Log>);

fn build(core: &Core, db: &Db, settings: &Settings, near: Near<'_>, engine: &rush::Memory) -> (Arc<Seckill>, Relay) {
    let (stock, shop, orders, log) = near;
    // As in the mall: calls cross JSON, and stop when the process has crashed.
    let way = kit::rpc::Near { through_json: true, doubled: false, crash: core.crash.clone() };
    let around = Around {
        product: shop.clone(),
        promotion: shop.clone(),
        inventory: Arc::new(inventory::Local::new(stock.clone(), way.clone())),
        order: Arc::new(order::Local::new(orders.clone(), way.clone())),
        user: Arc::new(user::Local::new(shop.clone(), way)),
    };
    let seckill = Seckill::new(core, db.clone(), settings.clone(), around, Arc::new(engine.clone()));
    let mut bus = Bus::default();
    let ears: Arc<dyn Stop> = Arc::new(subscriptions(&seckill));
    bus.connect(HEARS.iter().copied(), &ears);
    let ears: Arc<dyn Stop> = log.clone();
    bus.connect(HEARS.iter().copied(), &ears);
    (seckill, Relay::new(db.clone(), Arc::new(bus)))
}
