//! Calls between services: the same behaviour near, through JSON, doubled, and over HTTP/2.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use kit::ctx::Caller;
use kit::db::CrashSwitch;
use kit::fault::{Fault, INTERNAL, TIMEOUT, UNAVAILABLE};
use kit::registry::Registry;
use kit::rpc::{Near, Seal, Wire};
use kit::{Clock, Ctx, Result, Time};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::base::{START, each_database, soon};

pub const SECRET: &[u8] = b"thirty-two bytes of a test secret";
pub const EMPTY_TILL: Fault = Fault { code: "empty_till", status: 409, zh: "钱箱空了", en: "The till is empty" };

/// What is counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coins {
    pub cents: i64,
    pub note: Option<String>,
}

/// Who asked, as the service saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub caller: Caller,
    pub trace: String,
    pub ip: String,
    pub left_ms: u64,
}

/// A shape that JSON cannot carry: its keys are not text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Untravelled {
    pub by_pair: HashMap<(i64, i64), i64>,
}

kit::contract! {
    /// A till that counts.
    pub trait Till = "till" {
        /// Adds coins; gives the sum.
        async fn put(Coins) -> Coins;
        /// Always refuses.
        async fn take(Coins) -> Coins;
        /// Waits until it is let go.
        async fn wait(Coins) -> Coins;
        /// Falls over.
        async fn drop_it(Coins) -> Coins;
        /// Tells who asked.
        async fn who(Coins) -> Seen;
        /// Gives what cannot travel.
        async fn secret_shape(Coins) -> Untravelled;
    }
}

/// The service behind all forms.
pub struct Drawer {
    pub calls: AtomicU32,
    pub entered: Semaphore,
    pub gate: Semaphore,
    pub finished: Semaphore,
}

impl Drawer {
    pub fn new() -> Arc<Self> {
        let shut = || Semaphore::new(0);
        Arc::new(Drawer { calls: AtomicU32::new(0), entered: shut(), gate: shut(), finished: shut() })
    }

    pub fn calls(&self) -> u32 {
        self.calls.load(SeqCst)
    }
}

#[kit::async_trait::async_trait]
impl Till for Drawer {
    async fn put(&self, _: &Ctx, coins: Coins) -> Result<Coins> {
        self.calls.fetch_add(1, SeqCst);
        Ok(Coins { cents: coins.cents + 1, ..coins })
    }

    async fn take(&self, _: &Ctx, coins: Coins) -> Result<Coins> {
        self.calls.fetch_add(1, SeqCst);
        let data = serde_json::json!({ "left": coins.cents });
        Err(EMPTY_TILL.with(data).at("/cents", "range", "too much").retry_after_s(7).because("not for the caller"))
    }

    async fn wait(&self, _: &Ctx, coins: Coins) -> Result<Coins> {
        self.entered.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        self.finished.add_permits(1);
        Ok(coins)
    }

    async fn drop_it(&self, _: &Ctx, _: Coins) -> Result<Coins> {
        panic!("dropped")
    }

    async fn who(&self, ctx: &Ctx, _: Coins) -> Result<Seen> {
        let left_ms = u64::try_from(ctx.left().as_millis()).unwrap();
        Ok(Seen { caller: ctx.caller.clone(), trace: ctx.trace.to_string(), ip: ctx.ip.to_string(), left_ms })
    }

    async fn secret_shape(&self, _: &Ctx, _: Coins) -> Result<Untravelled> {
        Ok(Untravelled { by_pair: HashMap::from([((1, 2), 3)]) })
    }
}

pub fn coins(cents: i64) -> Coins {
    Coins { cents, note: Some("五角 ½".into()) }
}

pub fn clock() -> Clock {
    Clock::manual(START)
}

pub fn seal_at(at: Time) -> Seal {
    Seal::new(SECRET, Clock::manual(at)).unwrap()
}

/// Serves a router on a port of the kernel's choice; gives its address.
pub async fn serve(router: kit::axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { kit::axum::serve(listener, router).await });
    address
}

pub fn wire_to(addresses: Vec<String>, doubled: bool) -> Wire {
    let registry = Registry::fixed(HashMap::from([("till".to_owned(), addresses)]));
    Wire::new(registry, seal_at(START), doubled).unwrap()
}

/// One way to call the same service, and how often a call reaches it.
struct Form {
    name: &'static str,
    till: Arc<dyn Till>,
    drawer: Arc<Drawer>,
    times: u32,
    far: bool,
}

async fn forms() -> Vec<Form> {
    let mut forms = Vec::new();
    for (name, through_json, doubled) in [("near", false, false), ("near, JSON", true, false), ("near, doubled", true, true)] {
        let drawer = Drawer::new();
        let near = Near { through_json, doubled, crash: CrashSwitch::default() };
        let till = Arc::new(Local::new(drawer.clone(), near));
        forms.push(Form { name, till, drawer, times: 1 + u32::from(doubled), far: false });
    }
    for (name, doubled) in [("far", false), ("far, doubled", true)] {
        let drawer = Drawer::new();
        let address = serve(router(drawer.clone(), seal_at(START))).await;
        let till = Arc::new(Remote::new(wire_to(vec![address], doubled)));
        forms.push(Form { name, till, drawer, times: 1 + u32::from(doubled), far: true });
    }
    forms
}

fn within(time: Duration) -> Ctx {
    Ctx { deadline: tokio::time::Instant::now() + time, ..Ctx::house() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_answers_in_every_form() {
    for form in forms().await {
        let sum = form.till.put(&Ctx::house(), coins(41)).await.unwrap();
        assert_eq!((sum, form.drawer.calls()), (coins(42), form.times), "{}", form.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_travels_whole_but_for_its_cause() {
    for form in forms().await {
        let e = form.till.take(&Ctx::house(), coins(3)).await.unwrap_err();
        assert!(e.is(EMPTY_TILL), "{}: {e}", form.name);
        assert_eq!((e.status(), e.message(false), e.message(true)), (409, "钱箱空了", "The till is empty"));
        assert_eq!((e.retry_after(), e.data().unwrap()["left"].as_i64()), (Some(7), Some(3)));
        assert_eq!((e.errors().len(), e.errors()[0].pointer.as_str(), e.errors()[0].code.as_str()), (1, "/cents", "range"));
        assert_eq!(e.cause().is_none(), form.far, "{}", form.name);
        assert_eq!(form.drawer.calls(), form.times, "a refusal is an answer: nobody asks again ({})", form.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_context_arrives() {
    let callers = [
        Caller::Nobody,
        Caller::Shopper { user: i64::MAX, session: 2 },
        Caller::Operator { operator: 3, permissions: vec!["coin.count".to_owned(), "币".to_owned()].into() },
        Caller::House,
    ];
    for form in forms().await {
        for caller in &callers {
            let ctx =
                Ctx { caller: caller.clone(), trace: "t-1".into(), ip: "2001:db8::1".into(), ..within(Duration::from_secs(60)) };
            let seen = form.till.who(&ctx, coins(0)).await.unwrap();
            assert_eq!((seen.caller, &*seen.trace, &*seen.ip), (caller.clone(), "t-1", "2001:db8::1"), "{}", form.name);
            assert!((30_000..=60_000).contains(&seen.left_ms), "{}: {} ms", form.name, seen.left_ms);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_ends_the_wait_but_not_the_work() {
    for form in forms().await {
        let e = form.till.wait(&within(Duration::from_millis(80)), coins(1)).await.unwrap_err();
        assert!(e.is(TIMEOUT), "{}: {e}", form.name);
        soon(form.drawer.entered.acquire()).await.unwrap().forget();
        form.drawer.gate.add_permits(10);
        soon(form.drawer.finished.acquire()).await.unwrap().forget();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_too_late_is_not_made() {
    for form in forms().await {
        let e = form.till.put(&within(Duration::ZERO), coins(1)).await.unwrap_err();
        assert!(e.is(TIMEOUT), "{}: {e}", form.name);
        // A later call is served after it, if it was made.
        form.till.put(&Ctx::house(), coins(1)).await.unwrap();
        assert_eq!(form.drawer.calls(), form.times, "{}", form.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_cancels_nothing() {
    for form in forms().await {
        let till = form.till.clone();
        let caller = tokio::spawn(async move { till.wait(&Ctx::house(), coins(1)).await });
        soon(form.drawer.entered.acquire()).await.unwrap().forget();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(form.drawer.finished.available_permits(), 0);
        form.drawer.gate.add_permits(10);
        soon(form.drawer.finished.acquire()).await.unwrap().forget();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_an_internal_error_and_the_service_goes_on() {
    for form in forms().await {
        let e = form.till.drop_it(&Ctx::house(), coins(1)).await.unwrap_err();
        assert!(e.is(INTERNAL), "{}: {e}", form.name);
        assert_eq!(form.till.put(&Ctx::house(), coins(1)).await.unwrap(), coins(2), "{}", form.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shape_that_cannot_travel_is_found_near_too() {
    for form in forms().await {
        let answer = form.till.secret_shape(&Ctx::house(), coins(1)).await;
        match form.name {
            "near" => assert!(answer.is_ok()),
            name => assert!(answer.unwrap_err().is(INTERNAL), "{name}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_crash_nobody_answers() {
    let (drawer, crash) = (Drawer::new(), CrashSwitch::default());
    let till = Local::new(drawer.clone(), Near { crash: crash.clone(), ..Near::default() });
    till.put(&Ctx::house(), coins(1)).await.unwrap();
    let waiting =
        tokio::spawn(async move { (till.wait(&Ctx::house(), coins(1)).await, till.put(&Ctx::house(), coins(1)).await) });
    soon(drawer.entered.acquire()).await.unwrap().forget();
    // Goes down while the call is under way: its answer is lost as well.
    crash.arm(1);
    crash_by_commit(&crash).await;
    drawer.gate.add_permits(1);
    let (lost, refused) = soon(waiting).await.unwrap();
    assert!(lost.unwrap_err().is(UNAVAILABLE) && refused.unwrap_err().is(UNAVAILABLE));
    assert_eq!(drawer.calls(), 1);
}

/// A commit of a database that shares the switch.
async fn crash_by_commit(crash: &CrashSwitch) {
    let switch = crash.clone();
    crate::base::on_sqlite(|base| async move {
        let db = crate::base::Base { crash: switch, ..base }.open().await;
        let _ = db.run("create table t (id bigint)", vec![]).await;
    })
    .await;
    assert!(crash.is_down());
}

each_database! {
    no_call_leaves_a_transaction: |base| {
        let db = base.db().await;
        for form in forms().await {
            let till = form.till.clone();
            let called: Result<Coins> = kit::tx!(db, |tx| {
                tx.run("delete from account", vec![]).await?;
                till.put(&Ctx::house(), coins(1)).await
            });
            let e = called.unwrap_err();
            assert!(e.is(INTERNAL) && e.cause().unwrap().contains("inside a database transaction"), "{}: {e}", form.name);
            assert_eq!(form.drawer.calls(), 0, "{}", form.name);
            form.till.put(&Ctx::house(), coins(1)).await.unwrap();
        }
    }
}
