//! `mall index rebuild`: the search index anew from the catalogue, while searches go on.

use std::process::ExitCode;

use clap::Subcommand;
use contract::search::Rebuild;
use kit::{Ctx, Result};

use super::{Reach, fail, say};
use crate::config::Config;

/// The search index.
#[derive(Subcommand)]
pub enum Index {
    /// Builds it anew from the catalogue and swaps it in.
    Rebuild,
}

impl Index {
    /// Does it.
    pub async fn run(self, config: Config) -> ExitCode {
        let Index::Rebuild = self;
        match rebuild(&config).await {
            Ok(documents) => {
                say(format_args!("{documents} products in the index"));
                ExitCode::SUCCESS
            }
            Err(e) => fail(e),
        }
    }
}

/// Longest time that a rebuild may take before the command stops waiting; the rebuild itself goes on.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3600);

async fn rebuild(config: &Config) -> Result<u64> {
    let reach = Reach::find(config).await?;
    let mut ctx = Ctx::house();
    ctx.deadline += PATIENCE;
    let rebuilt = reach.neighbours().search.rebuild(&ctx, Rebuild {}).await;
    reach.leave().await;
    rebuilt.map(|indexed| indexed.documents)
}
