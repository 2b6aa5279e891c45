//! What a claim costs on this machine: `cargo run --release -p rush --example claims [seconds]`. Every figure stands beside a floor of the same
//! run (tasks that do nothing but meet the same executor), since machines and moments differ.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for people, not part of the mall")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use kit::{Clock, Time};
use rush::memory::Settings;
use rush::{Answer, Ask, Carried, Memory, Opening, Rush, Split, Terms, Token, Units, UserId};

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

/// The disk's floor: 4 KiB written and synced, one after the other, on a file that is as long as it will be.
fn syncs(folder: &std::path::Path, time: Duration) -> u64 {
    use std::os::unix::fs::FileExt as _;
    let file = std::fs::File::create(folder.join("floor")).unwrap();
    file.write_all_at(&[0; 1 << 22], 0).unwrap();
    file.sync_all().unwrap();
    let (begun, mut n) = (Instant::now(), 0);
    while begun.elapsed() < time {
        file.write_all_at(&[1; 4096], n % 1024 * 4096).unwrap();
        file.sync_data().unwrap();
        n += 1;
    }
    n * 1000 / u64::try_from(begun.elapsed().as_millis()).unwrap().max(1)
}

/// Claims of one pool in which so many users have claimed before.
async fn claims_after(rush: Arc<dyn Rush>, users: i64, time: Duration) -> u64 {
    let before = |user: i64| Carried {
        user: UserId(-user - 1),
        token: Token([0; 16]),
        qty: 1,
        amount: None,
        at: Time(0),
        given_back: false,
    };
    let carried = (0..users).map(before).collect();
    rush.open(Opening { carried, ..opening(0, rush::MAX_UNITS, &Clock::system()) }).await.unwrap();
    claims(rush, 1, 512, time).await
}

/// Claims over `pools` pools, all taken.
async fn claims(rush: Arc<dyn Rush>, pools: i64, callers: u64, time: Duration) -> u64 {
    for pool in 0..pools {
        rush.open(opening(pool, rush::MAX_UNITS / u32::try_from(pools).unwrap(), &Clock::system())).await.unwrap();
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
    println!("{:<58} {:>9}/s", "floor: 4 KiB written and synced", syncs(folder.path(), time));
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
    let (few, many) = (claims_after(fresh("few"), 1_000, time).await, claims_after(fresh("many"), 1_000_000, time).await);
    println!("{:<58} {few:>9}/s", "claimed, on the disk: 512 callers, after 1,000 users");
    line("the same after 1,000,000 users, beside that", many, few);
    let base = nothing(time).await;
    println!("{:<58} {base:>9}/s", "floor: an empty loop of the same shape");
    line("sold out, from the published view", sold_out(fresh("gone"), time).await, base);
    line("sold out, in 4 parts", sold_out(Arc::new(Split::new(fresh("gone in parts"), 4)), time).await, base);
}
