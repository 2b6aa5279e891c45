//! The house around payment: database, relay, ears, audit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use contract::payment::{Channel, Close, Closed, Pay, PayStarted, Payment as _, PaymentState, PaymentStatus, Refund, StatusOf};
use contract::thirdparty::{Notice, Thirdparty};
use contract::{Fen, OrderId, RefundId, UserId};
use kit::cache::Cache;
use kit::db::{Bus, CrashSwitch, DbUrl, Parcel, Relay, Stop};
use kit::secret::Keys;
use kit::{Clock, Core, Ctx, Db, Ids, Result, Time, values};

use super::vendor::{Vendor, wire};
use crate::{HEARS, MIGRATIONS, Payment, Settings, subscriptions};

pub const START: Time = Time(1_800_000_000_000);
pub const ORDER: OrderId = OrderId(77);
pub const PRICE: Fen = Fen(1205);

/// A folder that goes with the test.
pub struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Remembers every event that left, once by its id.
#[derive(Default)]
pub struct Ears(Mutex<BTreeMap<i64, String>>);

#[async_trait]
impl Stop for Ears {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        self.0.lock().unwrap().insert(parcel.id, parcel.topic.clone());
        Ok(())
    }
}

pub struct House {
    pub folder: Arc<Folder>,
    pub clock: Clock,
    pub ids: Ids,
    pub vendor: Arc<Vendor>,
    pub ears: Arc<Ears>,
    pub crash: CrashSwitch,
    pub db: Db,
    pub relay: Relay,
    pub it: Arc<Payment>,
    pub ctx: Ctx,
}

impl House {
    pub async fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("payment-{}-{}", std::process::id(), kit::random::token()));
        let clock = Clock::manual(START);
        let ids = Ids::new(clock.clone(), 1);
        let vendor = Arc::new(Vendor::new(clock.clone()));
        Self::open(Arc::new(Folder(folder)), clock, ids, vendor, Arc::default()).await
    }

    async fn open(folder: Arc<Folder>, clock: Clock, ids: Ids, vendor: Arc<Vendor>, ears: Arc<Ears>) -> Self {
        let url = DbUrl::File { path: folder.0.join("payment.db"), durable: false };
        let crash = CrashSwitch::default();
        let db = Db::open("payment", &url, clock.clone(), ids.clone(), crash.clone()).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let (keys, cache) = (Keys::random().unwrap(), Cache::memory_on(clock.clone()));
        let core = Core { clock: clock.clone(), ids: ids.clone(), keys, cache, crash: crash.clone() };
        let it = Payment::new(&core, db.clone(), Settings::default(), vendor.clone() as Arc<dyn Thirdparty>);
        let mut bus = Bus::default();
        let own: Arc<dyn Stop> = Arc::new(subscriptions(&it));
        bus.connect(HEARS.iter().copied(), &own);
        let told: Arc<dyn Stop> = ears.clone();
        bus.connect(["payment.succeeded", "payment.refund_succeeded", "payment.surplus_refunded"], &told);
        let relay = Relay::new(db.clone(), Arc::new(bus));
        House { folder, clock, ids, vendor, ears, crash, db, relay, it, ctx: Ctx::house() }
    }

    /// The house after its process has died and come up again.
    pub async fn reborn(self) -> Self {
        self.db.close().await;
        Self::open(self.folder, self.clock, self.ids, self.vendor, self.ears).await
    }

    pub fn asks(&self, request: &str) -> Pay {
        Pay {
            order: ORDER,
            user: UserId(9),
            amount_fen: PRICE,
            channel: Channel::Demo,
            subject: "尚品商城订单".into(),
            request: request.into(),
            expires: START + Duration::from_secs(1800),
        }
    }

    pub async fn pay(&self, request: &str) -> Result<PayStarted> {
        self.it.pay(&self.ctx, self.asks(request)).await
    }

    /// Starts to pay, and the payer does; the notification does not arrive by itself.
    pub async fn paid_at_channel(&self, request: &str) -> Notice {
        self.vendor.pay(self.pay(request).await.unwrap().attempt).unwrap()
    }

    /// An order that is paid and knows it.
    pub async fn paid(&self) -> Notice {
        let notice = self.paid_at_channel("first").await;
        self.hear(&notice).await.unwrap();
        notice
    }

    pub async fn hear(&self, notice: &Notice) -> Result<()> {
        self.it.hear(&self.ctx, wire(notice)).await
    }

    pub async fn close(&self) -> Result<Closed> {
        self.it.close(&self.ctx, Close { order: ORDER }).await
    }

    pub async fn status(&self, ask_channel: bool) -> PaymentStatus {
        self.it.status(&self.ctx, StatusOf { order: ORDER, ask_channel }).await.unwrap()
    }

    pub async fn state(&self) -> PaymentState {
        self.status(false).await.state
    }

    pub async fn refund(&self, id: i64, fen: i64) -> Result<()> {
        let refund = Refund { id: RefundId(id), order: ORDER, amount_fen: Fen(fen), reason: "退款".into() };
        self.it.refund(&self.ctx, refund).await.map(|_| ())
    }

    /// Lets seconds pass, one minute after the other, and does what is due.
    pub async fn pass(&self, seconds: u64) {
        let mut left = seconds;
        loop {
            let step = left.min(60);
            self.clock.pass(Duration::from_secs(step));
            while self.relay.step().await.unwrap() > 0 {}
            left -= step;
            if left == 0 {
                break;
            }
        }
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.db.number(sql, values![]).await.unwrap().unwrap_or(0)
    }

    /// How often something was told.
    pub fn told(&self, topic: &str) -> usize {
        self.ears.0.lock().unwrap().values().filter(|heard| *heard == topic).count()
    }

    /// Every rule about money that must hold at any moment, whatever has happened.
    pub async fn audit(&self) {
        let none = async |rule: &str, sql: &str| assert_eq!(self.count(sql).await, 0, "{rule}");
        none(
            "every movement balances on two accounts",
            "select count(*) from money_move m where (select sum(amount_fen) from money_entry e where e.move_id = m.id) <> 0
             or (select count(*) from money_entry e where e.move_id = m.id) <> 2",
        )
        .await;
        none("no more goes back than came in", "select count(*) from payment where refunding_fen + refunded_fen > paid_fen")
            .await;
        none(
            "sums are those of the refunds",
            "select count(*) from payment p where
             refunded_fen <> coalesce((select sum(amount_fen) from refund r where r.payment_id = p.id and surplus = 0 and state = 'done'), 0)
             or refunding_fen <> coalesce((select sum(amount_fen) from refund r where r.payment_id = p.id and surplus = 0 and state <> 'done'), 0)",
        )
        .await;
        none(
            "one success counts, every further one has one surplus refund",
            "select count(*) from payment p where
             (select count(*) from attempt a where a.payment_id = p.id and a.state = 'paid') <>
             (select count(*) from refund r where r.payment_id = p.id and surplus = 1) + (case when p.state = 'paid' then 1 else 0 end)",
        )
        .await;
        none(
            "a paid payment holds what was asked",
            "select count(*) from payment where state = 'paid' and (paid_fen <> amount_fen or effective_attempt is null)",
        )
        .await;
    }

    /// When nothing is on its way any more: the books say what the channel holds.
    pub async fn audit_at_rest(&self) {
        self.audit().await;
        let by_hand = self.count("select coalesce(sum(amount_fen), 0) from money_entry where account = 'paid_by_hand'").await;
        let clearing = self.count("select coalesce(sum(amount_fen), 0) from money_entry where account = 'clearing.demo'").await;
        assert_eq!(clearing, self.vendor.holds(), "clearing (by hand: {by_hand})");
        assert_eq!(self.count("select coalesce(sum(amount_fen), 0) from money_entry where account = 'surplus'").await, 0);
    }
}
