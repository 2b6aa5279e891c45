use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::sync::Notify;

use super::*;
use crate::{Time, fault};

const HOUR: Duration = Duration::from_secs(3600);

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

/// What every kind of cache promises. `soon` makes 50 ms pass for its entries.
async fn conforms(cache: &Cache, soon: impl AsyncFn()) {
    assert_eq!(cache.get("a").await.unwrap(), None);
    cache.put("a", bytes("1"), HOUR).await.unwrap();
    assert!(!cache.put_new("a", bytes("2"), HOUR).await.unwrap());
    assert_eq!(cache.get("a").await.unwrap(), Some(bytes("1")));
    assert!(!cache.take_if("a", b"2").await.unwrap());
    assert!(cache.take_if("a", b"1").await.unwrap());
    assert!(!cache.take_if("a", b"1").await.unwrap());
    assert!(cache.put_new("a", bytes("2"), HOUR).await.unwrap());
    assert_eq!(cache.take("a").await.unwrap(), Some(bytes("2")));
    assert_eq!(cache.take("a").await.unwrap(), None);
    cache.put("a", bytes("3"), HOUR).await.unwrap();
    cache.drop_key("a").await.unwrap();
    cache.drop_key("a").await.unwrap();
    assert_eq!(cache.get("a").await.unwrap(), None);
    let raw = Bytes::from_static(&[0, 255, 13, 10, 0]);
    cache.put("raw", raw.clone(), HOUR).await.unwrap();
    assert_eq!(cache.get("raw").await.unwrap(), Some(raw));

    // A counter lives for the time given when it was made, and a living entry is not touched by a late one.
    assert_eq!(cache.count("n", Duration::from_millis(50)).await.unwrap(), 1);
    assert_eq!(cache.count("n", HOUR).await.unwrap(), 2);
    cache.put("brief", bytes("1"), Duration::from_millis(50)).await.unwrap();
    cache.put("long", bytes("1"), HOUR).await.unwrap();
    cache.put("zero", bytes("1"), Duration::ZERO).await.unwrap();
    soon().await;
    assert_eq!(cache.count("n", HOUR).await.unwrap(), 1);
    assert_eq!(cache.get("brief").await.unwrap(), None);
    assert_eq!(cache.get("zero").await.unwrap(), None);
    assert_eq!(cache.take("brief").await.unwrap(), None);
    assert!(cache.put_new("brief", bytes("2"), HOUR).await.unwrap());
    assert_eq!(cache.get("long").await.unwrap(), Some(bytes("1")));
    assert!(cache.count("raw", HOUR).await.unwrap_err().is_ours());

    atomic_verbs_have_one_winner(cache).await;
    loads(cache, soon).await;
}

async fn atomic_verbs_have_one_winner(cache: &Cache) {
    let all = futures::future::join_all((0..50).map(|_| async {
        let made = cache.put_new("race", bytes("x"), HOUR).await.unwrap();
        (made, cache.count("crowd", HOUR).await.unwrap())
    }))
    .await;
    assert_eq!(all.iter().filter(|(made, _)| *made).count(), 1);
    let mut counts: Vec<i64> = all.into_iter().map(|(_, n)| n).collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=50).collect::<Vec<_>>());
    let takers = futures::future::join_all((0..50).map(|_| cache.take("race"))).await;
    assert_eq!(takers.into_iter().filter(|t| t.as_ref().unwrap().is_some()).count(), 1);
}

async fn loads(cache: &Cache, soon: impl AsyncFn()) {
    let runs = AtomicUsize::new(0);
    let loader = async || {
        runs.fetch_add(1, SeqCst);
        tokio::task::yield_now().await;
        Ok(Some(vec![1, 2, 3]))
    };
    let all = futures::future::join_all((0..50).map(|_| cache.load("list", HOUR, loader))).await;
    assert!(all.into_iter().all(|got| got.unwrap() == Some(vec![1, 2, 3])));
    assert_eq!(runs.load(SeqCst), 1);

    let none = async || {
        runs.fetch_add(1, SeqCst);
        Ok(None::<u32>)
    };
    assert_eq!(cache.load("none", HOUR, none).await.unwrap(), None);
    assert_eq!(cache.load("none", HOUR, none).await.unwrap(), None);
    assert_eq!(runs.load(SeqCst), 2);

    // A failure is not kept, and neither is a value that no longer reads.
    let failing = || ready(Err::<Option<u32>, _>(fault::NOT_FOUND.into()));
    assert!(cache.load("bad", HOUR, failing).await.unwrap_err().is(fault::NOT_FOUND));
    assert_eq!(cache.load("bad", HOUR, || ready(Ok(Some(7)))).await.unwrap(), Some(7));
    cache.put("old", bytes("{\"gone\":1}"), HOUR).await.unwrap();
    assert_eq!(cache.load("old", HOUR, || ready(Ok(Some(7)))).await.unwrap(), Some(7));
    assert_eq!(cache.get("old").await.unwrap(), Some(bytes("7")));

    let brief = Duration::from_millis(40);
    assert_eq!(cache.load("brief list", brief, || ready(Ok(Some(1)))).await.unwrap(), Some(1));
    soon().await;
    assert_eq!(cache.load("brief list", brief, || ready(Ok(Some(2)))).await.unwrap(), Some(2));
    dropped_while_loading(cache).await;
}

/// A writer who commits and drops the key while another loads must not find the old value back.
async fn dropped_while_loading(cache: &Cache) {
    let (started, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = cache.load("fresh", HOUR, async || {
        started.notify_one();
        go.notified().await;
        Ok(Some("old".to_owned()))
    });
    let writer = async {
        started.notified().await;
        cache.drop_key("fresh").await.unwrap();
        let now = cache.load("fresh", HOUR, || ready(Ok(Some("new".to_owned())))).await.unwrap();
        assert_eq!(now.as_deref(), Some("new"));
        go.notify_one();
    };
    let (first, ()) = tokio::join!(slow, writer);
    assert_eq!(first.unwrap().as_deref(), Some("old"));
    let kept: Option<String> = cache.load("fresh", HOUR, || ready(Ok(Some("new".to_owned())))).await.unwrap();
    assert_eq!(kept.as_deref(), Some("new"));
}

#[tokio::test]
async fn memory_conforms() {
    let clock = Clock::manual(Time(1_800_000_000_000));
    conforms(&Cache::memory_on(clock.clone()), async || clock.pass(Duration::from_millis(50))).await;
}

#[tokio::test]
async fn absence_is_forgotten_after_five_seconds() {
    let clock = Clock::manual(Time(1_800_000_000_000));
    let cache = Cache::memory_on(clock.clone());
    assert_eq!(cache.load("x", HOUR, || ready(Ok(None::<u32>))).await.unwrap(), None);
    clock.pass(Duration::from_millis(4_999));
    assert_eq!(cache.load("x", HOUR, || ready(Ok(Some(1)))).await.unwrap(), None);
    clock.pass(Duration::from_millis(1));
    assert_eq!(cache.load("x", HOUR, || ready(Ok(Some(1)))).await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_cancelled_loader_strands_nobody() {
    let cache = Cache::memory();
    let stuck = cache.load::<u32, _, _>("x", HOUR, futures::future::pending);
    let waiting = cache.load("x", HOUR, || ready(Ok(Some(5))));
    let mut stuck = Box::pin(stuck);
    let mut waiting = Box::pin(waiting);
    assert!(futures::poll!(&mut stuck).is_pending());
    assert!(futures::poll!(&mut waiting).is_pending());
    drop(stuck);
    assert_eq!(waiting.await.unwrap(), Some(5));
}

#[tokio::test]
#[cfg_attr(not(feature = "cluster"), expect(irrefutable_let_patterns, reason = "memory is then the only kind"))]
async fn memory_is_bounded_by_weight() {
    let cache = Cache::memory();
    let Store::Memory(memory) = &cache.store else { panic!("memory") };
    for n in 0..200 {
        cache.put(&format!("big {n}"), Bytes::from(vec![0; 1024 * 1024]), HOUR).await.unwrap();
    }
    memory.weigh().await;
    assert!(memory.weigh().await <= 64 * 1024 * 1024);
    assert!(cache.get("big 199").await.unwrap().is_some(), "the newest stays");
    assert!(cache.get("big 0").await.unwrap().is_none(), "the oldest leaves");
}

#[test]
fn jitter_stays_within_a_fifth() {
    for _ in 0..1000 {
        let ttl = jittered(Duration::from_secs(100));
        assert!((Duration::from_secs(80)..=Duration::from_secs(120)).contains(&ttl), "{ttl:?}");
    }
}

/// Runs where `MALL_TEST_REDIS` names a server (`redis://…`).
#[cfg(feature = "cluster")]
#[tokio::test]
async fn redis_conforms() {
    let Ok(url) = std::env::var("MALL_TEST_REDIS") else { return };
    let cache = Cache::redis(&url, &format!("test:{}:", random::token())).await.unwrap();
    // Redis has its own clock: ask until it has forgotten a key that was made to live as long as the others.
    let soon = async || {
        cache.put("witness", bytes("1"), Duration::from_millis(60)).await.unwrap();
        let gone = async { while cache.get("witness").await.unwrap().is_some() {} };
        tokio::time::timeout(Duration::from_secs(5), gone).await.expect("Redis forgets what expired");
    };
    conforms(&cache, soon).await;
    let other = Cache::redis(&url, "test:other:").await.unwrap();
    cache.put("mine", bytes("1"), HOUR).await.unwrap();
    assert_eq!(other.get("mine").await.unwrap(), None);
}

#[cfg(feature = "cluster")]
#[tokio::test]
async fn an_absent_redis_is_unavailable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", closed.local_addr().unwrap());
    drop(closed);
    let refused = Cache::redis(&url, "test:").await.err().unwrap();
    assert!(refused.is(fault::UNAVAILABLE), "{refused}");
}

/// A server that greets and then never answers costs one timeout, and the value still comes.
#[cfg(feature = "cluster")]
#[tokio::test]
async fn a_silent_redis_is_unavailable_in_time_and_values_are_loaded() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", server.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut client, _)) = server.accept().await {
            let mut greeting = [0; 1024];
            let _ = client.read(&mut greeting).await;
            let _ = client.write_all(b"+OK\r\n+OK\r\n").await;
            held.push(client);
        }
    });
    let cache = Cache::redis(&url, "test:").await.unwrap();
    let begun = std::time::Instant::now();
    assert!(cache.get("x").await.unwrap_err().is(fault::UNAVAILABLE));
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(cache.load("x", HOUR, || ready(Ok(Some(1)))).await.unwrap(), Some(1));
}

/// Runs where `MALL_TEST_REDIS` names a server: connections that are cut come back without a new cache.
#[cfg(feature = "cluster")]
#[tokio::test]
async fn redis_reconnects_by_itself() {
    let Ok(url) = std::env::var("MALL_TEST_REDIS") else { return };
    let server = url.trim_start_matches("redis://").split('/').next().unwrap().to_owned();
    let door = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let through = format!("redis://{}", door.local_addr().unwrap());
    let cut = Arc::new(Notify::new());
    let cutting = cut.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = door.accept().await {
            let (server, cutting) = (server.clone(), cutting.clone());
            tokio::spawn(async move {
                let mut server = tokio::net::TcpStream::connect(server).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                    () = cutting.notified() => {}
                }
            });
        }
    });
    let cache = Cache::redis(&through, &format!("test:{}:", random::token())).await.unwrap();
    cache.put("x", bytes("1"), HOUR).await.unwrap();
    cut.notify_waiters();
    let back = async { while cache.get("x").await.ok().flatten() != Some(bytes("1")) {} };
    tokio::time::timeout(Duration::from_secs(10), back).await.expect("reconnected");
}
