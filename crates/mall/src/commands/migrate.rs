//! `mall migrate`: brings the databases up to date, or shows what that would run.

use std::process::ExitCode;

use clap::Args;
use kit::db::CrashSwitch;
use kit::{Clock, Db, Ids, Result};

use super::{fail, say};
use crate::config::Config;
use crate::wire::MIGRATIONS;

/// Brings the databases up to date.
#[derive(Args)]
pub struct Migrate {
    /// Only shows what would run.
    #[arg(long)]
    plan: bool,
}

impl Migrate {
    /// Migrates every database that this process' roles own.
    pub async fn run(self, config: Config) -> ExitCode {
        match self.all(&config).await {
            Ok(0) => {
                say("Every database is up to date.");
                ExitCode::SUCCESS
            }
            Ok(n) if self.plan => {
                say(format_args!("{n} migrations would run."));
                ExitCode::SUCCESS
            }
            Ok(n) => {
                say(format_args!("{n} migrations ran."));
                ExitCode::SUCCESS
            }
            Err(e) => fail(e),
        }
    }

    async fn all(&self, config: &Config) -> Result<usize> {
        let mut steps = 0;
        for (service, migrations) in MIGRATIONS.iter().filter(|(service, _)| config.runs(service)) {
            let clock = Clock::system();
            let ids = Ids::new(clock.clone(), config.mall.node);
            let db = Db::open(service, &config.database(service), clock, ids, CrashSwitch::default()).await?;
            let plan = db.plan(migrations).await?;
            for step in &plan {
                say(format_args!("-- {} {}", step.service, step.name));
                if self.plan {
                    step.statements.iter().for_each(|sql| say(format_args!("{sql};")));
                }
            }
            if !self.plan {
                db.migrate(migrations).await?;
            }
            steps += plan.len();
            db.close().await;
        }
        Ok(steps)
    }
}
