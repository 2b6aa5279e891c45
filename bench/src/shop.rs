//! A mall of our own for the measurement: a seeded demo store in a temporary folder, and people in it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value as Json, json};

use crate::Result;
use crate::load::{Call, Line, Reply};

/// Where the mall keeps its data.
#[derive(Clone, Debug)]
pub enum Stores {
    /// Files and memory.
    Embedded,
    /// MariaDB and Redis.
    Servers {
        /// `mysql://…`, without a database.
        mysql: String,
        /// `redis://…`
        redis: String,
    },
}

impl Stores {
    /// Embedded always; servers when `scripts/with-engines` has started some.
    pub fn available() -> Vec<Stores> {
        let mut all = vec![Stores::Embedded];
        if let (Ok(mysql), Ok(redis)) = (std::env::var("MALL_TEST_MYSQL"), std::env::var("MALL_TEST_REDIS")) {
            all.push(Stores::Servers { mysql, redis });
        }
        all
    }

    /// Name in the table.
    pub const fn name(&self) -> &'static str {
        match self {
            Stores::Embedded => "embedded",
            Stores::Servers { .. } => "servers",
        }
    }
}

/// A running mall and a running floor.
pub struct Shop {
    /// Where its data is.
    pub stores: Stores,
    /// The mall.
    pub mall: Server,
    /// The floor.
    pub floor: Server,
    folder: PathBuf,
}

/// A server that we started.
pub struct Server {
    /// Where it listens.
    pub at: SocketAddr,
    /// Its process.
    pub pid: u32,
    child: Child,
}

/// Password of everybody.
pub const PASSWORD: &str = "a-long-password-1";

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    /// Signs in with it.
    pub phone: String,
    /// Access token.
    pub token: String,
    /// Address id.
    pub address: String,
}

impl Server {
    fn start(command: &mut Command, address: impl Fn(&str) -> Option<SocketAddr>) -> Result<Server> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let at = BufReader::new(output).lines().map_while(std::result::Result::ok).find_map(|line| address(&line));
        let at = at.ok_or("the server ended before it said where it listens")?;
        Ok(Server { at, pid: child.id(), child })
    }

    fn stop(&mut self) -> Result<()> {
        // The child is ours, so its number cannot belong to anybody else before it is waited for.
        Command::new("kill").arg(self.pid.to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

fn address(line: &str) -> Option<SocketAddr> {
    let at = line.split("http://").nth(1)?;
    at.split(['/', ' ']).next()?.parse().ok()
}

impl Shop {
    /// Starts a seeded mall and a floor.
    pub async fn open(mall: &Path, stores: Stores) -> Result<Shop> {
        let folder = std::env::temp_dir().join(format!("mall-bench-{}-{}", std::process::id(), stores.name()));
        let mut command = Command::new(mall);
        command.args(["demo", "--port", "0", "--data"]).arg(&folder);
        for rate in ["PER_IP", "PER_USER", "COSTLY"] {
            command.env(format!("MALL__GATEWAY__{rate}__PER_SECOND"), "1000000");
            command.env(format!("MALL__GATEWAY__{rate}__BURST"), "1000000");
        }
        command.env("MALL__ORDER__UNPAID_ORDERS", "1000000").env("MALL__USER__SMS__PER_IP_HOUR", "1000000");
        command.env("MALL__USER__CAPTCHA__SMS_FREE_PER_IP_HOUR", "1000000");
        if let Stores::Servers { mysql, redis } = &stores {
            command.env("MALL__DATABASES__URL", format!("{mysql}/bench_{}_{{service}}", std::process::id()));
            command.env("MALL__CACHE__REDIS", redis);
        }
        let began = Instant::now();
        let mall = Server::start(&mut command, |line| line.contains("Shop  ").then(|| address(line)).flatten())?;
        let ready_ms = began.elapsed().as_millis();
        let floor = Server::start(Command::new(std::env::current_exe()?).arg("floor"), address)?;
        let idle_mb = crate::load::memory_mb(mall.pid);
        let line = format!("{}: seeded and ready in {ready_ms} ms, {idle_mb} MB\n", stores.name());
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes())?;
        Ok(Shop { stores, mall, floor, folder })
    }

    /// Stops both and removes the data.
    pub async fn close(mut self) -> Result<()> {
        self.mall.stop()?;
        self.floor.stop()?;
        Ok(std::fs::remove_dir_all(&self.folder)?)
    }

    /// One request that must succeed; its body.
    pub async fn ask(&self, method: &'static str, path: &str, token: &str, key: &str, body: Json) -> Result<Json> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let call = Call { method, path: path.into(), headers: headers(token, key), body };
        let Reply { status, body } = Line::open(self.mall.at).await?.send(&call).await?;
        if !(200..300).contains(&status) {
            return Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&body)).into());
        }
        Ok(if body.is_empty() { Json::Null } else { serde_json::from_slice(&body)? })
    }

    /// People who sign in by SMS and have an address.
    pub async fn people(&self, first: usize, count: usize) -> Result<Vec<Person>> {
        let mut people = Vec::new();
        for n in first..first + count {
            let phone = format!("137{n:08}");
            self.ask("POST", "/api/v1/sms-codes", "", "", json!({ "phone": phone, "purpose": "register" })).await?;
            let mail = self.ask("GET", "/dev/mailbox.json", "", "", Json::Null).await?;
            let mails = mail["items"].as_array().ok_or("no mail")?;
            let code = mails.iter().find(|m| m["to"] == phone.as_str()).map(|m| m["code"].clone()).ok_or("no code")?;
            let user =
                json!({ "phone": phone, "code": code, "password": PASSWORD, "nickname": "bench", "device": { "name": "bench" } });
            let session = self.ask("POST", "/api/v1/users", "", "", user).await?;
            let token = session["access_token"].as_str().ok_or("no token")?.to_owned();
            let address = json!({ "name": "王小明", "phone": phone, "province": "浙江省", "city": "杭州市", "district": "西湖区",
                "detail": "文三路 478 号", "is_default": true });
            let address = self.ask("POST", "/api/v1/addresses", &token, "", address).await?;
            let address = address["id"].as_str().ok_or("no address")?.to_owned();
            people.push(Person { phone, token, address });
        }
        Ok(people)
    }

    /// An operator's token.
    pub async fn operator(&self) -> Result<String> {
        let login = json!({ "name": "admin", "password": "shangpin-admin-2026" });
        let session = self.ask("POST", "/api/v1/admin/sessions", "", "", login).await?;
        Ok(session["token"].as_str().ok_or("no token")?.to_owned())
    }
}

/// Headers of a call.
pub fn headers(token: &str, key: &str) -> Vec<(&'static str, String)> {
    let mut headers = Vec::new();
    if !token.is_empty() {
        headers.push(("authorization", format!("Bearer {token}")));
    }
    if !key.is_empty() {
        headers.push(("idempotency-key", key.to_owned()));
    }
    headers
}
