//! The only file that knows who runs where: builds each service here, or a client to where it is.
//!
//! Services are built in the order of their rank, each with neighbours of a lower rank only, so that a circle of calls
//! cannot even be written.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use contract::{inventory, order, payment, product, promotion, search, thirdparty, user};
use kit::cron::Jobs;
use kit::db::{Bus, CrashSwitch, Migration, Relay, Stop, Subscriptions};
use kit::registry::Registry;
use kit::rpc::{Near, Seal, Wire};
use kit::telemetry::Health;
use kit::{Clock, Core, Db, Ids, Result};

use crate::config::Config;

/// Schema of each service that has a database.
pub const MIGRATIONS: &[(&str, &[Migration])] = &[
    (::thirdparty::NAME, ::thirdparty::MIGRATIONS),
    (::user::NAME, ::user::MIGRATIONS),
    (::inventory::NAME, ::inventory::MIGRATIONS),
    (::promotion::NAME, ::promotion::MIGRATIONS),
    (::payment::NAME, ::payment::MIGRATIONS),
    (::product::NAME, ::product::MIGRATIONS),
    (::search::NAME, ::search::MIGRATIONS),
    (::order::NAME, ::order::MIGRATIONS),
    (::seckill::NAME, ::seckill::MIGRATIONS),
];

/// What each service listens to, wherever it runs.
pub const HEARS: &[(&str, &[&str])] = &[
    (::thirdparty::NAME, ::thirdparty::HEARS),
    (::user::NAME, ::user::HEARS),
    (::inventory::NAME, ::inventory::HEARS),
    (::promotion::NAME, ::promotion::HEARS),
    (::payment::NAME, ::payment::HEARS),
    (::product::NAME, ::product::HEARS),
    (::search::NAME, ::search::HEARS),
    (::order::NAME, ::order::HEARS),
    (::seckill::NAME, ::seckill::HEARS),
];

/// Puts something around a listener.
pub type AroundStop = fn(Arc<dyn Stop>) -> Arc<dyn Stop>;

/// What a process may be given instead of the usual.
#[derive(Clone)]
pub struct Parts {
    /// Time.
    pub clock: Clock,
    /// Stops everything in a crash test.
    pub crash: CrashSwitch,
    /// How calls inside the process run.
    pub near: Near,
    /// How the demo cashier reaches the mall.
    pub outlet: Arc<dyn ::thirdparty::Outlet>,
    /// Puts something around each listener (tests: news comes twice and out of order).
    pub around_stop: Option<AroundStop>,
    /// Signs calls between processes.
    pub secret: String,
    /// Calls to other hosts are made twice (tests).
    pub doubled: bool,
}

/// Every service as its callers see it, here or far.
#[derive(Clone)]
pub struct Neighbours {
    /// 第三方接入.
    pub thirdparty: Arc<dyn thirdparty::Thirdparty>,
    /// 用户.
    pub user: Arc<dyn user::User>,
    /// 库存.
    pub inventory: Arc<dyn inventory::Inventory>,
    /// 促销.
    pub promotion: Arc<dyn promotion::Promotion>,
    /// 支付.
    pub payment: Arc<dyn payment::Payment>,
    /// 商品.
    pub product: Arc<dyn product::Product>,
    /// 搜索.
    pub search: Arc<dyn search::Search>,
    /// 订单.
    pub order: Arc<dyn order::Order>,
}

/// The services that run in this process, as themselves.
#[derive(Clone, Default)]
pub struct Here {
    /// 第三方接入.
    pub thirdparty: Option<Arc<::thirdparty::Thirdparty>>,
    /// 用户.
    pub user: Option<Arc<::user::User>>,
    /// 商品.
    pub product: Option<Arc<::product::Product>>,
    /// 搜索.
    pub search: Option<Arc<::search::Search>>,
    /// 秒杀.
    pub seckill: Option<Arc<::seckill::Seckill>>,
}

/// One process of the mall, built and not yet running.
pub struct Process {
    /// What it was built with.
    pub core: Core,
    /// Every service as seen from here.
    pub neighbours: Neighbours,
    /// The services that are here.
    pub here: Here,
    /// Databases of the services that are here.
    pub dbs: Vec<Db>,
    /// What people reach; only with the role `gateway`.
    pub public: Option<gateway::Edge>,
    /// What other processes reach.
    pub internal: Router,
    /// One for each database.
    pub relays: Vec<Relay>,
    /// Periodic work.
    pub jobs: Vec<Jobs>,
    /// The API as the services that are here declare it.
    pub api: utoipa::openapi::OpenApi,
}

/// What is gathered while services are built.
struct Site<'a> {
    config: &'a Config,
    core: Core,
    near: Near,
    seal: Seal,
    wire: Wire,
    registry: Registry,
    dbs: Vec<Db>,
    routes: utoipa_axum::router::OpenApiRouter,
    internal: Router,
    stops: Vec<(&'static str, Arc<dyn Stop>)>,
    around_stop: Option<AroundStop>,
    jobs: Vec<Jobs>,
}

impl Site<'_> {
    async fn open(&mut self, service: &'static str) -> Result<Db> {
        let core = &self.core;
        let at = self.config.database(service);
        let db = Db::open(service, &at, core.clock.clone(), core.ids.clone(), core.crash.clone()).await?;
        let migrations = MIGRATIONS.iter().find(|(name, _)| *name == service).map_or(&[][..], |(_, m)| *m);
        db.migrate(migrations).await?;
        self.dbs.push(db.clone());
        Ok(db)
    }

    /// Takes in what a service of this process offers.
    fn admit(&mut self, service: &'static str, routes: utoipa_axum::router::OpenApiRouter, hears: Subscriptions) {
        self.routes = std::mem::take(&mut self.routes).merge(routes);
        let mut stop: Arc<dyn Stop> = Arc::new(hears);
        if let Some(around) = self.around_stop {
            stop = around(stop);
        }
        let events = kit::rpc::event_router(service, stop.clone(), self.seal.clone());
        self.internal = std::mem::take(&mut self.internal).merge(events);
        self.stops.push((service, stop));
    }

    fn answer(&mut self, router: impl FnOnce(Seal) -> Router) {
        self.internal = std::mem::take(&mut self.internal).merge(router(self.seal.clone()));
    }

    fn jobs(&mut self, db: &Db, add: impl FnOnce(&mut Jobs)) {
        let mut jobs = Jobs::new(db.clone());
        add(&mut jobs);
        self.jobs.push(jobs);
    }
}

/// Builds one service here with its neighbours, or a client to where it is; gives both forms.
macro_rules! service {
    ($site:ident, $module:ident, $Service:ident, |$db:ident| $build:expr) => {{
        if $site.config.runs(::$module::NAME) {
            let $db = $site.open(::$module::NAME).await?;
            let service = $build;
            let contract: Arc<dyn $module::$Service> = service.clone();
            $site.answer(|seal| $module::router(contract.clone(), seal));
            $site.admit(::$module::NAME, ::$module::routes(&service), ::$module::subscriptions(&service));
            $site.jobs(&$db, |jobs| ::$module::jobs(&service, jobs));
            let local: Arc<dyn $module::$Service> = Arc::new($module::Local::new(contract, $site.near.clone()));
            (local, Some(service))
        } else {
            let remote: Arc<dyn $module::$Service> = Arc::new($module::Remote::new($site.wire.clone()));
            (remote, None)
        }
    }};
}

/// Builds the process that the settings describe.
pub async fn build(config: &Config, parts: Parts) -> Result<Process> {
    let mut site = site(config, &parts).await?;
    let core = site.core.clone();
    let c = config;

    let uploads = config.mall.data.join("uploads");
    let (thirdparty, thirdparty_here) = service!(site, thirdparty, Thirdparty, |db| {
        ::thirdparty::Thirdparty::new(&core, db.clone(), c.thirdparty.clone(), parts.outlet.clone(), &uploads)
    });
    let (user, user_here) =
        service!(site, user, User, |db| ::user::User::new(&core, db.clone(), c.user.clone(), thirdparty.clone()));
    let (inventory, _) =
        service!(site, inventory, Inventory, |db| ::inventory::Inventory::new(&core, db.clone(), c.inventory.clone()));
    let (promotion, _) =
        service!(site, promotion, Promotion, |db| ::promotion::Promotion::new(&core, db.clone(), c.promotion.clone()));
    let (payment, _) = service!(site, payment, Payment, |db| {
        ::payment::Payment::new(&core, db.clone(), c.payment.clone(), thirdparty.clone())
    });
    let (product, product_here) = service!(site, product, Product, |db| {
        let around = ::product::Around {
            inventory: inventory.clone(),
            promotion: promotion.clone(),
            user: user.clone(),
            thirdparty: thirdparty.clone(),
        };
        ::product::Product::new(&core, db.clone(), c.product.clone(), around)
    });
    let index = config.mall.data.join("index");
    let (search, search_here) = service!(site, search, Search, |db| {
        ::search::Search::new(&core, db.clone(), c.search.clone(), &index, product.clone()).await?
    });
    let (order, _) = service!(site, order, Order, |db| {
        let around = ::order::Around {
            product: product.clone(),
            promotion: promotion.clone(),
            inventory: inventory.clone(),
            payment: payment.clone(),
            user: user.clone(),
        };
        ::order::Order::new(&core, db.clone(), c.order.clone(), around)
    });
    let neighbours = Neighbours { thirdparty, user, inventory, promotion, payment, product, search, order };
    let seckill = crowds(&mut site, &neighbours).await?;
    let here = Here { thirdparty: thirdparty_here, user: user_here, product: product_here, search: search_here, seckill };
    finish(site, here, neighbours)
}

/// The service that nobody calls: where a crowd comes in.
async fn crowds(site: &mut Site<'_>, near: &Neighbours) -> Result<Option<Arc<::seckill::Seckill>>> {
    let (config, core) = (site.config, site.core.clone());
    let mut seckill_here = None;
    if config.runs(::seckill::NAME) {
        let db = site.open(::seckill::NAME).await?;
        let engine = engine(config, ::seckill::NAME, &core).await?;
        let around = ::seckill::Around {
            product: near.product.clone(),
            promotion: near.promotion.clone(),
            inventory: near.inventory.clone(),
            order: near.order.clone(),
            user: near.user.clone(),
        };
        let seckill = ::seckill::Seckill::new(&core, db.clone(), config.seckill.clone(), around, engine);
        site.admit(::seckill::NAME, ::seckill::routes(&seckill), ::seckill::subscriptions(&seckill));
        site.jobs(&db, |jobs| ::seckill::jobs(&seckill, jobs));
        seckill_here = Some(seckill);
    }
    Ok(seckill_here)
}

/// Where the pools of a service stand.
async fn engine(config: &Config, service: &str, core: &Core) -> Result<Arc<dyn rush::Parts>> {
    if let Some(url) = &config.rush.redis {
        return redis_engine(url, &format!("{}{service}:", config.rush.prefix), core).await;
    }
    let folder = config.mall.data.join("rush").join(service);
    let settings = rush::memory::Settings { shards: config.rush.shards, ..Default::default() };
    let clock = core.clock.clone();
    let opened = tokio::task::spawn_blocking(move || rush::Memory::open(&folder, settings, clock)).await;
    Ok(Arc::new(opened.map_err(kit::Error::internal)??))
}

#[cfg(feature = "cluster")]
async fn redis_engine(url: &str, prefix: &str, core: &Core) -> Result<Arc<dyn rush::Parts>> {
    let grace = rush::memory::Settings::default().grace;
    Ok(Arc::new(rush::Redis::open(url, prefix, grace, core.clock.clone()).await?))
}

#[cfg(not(feature = "cluster"))]
async fn redis_engine(_url: &str, _prefix: &str, _core: &Core) -> Result<Arc<dyn rush::Parts>> {
    Err(kit::Error::internal("this binary was built without the cluster feature and knows no Redis"))
}

async fn site<'a>(config: &'a Config, parts: &Parts) -> Result<Site<'a>> {
    let keys = crate::keys::keys(config)?;
    let cache = match &config.cache.redis {
        Some(url) => open_redis(url, &config.cache.prefix).await?,
        None => kit::cache::Cache::memory_on(parts.clock.clone()),
    };
    let ids = Ids::new(parts.clock.clone(), config.mall.node);
    let core = Core { clock: parts.clock.clone(), ids, keys, cache, crash: parts.crash.clone() };
    let seal = Seal::new(parts.secret.as_bytes(), core.clock.clone())?;
    let registry = Registry::fixed(config.addresses.clone().into_iter().collect());
    let wire = Wire::new(registry.clone(), seal.clone(), parts.doubled)?;
    let near = Near { crash: parts.crash.clone(), ..parts.near.clone() };
    Ok(Site {
        config,
        core,
        near,
        seal,
        wire,
        registry,
        dbs: Vec::new(),
        routes: Default::default(),
        internal: Router::new(),
        stops: Vec::new(),
        around_stop: parts.around_stop,
        jobs: Vec::new(),
    })
}

#[cfg(feature = "cluster")]
async fn open_redis(url: &str, prefix: &str) -> Result<kit::cache::Cache> {
    kit::cache::Cache::redis(url, prefix).await
}

#[cfg(not(feature = "cluster"))]
async fn open_redis(_url: &str, _prefix: &str) -> Result<kit::cache::Cache> {
    Err(kit::Error::internal("this binary was built without the cluster feature and knows no Redis"))
}

/// Joins what the services offer: the bus, the edge, the internal port, health.
fn finish(site: Site<'_>, here: Here, neighbours: Neighbours) -> Result<Process> {
    let mut bus = Bus::default();
    for (service, topics) in HEARS {
        match site.stops.iter().find(|(name, _)| name == service) {
            Some((_, stop)) => bus.connect(topics.iter().copied(), stop),
            None => bus.connect(topics.iter().copied(), &site.wire.stop(service)),
        }
    }
    let bus = Arc::new(bus);
    let relays = site.dbs.iter().map(|db| Relay::new(db.clone(), bus.clone())).collect();
    let (routes, mut api) = site.routes.split_for_parts();
    let body_bytes = site.config.gateway.body_bytes;
    let internal = site.internal.merge(gateway::internal(routes.clone(), site.seal.clone(), body_bytes));
    let public = if site.config.runs(gateway::NAME) {
        let ready = here.product.clone().map(|product| product as Arc<dyn kit::http::ReadyMade>);
        let (own, own_api) = gateway::routes(&site.core.clock).split_for_parts();
        api.merge(own_api);
        let shop = gateway::shop_router(neighbours.product.clone());
        let mut all = routes.merge(own).merge(crate::front::router(site.config, &site.core.clock)).merge(shop);
        if let Some(user) = here.user.as_ref().filter(|_| site.config.mall.demo) {
            all = all.merge(crate::demo::captchas::router(user));
        }
        for (service, prefixes) in gateway::PREFIXES.iter().filter(|(s, _)| !site.config.runs(s)) {
            tracing::debug!(service, "is elsewhere; its requests are passed on");
            let forward = gateway::Forward::new(site.registry.clone(), site.seal.clone(), body_bytes)?;
            all = all.merge(forward.router(prefixes));
        }
        Some(gateway::Gateway::new(site.config.gateway.clone(), neighbours.user.clone()).edge(all, ready))
    } else {
        None
    };
    let mut health = Health::new();
    for db in &site.dbs {
        let probe = db.clone();
        health.add(db.service(), move || {
            let probe = probe.clone();
            async move { probe.ping().await }
        });
    }
    Ok(Process {
        core: site.core,
        neighbours,
        here,
        dbs: site.dbs,
        public,
        internal: internal.merge(health.router()).merge(crate::front::metrics_router()),
        relays,
        jobs: site.jobs,
        api: gateway::complete(api),
    })
}

/// All services of a mall that runs elsewhere, for a command that is its guest.
pub fn far(addresses: HashMap<String, Vec<String>>, secret: &str, clock: Clock) -> Result<Neighbours> {
    let wire = Wire::new(Registry::fixed(addresses), Seal::new(secret.as_bytes(), clock)?, false)?;
    Ok(Neighbours {
        thirdparty: Arc::new(thirdparty::Remote::new(wire.clone())),
        user: Arc::new(user::Remote::new(wire.clone())),
        inventory: Arc::new(inventory::Remote::new(wire.clone())),
        promotion: Arc::new(promotion::Remote::new(wire.clone())),
        payment: Arc::new(payment::Remote::new(wire.clone())),
        product: Arc::new(product::Remote::new(wire.clone())),
        search: Arc::new(search::Remote::new(wire.clone())),
        order: Arc::new(order::Remote::new(wire)),
    })
}
