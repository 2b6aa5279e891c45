//! The binary itself, as a person starts it: real processes, real sockets, and `kill -9`.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;

use reqwest::Client;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

const MALL: &str = env!("CARGO_BIN_EXE_mall");

/// A running mall; killed when dropped.
struct Running {
    child: Child,
    base: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn quick(command: &mut Command) -> &mut Command {
    for rate in ["PER_IP", "PER_USER", "COSTLY"] {
        command
            .env(format!("MALL__GATEWAY__{rate}__PER_SECOND"), "100000")
            .env(format!("MALL__GATEWAY__{rate}__BURST"), "100000");
    }
    command.env("MALL__ORDER__UNPAID_ORDERS", "100000").env("MALL__LOG__FILTER", "error")
}

fn demo(folder: &Path) -> Running {
    let mut command = Command::new(MALL);
    quick(&mut command).args(["demo", "--port", "0", "--data"]).arg(folder);
    start(&mut command, "Shop  ")
}

/// Starts a process and waits for the line that names its address.
fn start(command: &mut Command, mark: &str) -> Running {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains(mark)).expect("the mall says where it is");
    let at = line.split("http://").nth(1).unwrap().split(['/', ' ']).next().unwrap().to_owned();
    // Somebody must go on reading, or a talkative process would block.
    std::thread::spawn(move || lines.count());
    Running { child, base: format!("http://{at}") }
}

fn client() -> Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

struct Visitor {
    client: Client,
    base: String,
    token: String,
}

impl Visitor {
    fn new(base: &str) -> Self {
        Visitor { client: client(), base: base.to_owned(), token: String::new() }
    }

    async fn try_call(&self, method: &str, path: &str, key: &str, body: Json) -> Option<(u16, Json)> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.client.request(method.parse().unwrap(), url).header("accept", "application/json");
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let text = response.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Json::Null)))
    }

    async fn call(&self, method: &str, path: &str, key: &str, body: Json) -> Json {
        let (status, answer) = self.try_call(method, path, key, body).await.expect("an answer");
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    async fn get(&self, path: &str) -> Json {
        self.call("GET", path, "", Json::Null).await
    }

    /// Asks until the answer is as wished; each asking waits for the mall's answer, so this is bounded work, not sleep.
    async fn until(&self, path: &str, wished: impl Fn(&Json) -> bool) -> Json {
        let mut last = Json::Null;
        for _ in 0..5000 {
            last = self.get(path).await;
            if wished(&last) {
                return last;
            }
        }
        panic!("{path} never became as wished: {last}")
    }

    async fn sign_in(&mut self, phone: &str) {
        self.call("POST", "/api/v1/sms-codes", "", json!({ "phone": phone, "purpose": "login" })).await;
        let mail = self.get("/dev/mailbox.json").await;
        let code = mail["items"].as_array().unwrap().iter().find(|m| m["to"] == phone).unwrap()["code"].clone();
        let login = json!({ "login": { "kind": "code", "phone": phone, "code": code }, "device": { "name": "test" } });
        self.token = self.call("POST", "/api/v1/sessions", "", login).await["access_token"].as_str().unwrap().to_owned();
    }

    async fn sign_in_by_password(&mut self) {
        let login = json!({ "login": { "kind": "password", "account": "13800138000", "password": "shangpin-2026" }, "device": { "name": "test" } });
        self.token = self.call("POST", "/api/v1/sessions", "", login).await["access_token"].as_str().unwrap().to_owned();
    }

    async fn move_in(&self) -> String {
        let home = json!({ "name": "王小明", "phone": "13800138000", "province": "浙江省", "city": "杭州市", "district": "西湖区",
            "detail": "文三路 478 号", "is_default": true });
        self.call("POST", "/api/v1/addresses", "", home).await["id"].as_str().unwrap().to_owned()
    }

    /// A variant that is in stock.
    async fn something(&self, words: &str) -> String {
        let found = self.get(&format!("/api/v1/search?q={}&in_stock=true", crate::house::encode(words))).await;
        for item in found["items"].as_array().unwrap() {
            let live = self.get(&format!("/api/v1/spus/{}/live", item["spu_id"].as_str().unwrap())).await;
            if let Some(sku) = live["skus"].as_array().unwrap().iter().find(|s| s["in_stock"] == true) {
                return sku["id"].as_str().unwrap().to_owned();
            }
        }
        panic!("nothing in stock for {words}: {found}")
    }

    /// SMS code → search → detail → cart → order → pay → ship → receive.
    async fn buy_and_receive(&mut self, words: &str, operator: (&str, &str)) {
        self.buy_and_receive_as("13900000001", words, operator).await;
    }

    async fn buy_and_receive_as(&mut self, phone: &str, words: &str, operator: (&str, &str)) {
        self.sign_in(phone).await;
        let sku = self.something(words).await;
        let home = self.move_in().await;
        self.call("POST", "/api/v1/cart/lines", "", json!({ "sku_id": sku, "qty": 1 })).await;
        let cart = self.get("/api/v1/cart").await;
        let body = json!({ "source": { "kind": "cart" }, "address_id": home, "pay_channel": "demo",
            "expected_payable_fen": cart["quote"]["payable_fen"] });
        let order = self.call("POST", "/api/v1/orders", "place", body).await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/orders/{order}");
        let started = self.call("POST", &format!("{path}/pay"), "pay", json!({ "channel": "demo" })).await;
        self.call("POST", &format!("{}/pay", started["redirect_url"].as_str().unwrap()), "", Json::Null).await;
        self.until(&path, |o| o["state"] == "paid").await;
        let mut keeper = Visitor::new(&self.base);
        let login = json!({ "name": operator.0, "password": operator.1 });
        keeper.token = keeper.call("POST", "/api/v1/admin/sessions", "", login).await["token"].as_str().unwrap().to_owned();
        let parcel = json!({ "courier": "顺丰速运", "tracking_no": "SF0001" });
        keeper.call("POST", &format!("/api/v1/admin/orders/{order}/ship"), "", parcel).await;
        self.call("POST", &format!("{path}/receive"), "", json!({})).await;
        self.until(&path, |o| o["state"] == "received").await;
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(MALL);
    quick(&mut command).env("MALL__MALL__DATA", folder).args(arguments).output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const OPERATOR: (&str, &str) = ("admin", "shangpin-admin-2026");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_sells_and_keeps_its_store_between_runs() {
    let folder = TempDir::new().unwrap();
    let mall = demo(folder.path());
    let mut wang = Visitor::new(&mall.base);
    wang.buy_and_receive("杯", OPERATOR).await;
    let found = wang.get("/api/v1/search?limit=1").await;
    assert!(found["total"].as_u64().unwrap() >= 300, "a seeded store has at least 300 products: {found}");

    // A command is the guest of the mall that runs. What it imports is found and sold at once.
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/catalog.jsonl");
    if catalogue.exists() {
        for (created, unchanged) in [(239, 0), (0, 239)] {
            let imported = run(folder.path(), &["import", "catalog", "--json", catalogue.to_str().unwrap()]);
            let report: Json = serde_json::from_slice(&imported.stdout).unwrap_or_else(|_| panic!("{}", told(&imported)));
            assert_eq!((&report["created"], &report["unchanged"]), (&json!(created), &json!(unchanged)), "{report}");
        }
        Visitor::new(&mall.base).buy_and_receive_as("13900000002", "双宫茧桑蚕丝被", OPERATOR).await;
    } else {
        println!("not run: there is no real catalogue beside the project");
    }
    let audit = run(folder.path(), &["audit", "--json"]);
    assert!(audit.status.success(), "{}", told(&audit));
    let second = run(folder.path(), &["serve"]);
    assert!(!second.status.success(), "two processes on one folder");

    let home = found["items"][0]["spu_id"].clone();
    drop(mall);
    let mall = demo(folder.path());
    let li = Visitor::new(&mall.base);
    assert_eq!(li.get(&format!("/api/v1/spus/{}", home.as_str().unwrap())).await["id"], home);
    drop(mall);
    let audit = run(folder.path(), &["audit", "--quiesced"]);
    assert!(audit.status.success(), "{}", told(&audit));
}

/// The same demo, on MariaDB and Redis by settings alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_sells_on_servers_too() {
    let plan = crate::house::Plan { servers: true, ..Default::default() };
    if !plan.possible() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(MALL);
    let schema = format!("b_{}", kit::random::code(12));
    let server = std::env::var("MALL_TEST_MYSQL").unwrap();
    quick(&mut command).args(["demo", "--port", "0", "--data"]).arg(folder.path());
    command.env("MALL__DATABASES__URL", format!("{server}/{schema}_{{service}}"));
    command.env("MALL__CACHE__REDIS", std::env::var("MALL_TEST_REDIS").unwrap()).env("MALL__CACHE__PREFIX", &schema);
    let mall = start(&mut command, "Shop  ");
    Visitor::new(&mall.base).buy_and_receive("杯", OPERATOR).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outside_the_demo_there_is_no_mailbox_no_clock_and_no_cashier() {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(MALL);
    quick(&mut command).env("MALL__MALL__DATA", folder.path()).env("MALL__HTTP__LISTEN", "127.0.0.1:0").arg("serve");
    let mall = start(&mut command, "listening on");
    let stranger = Visitor::new(&mall.base);
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/clock", "/cashier/x"] {
        let (status, problem) = stranger.try_call("GET", path, "", Json::Null).await.unwrap();
        assert_eq!((status, &problem["code"]), (404, &json!("not_found")), "{path}");
    }
    for path in ["/", "/docs/", "/openapi.json", "/api/v1/categories"] {
        assert_eq!(stranger.try_call("GET", path, "", Json::Null).await.unwrap().0, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_and_more_sell_too() {
    let folder = TempDir::new().unwrap();
    let groups = ["user,promotion,inventory", "thirdparty,payment", "product,search", "order", "seckill", "gateway"];
    let ports: Vec<u16> = {
        let reserved: Vec<_> = groups.iter().map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        reserved.iter().map(|l| l.local_addr().unwrap().port()).collect()
    };
    let mut settings = vec![
        ("MALL__MALL__INTERNAL_SECRET".to_owned(), "a secret that all processes of the test share".to_owned()),
        ("MALL__MALL__MASTER_KEY".to_owned(), "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".to_owned()),
        ("MALL__THIRDPARTY__MAILBOX_PAGE".to_owned(), "true".to_owned()),
        ("MALL__THIRDPARTY__CASHIER".to_owned(), "true".to_owned()),
    ];
    for (group, port) in groups.iter().zip(&ports) {
        let at = format!("[\"http://127.0.0.1:{port}\"]");
        settings.extend(group.split(',').map(|s| (format!("MALL__ADDRESSES__{}", s.to_uppercase()), at.clone())));
    }
    // The gateway's own address must be known to the cashier before anything starts.
    let public = { std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    settings.push(("MALL__HTTP__PUBLIC_URL".to_owned(), format!("http://{public}")));
    settings.push(("MALL__HTTP__LISTEN".to_owned(), public.to_string()));
    let mut processes = Vec::new();
    for (n, (group, port)) in groups.iter().zip(&ports).enumerate() {
        let mut command = Command::new(MALL);
        quick(&mut command).envs(settings.clone()).env("MALL__MALL__NODE", n.to_string());
        command
            .env("MALL__MALL__DATA", folder.path().join(n.to_string()))
            .env("MALL__HTTP__INTERNAL", format!("127.0.0.1:{port}"));
        processes.push(start(
            command.args(["serve", "--roles", group]),
            if *group == "gateway" { "listening on" } else { "internal port" },
        ));
    }
    let file = folder.path().join("one.jsonl");
    std::fs::write(&file, crate::people::mug(5).to_string()).unwrap();
    let mut import = Command::new(MALL);
    let imported = quick(&mut import).envs(settings.clone()).args(["import", "catalog"]).arg(&file).output().unwrap();
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let mut operator = Command::new(MALL);
    let added = quick(&mut operator)
        .envs(settings)
        .env("MALL_OPERATOR_PASSWORD", "a-long-password-1")
        .args(["operator", "add", "keeper"])
        .output();
    assert!(added.unwrap().status.success());
    Visitor::new(&processes.last().unwrap().base).buy_and_receive("马克杯", ("keeper", "a-long-password-1")).await;
}

#[test]
fn a_wrong_setting_is_refused_with_its_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mall.toml");
    std::fs::write(&file, "[http]\nlisten = \"127.0.0.1:0\"\n\n[order]\nunpaid_closes_sometimes = \"30m\"\n").unwrap();
    let output = Command::new(MALL).args(["--config", file.to_str().unwrap(), "doctor"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("mall.toml:5") && said.contains("unpaid_closes_sometimes"), "{said}");
    let output = Command::new(MALL).env("MALL__HTTP__LISTEM", "x").arg("doctor").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("MALL__HTTP__LISTEM"), "{said}");
}

/// The file that stands in the project has every setting, each with its default.
#[test]
fn the_settings_file_of_the_project_is_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mall.toml");
    let config: mall::config::Config = kit::config::read(Some(&file), "NOTHING", std::iter::empty()).unwrap();
    assert_eq!(format!("{config:?}"), format!("{:?}", mall::config::Config::default()));
}

const ROUNDS: usize = 30;
const CROWD: usize = 6;

/// What the mall has promised so far.
#[derive(Default)]
struct Promises {
    orders: BTreeSet<String>,
    paid: BTreeSet<String>,
}

/// Killed at random under load, thirty times: no acknowledged order or payment is lost, and the audit holds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_promised_is_lost_when_the_mall_is_killed() {
    let folder = TempDir::new().unwrap();
    let promises = Mutex::new(Promises::default());
    for round in 0..ROUNDS {
        let mall = demo(folder.path());
        let mut wang = Visitor::new(&mall.base);
        wang.sign_in_by_password().await;
        let home = wang.move_in_once().await;
        let sku = wang.something("杯").await;
        let stop_after = 1 + usize::try_from(kit::random::below(12)).unwrap();
        let before = promises.lock().unwrap().orders.len();
        let child = Mutex::new(mall);
        let shopping = (0..CROWD).map(|n| {
            let (wang, promises, child, home, sku) = (&wang, &promises, &child, &home, &sku);
            async move {
                for again in 0.. {
                    let key = format!("{round}-{n}-{again}");
                    if shop(wang, sku, home, &key, promises).await.is_none() {
                        return;
                    }
                    // Killed after so many promises; or, when the variant has sold out meanwhile, after so many tries.
                    if promises.lock().unwrap().orders.len() >= before + stop_after || again >= 20 {
                        child.lock().unwrap().child.kill().ok();
                    }
                }
            }
        });
        futures::future::join_all(shopping).await;
    }
    let mall = demo(folder.path());
    let mut wang = Visitor::new(&mall.base);
    wang.sign_in_by_password().await;
    let Promises { orders, paid } = promises.into_inner().unwrap();
    assert!(orders.len() >= ROUNDS && !paid.is_empty(), "{} orders, {} paid: too little happened", orders.len(), paid.len());
    wang.call("POST", "/dev/clock", "", json!({ "pass": "3m" })).await;
    for order in &orders {
        wang.get(&format!("/api/v1/orders/{order}")).await;
    }
    for order in &paid {
        wang.until(&format!("/api/v1/orders/{order}"), |o| o["state"] == "paid").await;
    }
    wang.call("POST", "/dev/clock", "", json!({ "pass": "20m" })).await;
    let audit = run(folder.path(), &["audit", "--json"]);
    assert!(audit.status.success(), "{}", told(&audit));
}

/// One order, placed and perhaps paid; `None` when the mall is gone.
async fn shop(wang: &Visitor, sku: &str, home: &str, key: &str, promises: &Mutex<Promises>) -> Option<()> {
    let source = json!({ "kind": "buy_now", "lines": [{ "sku_id": sku, "qty": 1 }] });
    let body = json!({ "source": source, "address_id": home, "pay_channel": "demo" });
    let (status, order) = wang.try_call("POST", "/api/v1/orders", key, body).await?;
    if status != 201 {
        // Sold out is an answer too.
        assert!(matches!(status, 409 | 503 | 504), "{status} {order}");
        return Some(());
    }
    let id = order["id"].as_str().unwrap().to_owned();
    promises.lock().unwrap().orders.insert(id.clone());
    let (status, started) =
        wang.try_call("POST", &format!("/api/v1/orders/{id}/pay"), &format!("p{key}"), json!({ "channel": "demo" })).await?;
    if status == 200 || status == 201 {
        let cashier = format!("{}/pay", started["redirect_url"].as_str().unwrap());
        let cashier = format!("{}{}", wang.base, cashier.splitn(4, '/').nth(3).map(|p| format!("/{p}")).unwrap());
        let (status, _) = wang.try_call("POST", &cashier, "", Json::Null).await?;
        if status == 200 {
            promises.lock().unwrap().paid.insert(id);
        }
    }
    Some(())
}

impl Visitor {
    async fn move_in_once(&self) -> String {
        let homes = self.get("/api/v1/addresses").await;
        match homes["items"][0]["id"].as_str() {
            Some(id) => id.to_owned(),
            None => self.move_in().await,
        }
    }
}
