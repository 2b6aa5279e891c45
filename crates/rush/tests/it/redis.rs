//! The form in Redis: it conforms; a crowd of several processes; and a server that forgets, restarts, or is replaced by a stale
//! replica sells nothing until the pool is counted anew. Runs where `MALL_TEST_REDIS` names a server.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use futures::future::join_all;
use kit::{Clock, random};
use rush::{Answer, Ask, Back, Carried, Opened, Opening, Redis, Rush, Split, Standing, Units};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::conform::conforms;
use super::people::{HOUR, ask, clock, opening, taken};

/// The server that the test command started; none when there is none and none is demanded.
fn server() -> Option<String> {
    let url = std::env::var("MALL_TEST_REDIS").ok();
    assert!(url.is_some() || std::env::var("MALL_TEST_ALL").is_err(), "MALL_TEST_ALL wants a Redis: scripts/with-engines");
    url
}

async fn open(url: &str, prefix: &str, clock: &Clock) -> Redis {
    Redis::open(url, prefix, HOUR, clock.clone()).await.unwrap()
}

async fn fresh(clock: &Clock) -> Option<Redis> {
    Some(open(&server()?, &format!("test:{}:", random::token()), clock).await)
}

#[tokio::test]
async fn redis_conforms() {
    let clock = clock();
    let Some(redis) = fresh(&clock).await else { return };
    conforms(&redis, &clock, 1).await;
}

#[tokio::test]
async fn redis_in_parts_conforms() {
    let clock = clock();
    let Some(redis) = fresh(&clock).await else { return };
    conforms(&Split::new(Arc::new(redis), 4), &clock, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sums_are_exact_in_redis() {
    let Some(redis) = fresh(&clock()).await else { return };
    super::crowd::a_crowd(Arc::new(redis), 1).await;
    let Some(redis) = fresh(&clock()).await else { return };
    super::crowd::a_crowd(Arc::new(Split::new(Arc::new(redis), 4)), 2).await;
}

/// An opening in several pieces: thousands of amounts and of claims that are carried.
#[tokio::test]
async fn a_large_pool_is_built_whole_or_not_at_all() {
    let clock = clock();
    let Some(redis) = fresh(&clock).await else { return };
    let first = opening(1, Units::amounts((0..3500).map(|n| n + 1)), 1);
    let openers = join_all((0..4).map(|_| redis.open(first.clone()))).await;
    // Who lost the race to build it hears `unavailable`, and finds it standing when he asks again.
    assert!(openers.iter().any(|opened| matches!(opened, Ok(Opened::Now))), "{openers:?}");
    assert_eq!(redis.open(first.clone()).await.unwrap(), Opened::Already);
    let claims: Vec<_> =
        join_all((0..2500).map(|user| redis.claim(ask(1, user, 1, 1)))).await.into_iter().map(|a| taken(a.unwrap())).collect();
    redis.close(1.into()).await.unwrap().unwrap();
    let carried = claims
        .iter()
        .map(|c| Carried { user: c.user, token: c.token, qty: 1, amount: c.amount, at: c.at, given_back: false })
        .collect();
    let Units::Amounts(all) = &first.left else { panic!("amounts") };
    let left = Units::Amounts(all[2500..].to_vec());
    assert_eq!(redis.open(Opening { epoch: 2, left, carried, ..first }).await.unwrap(), Opened::Now);
    let Standing { left, taken: held, claims: line, .. } = redis.describe(1.into()).await.unwrap().unwrap();
    assert_eq!((left, held, line), (1000, 2500, 2500));
    for (user, claim) in claims.iter().enumerate().step_by(500) {
        let again = Ask { epoch: 2, ..ask(1, i64::try_from(user).unwrap(), 1, 1) };
        let Answer::Duplicate(again) = redis.claim(again).await.unwrap() else { panic!("carried") };
        assert_eq!(again.amount, claim.amount);
    }
}

/// A server of the test's own.
struct Private {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Private {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Private {
    async fn start(more: &[&str]) -> Private {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string(), "--dir"])
            .arg(folder.path())
            .args(more)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let private = Private { child, port, _folder: folder };
        let up = async { while private.say(&["PING"]).await.is_none() {} };
        tokio::time::timeout(std::time::Duration::from_secs(20), up).await.expect("a private Redis");
        private
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// One command on a connection of its own; none when there is no answer.
    async fn say(&self, words: &[&str]) -> Option<String> {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
        stream.write_all(format!("{}\r\n", words.join(" ")).as_bytes()).await.ok()?;
        let mut answer = vec![0; 65536];
        let n = stream.read(&mut answer).await.ok()?;
        Some(String::from_utf8_lossy(&answer[..n]).into_owned())
    }
}

/// A door whose other side can be changed: what a promoted replica looks like from outside.
async fn door(to: Arc<AtomicU16>, cut: Arc<Notify>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (port, cutting) = (to.load(SeqCst), cut.clone());
            tokio::spawn(async move {
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                    () = cutting.notified() => {}
                }
            });
        }
    });
    url
}

/// Asks until the connection is back.
async fn answer(redis: &Redis, ask: Ask) -> Answer {
    let back = async {
        loop {
            if let Ok(answer) = redis.claim(ask).await {
                return answer;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), back).await.expect("reconnected")
}

/// The primary takes claims that its replica never hears of; then the replica takes its place, with the pool as it stood before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_replica_sells_nothing_until_it_is_counted_anew() {
    if server().is_none() {
        return;
    }
    let primary = Private::start(&[]).await;
    let (to, cut) = (Arc::new(AtomicU16::new(primary.port)), Arc::new(Notify::new()));
    let url = door(to.clone(), cut.clone()).await;
    let clock = clock();
    // Two processes of the mall: each has to find out.
    let (one, two) = (open(&url, "a:", &clock).await, open(&url, "a:", &clock).await);
    let first = opening(1, Units::Alike(5), 1);
    one.open(first.clone()).await.unwrap();
    let early = taken(one.claim(ask(1, 1, 1, 1)).await.unwrap());
    let replica = Private::start(&["--replicaof", "127.0.0.1", &primary.port.to_string()]).await;
    let synced = async { while !replica.say(&["INFO", "replication"]).await.unwrap().contains("master_link_status:up") {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), synced).await.expect("replicated");
    assert!(replica.say(&["REPLICAOF", "NO", "ONE"]).await.unwrap().contains("OK"));
    for user in 2..=5 {
        taken(two.claim(ask(1, user, 1, 1)).await.unwrap());
    }
    assert_eq!(one.claim(ask(1, 6, 1, 1)).await.unwrap(), Answer::SoldOut);
    to.store(replica.port, SeqCst);
    cut.notify_waiters();
    assert_eq!(answer(&one, ask(1, 6, 1, 1)).await, Answer::Closed, "the replica believes in four that are long gone");
    assert_eq!(answer(&two, ask(1, 7, 1, 1)).await, Answer::Closed);
    assert_eq!(one.open(first.clone()).await.unwrap(), Opened::Doubtful);
    let standing = two.describe(1.into()).await.unwrap().unwrap();
    assert!(standing.shut && standing.left == 4, "{standing:?}");
    assert_eq!(two.deliver(1.into(), 9).await.unwrap(), [early], "what is left of the line can be read");
    // The owner's database knows of three; the claims of 4 and 5 were lost before they were delivered.
    let carry =
        |user| Carried { user: rush::UserId(user), given_back: false, token: early.token, qty: 1, amount: None, at: early.at };
    let second = Opening { epoch: 2, left: Units::Alike(2), carried: (1..=3).map(carry).collect(), ..first };
    assert_eq!(one.open(second).await.unwrap(), Opened::Now);
    let ask2 = |user| Ask { epoch: 2, ..ask(1, user, 1, 1) };
    assert_eq!(two.claim(ask(1, 7, 1, 1)).await.unwrap(), Answer::Closed, "who knows the old epoch only");
    assert!(matches!(two.claim(ask2(2)).await.unwrap(), Answer::Duplicate(_)));
    taken(two.claim(ask2(6)).await.unwrap());
    taken(one.claim(ask2(7)).await.unwrap());
    assert_eq!(two.claim(ask2(8)).await.unwrap(), Answer::SoldOut, "five sold, five known: none twice");
    assert_eq!(one.give_back(&early).await.unwrap(), Back::Now);
}

/// A server that lost everything, or that lost our scripts only.
#[tokio::test]
async fn what_was_wiped_is_closed_and_lost_scripts_are_no_loss() {
    if server().is_none() {
        return;
    }
    let private = Private::start(&[]).await;
    let redis = open(&private.url(), "b:", &clock()).await;
    let first = opening(1, Units::Alike(5), 1);
    redis.open(first.clone()).await.unwrap();
    taken(redis.claim(ask(1, 1, 1, 1)).await.unwrap());
    assert!(private.say(&["SCRIPT", "FLUSH"]).await.unwrap().contains("OK"));
    taken(redis.claim(ask(1, 2, 1, 1)).await.unwrap());
    assert_eq!(redis.waiting(9).await.unwrap(), [1.into()]);
    // As if the pool had outlived its time: its name among those that wait goes when somebody looks.
    let keys = private.say(&["KEYS", "*"]).await.unwrap();
    for key in keys.split_whitespace().filter(|word| word.contains("rush") && !word.ends_with(":waiting")) {
        private.say(&["DEL", key]).await.unwrap();
    }
    assert!(redis.deliver(1.into(), 9).await.unwrap().is_empty());
    assert!(redis.waiting(9).await.unwrap().is_empty());
    assert!(private.say(&["FLUSHALL"]).await.unwrap().contains("OK"));
    assert_eq!(redis.claim(ask(1, 3, 1, 1)).await.unwrap(), Answer::Closed);
    assert_eq!(redis.open(Opening { epoch: 2, left: Units::Alike(3), ..first }).await.unwrap(), Opened::Now);
    taken(redis.claim(Ask { epoch: 2, ..ask(1, 3, 1, 1) }).await.unwrap());
    // Every key has an end.
    for key in private.say(&["KEYS", "*"]).await.unwrap().split_whitespace().filter(|word| word.contains("rush")) {
        let ttl = private.say(&["TTL", key]).await.unwrap();
        assert!(key.ends_with(":waiting") || ttl.trim_start_matches(':').trim().parse::<i64>().unwrap() > 0, "{key}: {ttl}");
    }
}

#[tokio::test]
async fn an_absent_redis_is_unavailable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", closed.local_addr().unwrap());
    drop(closed);
    let refused = Redis::open(&url, "c:", HOUR, clock()).await.err().unwrap();
    assert!(refused.is(kit::fault::UNAVAILABLE), "{refused}");
}
