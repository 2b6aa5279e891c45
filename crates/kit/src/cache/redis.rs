//! The cache that several processes share. One connection, which reconnects by itself, carries all commands;
//! each has one timeout, and is not tried again here.

use std::fmt;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, FromRedisValue, RedisError, Script, ScriptInvocation, cmd};

use crate::fault::UNAVAILABLE;
use crate::{Error, Result};

const COMMAND_TIMEOUT: Duration = Duration::from_millis(500);
/// Longest wait between two tries to reconnect: how long a Redis that is back stays unused at most.
const RECONNECT_EVERY: Duration = Duration::from_secs(1);

static COUNT: LazyLock<Script> = LazyLock::new(|| {
    Script::new("local n = redis.call('incr', KEYS[1]) if n == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end return n")
});
static TAKE_IF: LazyLock<Script> =
    LazyLock::new(|| Script::new("if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"));

#[derive(Clone)]
pub(super) struct Redis {
    connection: ConnectionManager,
    prefix: Arc<str>,
}

fn unavailable(cause: impl fmt::Display) -> Error {
    UNAVAILABLE.because(format_args!("redis: {cause}"))
}

/// The command's one timeout covers waiting for a reconnection too.
async fn in_time<T>(command: impl Future<Output = Result<T, RedisError>>) -> Result<T> {
    match tokio::time::timeout(COMMAND_TIMEOUT, command).await {
        Ok(outcome) => outcome.map_err(unavailable),
        Err(_) => Err(unavailable("no answer in time")),
    }
}

/// Redis refuses a lifetime of zero.
fn ttl_ms(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64 / 2)
}

impl Redis {
    pub(super) async fn open(url: &str, key_prefix: &str) -> Result<Self> {
        let client = Client::open(url).map_err(unavailable)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(COMMAND_TIMEOUT))
            .set_response_timeout(Some(COMMAND_TIMEOUT))
            .set_max_delay(RECONNECT_EVERY)
            .set_number_of_retries(1);
        let connection = ConnectionManager::new_with_config(client, config).await.map_err(unavailable)?;
        Ok(Redis { connection, prefix: key_prefix.into() })
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T> {
        let mut connection = self.connection.clone();
        in_time(command.query_async(&mut connection)).await
    }

    async fn script<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T> {
        let mut connection = self.connection.clone();
        in_time(script.invoke_async(&mut connection)).await
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.run::<Option<Vec<u8>>>(cmd("GET").arg(self.key(key))).await?.map(Bytes::from))
    }

    pub(super) async fn put(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        self.run(cmd("SET").arg(self.key(key)).arg(&value[..]).arg("PX").arg(ttl_ms(ttl))).await
    }

    pub(super) async fn put_new(&self, key: &str, value: Bytes, ttl: Duration) -> Result<bool> {
        let mut set = cmd("SET");
        set.arg(self.key(key)).arg(&value[..]).arg("PX").arg(ttl_ms(ttl)).arg("NX");
        // OK when it was written, nil when one was there.
        Ok(self.run::<Option<String>>(&set).await?.is_some())
    }

    pub(super) async fn drop_key(&self, key: &str) -> Result<()> {
        self.run::<i64>(cmd("DEL").arg(self.key(key))).await.map(|_| ())
    }

    pub(super) async fn take(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.run::<Option<Vec<u8>>>(cmd("GETDEL").arg(self.key(key))).await?.map(Bytes::from))
    }

    pub(super) async fn count(&self, key: &str, ttl: Duration) -> Result<i64> {
        self.script(COUNT.key(self.key(key)).arg(ttl_ms(ttl))).await
    }

    pub(super) async fn take_if(&self, key: &str, expected: &[u8]) -> Result<bool> {
        Ok(self.script::<i64>(TAKE_IF.key(self.key(key)).arg(expected)).await? == 1)
    }
}
