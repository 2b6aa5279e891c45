//! Random shoppers, operators, timers and lost answers: whatever happens, every history is a legal path and, once everything has
//! been delivered, stock and money are where the orders say.

use contract::order::PaymentExpired;
use proptest::prelude::*;

use super::*;
use crate::list::Wanted;

#[derive(Clone, Debug)]
enum Verb {
    Place { key: u8, qty: u32 },
    Win { nth: i64, qty: u32 },
    Pay(u8),
    PayerPays { nth: u8, forced: bool },
    News(u8),
    Cancel(u8),
    OperatorCancel(u8),
    Ship(u8),
    Receive(u8),
    Timer(u8),
    Pass(u32),
    Relay,
    Shelf(bool),
    Deaf { stock: bool, on: bool },
}

fn verb() -> impl Strategy<Value = Verb> {
    let nth = 0u8..6;
    prop_oneof![
        3 => (0u8..8, 1u32..4).prop_map(|(key, qty)| Verb::Place { key, qty }),
        1 => (0i64..3, 1u32..4).prop_map(|(nth, qty)| Verb::Win { nth, qty }),
        3 => nth.clone().prop_map(Verb::Pay),
        3 => (nth.clone(), any::<bool>()).prop_map(|(nth, forced)| Verb::PayerPays { nth, forced }),
        3 => nth.clone().prop_map(Verb::News),
        2 => nth.clone().prop_map(Verb::Cancel),
        1 => nth.clone().prop_map(Verb::OperatorCancel),
        2 => nth.clone().prop_map(Verb::Ship),
        2 => nth.clone().prop_map(Verb::Receive),
        1 => nth.prop_map(Verb::Timer),
        2 => prop_oneof![Just(30), Just(1800), Just(16 * 24 * 3600)].prop_map(Verb::Pass),
        3 => Just(Verb::Relay),
        1 => any::<bool>().prop_map(Verb::Shelf),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(stock, on)| Verb::Deaf { stock, on }),
    ]
}

async fn ids(w: &World) -> Vec<OrderId> {
    let page = kit::http::PageParams { cursor: None, limit: Some(100) };
    let mut ids: Vec<_> = w.order.list(None, Wanted::default(), &page).await.unwrap().items.iter().map(|o| o.id).collect();
    ids.reverse();
    ids
}

async fn news(w: &World, id: OrderId) {
    let account = w.money.account(id);
    if account.paid_fen > 0 {
        let _ = w.hear(&Money::news(id, WANG, account.paid_fen)).await;
        let _ = w.refunds_arrive(WANG, id).await;
    }
}

async fn apply(w: &World, verb: Verb) {
    let known = ids(w).await;
    let at = |nth: u8| known.get(usize::from(nth)).copied();
    let ctx = w.ctx();
    match verb {
        Verb::Place { key, qty } => {
            let _ = w.order.place(&ctx, WANG, &IdempotencyKey(format!("k{key}")), &buy(WANG, &[(SHIRT, qty)])).await;
        }
        Verb::Win { nth, qty } => {
            let _ = w.win(&[super::won::win(900 + nth, WANG, qty)]).await;
        }
        Verb::Pay(nth) => drop(match at(nth) {
            Some(id) => w.pay(WANG, id, "p").await.ok(),
            None => None,
        }),
        Verb::PayerPays { nth, forced } => drop(at(nth).and_then(|id| w.money.payer_pays(id, WANG, forced))),
        Verb::News(nth) => {
            if let Some(id) = at(nth) {
                news(w, id).await
            }
        }
        Verb::Cancel(nth) => {
            if let Some(id) = at(nth) {
                let _ = w.order.cancel(&ctx, WANG, id).await;
            }
        }
        Verb::OperatorCancel(nth) => {
            if let Some(id) = at(nth) {
                let _ = w.order.cancel_by_operator(&ctx, 7, id, "x").await;
            }
        }
        Verb::Ship(nth) => {
            if let Some(id) = at(nth) {
                let _ = w.order.ship(7, id, "中通", "1").await;
            }
        }
        Verb::Receive(nth) => {
            if let Some(id) = at(nth) {
                let _ = w.order.receive(WANG, id).await;
            }
        }
        Verb::Timer(nth) => {
            if let Some(id) = at(nth) {
                let _ = w.hear(&PaymentExpired { order: id }).await;
            }
        }
        Verb::Pass(seconds) => w.pass(Duration::from_secs(u64::from(seconds))),
        Verb::Relay => drop(w.relay.step().await),
        // All shirts leave the shelf (as coats), or come back.
        Verb::Shelf(there) => {
            let (from, to) = if there { (COAT, SHIRT) } else { (SHIRT, COAT) };
            let (a, b) = (w.stock.available(from), w.stock.available(to));
            let moved = if there { (a - PIECES).max(0) } else { a };
            w.stock.put(from, a - moved);
            w.stock.put(to, b + moved);
        }
        Verb::Deaf { stock: true, on } => w.stock.deaf.store(on, SeqCst),
        Verb::Deaf { stock: false, on } => w.money.deaf.store(on, SeqCst),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_ends_well(verbs in proptest::collection::vec(verb(), 10..70)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let w = World::new().await;
            w.allot(60).await;
            for verb in verbs {
                apply(&w, verb).await;
                w.audit(false).await;
            }
            w.stock.deaf.store(false, SeqCst);
            w.money.deaf.store(false, SeqCst);
            for _ in 0..2 {
                w.pass(Duration::from_secs(3600));
                w.settle().await;
                for id in ids(&w).await {
                    news(&w, id).await;
                }
            }
            w.settle().await;
            w.audit(true).await;
        });
    }
}
