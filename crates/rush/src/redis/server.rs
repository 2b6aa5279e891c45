//! The connection, and scripts that are bound to one run of the server. A script is loaded under a text that holds the server's run
//! and a number of ours; a server that was restarted or took another's place does not know it, and says so: then the run is read
//! again. So no script ever runs on a server other than the one that its pools were opened on without our knowing. Knows no pool.

use std::fmt;
use std::time::Duration;

use arc_swap::ArcSwap;
use kit::fault::UNAVAILABLE;
use kit::{Error, Result, random};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, Pipeline, RedisError, ServerErrorKind, cmd, pipe};

const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);
/// Longest wait between two tries to reconnect: how long a Redis that is back stays unused at most.
const RECONNECT_EVERY: Duration = Duration::from_secs(1);
/// How often a changed server is greeted anew within one call.
const GREETINGS: u32 = 3;

const PRELUDE: &str = include_str!("scripts/prelude.lua");

macro_rules! verbs {
    ($($verb:ident $file:literal),* $(,)?) => {
        /// A script.
        #[derive(Clone, Copy, Debug)]
        pub(super) enum Verb { $($verb),* }
        const BODIES: &[&str] = &[$(include_str!(concat!("scripts/", $file, ".lua"))),*];
    };
}
verbs! {
    Claim "claim", GiveBack "give_back", Begin "begin", Carry "carry", Ready "ready", Describe "describe", Deliver "deliver",
    Acknowledge "acknowledge", Lend "lend", Receive "receive", Settle "settle",
}

/// The scripts as one run of the server knows them.
struct Loaded {
    run: String,
    hashes: Vec<String>,
}

pub(super) struct Server {
    connection: ConnectionManager,
    loaded: ArcSwap<Loaded>,
}

fn unavailable(cause: impl fmt::Display) -> Error {
    UNAVAILABLE.because(format_args!("redis: {cause}"))
}

/// The command's one timeout covers waiting for a reconnection too.
async fn in_time<T>(command: impl Future<Output = Result<T, RedisError>>) -> Result<Result<T, RedisError>> {
    tokio::time::timeout(COMMAND_TIMEOUT, command).await.map_err(|_| unavailable("no answer in time"))
}

fn run_of(info: &str) -> Result<String> {
    let run = info.lines().find_map(|line| line.strip_prefix("run_id:")).map(|run| run.trim().to_owned());
    run.ok_or_else(|| unavailable("a server that does not name its run"))
}

impl Server {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let client = Client::open(url).map_err(unavailable)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(COMMAND_TIMEOUT))
            .set_response_timeout(Some(COMMAND_TIMEOUT))
            .set_max_delay(RECONNECT_EVERY)
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_with_config(client, config).await.map_err(unavailable)?;
        let loaded = ArcSwap::from_pointee(Loaded { run: String::new(), hashes: Vec::new() });
        let server = Server { connection, loaded };
        server.greet().await?;
        Ok(server)
    }

    /// Learns which run of the server this is, and loads the scripts for it.
    async fn greet(&self) -> Result<()> {
        for _ in 0..GREETINGS {
            let run = run_of(&self.command::<String>(cmd("INFO").arg("server")).await?)?;
            // The number is ours alone: scripts that a change of servers puts on the wrong one are never called.
            let ours = random::token();
            let mut load = pipe();
            for body in BODIES {
                load.cmd("SCRIPT").arg("LOAD").arg(format!("-- {run} {ours}\n{PRELUDE}{body}"));
            }
            load.cmd("INFO").arg("server");
            // One pipeline is answered by one server: its last answer says which.
            let mut hashes: Vec<String> = self.pipeline(&load).await?;
            let after = hashes.pop().unwrap_or_default();
            if run_of(&after)? == run {
                self.loaded.store(Loaded { run, hashes }.into());
                return Ok(());
            }
        }
        Err(unavailable("the server changes again and again"))
    }

    async fn command<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        let mut connection = self.connection.clone();
        in_time(command.query_async(&mut connection)).await?.map_err(unavailable)
    }

    pub(super) async fn pipeline<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T> {
        let mut connection = self.connection.clone();
        in_time(pipeline.query_async(&mut connection)).await?.map_err(unavailable)
    }

    /// Runs a script; its first argument is the run that it is bound to.
    pub(super) async fn script<T: FromRedisValue>(&self, verb: Verb, keys: &[String], arguments: &[String]) -> Result<T> {
        for _ in 0..GREETINGS {
            let loaded = self.loaded.load_full();
            let hash = loaded.hashes.get(verb as usize).map_or("", String::as_str);
            let mut call = cmd("EVALSHA");
            call.arg(hash).arg(keys.len()).arg(keys).arg(&loaded.run).arg(arguments);
            let mut connection = self.connection.clone();
            match in_time(call.query_async(&mut connection)).await? {
                Err(e) if e.kind() == ServerErrorKind::NoScript.into() => {
                    tracing::warn!("redis does not know our scripts: another run of the server, or another server");
                    self.greet().await?;
                }
                outcome => return outcome.map_err(unavailable),
            }
        }
        Err(unavailable("the server changes again and again"))
    }
}
