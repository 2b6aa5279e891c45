//! Builds a whole mall for one test: its own stores, its own clock, in one process or several.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use http_body_util::BodyExt as _;
use kit::db::{CrashSwitch, Parcel, Stop};
use kit::rpc::Near;
use kit::{Clock, Result, Time};
use mall::audit::{self, Books};
use mall::config::{Config, SERVICES};
use mall::wire::{self, Parts, Process};
use serde_json::Value as Json;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// 2026-11-22T10:00:00+08:00: a Sunday morning, long before midnight.
pub const MORNING: Time = Time(1_795_312_800_000);

/// How a mall is built for a test.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// Five processes that speak HTTP, instead of one.
    pub split: bool,
    /// MariaDB and Redis, instead of files and memory.
    pub servers: bool,
    /// Every call between services is made twice.
    pub doubled: bool,
    /// News comes twice and out of order.
    pub stutter: bool,
}

impl Plan {
    /// Whether this machine has what the plan needs. `make test` starts the engines and says where they are.
    pub fn possible(self) -> bool {
        let possible = !self.servers || std::env::var("MALL_TEST_MYSQL").is_ok();
        if !possible {
            assert!(
                std::env::var("MALL_TEST_ALL").is_err(),
                "MALL_TEST_ALL asks for every variant, and there is no MALL_TEST_MYSQL"
            );
            println!("not run: MALL_TEST_MYSQL is not set (scripts/with-engines sets it)");
        }
        possible
    }
}

/// The roles of each process of a split mall.
const SPLIT: &[&[&str]] = &[
    &["user", "promotion", "inventory"],
    &["thirdparty", "payment"],
    &["product", "search"],
    &["order"],
    &["seckill"],
    &["gateway"],
];

/// A mall under test.
pub struct Mall {
    pub plan: Plan,
    pub clock: Clock,
    pub crash: CrashSwitch,
    pub processes: Vec<Process>,
    edge: Option<gateway::Edge>,
    outlet: Arc<Inside>,
    folder: TempDir,
    schema: Option<String>,
    servers: Vec<tokio::task::JoinHandle<()>>,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or(Json::Null)
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The body of a success; fails the test with the whole answer otherwise.
    #[track_caller]
    pub fn ok(self) -> Json {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text);
        self.json()
    }

    /// A refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Json {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        self.json()
    }
}

/// The demo cashier's way to the mall without a socket.
#[derive(Default)]
struct Inside(Mutex<Option<gateway::Edge>>);

#[async_trait]
impl thirdparty::Outlet for Inside {
    async fn post(&self, url: &str, headers: &[(String, String)], body: &str) -> Result<(u16, String)> {
        let path = url.strip_prefix("http://mall.test").unwrap_or(url);
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(name.as_str(), value.as_str());
        }
        let router = self.0.lock().unwrap().clone().ok_or(kit::fault::UNAVAILABLE)?;
        let answer = send(&router, request.body(Body::from(body.to_owned())).unwrap(), [127, 0, 0, 9].into()).await;
        Ok((answer.status, answer.text))
    }
}

/// News that comes twice, and the last one once more after the next.
struct Stutter {
    stop: Arc<dyn Stop>,
    last: tokio::sync::Mutex<Option<Parcel>>,
}

#[async_trait]
impl Stop for Stutter {
    async fn take(&self, parcel: &Parcel) -> Result<()> {
        self.stop.take(parcel).await?;
        self.stop.take(parcel).await?;
        let before = self.last.lock().await.replace(parcel.clone());
        match before {
            Some(before) => self.stop.take(&before).await,
            None => Ok(()),
        }
    }
}

fn stutter(stop: Arc<dyn Stop>) -> Arc<dyn Stop> {
    Arc::new(Stutter { stop, last: tokio::sync::Mutex::default() })
}

async fn send(router: &gateway::Edge, mut request: Request<Body>, ip: IpAddr) -> Answer {
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip, 4000)));
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

impl Mall {
    /// A mall on stores of its own.
    pub async fn start(plan: Plan) -> Mall {
        // Fails when another test of this process was first, and that is as well.
        rustls::crypto::ring::default_provider().install_default().ok();
        let shm = std::path::Path::new("/dev/shm");
        let folder = if shm.is_dir() { TempDir::new_in(shm) } else { TempDir::new() }.unwrap();
        let schema = plan.servers.then(|| format!("t_{}", kit::random::code(12)));
        let mut mall = Mall {
            plan,
            clock: Clock::manual(MORNING),
            crash: CrashSwitch::default(),
            processes: Vec::new(),
            edge: None,
            outlet: Arc::default(),
            folder,
            schema,
            servers: Vec::new(),
        };
        mall.open().await;
        mall
    }

    /// Opens the stores that are there: at the start, and again after a crash.
    pub async fn open(&mut self) {
        let outlet = Arc::new(Inside::default());
        self.outlet = outlet.clone();
        let whole: &[&[&str]] = &[SERVICES];
        let groups = if self.plan.split { SPLIT } else { whole };
        let mut listeners = Vec::new();
        let mut addresses = BTreeMap::new();
        for roles in groups {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let at = format!("http://{}", listener.local_addr().unwrap());
            addresses.extend(roles.iter().map(|role| ((*role).to_owned(), vec![at.clone()])));
            listeners.push(listener);
        }
        for (node, (roles, listener)) in groups.iter().zip(listeners).enumerate() {
            let config = self.config(roles, node, &addresses);
            let parts = Parts {
                clock: self.clock.clone(),
                crash: self.crash.clone(),
                near: Near { through_json: true, doubled: self.plan.doubled, crash: CrashSwitch::default() },
                outlet: outlet.clone(),
                secret: "a secret that all processes of the test share".into(),
                around_stop: self.plan.stutter.then_some(stutter as fn(Arc<dyn Stop>) -> Arc<dyn Stop>),
                doubled: self.plan.doubled,
            };
            let process = wire::build(&config, parts).await.unwrap();
            let internal = process.internal.clone();
            self.servers.push(tokio::spawn(async move { axum::serve(listener, internal).await.unwrap() }));
            if process.public.is_some() {
                self.edge.clone_from(&process.public);
            }
            self.processes.push(process);
        }
        *outlet.0.lock().unwrap() = self.edge.clone();
    }

    fn config(&self, roles: &[&str], node: usize, addresses: &BTreeMap<String, Vec<String>>) -> Config {
        let mut config = Config::default();
        config.mall.data = self.folder.path().to_owned();
        config.mall.roles = roles.iter().map(|r| (*r).to_owned()).collect();
        config.mall.node = u16::try_from(node).unwrap();
        config.mall.master_key = Some("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".into());
        config.mall.internal_secret = Some("a secret that all processes of the test share".into());
        config.mall.demo = true;
        config.addresses = addresses.clone();
        config.databases.durable = false;
        if let Some(schema) = &self.schema {
            let server = std::env::var("MALL_TEST_MYSQL").unwrap();
            config.databases.url = Some(format!("{server}/{schema}_{{service}}"));
            config.databases.connections = 8;
            config.cache.redis = std::env::var("MALL_TEST_REDIS").ok();
            config.cache.prefix = format!("{schema}:");
            config.rush.redis.clone_from(&config.cache.redis);
            config.rush.prefix = format!("{schema}:");
        }
        config.thirdparty.mailbox_page = true;
        config.thirdparty.cashier = true;
        config.thirdparty.public_url = "http://mall.test".into();
        config.thirdparty.notify_url = "http://mall.test/api/v1/notify/demo".into();
        // Every request of a test comes at once and from one address; limits have tests of their own.
        for rate in [&mut config.gateway.per_ip, &mut config.gateway.per_user, &mut config.gateway.costly] {
            (rate.per_second, rate.burst) = (100_000, 100_000);
        }
        config.user.password = user::Password { memory_kib: 8, passes: 1, at_once: 4, queue: 10_000 };
        config
    }

    /// As `kill -9` and a new start: what was in memory is gone, what was committed is there.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.crash = CrashSwitch::default();
        // A start takes time, and numbers are made of time.
        self.clock.pass(Duration::from_secs(1));
        self.open().await;
    }

    /// The same, and what the gate of flash sales knew is gone. For embedded malls.
    pub async fn lose_gate(&mut self) {
        self.stop().await;
        std::fs::remove_dir_all(self.folder.path().join("rush").join("seckill")).unwrap();
        self.crash = CrashSwitch::default();
        self.clock.pass(Duration::from_secs(1));
        self.open().await;
    }

    /// Nothing of it runs any more, and nothing holds its files.
    async fn stop(&mut self) {
        for server in self.servers.drain(..) {
            server.abort();
            server.await.ok();
        }
        for process in self.processes.drain(..) {
            if let Some(seckill) = &process.here.seckill {
                seckill.rest().await;
            }
            for db in &process.dbs {
                db.close().await;
            }
        }
        // The cashier knows the edge, and the edge the cashier.
        self.outlet.0.lock().unwrap().take();
        self.edge = None;
    }

    /// One request from an address.
    pub async fn request(&self, request: Request<Body>, ip: IpAddr) -> Answer {
        send(self.edge.as_ref().unwrap(), request, ip).await
    }

    /// A request without a body by nobody in particular.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Request::get(path).body(Body::empty()).unwrap(), [127, 0, 0, 1].into()).await
    }

    /// A service's neighbours, as the first process sees them.
    pub fn neighbours(&self) -> &wire::Neighbours {
        &self.processes[0].neighbours
    }

    /// Delivers news until there is none.
    pub async fn settle(&self) {
        for _ in 0..500 {
            let mut moved = 0;
            for process in &self.processes {
                for relay in &process.relays {
                    moved += relay.step().await.unwrap_or(0);
                }
            }
            if moved == 0 {
                if let Some(search) = self.processes.iter().find_map(|p| p.here.search.as_ref()) {
                    contract::search::Search::flush(search.as_ref(), &kit::Ctx::house(), contract::search::Flush::default())
                        .await
                        .ok();
                }
                return;
            }
        }
        panic!("news never ends");
    }

    /// Time passes, and what is due happens.
    pub async fn pass(&self, by: Duration) {
        self.clock.pass(by);
        for process in &self.processes {
            for jobs in &process.jobs {
                jobs.run_due(self.clock.now()).await;
            }
        }
        self.settle().await;
    }

    /// Puts a product on the shelf; gives the numbers of its variants.
    pub async fn shelve(&self, line: Json) -> Vec<String> {
        let text = line.to_string();
        let report = mall::commands::import::take_in(self.neighbours(), text.as_bytes()).await.unwrap();
        assert!(report.refused.is_empty(), "{report:?}");
        self.settle().await;
        let title = line["title"].as_str().unwrap();
        let found = self.get(&format!("/api/v1/search?q={}&limit=50", encode(title))).await.ok();
        let spu =
            found["items"].as_array().unwrap().iter().find(|i| i["title"] == title).expect("on the shelf, so found")["spu_id"]
                .clone();
        let detail = self.get(&format!("/api/v1/spus/{}", spu.as_str().unwrap())).await.ok();
        detail["skus"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The stores of all processes, for the audit.
    pub fn books(&self) -> Books {
        let mut books = Books { quiesced: true, ..Books::default() };
        for process in &self.processes {
            for db in &process.dbs {
                books.dbs.insert(db.service(), db.clone());
            }
        }
        books.search = Some(self.neighbours().search.clone());
        books.product = Some(self.neighbours().product.clone());
        books.seckill = self.processes.iter().find_map(|p| p.here.seckill.clone());
        books
    }

    /// The curtain: everything has arrived, and every rule holds.
    pub async fn curtain(&self) {
        for seckill in self.processes.iter().filter_map(|p| p.here.seckill.as_ref()) {
            seckill.rest().await;
        }
        self.settle().await;
        let report = audit::check(&self.books(), &[]).await.unwrap();
        assert!(report.violations.is_empty(), "{:#?}", report.violations);
    }
}

impl Mall {
    /// Closes everything, and leaves nothing behind on the engines.
    pub async fn close(mut self) {
        let processes = std::mem::take(&mut self.processes);
        for seckill in processes.iter().filter_map(|p| p.here.seckill.as_ref()) {
            seckill.rest().await;
        }
        for db in processes.iter().flat_map(|p| &p.dbs) {
            if let Some(schema) = &self.schema {
                db.run(&format!("drop database {schema}_{}", db.service()), Vec::new()).await.unwrap();
            }
            db.close().await;
        }
    }
}

impl Drop for Mall {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

pub fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// One story, told in every way that the mall can be built.
#[macro_export]
macro_rules! story {
    ($(#[$meta:meta])* $name:ident, |$mall:ident| $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn play($mall: &$crate::house::Mall) $body
            async fn on(plan: $crate::house::Plan) {
                if plan.possible() {
                    let mall = $crate::house::Mall::start(plan).await;
                    play(&mall).await;
                    mall.curtain().await;
                    mall.close().await;
                }
            }
            use $crate::house::Plan;
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() { on(Plan::default()).await }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn split() { on(Plan { split: true, ..Plan::default() }).await }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn doubled() { on(Plan { doubled: true, ..Plan::default() }).await }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn stutter() { on(Plan { stutter: true, ..Plan::default() }).await }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn servers() { on(Plan { servers: true, ..Plan::default() }).await }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn servers_split() { on(Plan { servers: true, split: true, ..Plan::default() }).await }
        }
    };
}

impl Mall {
    /// The demo cashier's faults.
    pub fn faults(&self) -> &thirdparty::CashierFaults {
        self.processes.iter().find_map(|p| p.here.thirdparty.as_ref()).unwrap().faults()
    }
}
