//! The command line of the mall.
#![recursion_limit = "256"]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mall::commands;
use mall::config::Config;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 尚品商城 Shangpin mall: a whole mall in one binary.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
struct Arguments {
    /// Settings; `mall.toml` in this folder when it exists, else all defaults.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a seeded store with everything embedded, and prints where to look and how to sign in.
    Demo(commands::demo::Demo),
    /// Runs the mall, or the roles of it that this process has.
    Serve(commands::serve::Serve),
    /// Brings the databases up to date.
    Migrate(commands::migrate::Migrate),
    /// Takes data in.
    #[command(subcommand)]
    Import(commands::import::Import),
    /// The search index.
    #[command(subcommand)]
    Index(commands::index::Index),
    /// Operators.
    #[command(subcommand)]
    Operator(commands::operator::Operator),
    /// Checks that the books, the stock and the index agree.
    Audit(commands::audit::Audit),
    /// Looks for what would keep the mall from running.
    Doctor(commands::doctor::Doctor),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One TLS implementation in the whole binary, chosen before anything can ask for another.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return commands::fail("another TLS implementation was installed first");
    }
    let config = match Config::read(arguments.config.as_deref()) {
        Ok(config) => config,
        Err(e) => return commands::fail(e),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return commands::fail(e),
    };
    runtime.block_on(async {
        match arguments.command {
            Command::Demo(demo) => demo.run(config).await,
            Command::Serve(serve) => serve.run(config).await,
            Command::Migrate(migrate) => migrate.run(config).await,
            Command::Import(import) => import.run(config).await,
            Command::Index(index) => index.run(config).await,
            Command::Operator(operator) => operator.run(config).await,
            Command::Audit(audit) => audit.run(config).await,
            Command::Doctor(doctor) => doctor.run(config).await,
        }
    })
}
