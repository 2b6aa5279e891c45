//! A closed loop: so many connections, each sending its next request when the last one is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Result;

/// One request to send.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method.
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// Body; empty for none.
    pub body: String,
}

/// An answer.
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Bytes,
}

/// A connection that stays open.
pub struct Line {
    at: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
}

impl Line {
    /// Connects.
    pub async fn open(at: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(at).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Line { at, sender })
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&mut self, call: &Call) -> Result<Reply> {
        let mut request = Request::builder().method(call.method).uri(&call.path).header("host", self.at.to_string());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        if !call.body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        if self.sender.ready().await.is_err() {
            *self = Line::open(self.at).await?;
        }
        let response = self.sender.send_request(request.body(Full::from(call.body.clone()))?).await?;
        let status = response.status().as_u16();
        Ok(Reply { status, body: response.into_body().collect().await?.to_bytes() })
    }
}

/// What a run measured.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Figures {
    /// Answers that were as hoped.
    pub answered: usize,
    /// Answers that were not.
    pub refused: usize,
    /// Answers as hoped, a second.
    pub per_second: f64,
    /// Median time to an answer, ms.
    pub p50_ms: f64,
    /// 99 of 100 came within, ms.
    pub p99_ms: f64,
    /// Processor time of the server for each answer, µs.
    pub cpu_us: f64,
}

/// Where the calls of one connection come from: the n-th call of the w-th connection, until there are no more.
pub trait Source: Sync {
    /// The next call.
    fn call(&self, connection: usize, n: usize) -> Option<Call>;
}

impl<F: Fn(usize, usize) -> Option<Call> + Sync> Source for F {
    fn call(&self, connection: usize, n: usize) -> Option<Call> {
        self(connection, n)
    }
}

/// Sends calls for some time over some connections; `pid` is the server whose processor time is counted.
pub async fn run(at: SocketAddr, pid: u32, connections: usize, time: Duration, source: &impl Source) -> Result<Figures> {
    let before = cpu_us(pid);
    let began = Instant::now();
    let workers = (0..connections).map(|connection| async move {
        let mut line = Line::open(at).await?;
        let (mut times_us, mut refused) = (Vec::new(), 0);
        for n in 0.. {
            if began.elapsed() >= time {
                break;
            }
            let Some(call) = source.call(connection, n) else { break };
            let sent = Instant::now();
            match line.send(&call).await {
                Ok(reply) if (200..300).contains(&reply.status) => times_us.push(u32::try_from(sent.elapsed().as_micros())?),
                Ok(_) => refused += 1,
                Err(_) => {
                    refused += 1;
                    line = Line::open(at).await?;
                }
            }
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((times_us, refused))
    });
    let results = futures_join(workers).await?;
    let took = began.elapsed().as_secs_f64();
    let used_us = cpu_us(pid).saturating_sub(before);
    Ok(figures(results, took, used_us))
}

async fn futures_join<T>(work: impl Iterator<Item = impl Future<Output = Result<T>>>) -> Result<Vec<T>> {
    futures::future::try_join_all(work).await
}

fn figures(results: Vec<(Vec<u32>, usize)>, seconds: f64, used_us: u64) -> Figures {
    let refused = results.iter().map(|(_, refused)| refused).sum();
    let mut times: Vec<u32> = results.into_iter().flat_map(|(times, _)| times).collect();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len().saturating_sub(1) * share / 100).map_or(0.0, |us| f64::from(*us) / 1000.0);
    let answered = times.len();
    #[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let (count, used) = (answered as f64, used_us as f64);
    Figures { answered, refused, per_second: count / seconds, p50_ms: at(50), p99_ms: at(99), cpu_us: used / count.max(1.0) }
}

/// Processor time that a process has used, µs (Linux counts in hundredths of a second).
fn cpu_us(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10_000
}

/// Resident memory of a process, MB.
pub fn memory_mb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
