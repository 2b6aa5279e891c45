//! `mall operator add NAME`: the first operator of a mall that is no demo.

use std::io::Read as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use contract::user::AddOperator;
use kit::{Ctx, Error, Result};

use super::{Reach, fail, say};
use crate::config::Config;

/// Operators.
#[derive(Subcommand)]
pub enum Operator {
    /// Makes an operator. The password comes from MALL_OPERATOR_PASSWORD, or from standard input.
    Add(Add),
}

/// Makes an operator, or adds permissions to one that is there.
#[derive(Args)]
pub struct Add {
    /// Name to sign in with.
    name: String,
    /// Permissions by comma; all when absent (`mall doctor --permissions` lists them).
    #[arg(long, value_delimiter = ',')]
    permissions: Vec<String>,
}

impl Operator {
    /// Does it.
    pub async fn run(self, config: Config) -> ExitCode {
        let Operator::Add(add) = self;
        match add.run(&config).await {
            Ok(name) => {
                say(format_args!("{name} can sign in at POST /api/v1/admin/sessions"));
                ExitCode::SUCCESS
            }
            Err(e) => fail(e),
        }
    }
}

impl Add {
    async fn run(self, config: &Config) -> Result<String> {
        let password = match std::env::var("MALL_OPERATOR_PASSWORD") {
            Ok(password) => password,
            Err(_) => {
                let mut typed = String::new();
                std::io::stdin().take(1024).read_to_string(&mut typed).map_err(Error::internal)?;
                typed.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        let all = || contract::permission::ALL.iter().map(|(code, ..)| (*code).to_owned()).collect();
        let permissions = if self.permissions.is_empty() { all() } else { self.permissions };
        let reach = Reach::find(config).await?;
        let wanted = AddOperator { name: self.name.clone(), password, permissions };
        let added = reach.neighbours().user.add_operator(&Ctx::house(), wanted).await;
        reach.leave().await;
        added.map(|_| self.name)
    }
}
