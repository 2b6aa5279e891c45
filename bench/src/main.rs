//! Measures the mall against a floor in the same run: a bare axum route that answers with as many bytes. For each
//! scenario, floor and mall take turns on the same machine with the same load, so that the ratio holds on a noisy one.
//! Knows the mall only by HTTP.
#![allow(clippy::float_arithmetic, reason = "ratios and rates are for people to read")]

mod floor;
mod load;
mod report;
mod scenes;
mod shop;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a measurement may fail with.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the mall.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The mall's binary; beside this one when absent.
    #[arg(long)]
    mall: Option<PathBuf>,
    /// Seconds of each measurement.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Times that floor and mall take turns; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Only scenes whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Writes the figures as JSON too.
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// The floor itself (started by the measurement).
    Floor,
}

/// How long and how hard to measure.
pub struct Effort {
    seconds: u64,
    rounds: usize,
    connections: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return fail(&e),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            Some(Command::Floor) => floor::serve().await,
            None => measure(arguments).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => fail(&*e),
    }
}

fn fail(e: &dyn std::error::Error) -> ExitCode {
    let _ = std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("bench: {e}\n"));
    ExitCode::FAILURE
}

async fn measure(arguments: Arguments) -> Result<()> {
    let effort = Effort { seconds: arguments.seconds, rounds: arguments.rounds, connections: arguments.connections };
    let me = std::env::current_exe()?;
    let mall = arguments.mall.unwrap_or_else(|| me.with_file_name("mall"));
    let mut rows = Vec::new();
    for stores in shop::Stores::available() {
        let shop = shop::Shop::open(&mall, stores).await?;
        rows.extend(scenes::measure(&shop, &effort, arguments.only.as_deref()).await?);
        shop.close().await?;
    }
    report::print(&rows);
    if let Some(file) = arguments.json {
        std::fs::write(file, serde_json::to_string_pretty(&rows)?)?;
    }
    Ok(())
}
