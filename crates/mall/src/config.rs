//! Every setting of the mall, its default, and where it comes from: `mall.toml` under the environment (`MALL__…`).
//! An absent file means everything embedded, in one process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kit::config::ConfigError;
use kit::db::DbUrl;
use serde::Deserialize;

/// The services of the mall, in the order of their rank: calls go down, news goes up.
pub const SERVICES: &[&str] =
    &["thirdparty", "user", "inventory", "promotion", "payment", "product", "search", "order", "seckill", "gateway"];

/// All settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The house.
    pub mall: House,
    /// Where it listens.
    pub http: Http,
    /// Where the databases are.
    pub databases: Databases,
    /// Where the cache is.
    pub cache: CacheAt,
    /// Where pools that a crowd claims stand.
    pub rush: RushAt,
    /// Where services of other processes are: name → base addresses of their internal ports.
    pub addresses: BTreeMap<String, Vec<String>>,
    /// What is logged, and how.
    pub log: Log,
    /// The edge.
    pub gateway: gateway::Settings,
    /// 用户.
    pub user: user::Settings,
    /// 商品.
    pub product: product::Settings,
    /// 搜索.
    pub search: search::Settings,
    /// 促销.
    pub promotion: promotion::Settings,
    /// 库存.
    pub inventory: inventory::Settings,
    /// 订单.
    pub order: order::Settings,
    /// 秒杀.
    pub seckill: seckill::Settings,
    /// 支付.
    pub payment: payment::Settings,
    /// 第三方接入.
    pub thirdparty: thirdparty::Settings,
}

/// The house itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct House {
    /// Folder of the embedded stores, the search index and pictures.
    pub data: PathBuf,
    /// Which services this process runs; all by default.
    pub roles: Vec<String>,
    /// Number of this process among those that share databases, 0–1023: part of every id.
    pub node: u16,
    /// 32 bytes as base64 or hex: seals personal data. Absent with embedded stores: made once and kept in the folder.
    pub master_key: Option<String>,
    /// The key before, while rows are still sealed with it.
    pub previous_master_key: Option<String>,
    /// At least 32 bytes that all processes of a mall share: signs calls between them. Needed when roles are split.
    pub internal_secret: Option<String>,
    /// `mall demo` runs this: what would leave the house is shown at `/dev`. No setting can say so.
    #[serde(skip)]
    pub demo: bool,
}

impl Default for House {
    fn default() -> Self {
        House {
            data: "data".into(),
            roles: SERVICES.iter().map(|s| (*s).to_owned()).collect(),
            node: 0,
            master_key: None,
            previous_master_key: None,
            internal_secret: None,
            demo: false,
        }
    }
}

/// Where it listens.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// What people reach. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// What other processes of the mall reach: calls, events, health, metrics. Never open it to people.
    pub internal: SocketAddr,
    /// Address that people see, for links and payment channels; the listening address by default.
    pub public_url: Option<String>,
}

impl Default for Http {
    fn default() -> Self {
        Http { listen: ([127, 0, 0, 1], 8080).into(), internal: ([127, 0, 0, 1], 0).into(), public_url: None }
    }
}

/// Where the databases are: a file for each service, or MySQL.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Databases {
    /// `mysql://user:password@host:3306/mall_{service}`; absent: files in the data folder.
    pub url: Option<String>,
    /// The same for replicas that reads may go to.
    pub replica: Option<String>,
    /// Connections of each service in this process.
    pub connections: u32,
    /// A commit of an embedded store is on the disk before it is told. Off only in tests.
    pub durable: bool,
    /// Databases of single services that live elsewhere: service → URL.
    pub of: BTreeMap<String, String>,
}

impl Default for Databases {
    fn default() -> Self {
        Databases { url: None, replica: None, connections: 16, durable: true, of: BTreeMap::new() }
    }
}

/// Where the cache is.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheAt {
    /// `redis://host:6379/0`; absent: memory.
    pub redis: Option<String>,
    /// Before every key, so that two malls may share a Redis.
    pub prefix: String,
}

impl Default for CacheAt {
    fn default() -> Self {
        CacheAt { redis: None, prefix: "mall:".into() }
    }
}

/// Where pools that a crowd claims stand.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RushAt {
    /// `redis://host:6379/0`, a Redis that keeps what it answered (`appendonly yes`, `appendfsync always`); absent: this process, with a
    /// journal in the data folder. One process at most may run `seckill` then.
    pub redis: Option<String>,
    /// Before every key.
    pub prefix: String,
    /// Threads of the embedded form.
    pub shards: u16,
}

impl Default for RushAt {
    fn default() -> Self {
        RushAt { redis: None, prefix: "mall:".into(), shards: 1 }
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Lines for people, or JSON for machines.
    pub json: bool,
    /// What: `info`, `warn,order=debug`.
    pub filter: String,
}

impl Default for Log {
    fn default() -> Self {
        Log { json: false, filter: "info".into() }
    }
}

impl Config {
    /// Reads `mall.toml` (or the file named) under the environment.
    pub fn read(file: Option<&Path>) -> Result<Config, ConfigError> {
        let usual = Path::new("mall.toml");
        let file = file.or_else(|| usual.exists().then_some(usual));
        kit::config::read(file, "MALL", std::env::vars())
    }

    /// Where a service's database is.
    pub fn database(&self, service: &str) -> DbUrl {
        let put = |template: &String| template.replace("{service}", service);
        match self.databases.of.get(service).cloned().or_else(|| self.databases.url.as_ref().map(put)) {
            Some(url) => {
                DbUrl::Server { url, replica: self.databases.replica.as_ref().map(put), connections: self.databases.connections }
            }
            None => DbUrl::File { path: self.mall.data.join(format!("{service}.db")), durable: self.databases.durable },
        }
    }

    /// Whether this process runs a service.
    pub fn runs(&self, service: &str) -> bool {
        self.mall.roles.iter().any(|r| r == service)
    }

    /// Services that run in other processes.
    pub fn elsewhere(&self) -> impl Iterator<Item = &'static str> {
        SERVICES.iter().copied().filter(|s| !self.runs(s))
    }

    /// What is wrong with the settings taken together.
    pub fn check(&self) -> Result<(), String> {
        for role in &self.mall.roles {
            if !SERVICES.contains(&role.as_str()) {
                return Err(format!("mall.roles: {role:?} is no service; there are {}", SERVICES.join(", ")));
            }
        }
        if self.mall.roles.is_empty() {
            return Err("mall.roles is empty: this process would do nothing".into());
        }
        for service in self.elsewhere().filter(|s| *s != "gateway") {
            if !self.addresses.contains_key(service) {
                return Err(format!("[addresses] does not say where {service} is, and this process does not run it"));
            }
        }
        if self.elsewhere().next().is_some() && self.mall.internal_secret.is_none() {
            return Err("mall.internal_secret is needed when the roles are split over processes".into());
        }
        if self.mall.internal_secret.as_ref().is_some_and(|s| s.len() < kit::rpc::SECRET_BYTES) {
            return Err(format!("mall.internal_secret must have at least {} bytes", kit::rpc::SECRET_BYTES));
        }
        let shared = self.databases.url.is_some() || self.elsewhere().next().is_some();
        if shared && self.mall.master_key.is_none() {
            return Err("mall.master_key is needed when several processes share databases: 32 bytes as base64 or hex".into());
        }
        Ok(())
    }
}
