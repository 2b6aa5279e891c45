//! `mall demo`: a store with everything in it, at once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use contract::inventory::LevelsOf;
use kit::{Error, Result};
use seckill::{PlannedItem, PlannedSession};

use super::{fail, observe, say};
use crate::config::Config;
use crate::demo;
use crate::serve::House;

/// Phone, user name, password and nickname of the demo's shopper.
pub const SHOPPER: (&str, &str, &str, &str) = ("13800138000", "xiaowang", "shangpin-2026", "小王");
/// Name and password of the demo's operator.
pub const OPERATOR: (&str, &str) = ("admin", "shangpin-admin-2026");

/// Starts a seeded store.
#[derive(Args)]
pub struct Demo {
    /// Folder that keeps the store between runs.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Port that people reach; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    /// Forgets what was in the folder.
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    /// Runs the store until told to stop.
    pub async fn run(self, mut config: Config) -> ExitCode {
        config.mall.demo = true;
        config.user.captcha.readable = true;
        config.thirdparty.mailbox_page = true;
        config.thirdparty.cashier = true;
        if let Some(data) = &self.data {
            config.mall.data.clone_from(data);
        }
        if let Some(port) = self.port {
            config.http.listen.set_port(port);
        }
        if std::env::var_os("MALL__LOG__FILTER").is_none() {
            config.log.filter = "warn".into();
        }
        let ran = async {
            self.check(&config)?;
            observe(&config)?;
            let clock = demo::clock::clock(&config.mall.data);
            let house = crate::serve::start(config.clone(), clock).await?;
            seed(&house, &config).await?;
            // A demo without a flash sale is still a demo.
            if let Err(e) = plan_sales(&house).await {
                kit::tracing::warn!(error = %e, "the demo's flash sales could not be planned");
            }
            welcome(&house, &config);
            house.until_told().await
        };
        match ran.await {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) => fail(e),
        }
    }

    /// The demo shows text messages to whoever can reach it, so nobody but this machine may.
    fn check(&self, config: &Config) -> Result<()> {
        if !config.http.listen.ip().is_loopback() {
            return Err(Error::internal("the demo listens on this machine only; use `mall serve` for the world"));
        }
        if self.fresh && crate::lock::Lock::holder(config)?.is_none() {
            match std::fs::remove_dir_all(&config.mall.data) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::internal(e)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Fills an empty store: the catalogue, the front of the shop, what buyers say, a shopper, an operator. A second time it
/// changes nothing. It does not wait for the disk, because until the last step the store counts as empty and would be filled
/// again.
pub async fn seed(house: &House, config: &Config) -> Result<()> {
    let done = config.mall.data.join("seeded");
    if done.exists() {
        return Ok(());
    }
    let text = super::import::demo_lines()?;
    crate::memory::give_back_at_once(true);
    for db in &house.process.dbs {
        db.hurry(true).await?;
    }
    let report = super::import::take_in(&house.process.neighbours, &text).await?;
    if let Some((line, why)) = report.refused.first_key_value() {
        return Err(Error::internal(format!("line {line} of the demo's own catalogue was refused: {why}")));
    }
    let now = house.process.core.clock.now();
    if let Some(product) = &house.process.here.product {
        product.compose(&demo::front::composition(now)).await?;
    }
    for reviews in demo::reviews::reviews(&demo::catalogue::lines(), now) {
        house.process.neighbours.product.import_reviews(&kit::Ctx::house(), reviews).await?;
    }
    if let Some(user) = &house.process.here.user {
        let (phone, name, password, nickname) = SHOPPER;
        user.seed_shopper(phone, name, password, nickname).await?;
        let all: Vec<&str> = contract::permission::ALL.iter().map(|(code, ..)| *code).collect();
        user.seed_operator(OPERATOR.0, OPERATOR.1, &all).await?;
    }
    for db in &house.process.dbs {
        db.hurry(false).await?;
    }
    crate::memory::give_back_at_once(false);
    std::fs::write(done, "").map_err(Error::internal)
}

/// Plans flash sales when none runs and none is to come: a shop that was left for a week has some again.
pub async fn plan_sales(house: &House) -> Result<()> {
    let (Some(product), Some(seckill)) = (&house.process.here.product, &house.process.here.seckill) else { return Ok(()) };
    if seckill.has_sessions().await? {
        return Ok(());
    }
    let ctx = kit::Ctx::house();
    for sale in demo::sales::sales(&demo::catalogue::lines(), house.process.core.clock.now()) {
        let sources: Vec<i64> = sale.goods.iter().map(|good| good.source).collect();
        let mut items = Vec::new();
        for (source, skus) in product.variants_of(&sources).await? {
            let Some(good) = sale.goods.iter().find(|good| good.source == source) else { continue };
            let levels = house.process.neighbours.inventory.levels(&ctx, LevelsOf { skus }).await?;
            // Of the variant that there is most of, and never all of it.
            let Some(most) = levels.into_iter().max_by_key(|level| level.available) else { continue };
            let quota = i64::from(good.quota).min(most.available / 2);
            if let Some(quota) = u32::try_from(quota).ok().filter(|quota| *quota >= good.limit) {
                items.push(PlannedItem { sku: most.sku, percent: good.percent, quota, limit: good.limit });
            }
        }
        let plan = PlannedSession { title: sale.title, starts: sale.starts, ends: sale.ends, items };
        seckill.plan_session(&ctx, &plan).await?;
    }
    Ok(())
}

fn welcome(house: &House, config: &Config) {
    let Some(at) = house.public else { return };
    let at = SocketAddr::new(at.ip(), at.port());
    say(format_args!(
        "
  尚品商城 is open.

  Shop              http://{at}/
  API, to try out   http://{at}/docs/
  Mailbox (SMS)     http://{at}/dev/mailbox      JSON: /dev/mailbox.json
  Clock             http://{at}/dev/clock        POST {{\"pass\": \"31m\"}}
  Health, metrics   http://{}/readyz · /metrics

  Shopper           {} (or {})  password {}
  Operator          {}  password {}

  The store is kept in {}. Ctrl-C stops it.",
        house.internal,
        SHOPPER.0,
        SHOPPER.1,
        SHOPPER.2,
        OPERATOR.0,
        OPERATOR.1,
        config.mall.data.display(),
    ));
}
