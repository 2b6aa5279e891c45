//! `mall doctor`: looks for what would keep the mall from running, and says how to mend it.

use std::process::ExitCode;

use clap::Args;
use kit::db::{CrashSwitch, DbUrl};
use kit::{Clock, Db, Ids};

use super::say;
use crate::config::Config;
use crate::lock::Lock;
use crate::wire::MIGRATIONS;

/// Looks for what would keep the mall from running.
#[derive(Args)]
pub struct Doctor {
    /// Lists every permission that an operator can have.
    #[arg(long)]
    permissions: bool,
    /// Prints the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Debug, serde::Serialize)]
struct Finding {
    what: String,
    ok: bool,
    note: String,
}

impl Doctor {
    /// Looks at everything; fails when something would not work.
    pub async fn run(self, config: Config) -> ExitCode {
        if self.permissions {
            for (code, zh, en) in contract::permission::ALL {
                say(format_args!("{code:18} {zh}  ({en})"));
            }
            return ExitCode::SUCCESS;
        }
        let mut findings = vec![settings(&config), stores(&config)];
        for (service, migrations) in MIGRATIONS.iter().filter(|(s, _)| config.runs(s)) {
            findings.push(database(&config, service, migrations).await);
        }
        findings.push(cache(&config).await);
        findings.push(port(&config));
        let well = findings.iter().all(|f| f.ok);
        if self.json {
            say(serde_json::to_string_pretty(&findings).unwrap_or_default());
        } else {
            for f in &findings {
                say(format_args!("{} {:24} {}", if f.ok { "ok  " } else { "FAIL" }, f.what, f.note));
            }
        }
        if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn finding(what: impl Into<String>, outcome: Result<String, String>) -> Finding {
    let (ok, note) = match outcome {
        Ok(note) => (true, note),
        Err(note) => (false, note),
    };
    Finding { what: what.into(), ok, note }
}

fn settings(config: &Config) -> Finding {
    finding("settings", config.check().map(|()| format!("roles: {}", config.mall.roles.join(", "))))
}

fn stores(config: &Config) -> Finding {
    let outcome = match Lock::holder(config) {
        Err(e) => Err(format!("{}: {e}", config.mall.data.display())),
        Ok(Some(running)) => Ok(format!("process {} is running on {}", running.pid, config.mall.data.display())),
        Ok(None) => Ok(format!("nobody is running on {}", config.mall.data.display())),
    };
    finding("data folder", outcome)
}

async fn database(config: &Config, service: &'static str, migrations: &[kit::db::Migration]) -> Finding {
    let at = config.database(service);
    if let DbUrl::File { path, .. } = &at
        && !path.exists()
    {
        return finding(format!("database {service}"), Ok("not there yet; made at the first start".into()));
    }
    let clock = Clock::system();
    let looked = async {
        let db = Db::open(service, &at, clock.clone(), Ids::new(clock.clone(), 0), CrashSwitch::default()).await?;
        let pending = db.plan(migrations).await?.len();
        let dead = if pending == 0 { db.number("select count(*) from dead_letter", vec![]).await?.unwrap_or(0) } else { 0 };
        db.close().await;
        Ok::<_, kit::Error>((pending, dead))
    };
    let outcome = match looked.await {
        Ok((0, 0)) => Ok("up to date".into()),
        Ok((0, dead)) => Err(format!("{dead} events could not be delivered: see table dead_letter")),
        Ok((pending, _)) => Ok(format!("{pending} migrations wait; they run at the next start or by `mall migrate`")),
        Err(e) => Err(e.to_string()),
    };
    finding(format!("database {service}"), outcome)
}

async fn cache(config: &Config) -> Finding {
    #[cfg(feature = "cluster")]
    if let Some(url) = &config.cache.redis {
        let outcome = kit::cache::Cache::redis(url, &config.cache.prefix).await;
        return finding("cache", outcome.map(|_| "Redis answers".into()).map_err(|e| e.to_string()));
    }
    let embedded = config.cache.redis.is_none();
    finding("cache", if embedded { Ok("memory".into()) } else { Err("this binary was built without the cluster feature".into()) })
}

fn port(config: &Config) -> Finding {
    let at = config.http.listen;
    let running = matches!(Lock::holder(config), Ok(Some(_)));
    let outcome = match std::net::TcpListener::bind(at) {
        Ok(_) => Ok(format!("{at} is free")),
        Err(_) if running => Ok(format!("{at} is in use; the mall is running")),
        Err(e) => Err(format!("{at}: {e}; choose another with http.listen")),
    };
    finding("port", outcome)
}
