mod crash;
mod edge;
mod fakes;
mod money;
mod place;
mod random;
mod walk;
mod won;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::order::{OrderKind, OrderState};
use contract::payment::{Channel, RefundSucceeded};
use contract::*;
use kit::cache::Cache;
use kit::db::{Bus, CrashSwitch, DbUrl, Event, Parcel, Relay, Stop};
use kit::http::IdempotencyKey;
use kit::secret::Keys;
use kit::{Clock, Core, Ctx, Db, Ids, Result, Time};

use crate::place::{OrderPick, OrderSource, PlaceOrder, Placed};
use crate::state::{OrderPayment, TRADE, Word as _, counts_as_unpaid};
use crate::store::{self, Head, Rows as _};
use crate::view::OrderDetail;
use crate::{Around, HEARS, MIGRATIONS, NAME, Order, Settings, subscriptions};
use fakes::{Kept, Money, Shop, Stock, StockEars};

pub const WANG: UserId = UserId(1001);
pub const LI: UserId = UserId(1002);
/// 39.00 yuan.
pub const SHIRT: SkuId = SkuId(110);
/// 120.00 yuan.
pub const COAT: SkuId = SkuId(120);
const PIECES: i64 = 1000;

/// Notes all news in passing.
#[derive(Default)]
pub struct Log(Mutex<Vec<Parcel>>);

#[async_trait]
impl Stop for Log {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        self.0.lock().unwrap().push(parcel.clone());
        Ok(())
    }
}

/// An order service with its neighbours, on a database of its own.
pub struct World {
    folder: PathBuf,
    pub core: Core,
    pub db: Db,
    pub crash: CrashSwitch,
    pub stock: Arc<Stock>,
    pub money: Arc<Money>,
    pub shop: Arc<Shop>,
    pub order: Arc<Order>,
    pub relay: Relay,
    pub log: Arc<Log>,
    pub settings: Settings,
    next: AtomicI64,
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let folder = std::env::temp_dir().join(format!("order-{}", kit::random::token()));
        let clock = Clock::manual(Time::parse("2026-11-22T02:00:00Z").unwrap());
        let crash = CrashSwitch::default();
        let core = Core {
            ids: Ids::new(clock.clone(), 1),
            keys: Keys::random().unwrap(),
            cache: Cache::memory_on(clock.clone()),
            crash: crash.clone(),
            clock,
        };
        let (stock, money, shop, log) =
            (Arc::new(Stock::default()), Arc::new(Money::default()), Arc::new(Shop::default()), Arc::default());
        for (sku, price) in [(SHIRT, 3900), (COAT, 12000)] {
            shop.sell(sku.0, price);
            stock.put(sku, PIECES);
        }
        let db = open(&folder, &core, &crash).await;
        let (order, relay) = build(&core, &db, &settings, &stock, &money, &shop, &log);
        World { folder, core, db, crash, stock, money, shop, order, relay, log, settings, next: AtomicI64::new(1) }
    }

    /// The process has died; another one starts on the same files.
    pub async fn reopen(&mut self) {
        self.db.close().await;
        self.crash = CrashSwitch::default();
        self.core.crash = self.crash.clone();
        self.db = open(&self.folder, &self.core, &self.crash).await;
        (self.order, self.relay) = build(&self.core, &self.db, &self.settings, &self.stock, &self.money, &self.shop, &self.log);
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::house()
    }

    pub fn pass(&self, by: Duration) {
        self.core.clock.pass(by);
    }

    /// Delivers what is due until nothing is.
    pub async fn run(&self) {
        while self.relay.step().await.unwrap() > 0 {}
    }

    /// Lets time pass in steps, so that failed deliveries are tried again.
    pub async fn settle(&self) {
        for _ in 0..14 {
            self.run().await;
            self.pass(Duration::from_secs(30));
        }
        self.run().await;
    }

    pub async fn place(&self, user: UserId, key: &str, wish: &PlaceOrder) -> Result<OrderDetail> {
        match self.order.place(&self.ctx(), user, &IdempotencyKey(key.into()), wish).await? {
            Placed::Now(detail) => Ok(*detail),
            Placed::Before(answer) => panic!("a replay: {answer:?}"),
        }
    }

    /// An order of one shirt, with a key of its own.
    pub async fn shirt(&self, user: UserId) -> OrderId {
        let key = format!("shirt-{}", self.next.fetch_add(1, SeqCst));
        self.place(user, &key, &buy(user, &[(SHIRT, 1)])).await.unwrap().id
    }

    /// The same, paid and with all news delivered.
    pub async fn paid_shirt(&self, user: UserId) -> OrderId {
        let id = self.shirt(user).await;
        self.pay(user, id, "p").await.unwrap();
        let news = self.money.payer_pays(id, user, false).unwrap();
        self.hear(&news).await.unwrap();
        self.run().await;
        id
    }

    pub async fn pay(&self, user: UserId, id: OrderId, key: &str) -> Result<contract::payment::PayStarted> {
        self.order.pay(&self.ctx(), user, id, &IdempotencyKey(key.into()), Channel::Demo).await
    }

    /// Delivers news of a neighbour.
    pub async fn hear<E: Event>(&self, news: &E) -> Result<()> {
        let id = self.core.ids.make();
        self.hear_as(news, id).await
    }

    pub async fn hear_as<E: Event>(&self, news: &E, id: i64) -> Result<()> {
        let payload = serde_json::to_string(news).unwrap();
        subscriptions(&self.order).take(&Parcel { id, topic: E::TOPIC.into(), payload, trace: "t".into() }).await
    }

    /// Tells of all refunds that were asked for and did not exceed.
    pub async fn refunds_arrive(&self, user: UserId, id: OrderId) -> Result<()> {
        for (refund, amount) in self.money.account(id).refunds {
            self.hear(&RefundSucceeded {
                refund,
                order: id,
                user,
                amount_fen: Fen(amount),
                purpose: contract::payment::PayPurpose::Order,
            })
            .await?;
        }
        Ok(())
    }

    pub async fn head(&self, id: OrderId) -> Head {
        store::head(&self.db, id).await.unwrap().unwrap()
    }

    pub async fn state(&self, id: OrderId) -> OrderState {
        self.head(id).await.state
    }

    /// How often this news of an order was told.
    pub fn told(&self, topic: &str, id: OrderId) -> usize {
        let log = self.log.0.lock().unwrap();
        let mark = format!("\"order\":\"{id}\"");
        let mut ids: Vec<i64> = log.iter().filter(|p| p.topic == topic && p.payload.contains(&mark)).map(|p| p.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.number(sql, vec![]).await.unwrap().unwrap_or(0)
    }

    /// What has to hold at any time; with `quiet` also what holds when no news is on its way.
    pub async fn audit(&self, quiet: bool) {
        #[derive(kit::sea_orm::FromQueryResult)]
        struct Id {
            id: OrderId,
        }
        use kit::sea_orm;
        let ids: Vec<Id> = self.db.rows("select id from orders order by id", vec![]).await.unwrap();
        // All, and those that the limit is for.
        let mut unpaid: HashMap<UserId, (i64, i64)> = HashMap::new();
        for Id { id } in ids {
            let order = self.head(id).await;
            self.audit_history(&order).await;
            assert!(crate::state::fits(order.place()), "{order:?}");
            let usual = order.kind == OrderKind::Usual;
            let n = unpaid.entry(order.user).or_default();
            n.0 += i64::from(counts_as_unpaid(order.state));
            n.1 += i64::from(usual && counts_as_unpaid(order.state));
            if quiet {
                self.audit_quiet(&order);
            }
        }
        for (user, (n, usual)) in unpaid {
            let counted = self.count(&format!("select n from unpaid_count where user_id = {user}")).await;
            assert_eq!(counted, n, "unpaid orders of {user}");
            assert!(usual <= i64::from(self.settings.unpaid_orders));
        }
        assert_eq!(self.stock.total(), 2 * PIECES, "pieces were lost or made");
    }

    async fn audit_history(&self, order: &Head) {
        let rows = store::history(&self.db, order.id).await.unwrap();
        let first = if order.kind == OrderKind::Usual { "placing" } else { "unpaid" };
        assert_eq!((rows[0].from_state.as_str(), rows[0].to_state.as_str()), ("", first));
        for pair in rows.windows(2) {
            let (from, to) = (OrderState::read(&pair[1].from_state).unwrap(), OrderState::read(&pair[1].to_state).unwrap());
            assert_eq!(pair[0].to_state, pair[1].from_state, "{rows:?}");
            assert!(from == to || TRADE.contains(&(from, to)), "{rows:?}");
            let revived = (from, to) == (OrderState::Cancelled, OrderState::Paid);
            assert!(!revived || order.kind == OrderKind::Usual, "a flash-sale order was revived: {rows:?}");
        }
        assert_eq!(rows.last().unwrap().to_state, order.state.name());
    }

    fn audit_quiet(&self, order: &Head) {
        let kept = self.stock.kept(order.id);
        let account = self.money.account(order.id);
        let here = account.paid_fen - account.refunds.values().sum::<i64>();
        if order.kind == OrderKind::Seckill {
            return self.audit_won(order, kept, here);
        }
        match order.state {
            OrderState::Placing => panic!("still placing: {order:?}"),
            OrderState::Unpaid => assert_eq!((kept, here), (Some(Kept::Locked), 0), "{order:?}"),
            OrderState::Cancelled => {
                assert!(matches!(kept, None | Some(Kept::Released)), "{order:?} {kept:?}");
                assert_eq!(here, 0, "money of a cancelled order was kept: {order:?}");
                assert!(account.refunds.len() <= 1);
            }
            OrderState::Paid | OrderState::Shipped | OrderState::Received | OrderState::Done => {
                assert_eq!((kept, here), (Some(Kept::Sold), order.payable_fen.0), "{order:?}");
                assert_eq!(order.payment, OrderPayment::Paid);
                assert_eq!(self.told("order.paid", order.id), 1);
            }
        }
    }
}

impl World {
    /// An order of a flash sale holds nothing; paid, it has taken its units from its allotment.
    fn audit_won(&self, order: &Head, kept: Option<Kept>, here: i64) {
        let goes_on = !matches!(order.state, OrderState::Unpaid | OrderState::Cancelled);
        assert_eq!(kept, None, "{order:?}");
        assert_eq!(self.stock.taken(order.id).is_some(), goes_on, "{order:?}");
        assert_eq!(here, if goes_on { order.payable_fen.0 } else { 0 }, "{order:?}");
        assert!(order.allotment.is_some() && order.attempt == 0 && order.state != OrderState::Placing, "{order:?}");
    }
}

async fn open(folder: &std::path::Path, core: &Core, crash: &CrashSwitch) -> Db {
    let at = DbUrl::File { path: folder.join("order.db"), durable: false };
    let db = Db::open(NAME, &at, core.clock.clone(), core.ids.clone(), crash.clone()).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    db
}

fn build(
    core: &Core,
    db: &Db,
    settings: &Settings,
    stock: &Arc<Stock>,
    money: &Arc<Money>,
    shop: &Arc<Shop>,
    log: &Arc<Log>,
) -> (Arc<Order>, Relay) {
    // As in the mall: calls cross JSON, and stop when the process has crashed.
    let near = kit::rpc::Near { through_json: true, doubled: false, crash: core.crash.clone() };
    let around = Around {
        product: shop.clone(),
        promotion: shop.clone(),
        inventory: Arc::new(inventory::Local::new(stock.clone(), near.clone())),
        payment: Arc::new(payment::Local::new(money.clone(), near)),
        user: shop.clone(),
    };
    let order = Order::new(core, db.clone(), settings.clone(), around);
    let mut bus = Bus::default();
    let ears: Arc<dyn Stop> = Arc::new(subscriptions(&order));
    bus.connect(HEARS.iter().copied(), &ears);
    let ears: Arc<dyn Stop> = Arc::new(StockEars(stock.clone()));
    bus.connect(["order.cancelled", "order.paid"], &ears);
    let ears: Arc<dyn Stop> = log.clone();
    let news = ["order.placed", "order.paid", "order.cancelled", "order.shipped", "order.received"];
    bus.connect(news.into_iter().chain(HEARS.iter().copied()), &ears);
    (order, Relay::new(db.clone(), Arc::new(bus)))
}

/// A wish to buy at once, to the shopper's own address.
pub fn buy(user: UserId, lines: &[(SkuId, u32)]) -> PlaceOrder {
    PlaceOrder {
        source: OrderSource::BuyNow {
            lines: lines.iter().map(|(sku_id, qty)| OrderPick { sku_id: *sku_id, qty: *qty }).collect(),
        },
        address_id: AddressId(user.0),
        remark: None,
        pay_channel: Channel::Demo,
        expected_payable_fen: None,
    }
}
