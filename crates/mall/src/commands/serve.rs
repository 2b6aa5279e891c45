//! `mall serve`: the mall, or some roles of it.

use std::process::ExitCode;

use clap::Args;
use kit::Clock;

use super::{fail, observe, say};
use crate::config::Config;

/// Runs the mall.
#[derive(Args)]
pub struct Serve {
    /// Services that this process runs, by comma; all when absent. `order,payment`
    #[arg(long, value_delimiter = ',')]
    roles: Vec<String>,
}

impl Serve {
    /// Serves until told to stop.
    pub async fn run(self, mut config: Config) -> ExitCode {
        if !self.roles.is_empty() {
            config.mall.roles = self.roles;
        }
        if let Err(why) = config.check() {
            return fail(why);
        }
        let served = async {
            observe(&config)?;
            let house = crate::serve::start(config, Clock::system()).await?;
            if let Some(public) = house.public {
                say(format_args!("listening on http://{public}"));
            }
            say(format_args!("internal port http://{}", house.internal));
            house.until_told().await
        };
        match served.await {
            Ok(()) => ExitCode::SUCCESS,
            Err(e) => fail(e),
        }
    }
}
