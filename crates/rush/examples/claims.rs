//! What a claim costs on this machine: `cargo run --release -p rush --example claims [seconds]`. Every figure stands beside a floor of the same
//! run (tasks that do nothing but meet the same executor), since machines and moments differ.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for people, not part of the mall")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use kit::Clock;
use rush::memory::Settings;
use rush::{Answer, Ask, Memory, Opening, Rush, Split, Terms, Token, Units, UserId};

/// What one caller does again and again; the number is new each time.
trait Work: Fn(u64) -> futures::future::BoxFuture<'static, ()> + Send + Sync + 'static {}
impl<F: Fn(u64) -> futures::future::BoxFuture<'static, ()> + Send + Sync + 'static> Work for F {}

/// Calls a second of so many callers, each waiting for his answer before he calls again.
async fn rate(callers: u64, time: Duration, work: Arc<impl Work>) -> u64 {
    let (next, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (next, work) = (next.clone(), work.clone());
            tokio::spawn(async move {
                while begun.elapsed() < time {
                    work(next.fetch_add(1, Relaxed)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap().max(1);
    next.load(Relaxed) * 1000 / ms
}

fn opening(pool: i64, units: u32, clock: &Clock) -> Opening {
    let terms = Terms { limit: 1, returns: 1, opens: clock.now(), closes: clock.now() + Duration::from_secs(3600) };
    Opening { pool: pool.into(), epoch: 1, terms, left: Units::Alike(units), carried: Vec::new() }
}

fn ask(pool: i64, user: u64) -> Ask {
    let token = Token(u128::from(user).to_le_bytes());
    Ask { pool: pool.into(), epoch: 1, user: UserId(i64::try_from(user).unwrap()), qty: 1, token }
}

fn start(folder: &std::path::Path) -> Memory {
    Memory::open(folder, Settings::default(), Clock::system()).unwrap()
}

/// A line with its ratio to the floor, in thousandths.
fn line(what: &str, rate: u64, floor: u64) {
    println!("{what:<58} {rate:>9}/s   0.{:03} of the floor", (rate * 1000 / floor.max(1)).min(999));
}

/// The floor: a message to a thread and back, and nothing in between; no pool, no disk.
async fn floor(callers: u64, time: Duration) -> u64 {
    let (to, inbox) = std::sync::mpsc::sync_channel::<tokio::sync::oneshot::Sender<()>>(16_384);
    let echo = std::thread::spawn(move || inbox.iter().for_each(|back| back.send(()).unwrap_or(())));
    let work = Arc::new(move |_| -> futures::future::BoxFuture<'static, ()> {
        let to = to.clone();
        Box::pin(async move {
            let (back, answer) = tokio::sync::oneshot::channel();
            to.try_send(back).unwrap();
            answer.await.unwrap();
        })
    });
    let rate = rate(callers, time, work).await;
    echo.join().unwrap();
    rate
}

/// Claims over `pools` pools, all taken.
async fn claims(rush: Arc<dyn Rush>, pools: i64, callers: u64, time: Duration) -> u64 {
    for pool in 0..pools {
        rush.open(opening(pool, rush::MAX_UNITS, &Clock::system())).await.unwrap();
    }
    let of = pools.unsigned_abs();
    let work = Arc::new(move |n: u64| -> futures::future::BoxFuture<'static, ()> {
        let rush = rush.clone();
        Box::pin(async move {
            let answer = rush.claim(ask(i64::try_from(n % of).unwrap(), n)).await.unwrap();
            assert!(matches!(answer, Answer::Taken(_)), "{answer:?}");
        })
    });
    rate(callers, time, work).await
}

async fn sold_out(rush: Arc<dyn Rush>, time: Duration) -> u64 {
    rush.open(opening(0, 1, &Clock::system())).await.unwrap();
    rush.claim(ask(0, 0)).await.unwrap();
    let work = Arc::new(move |n: u64| -> futures::future::BoxFuture<'static, ()> {
        let rush = rush.clone();
        Box::pin(async move {
            let answer = rush.claim(ask(0, n + 1)).await.unwrap();
            assert_eq!(answer, Answer::SoldOut);
            if n.is_multiple_of(64) {
                tokio::task::yield_now().await;
            }
        })
    });
    rate(64, time, work).await
}

/// An empty loop of the same shape: what the bench itself costs.
async fn nothing(time: Duration) -> u64 {
    let work = Arc::new(|n: u64| -> futures::future::BoxFuture<'static, ()> {
        Box::pin(async move {
            if n.is_multiple_of(64) {
                tokio::task::yield_now().await;
            }
        })
    });
    rate(64, time, work).await
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let seconds = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(2);
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let fresh = |name: &str| -> Arc<Memory> { Arc::new(start(&folder.path().join(name))) };
    for callers in [64, 512] {
        let base = floor(callers, time).await;
        println!("{:<58} {base:>9}/s", format!("floor: to a thread and back, {callers} callers"));
        for pools in [1, 1000] {
            let name = format!("claimed, on the disk: {callers} callers, {pools} pools");
            line(&name, claims(fresh(&name), pools, callers, time).await, base);
        }
        let name = format!("the same in 4 parts: {callers} callers, 1 pool");
        line(&name, claims(Arc::new(Split::new(fresh(&name), 4)), 1, callers, time).await, base);
    }
    let base = nothing(time).await;
    println!("{:<58} {base:>9}/s", "floor: an empty loop of the same shape");
    line("sold out, from the published view", sold_out(fresh("gone"), time).await, base);
    line("sold out, in 4 parts", sold_out(Arc::new(Split::new(fresh("gone in parts"), 4)), time).await, base);
}
