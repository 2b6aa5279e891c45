//! The service on a database file of its own: races, repeats, revival, and a plain model that must agree in any order.

mod allotments;
mod model;
mod people;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use contract::fault::{CONFLICT, INVALID, KEY_REUSED, OUT_OF_STOCK};
use contract::inventory::{
    Allot, Commit, Count, CountedLine, EndAllotment, Hold, Inventory as _, Level, LevelsOf, Release, StockLine, StockTurned,
};
use contract::order::{CancelReason, OrderCancelled, OrderPaid, SoldLine};
use contract::{AllotmentId, Fen, OrderId, SkuId, SpuId, UserId};
use kit::db::{CrashSwitch, DbUrl, Event, Parcel, Stop as _};
use kit::sea_orm::{self, FromQueryResult};
use kit::{Clock, Ctx, Db, Fault, Ids, Result, Time, values};

use crate::{Inventory, MIGRATIONS, Settings};

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A service with its database in a folder that goes with it.
pub struct Store {
    pub service: Arc<Inventory>,
    pub db: Db,
    folder: PathBuf,
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub async fn open() -> Store {
    let n = FOLDERS.fetch_add(1, Ordering::SeqCst);
    let folder = std::env::temp_dir().join(format!("inventory-{}-{n}-{}", std::process::id(), kit::random::below(1 << 40)));
    let clock = Clock::manual(Time(1_795_373_013_123));
    let ids = Ids::new(clock.clone(), 1);
    let at = DbUrl::File { path: folder.join("inventory.db"), durable: false };
    let db = Db::open("inventory", &at, clock, ids, CrashSwitch::default()).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    let service = Arc::new(Inventory { db: db.clone(), settings: Settings::default() });
    Store { service, db, folder }
}

pub fn lines(lines: &[(i64, u32)]) -> Vec<StockLine> {
    lines.iter().map(|&(sku, qty)| StockLine { sku: SkuId(sku), qty }).collect()
}

impl Store {
    pub async fn stock(&self, sku: i64, available: u32) -> Level {
        let id = format!("seed:{sku}");
        let request = Count { id, lines: vec![CountedLine { sku: SkuId(sku), available }], reason: "seed".into() };
        self.service.count(&Ctx::house(), request).await.unwrap()[0]
    }

    pub async fn hold(&self, order: i64, attempt: u32, of: &[(i64, u32)]) -> Result<()> {
        let request = Hold { order: OrderId(order), attempt, lines: lines(of) };
        self.service.hold(&Ctx::house(), request).await.map(|_| ())
    }

    pub async fn release(&self, order: i64, attempt: Option<u32>) -> Result<()> {
        self.service.release(&Ctx::house(), Release { order: OrderId(order), attempt }).await.map(|_| ())
    }

    pub async fn commit(&self, order: i64, attempt: Option<u32>) -> Result<()> {
        self.service.commit(&Ctx::house(), Commit { order: OrderId(order), attempt }).await.map(|_| ())
    }

    pub async fn allot(&self, id: i64, sku: i64, qty: u32) -> Result<()> {
        let request = Allot { id: AllotmentId(id), sku: SkuId(sku), qty, reason: "秒杀".into() };
        self.service.allot(&Ctx::house(), request).await.map(|_| ())
    }

    /// Gives what went back.
    pub async fn end(&self, id: i64, sold: u32) -> Result<u32> {
        let request = EndAllotment { id: AllotmentId(id), sold };
        self.service.end_allotment(&Ctx::house(), request).await.map(|ended| ended.returned)
    }

    /// News that an order is paid which takes its units from an allotment; under the order's own number.
    pub async fn take(&self, order: i64, allotment: i64, of: &[(i64, u32)]) -> Result<()> {
        let line = |&(sku, qty)| SoldLine { spu: SpuId(1), sku: SkuId(sku), qty };
        let paid = OrderPaid {
            order: OrderId(order),
            user: UserId(1),
            lines: of.iter().map(line).collect(),
            payable_fen: Fen(1),
            attempt: 0,
            allotment: Some(AllotmentId(allotment)),
        };
        self.hear(&paid, order).await
    }

    /// Kept apart.
    pub async fn allotted(&self, sku: i64) -> i64 {
        self.service.levels(&Ctx::house(), LevelsOf { skus: vec![SkuId(sku)] }).await.unwrap()[0].allotted
    }

    /// Available, locked, sold.
    pub async fn level(&self, sku: i64) -> (i64, i64, i64) {
        let levels = self.service.levels(&Ctx::house(), LevelsOf { skus: vec![SkuId(sku)] }).await.unwrap();
        (levels[0].available, levels[0].locked, levels[0].sold)
    }

    /// What left as `StockTurned`, in order.
    pub async fn turns(&self) -> Vec<(i64, bool)> {
        #[derive(FromQueryResult)]
        struct Row {
            payload: String,
        }
        let sql = "select payload from outbox where topic = ? order by id";
        let rows: Vec<Row> = self.db.all(sql, values![StockTurned::TOPIC]).await.unwrap();
        let events = rows.iter().map(|row| serde_json::from_str::<StockTurned>(&row.payload).unwrap());
        events.flat_map(|event| event.turned).map(|turned| (turned.sku.0, turned.in_stock)).collect()
    }

    /// Hears an event, under this number.
    async fn hear<E: Event>(&self, event: &E, id: i64) -> Result<()> {
        let payload = serde_json::to_string(event).unwrap();
        let parcel = Parcel { id, topic: E::TOPIC.into(), payload, trace: "t".into() };
        crate::subscriptions(&self.service).take(&parcel).await
    }

    /// The books: no balance below zero, each the sum of its entries and equal to what the last entry says of it, and what is
    /// kept equal to the reservations that are still locked.
    pub async fn audit(&self) {
        for (what, sql) in [
            ("a balance is negative", "select count(*) from stock where available < 0 or locked < 0 or sold < 0 or allotted < 0"),
            (
                "a balance is not the sum of its entries",
                "select count(*) from stock s where s.available <> (select sum(delta_available) from ledger l where l.sku = s.sku)
                 or s.locked <> (select sum(delta_locked) from ledger l where l.sku = s.sku)
                 or s.sold <> (select sum(delta_sold) from ledger l where l.sku = s.sku)
                 or s.allotted <> (select sum(delta_allotted) from ledger l where l.sku = s.sku)",
            ),
            (
                "a balance is not what the last entry says",
                "select count(*) from stock s join ledger l on l.sku = s.sku
                 where l.id = (select max(id) from ledger m where m.sku = s.sku)
                 and (l.after_available <> s.available or l.after_locked <> s.locked or l.after_sold <> s.sold
                      or l.after_allotted <> s.allotted)",
            ),
            (
                "what is locked is not what is reserved",
                "select count(*) from stock s where s.locked <>
                 (select coalesce(sum(qty), 0) from reservation r where r.sku = s.sku and r.state = 'locked')",
            ),
            (
                "what is allotted is not what the allotments keep",
                "select count(*) from stock s where s.allotted <> (select coalesce(sum(case when ended = 1 then sold else qty end
                 - taken), 0) from allotment a where a.sku = s.sku)",
            ),
            (
                "a reservation is locked although its head is not held",
                "select count(*) from reservation r where r.state = 'locked' and not exists
                 (select 1 from hold_head h where h.order_id = r.order_id and h.attempt = r.attempt and h.state = 'held')",
            ),
        ] {
            assert_eq!(self.db.number(sql, values![]).await.unwrap(), Some(0), "{what}");
        }
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>, fault: Fault) -> kit::Error {
    let error = result.unwrap_err();
    assert!(error.is(fault), "{error}");
    error
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_who_want_the_last_one_exactly_one_gets_it() {
    let store = Arc::new(open().await);
    store.stock(7, 1).await;
    let tasks = (1..=200).map(|order| {
        let store = store.clone();
        tokio::spawn(async move { store.hold(order, 0, &[(7, 1)]).await })
    });
    let results: Vec<Result<()>> = futures::future::join_all(tasks).await.into_iter().map(|r| r.unwrap()).collect();
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(error.is(OUT_OF_STOCK), "{error}");
        assert_eq!(error.data().unwrap(), &serde_json::json!({ "sku_id": "7", "available": 0 }));
    }
    assert_eq!(store.level(7).await, (0, 1, 0));
    assert_eq!(store.db.number("select count(*) from hold_head", values![]).await.unwrap(), Some(1));
    store.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_order_held_two_hundred_times_at_once_is_held_once() {
    let store = Arc::new(open().await);
    store.stock(1, 500).await;
    store.stock(2, 500).await;
    let tasks = (0..200).map(|i| {
        let store = store.clone();
        let of = if i % 2 == 0 { [(1, 2), (2, 3)] } else { [(2, 3), (1, 2)] };
        tokio::spawn(async move { store.hold(1, 0, &of).await })
    });
    for result in futures::future::join_all(tasks).await {
        result.unwrap().unwrap();
    }
    assert_eq!((store.level(1).await, store.level(2).await), ((498, 2, 0), (497, 3, 0)));
    store.audit().await;
}

#[tokio::test]
async fn all_lines_or_none() {
    let store = open().await;
    store.stock(1, 10).await;
    store.stock(3, 2).await;
    let error = refused(store.hold(1, 0, &[(3, 3), (1, 5)]).await, OUT_OF_STOCK);
    assert_eq!(error.data().unwrap(), &serde_json::json!({ "sku_id": "3", "available": 2 }));
    let error = refused(store.hold(1, 0, &[(1, 5), (404, 1)]).await, OUT_OF_STOCK);
    assert_eq!(error.data().unwrap(), &serde_json::json!({ "sku_id": "404", "available": 0 }));
    assert_eq!((store.level(1).await, store.level(3).await), ((10, 0, 0), (2, 0, 0)));
    // A refused hold leaves no mark: the order may try again.
    store.hold(1, 0, &[(3, 2), (1, 5)]).await.unwrap();
    assert_eq!((store.level(1).await, store.level(3).await), ((5, 5, 0), (0, 2, 0)));
    store.audit().await;
}

#[tokio::test]
async fn bad_lines_are_refused_with_their_place() {
    let store = open().await;
    store.stock(1, 10_000).await;
    let many: Vec<(i64, u32)> = (0..201).map(|sku| (sku, 1)).collect();
    for (of, pointer) in [
        (&[][..], "/lines"),
        (&many[..], "/lines"),
        (&[(1, 0)][..], "/lines/0/qty"),
        (&[(1, 1), (2, 1000)][..], "/lines/1/qty"),
        (&[(1, 1), (2, 1), (1, 2)][..], "/lines/2/sku"),
    ] {
        let error = refused(store.hold(1, 0, of).await, INVALID);
        assert_eq!(error.errors()[0].pointer, pointer);
    }
    store.hold(1, 0, &[(1, 999)]).await.unwrap();
    assert_eq!(store.level(1).await, (9_001, 999, 0));
}

#[tokio::test]
async fn a_repeated_verb_does_nothing_and_answers_the_same() {
    let store = open().await;
    store.stock(1, 10).await;
    for _ in 0..3 {
        store.hold(1, 0, &[(1, 4)]).await.unwrap();
    }
    refused(store.hold(1, 0, &[(1, 5)]).await, CONFLICT);
    assert_eq!(store.level(1).await, (6, 4, 0));
    for _ in 0..3 {
        store.commit(1, None).await.unwrap();
        store.hold(1, 0, &[(1, 4)]).await.unwrap();
    }
    assert_eq!(store.level(1).await, (6, 0, 4));
    refused(store.release(1, None).await, CONFLICT);
    store.hold(2, 0, &[(1, 6)]).await.unwrap();
    for _ in 0..3 {
        store.release(2, None).await.unwrap();
    }
    refused(store.commit(2, None).await, CONFLICT);
    refused(store.commit(3, None).await, CONFLICT);
    assert_eq!(store.level(1).await, (6, 0, 4));
    store.audit().await;
}

#[tokio::test]
async fn a_hold_that_comes_after_its_release_is_refused() {
    let store = open().await;
    store.stock(1, 10).await;
    store.release(1, None).await.unwrap();
    store.release(1, None).await.unwrap();
    refused(store.hold(1, 0, &[(1, 1)]).await, CONFLICT);
    assert_eq!(store.level(1).await, (10, 0, 0));
    // The mark reaches as far as the attempt that was named.
    store.release(2, Some(1)).await.unwrap();
    refused(store.hold(2, 1, &[(1, 1)]).await, CONFLICT);
    store.hold(2, 2, &[(1, 1)]).await.unwrap();
    assert_eq!(store.level(1).await, (9, 1, 0));
    store.audit().await;
}

#[tokio::test]
async fn a_late_payment_revives_a_cancelled_order() {
    let store = open().await;
    store.stock(1, 3).await;
    store.hold(1, 0, &[(1, 3)]).await.unwrap();
    store.release(1, Some(0)).await.unwrap();
    store.hold(1, 1, &[(1, 3)]).await.unwrap();
    refused(store.hold(1, 0, &[(1, 3)]).await, CONFLICT);
    store.release(1, Some(0)).await.unwrap();
    assert_eq!(store.level(1).await, (0, 3, 0));
    store.commit(1, None).await.unwrap();
    assert_eq!(store.level(1).await, (0, 0, 3));
    refused(store.hold(1, 2, &[(1, 3)]).await, CONFLICT);
    store.audit().await;
}

#[tokio::test]
async fn a_revival_without_stock_is_refused_and_leaves_the_order_as_it_was() {
    let store = open().await;
    store.stock(1, 3).await;
    store.hold(1, 0, &[(1, 3)]).await.unwrap();
    store.release(1, None).await.unwrap();
    store.hold(2, 0, &[(1, 2)]).await.unwrap();
    refused(store.hold(1, 1, &[(1, 3)]).await, OUT_OF_STOCK);
    store.release(2, None).await.unwrap();
    store.hold(1, 1, &[(1, 3)]).await.unwrap();
    assert_eq!(store.level(1).await, (0, 3, 0));
    store.audit().await;
}

#[tokio::test]
async fn news_of_orders_moves_stock_once_and_in_any_order() {
    let store = open().await;
    store.stock(1, 5).await;
    let paid = |order, attempt| OrderPaid {
        order: OrderId(order),
        user: UserId(1),
        lines: vec![],
        payable_fen: Fen(1),
        attempt,
        allotment: None,
    };
    let cancelled = |order| OrderCancelled {
        order: OrderId(order),
        user: UserId(1),
        reason: CancelReason::Timeout,
        lines: vec![],
        attempt: 0,
        allotment: None,
    };
    store.hold(1, 0, &[(1, 2)]).await.unwrap();
    store.hold(2, 0, &[(1, 2)]).await.unwrap();
    store.hear(&paid(1, 0), 10).await.unwrap();
    store.hear(&paid(1, 0), 10).await.unwrap();
    store.hear(&cancelled(2), 11).await.unwrap();
    store.hear(&cancelled(2), 11).await.unwrap();
    assert_eq!(store.level(1).await, (3, 0, 2));
    // Revived before the news of the cancellation came: the news must not take the stock away again.
    store.hold(3, 0, &[(1, 3)]).await.unwrap();
    store.hold(3, 1, &[(1, 3)]).await.unwrap();
    store.hear(&cancelled(3), 12).await.unwrap();
    store.hear(&paid(3, 1), 13).await.unwrap();
    assert_eq!(store.level(1).await, (0, 0, 5));
    // Paid without stock: not silent, and offered again because no inbox row was kept.
    refused(store.hear(&paid(2, 0), 14).await, CONFLICT);
    refused(store.hear(&paid(2, 0), 14).await, CONFLICT);
    store.audit().await;
}

#[tokio::test]
async fn stock_turns_exactly_when_it_crosses_zero() {
    let store = open().await;
    store.stock(1, 0).await;
    assert_eq!(store.turns().await, []);
    store.stock(2, 5).await;
    store.hold(1, 0, &[(2, 4)]).await.unwrap();
    assert_eq!(store.turns().await, [(2, true)]);
    store.hold(2, 0, &[(2, 1)]).await.unwrap();
    store.hold(2, 0, &[(2, 1)]).await.unwrap();
    refused(store.hold(3, 0, &[(2, 1)]).await, OUT_OF_STOCK);
    store.commit(2, None).await.unwrap();
    assert_eq!(store.turns().await, [(2, true), (2, false)]);
    store.release(1, None).await.unwrap();
    assert_eq!(store.turns().await, [(2, true), (2, false), (2, true)]);
}

#[tokio::test]
async fn a_count_counts_once_and_keeps_what_is_held() {
    let store = open().await;
    assert_eq!(store.level(9).await, (0, 0, 0));
    store.stock(1, 10).await;
    store.hold(1, 0, &[(1, 4)]).await.unwrap();
    let count = |id: &str, sku, available| Count {
        id: id.into(),
        lines: vec![CountedLine { sku: SkuId(sku), available }],
        reason: "盘点".into(),
    };
    let ctx = Ctx::house();
    let first = store.service.count(&ctx, count("c1", 1, 2)).await.unwrap();
    assert_eq!(first, [Level { sku: SkuId(1), available: 2, locked: 4, sold: 0, allotted: 0 }]);
    store.commit(1, None).await.unwrap();
    assert_eq!(store.service.count(&ctx, count("c1", 1, 2)).await.unwrap(), first, "the same answer");
    refused(store.service.count(&ctx, count("c1", 1, 3)).await, KEY_REUSED);
    refused(store.service.count(&ctx, count("c1", 2, 2)).await, KEY_REUSED);
    assert_eq!(store.level(2).await, (0, 0, 0));
    for bad in [count("", 1, 1), count(&"x".repeat(161), 1, 1), count("c2", 1, u32::MAX)] {
        refused(store.service.count(&ctx, bad).await, INVALID);
    }
    refused(store.service.count(&ctx, Count { reason: "a\nb".into(), ..count("c3", 1, 1) }).await, INVALID);
    assert_eq!(store.level(1).await, (2, 0, 4));
    store.audit().await;
}

#[tokio::test]
async fn levels_stand_in_the_order_asked() {
    let store = open().await;
    store.stock(1, 1).await;
    store.stock(2, 2).await;
    let ask = |skus: Vec<i64>| LevelsOf { skus: skus.into_iter().map(SkuId).collect() };
    let levels = store.service.levels(&Ctx::house(), ask(vec![2, 9, 1, 2])).await.unwrap();
    assert_eq!(levels.iter().map(|l| (l.sku.0, l.available)).collect::<Vec<_>>(), [(2, 2), (9, 0), (1, 1), (2, 2)]);
    assert!(store.service.levels(&Ctx::house(), ask(vec![])).await.unwrap().is_empty());
    refused(store.service.levels(&Ctx::house(), ask((0..1001).collect())).await, INVALID);
}

#[tokio::test]
async fn it_hears_what_it_says_it_hears() {
    let store = open().await;
    assert_eq!(crate::subscriptions(&store.service).topics(), crate::HEARS);
}
