//! A seckill service with its neighbours, on a database and a journal of its own.

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

pub use super::near::{Orders, Shop, Stock};
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
