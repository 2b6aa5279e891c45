//! What a person types. Each command reads as what it does; long work shows progress; results go to standard output,
//! everything else to standard error.

pub mod audit;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod index;
pub mod migrate;
pub mod operator;
pub mod serve;

use std::fmt::Display;
use std::process::ExitCode;

use kit::Result;
use kit::telemetry::{LogFormat, init_logs, metrics_handle};

use crate::config::{Config, SERVICES};
use crate::lock::Lock;
use crate::serve::House;
use crate::wire::{self, Neighbours};

/// Says why on standard error, and fails.
pub fn fail(why: impl Display) -> ExitCode {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("mall: {why}\n"));
    ExitCode::FAILURE
}

/// A line of the result on standard output. A closed pipe ends nobody's work.
pub fn say(line: impl Display) {
    let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{line}\n"));
}

/// Logs and metrics as the settings say.
pub fn observe(config: &Config) -> Result<()> {
    metrics_handle();
    init_logs(if config.log.json { LogFormat::Json } else { LogFormat::Text }, &config.log.filter)
}

/// The node that commands number with, beside the processes of a mall.
const COMMAND_NODE: u16 = 1023;

/// The services as a command speaks to them: those of the mall that runs on these stores, or of its own while it works.
pub enum Reach {
    /// A mall is running; the command is its guest.
    Running(Box<Neighbours>),
    /// Nobody is; the command opens the stores itself.
    Own(Box<House>),
}

impl Reach {
    /// Finds the running mall (at the addresses in the settings, or through the lock of the data folder), or starts one
    /// without ports for people.
    pub async fn find(config: &Config) -> Result<Reach> {
        // The store's clock: a demo's may be ahead.
        let clock = crate::demo::clock::clock(&config.mall.data);
        let is_split = SERVICES.iter().all(|s| *s == gateway::NAME || config.addresses.contains_key(*s));
        if let (true, Some(secret)) = (is_split, &config.mall.internal_secret) {
            let addresses = config.addresses.clone().into_iter().collect();
            return Ok(Reach::Running(Box::new(wire::far(addresses, secret, clock)?)));
        }
        if let Some(running) = Lock::holder(config)? {
            let addresses = SERVICES.iter().map(|s| ((*s).to_owned(), vec![running.internal.clone()])).collect();
            return Ok(Reach::Running(Box::new(wire::far(addresses, &running.secret, clock)?)));
        }
        let mut own = config.clone();
        own.mall.roles.retain(|role| role != gateway::NAME);
        own.http.internal.set_port(0);
        if own.databases.url.is_some() {
            // Numbers of a command must differ from those of processes on the same databases.
            own.mall.node = COMMAND_NODE;
        }
        Ok(Reach::Own(Box::new(crate::serve::start(own, clock).await?)))
    }

    /// The services.
    pub fn neighbours(&self) -> &Neighbours {
        match self {
            Reach::Running(neighbours) => neighbours,
            Reach::Own(house) => &house.process.neighbours,
        }
    }

    /// Lets go of the stores, if they were opened for this command.
    pub async fn leave(self) {
        if let Reach::Own(house) = self {
            house.stop().await;
        }
    }
}
