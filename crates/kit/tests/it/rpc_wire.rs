//! What only the wire has: who may call, hosts that do not answer, events between hosts.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kit::axum::http::HeaderValue;
use kit::ctx::Caller;
use kit::db::{Bus, Relay, Stop, Subscriptions};
use kit::fault::{CONFLICT, FORBIDDEN, UNAVAILABLE};
use kit::registry::Registry;
use kit::rpc::{CTX_HEADER, Seal, Wire, event_router};
use kit::{Clock, Ctx, Error, Time};
use tokio::net::{TcpSocket, TcpStream};

use crate::base::{START, count, each_database, soon};
use crate::relay::PaidIn;
use crate::rpc::{Drawer, Remote, SECRET, Till as _, clock, coins, router, seal_at, serve, wire_to};

async fn post(address: &str, header: Option<HeaderValue>) -> (u16, Option<Error>) {
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    let mut request = client.post(format!("{address}/rpc/till/put")).body(serde_json::to_vec(&coins(1)).unwrap());
    if let Some(header) = header {
        request = request.header(&CTX_HEADER, header);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_slice(&answer.bytes().await.unwrap()).ok())
}

/// The sealed context with its signed part changed.
fn tampered(header: &HeaderValue, from: &str, to: &str) -> HeaderValue {
    let (body, tag) = header.to_str().unwrap().split_once('.').unwrap();
    let text = String::from_utf8(BASE64.decode(body).unwrap()).unwrap();
    assert!(text.contains(from), "{text}");
    HeaderValue::try_from(format!("{}.{tag}", BASE64.encode(text.replace(from, to)))).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_fresh_context_under_our_seal_is_let_in() {
    let drawer = Drawer::new();
    let address = serve(router(drawer.clone(), seal_at(START))).await;
    let ctx = Ctx::new(Caller::Shopper { user: 7, session: 1 });
    let sealed = |ms: i64| seal_at(Time(START.0 + ms)).close(&ctx).unwrap();
    let other = Seal::new(b"another secret of thirty-two bytes", clock()).unwrap().close(&ctx).unwrap();
    let body = sealed(0).to_str().unwrap().split_once('.').unwrap().0.to_owned();

    for good in [sealed(0), sealed(-30_000), sealed(29_000)] {
        assert_eq!(post(&address, Some(good)).await.0, 200);
    }
    assert_eq!(drawer.calls(), 3);
    let bad = [
        ("absent", None),
        ("stale", Some(sealed(-30_001))),
        ("another secret", Some(other)),
        ("another user", Some(tampered(&sealed(0), "\"user\":7", "\"user\":8"))),
        ("another role", Some(tampered(&sealed(0), "shopper", "house"))),
        ("no signature", Some(HeaderValue::try_from(body.clone()).unwrap())),
        ("empty signature", Some(HeaderValue::try_from(format!("{body}.")).unwrap())),
        ("no base64", Some(HeaderValue::from_static("{}.{}"))),
        ("empty", Some(HeaderValue::from_static(""))),
    ];
    for (why, header) in bad {
        let (status, e) = post(&address, header).await;
        assert_eq!((status, e.map(|e| e.is(FORBIDDEN))), (403, Some(true)), "{why}");
    }
    assert_eq!(drawer.calls(), 3);
}

#[test]
fn a_short_secret_is_refused() {
    assert!(Seal::new(&SECRET[..31], clock()).is_err());
    assert!(Seal::new(&SECRET[..32], clock()).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_without_our_secret_is_told_so() {
    let drawer = Drawer::new();
    let address = serve(router(drawer.clone(), Seal::new(b"another secret of thirty-two bytes", clock()).unwrap())).await;
    let e = Remote::new(wire_to(vec![address], false)).put(&Ctx::house(), coins(1)).await.unwrap_err();
    assert!(e.is(FORBIDDEN), "{e}");
    assert_eq!(drawer.calls(), 0);
}

/// An address where nobody listens.
async fn deserted() -> String {
    let held = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", held.local_addr().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_not_there_is_unavailable_before_the_deadline() {
    for (addresses, left_ms) in [(vec![deserted().await], 5000), (vec![deserted().await], 60), (vec![], 5000), (vec![], 30)] {
        let till = Remote::new(wire_to(addresses, false));
        let began = Instant::now();
        let ctx = Ctx { deadline: tokio::time::Instant::now() + Duration::from_millis(left_ms), ..Ctx::house() };
        let e = till.put(&ctx, coins(1)).await.unwrap_err();
        assert!(e.is(UNAVAILABLE) && e.retry_after() == Some(1), "{left_ms} ms: {e}");
        assert!(began.elapsed() < Duration::from_millis(left_ms), "{left_ms} ms: {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_takes_no_connection_is_unavailable_and_another_is_asked() {
    // A queue of one that is full: the kernel drops every further knock, as a host without power would.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let full = socket.listen(0).unwrap();
    let at = full.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(at)).await {
        waiting.push(stream);
        assert!(waiting.len() < 50, "the queue does not fill");
    }
    let drawer = Drawer::new();
    let alive = serve(router(drawer.clone(), seal_at(START))).await;
    let till = Remote::new(wire_to(vec![format!("http://{at}"), alive], false));
    assert_eq!(till.put(&Ctx::house(), coins(1)).await.unwrap(), coins(2));
    assert_eq!(drawer.calls(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_host_down_is_not_the_service_down() {
    let drawer = Drawer::new();
    let alive = serve(router(drawer.clone(), seal_at(START))).await;
    let till = Remote::new(wire_to(vec![deserted().await, alive], false));
    for _ in 0..20 {
        assert_eq!(till.put(&Ctx::house(), coins(1)).await.unwrap(), coins(2));
    }
    assert_eq!(drawer.calls(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_message_travels() {
    let address = serve(router(Drawer::new(), seal_at(START))).await;
    let till = Remote::new(wire_to(vec![address], false));
    let large = crate::rpc::Coins { cents: 1, note: Some("x".repeat(5 << 20)) };
    let answer = till.put(&Ctx::house(), large.clone()).await.unwrap();
    assert_eq!((answer.cents, answer.note), (2, large.note));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_calls_share_the_wire() {
    let drawer = Drawer::new();
    let address = serve(router(drawer.clone(), seal_at(START))).await;
    let till = Arc::new(Remote::new(wire_to(vec![address], false)));
    let calls = (0..500).map(|n| {
        let till = till.clone();
        tokio::spawn(async move { till.put(&Ctx::house(), coins(n)).await.unwrap().cents - n })
    });
    assert!(soon(futures::future::join_all(calls)).await.into_iter().all(|one| one.unwrap() == 1));
    assert_eq!(drawer.calls(), 500);
}

each_database! {
    an_event_reaches_a_listener_on_another_host: |base| {
        let db = base.db().await;
        let taken = Arc::new(AtomicU32::new(0));
        let mut subscriptions = Subscriptions::default();
        let counter = taken.clone();
        subscriptions.on(move |_ctx, event: PaidIn, _id| {
            // The first time it fails.
            let first = counter.fetch_add(1, SeqCst) == 0;
            std::future::ready(if first || event.cents != 5 { Err(CONFLICT.into()) } else { Ok(()) })
        });
        let address = serve(event_router("letters", Arc::new(subscriptions), seal_at(START))).await;
        let registry = Registry::fixed(HashMap::from([("letters".to_owned(), vec![address])]));
        // The clock of the other host stands still; only this one's moves.
        let wire = Wire::new(registry, Seal::new(SECRET, Clock::manual(START)).unwrap(), false).unwrap();
        let stop: Arc<dyn Stop> = wire.stop("letters");
        let mut bus = Bus::default();
        bus.connect(["bank.paid_in"], &stop);
        let relay = Relay::new(db.clone(), Arc::new(bus));
        kit::tx!(db, |tx| tx.publish(&PaidIn { account: 1, cents: 5 }).await).unwrap();
        assert_eq!((relay.step().await.unwrap(), count(&db, "outbox").await), (1, 1));
        base.pass_ms(100);
        assert_eq!((relay.step().await.unwrap(), count(&db, "outbox").await, taken.load(SeqCst)), (1, 0, 2));
    }
}
