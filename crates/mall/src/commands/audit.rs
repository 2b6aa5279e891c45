//! `mall audit`: checks that the books, the stock, the orders and the index agree.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use kit::db::{CrashSwitch, DbUrl};
use kit::{Db, Ids, Result};

use super::{Reach, say};
use crate::audit::{self, Books, Report};
use crate::config::Config;
use crate::wire::MIGRATIONS;

/// How long news may take to arrive before a quiesced audit begins anyway.
const ARRIVAL: Duration = Duration::from_secs(60);

/// Checks the invariants over all stores: exit 0 they hold, 1 violated, 2 could not check.
#[derive(Args)]
pub struct Audit {
    /// Only rules whose id begins so, by comma: `S,M6`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Traffic has stopped and every event has arrived: rules that allow for news under way allow for none.
    #[arg(long)]
    quiesced: bool,
    /// Prints the findings as JSON.
    #[arg(long)]
    json: bool,
}

impl Audit {
    /// Checks.
    pub async fn run(self, config: Config) -> ExitCode {
        match self.check(&config).await {
            Ok(report) => {
                if self.json {
                    say(serde_json::to_string_pretty(&report).unwrap_or_default());
                } else {
                    tell(&report);
                }
                if report.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(e) => {
                super::fail(e);
                ExitCode::from(2)
            }
        }
    }

    async fn check(&self, config: &Config) -> Result<Report> {
        let barred_after = Some(config.seckill.cancels);
        let mut books = Books { quiesced: self.quiesced, barred_after, ..Books::default() };
        for (service, migrations) in MIGRATIONS {
            let at = config.database(service);
            if let DbUrl::File { path, .. } = &at
                && !path.exists()
            {
                return Err(kit::Error::internal(format!("{} is not there; has this mall run yet?", path.display())));
            }
            let clock = crate::demo::clock::clock(&config.mall.data);
            let db = Db::open(service, &at, clock.clone(), Ids::new(clock, config.mall.node), CrashSwitch::default()).await?;
            if !db.plan(migrations).await?.is_empty() {
                return Err(kit::Error::internal(format!("the database of {service} is not up to date; run `mall migrate`")));
            }
            books.dbs.insert(service, db);
        }
        let reach = Reach::find(config).await?;
        if self.quiesced {
            all_arrived(&books).await?;
        }
        books.search = Some(reach.neighbours().search.clone());
        books.product = Some(reach.neighbours().product.clone());
        let report = audit::check(&books, &self.only).await;
        reach.leave().await;
        report
    }
}

/// Waits until no news is on its way: a mall that was killed may have left some, which is delivered now.
async fn all_arrived(books: &Books) -> Result<()> {
    let deadline = tokio::time::Instant::now() + ARRIVAL;
    while tokio::time::Instant::now() < deadline {
        if !audit::news_is_under_way(books).await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Whatever still waits now is a finding of its own (X4).
    Ok(())
}

fn tell(report: &Report) {
    for rule in &report.rules {
        let found = report.violations.iter().filter(|v| v.rule == rule.id).count();
        let verdict = if found == 0 { "holds".to_owned() } else { format!("VIOLATED {found} times") };
        say(format_args!("{:4} {:60} {verdict}", rule.id, rule.says));
    }
    for v in &report.violations {
        say(format_args!("{} {}: expected {}, found {}", v.rule, v.key, v.expected, v.found));
    }
}
