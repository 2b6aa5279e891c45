//! The house around the gate: sessions that are simply there, and a crowd.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use contract::order::{self, CancelReason, OrderCancelled, OrderPaid, SoldLine};
use contract::{ActivityId, AddressId, AllotmentId, Fen, OrderId, SkuId, SpuId, UserId};
use kit::cache::Cache;
use kit::db::{Bus, CrashSwitch, DbUrl, Event, Parcel, Relay, Stop};
use kit::secret::Keys;
use kit::{Clock, Core, Db, Ids, Result, Time, values};
use rush::Memory;

use super::neighbours::{Orders, People, Shop, Stock};
use crate::gate::pass::Pass;
use crate::store::item::{self, ItemRow};
use crate::store::ticket::{self, TicketRow};
use crate::tickets::view::SeckillTicket;
use crate::{Around, HEARS, MIGRATIONS, NAME, Seckill, Settings, subscriptions};

pub const START: Time = Time(1_795_312_800_000);
pub const ITEM: AllotmentId = AllotmentId(700);
pub const SESSION: ActivityId = ActivityId(70);
pub const PRICE: Fen = Fen(990);

/// Flash sales with their neighbours.
pub struct World {
    folder: PathBuf,
    pub core: Core,
    pub db: Db,
    pub orders: Arc<Orders>,
    pub people: Arc<People>,
    pub shop: Arc<Shop>,
    alive: Option<(Arc<Seckill>, Relay)>,
    pub settings: Settings,
    engines: usize,
    next: AtomicI64,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    /// A session with one item that runs.
    pub async fn new(quota: i32, limit: i32) -> Self {
        Self::with(Settings::default(), quota, limit, 1).await
    }

    pub async fn with(settings: Settings, quota: i32, limit: i32, parts: i32) -> Self {
        let shm = Path::new("/dev/shm");
        let place = if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() };
        let folder = place.join(format!("seckill-{}", kit::random::token()));
        let clock = Clock::manual(START);
        let core = Core {
            ids: Ids::new(clock.clone(), 1),
            keys: Keys::random().unwrap(),
            cache: Cache::memory_on(clock.clone()),
            crash: CrashSwitch::default(),
            clock,
        };
        let (orders, people, shop) = (Arc::default(), Arc::default(), Arc::default());
        let db = open(&folder, &core).await;
        let alive = Some(build(&folder.join("0"), &core, &db, &settings, &orders, &people, &shop));
        let next = AtomicI64::new(1);
        let w = World { folder, core, db, orders, people, shop, alive, settings, engines: 0, next };
        w.put_item(quota, limit, parts).await;
        w.seckill().recount(&w.item().await).await.unwrap();
        w
    }

    async fn put_item(&self, quota: i32, limit: i32, parts: i32) {
        let hour = Duration::from_secs(3600);
        let sql = "insert into activity (id, title, starts_ms, ends_ms, state, paused, version, created_ms, changed_ms)
                   values (?, '早场', ?, ?, 'online', 0, 1, ?, ?)";
        self.db.run(sql, values![SESSION, START, START + hour, START, START]).await.unwrap();
        let sql = "insert into item (id, activity_id, sku_id, spu_id, title, specs, usual_price_fen, price_fen, quota, buy_limit, parts,
                     epoch, state, sold, paid, created_ms, changed_ms)
                   values (?, ?, 51, 5, '杯子', '[]', 4900, ?, ?, ?, ?, 0, 'attached', 0, 0, ?, ?)";
        self.db.run(sql, values![ITEM, SESSION, PRICE, quota, limit, parts, START, START]).await.unwrap();
    }

    /// The process has died; another one starts on the same files.
    pub async fn reopen(mut self) -> Self {
        self.close().await;
        self.start().await;
        self
    }

    /// The same, and what the engine knew is gone.
    pub async fn lose_engine(mut self) -> Self {
        self.close().await;
        self.engines += 1;
        self.start().await;
        self
    }

    /// The flash sales that run now.
    pub fn seckill(&self) -> &Arc<Seckill> {
        &self.alive.as_ref().unwrap().0
    }

    /// A second process on the same stores.
    pub fn second(&self) -> Arc<Seckill> {
        let one = self.seckill();
        Seckill::new(&self.core, self.db.clone(), self.settings.clone(), one.around.clone(), one.engine.clone())
    }

    async fn close(&mut self) {
        let (seckill, relay) = self.alive.take().unwrap();
        seckill.rest().await;
        self.db.close().await;
        drop(relay);
        // The engine's folder is locked while anybody holds it.
        assert_eq!(Arc::strong_count(&seckill), 1, "somebody still works in a process that is dead");
    }

    async fn start(&mut self) {
        self.core.crash = CrashSwitch::default();
        self.core.clock.pass(Duration::from_secs(1));
        self.db = open(&self.folder, &self.core).await;
        let engine = self.folder.join(self.engines.to_string());
        self.alive = Some(build(&engine, &self.core, &self.db, &self.settings, &self.orders, &self.people, &self.shop));
        self.seckill().refresh().await;
    }

    pub async fn item(&self) -> ItemRow {
        item::item(&self.db, ITEM).await.unwrap().unwrap()
    }

    /// A pass as it would be given now.
    pub fn pass(&self, user: UserId, qty: u32) -> String {
        let nonce = u64::try_from(self.next.fetch_add(1, SeqCst)).unwrap();
        let expires = self.core.clock.now() + Duration::from_secs(600);
        Pass { item: ITEM, user, qty, address: AddressId(user.0), nonce, expires }.seal(&self.core.keys)
    }

    /// A claim of one unit with a new pass.
    pub async fn claim(&self, user: UserId) -> Result<String> {
        self.claim_with(user, &self.pass(user, 1)).await
    }

    pub async fn claim_with(&self, user: UserId, pass: &str) -> Result<String> {
        Ok(self.seckill().claim(user, pass).await?.ticket.write(&self.core.keys))
    }

    /// A claim of which nobody is told: the line stands still.
    pub async fn claim_in_secret(&self, user: UserId) -> String {
        let pass = Pass::open(&self.core.keys, &self.pass(user, 1), user, self.core.clock.now()).unwrap();
        let item = self.item().await;
        let ask = rush::Ask { pool: ITEM.0.into(), epoch: item.epoch, user: rush::UserId(user.0), qty: 1, token: pass.token() };
        match self.seckill().pool(&item).claim(ask).await.unwrap() {
            rush::Answer::Taken(claim) => crate::tickets::Ticket::of(&claim).write(&self.core.keys),
            other => panic!("{other:?}"),
        }
    }

    pub async fn ticket(&self, user: UserId, ticket: &str) -> SeckillTicket {
        self.seckill().ticket(user, ticket).await.unwrap()
    }

    /// Everybody in line is served, all news delivered.
    pub async fn serve(&self) {
        // Whoever was woken by a claim is done before the next one is made in secret.
        self.seckill().rest().await;
        self.seckill().serve_line().await.unwrap();
        self.run().await;
    }

    pub async fn run(&self) {
        self.step_all().await.unwrap();
    }

    pub async fn step_all(&self) -> Result<()> {
        while self.alive.as_ref().unwrap().1.step().await? > 0 {}
        Ok(())
    }

    /// Lets time pass, with its jobs and news.
    pub async fn settle(&self) {
        for _ in 0..14 {
            self.seckill().tend_pools().await.unwrap();
            self.seckill().serve_line().await.unwrap();
            self.run().await;
            self.core.clock.pass(Duration::from_secs(5));
        }
        self.run().await;
    }

    pub async fn hear<E: Event>(&self, news: &E) -> Result<()> {
        let id = self.core.ids.make();
        let payload = serde_json::to_string(news).unwrap();
        subscriptions(self.seckill()).take(&Parcel { id, topic: E::TOPIC.into(), payload, trace: "t".into() }).await
    }

    /// An order was cancelled; all that follows happens.
    pub async fn cancel(&self, order: OrderId, reason: CancelReason) {
        self.tell_cancelled(order, reason).await.unwrap();
        self.run().await;
    }

    pub async fn tell_cancelled(&self, order: OrderId, reason: CancelReason) -> Result<()> {
        let row = ticket::of_order(&self.db, order).await?.unwrap();
        let lines = vec![SoldLine { spu: SpuId(5), sku: SkuId(51), qty: 1 }];
        self.hear(&OrderCancelled { order, user: row.user_id, reason, lines, attempt: 0, allotment: Some(ITEM) }).await
    }

    pub async fn pay(&self, order: OrderId) {
        let row = self.row(order).await;
        let lines = vec![SoldLine { spu: SpuId(5), sku: SkuId(51), qty: 1 }];
        let news = OrderPaid { order, user: row.user_id, lines, payable_fen: PRICE, attempt: 0, allotment: Some(ITEM) };
        self.hear(&news).await.unwrap();
    }

    pub async fn row(&self, order: OrderId) -> TicketRow {
        ticket::of_order(&self.db, order).await.unwrap().unwrap()
    }

    /// Claims one unit, wins it; gives the order.
    pub async fn win(&self, user: UserId) -> OrderId {
        let ticket = self.claim(user).await.unwrap();
        self.serve().await;
        self.ticket(user, &ticket).await.order_id.unwrap()
    }

    /// How many tickets are in each state.
    pub async fn tickets(&self) -> BTreeMap<String, usize> {
        let rows: Vec<TicketRow> = self
            .db
            .all(
                "select order_id, activity_id, item_id, epoch, part, seq, user_id, token, qty, address_id, state, reason, returned, pay_s,
                   taken_ms, due_ms, changed_ms from ticket",
                values![],
            )
            .await
            .unwrap();
        let mut all = BTreeMap::new();
        for row in rows {
            *all.entry(row.state).or_default() += 1;
        }
        all
    }

    /// What the engine says is left.
    pub async fn left(&self) -> u64 {
        self.seckill().standings(&self.item().await).await.unwrap().iter().map(|s| s.left).sum()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.number(sql, vec![]).await.unwrap().unwrap_or(0)
    }

    /// What has to hold when nothing is under way.
    pub async fn audit(&self) {
        assert_eq!(self.seckill().mismatches().await.unwrap(), vec![]);
        let item = self.item().await;
        let live = "select coalesce(sum(qty), 0) from ticket where state in ('ordering', 'won', 'paid')";
        assert_eq!(self.count(live).await, i64::from(item.sold));
        assert_eq!(self.count("select coalesce(sum(qty), 0) from ticket where state = 'paid'").await, i64::from(item.paid));
        assert!(item.sold <= item.quota);
        assert_eq!(
            self.count("select count(*) from ticket where returned = 0 and state in ('cancelled', 'failed', 'refused')").await,
            0
        );
        let over = format!(
            "select count(*) from (select user_id from ticket where state in ('ordering', 'won', 'paid') group by user_id
             having sum(qty) > {}) x",
            item.buy_limit
        );
        assert_eq!(self.count(&over).await, 0, "somebody has more than he may");
        let mut ours: Vec<OrderId> = Vec::new();
        for win in self.orders.placed() {
            let row = self.row(win.order).await;
            assert!(["ordering", "won", "paid", "cancelled"].contains(&row.state.as_str()), "{row:?}");
            ours.push(win.order);
        }
        let won = self.count("select count(*) from ticket where state in ('won', 'paid', 'cancelled')").await;
        assert!(won <= i64::try_from(ours.len()).unwrap(), "a ticket is won and has no order");
        assert_eq!(self.count("select count(*) from dead_letter").await, 0);
    }
}

async fn open(folder: &Path, core: &Core) -> Db {
    let at = DbUrl::File { path: folder.join("seckill.db"), durable: false };
    let db = Db::open(NAME, &at, core.clock.clone(), core.ids.clone(), core.crash.clone()).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    db
}

fn build(
    engine: &Path,
    core: &Core,
    db: &Db,
    settings: &Settings,
    orders: &Arc<Orders>,
    people: &Arc<People>,
    shop: &Arc<Shop>,
) -> (Arc<Seckill>, Relay) {
    // As in the mall: calls cross JSON, and stop when the process has crashed.
    let near = kit::rpc::Near { through_json: true, doubled: false, crash: core.crash.clone() };
    let around = Around {
        product: shop.clone(),
        promotion: shop.clone(),
        inventory: Arc::new(Stock),
        order: Arc::new(order::Local::new(orders.clone(), near)),
        user: people.clone(),
    };
    let engine = Memory::open(engine, rush::memory::Settings::default(), core.clock.clone()).unwrap();
    let seckill = Seckill::new(core, db.clone(), settings.clone(), around, Arc::new(engine));
    let mut bus = Bus::default();
    let ears: Arc<dyn Stop> = Arc::new(subscriptions(&seckill));
    bus.connect(HEARS.iter().copied(), &ears);
    (seckill, Relay::new(db.clone(), Arc::new(bus)))
}
