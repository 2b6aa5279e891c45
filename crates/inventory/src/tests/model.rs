//! Any verbs, in any order and any number of times, beside a plain model written from the rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};

use contract::SkuId;
use contract::inventory::{Count, CountedLine, Inventory as _};
use kit::Ctx;
use proptest::prelude::*;

use super::{Store, open};

#[derive(Clone, Debug)]
enum Verb {
    Hold { order: i64, attempt: u32, of: Vec<(i64, u32)> },
    Release { order: i64, attempt: Option<u32> },
    Commit { order: i64, attempt: Option<u32> },
    Count { id: u8, sku: i64, available: u32 },
    Allot { id: i64, sku: i64, qty: u32 },
    Take { order: i64, id: i64, sku: i64, qty: u32 },
    End { id: i64, sold: u32 },
}

fn verb() -> impl Strategy<Value = Verb> {
    let order = || 0..3i64;
    let attempt = || prop_oneof![2 => Just(None), 3 => (0..3u32).prop_map(Some)];
    let of = prop_oneof![Just(vec![(0, 2)]), Just(vec![(2, 1), (0, 1)]), Just(vec![(1, 3), (0, 1), (2, 2)]), Just(vec![(1, 6)]),];
    prop_oneof![
        4 => (order(), 0..3u32, of).prop_map(|(order, attempt, of)| Verb::Hold { order, attempt, of }),
        3 => (order(), attempt()).prop_map(|(order, attempt)| Verb::Release { order, attempt }),
        2 => (order(), attempt()).prop_map(|(order, attempt)| Verb::Commit { order, attempt }),
        1 => (0..4u8, 0..3i64, 0..8u32).prop_map(|(id, sku, available)| Verb::Count { id, sku, available }),
        2 => (0..3i64, 0..2i64, 1..5u32).prop_map(|(id, sku, qty)| Verb::Allot { id, sku, qty }),
        3 => (10..16i64, 0..3i64, 0..2i64, 1..3u32).prop_map(|(order, id, sku, qty)| Verb::Take { order, id, sku, qty }),
        1 => (0..3i64, 0..5u32).prop_map(|(id, sold)| Verb::End { id, sold }),
    ]
}

/// One attempt of an order that anybody has spoken of.
#[derive(Clone, Debug, PartialEq)]
enum Attempt {
    Held(Vec<(i64, u32)>),
    Sold(Vec<(i64, u32)>),
    Gone,
}

/// Units of a variant kept apart.
#[derive(Clone, Copy)]
struct Apart {
    sku: i64,
    qty: u32,
    taken: u32,
    sold: Option<u32>,
}

#[derive(Default)]
struct Model {
    /// Available, locked, sold.
    stock: BTreeMap<i64, (i64, i64, i64)>,
    apart: BTreeMap<i64, Apart>,
    /// Orders that have taken, whatever they asked for.
    took: BTreeSet<i64>,
    orders: HashMap<i64, BTreeMap<u32, Attempt>>,
    counts: HashMap<u8, (i64, u32)>,
    turns: Vec<(i64, bool)>,
}

impl Model {
    fn change(&mut self, sku: i64, (a, l, s): (i64, i64, i64)) {
        let level = self.stock.entry(sku).or_default();
        let before = level.0;
        *level = (level.0 + a, level.1 + l, level.2 + s);
        if (before == 0) != (level.0 == 0) {
            self.turns.push((sku, level.0 > 0));
        }
    }

    fn give_back(&mut self, mut of: Vec<(i64, u32)>) {
        of.sort_unstable();
        for (sku, qty) in of {
            self.change(sku, (i64::from(qty), -i64::from(qty), 0));
        }
    }

    /// The name of the fault, if it is refused.
    fn hold(&mut self, order: i64, attempt: u32, of: &[(i64, u32)]) -> Option<&'static str> {
        let mut of = of.to_vec();
        of.sort_unstable();
        let attempts = self.orders.entry(order).or_default().clone();
        match attempts.get(&attempt) {
            Some(Attempt::Held(before) | Attempt::Sold(before)) => return (*before != of).then_some("conflict"),
            Some(Attempt::Gone) => return Some("conflict"),
            None => {}
        }
        if attempts.keys().any(|a| *a > attempt) || attempts.values().any(|a| matches!(a, Attempt::Sold(_))) {
            return Some("conflict");
        }
        let old = attempts.iter().find_map(|(n, a)| if let Attempt::Held(kept) = a { Some((*n, kept.clone())) } else { None });
        let returning = |sku: i64| {
            let kept = old.iter().flat_map(|(_, kept)| kept).filter(|(s, _)| *s == sku);
            kept.map(|(_, qty)| i64::from(*qty)).sum::<i64>()
        };
        let there = |sku: i64| self.stock.get(&sku).map_or(0, |level| level.0) + returning(sku);
        if of.iter().any(|(sku, qty)| there(*sku) < i64::from(*qty)) {
            return Some("out_of_stock");
        }
        if let Some((n, kept)) = old.clone() {
            self.give_back(kept);
            self.orders.entry(order).or_default().insert(n, Attempt::Gone);
        }
        for (sku, qty) in &of {
            self.change(*sku, (-i64::from(*qty), i64::from(*qty), 0));
        }
        self.orders.entry(order).or_default().insert(attempt, Attempt::Held(of));
        None
    }

    fn release(&mut self, order: i64, attempt: Option<u32>) -> Option<&'static str> {
        let attempts = self.orders.entry(order).or_default().clone();
        let newest = attempts.keys().max().copied();
        let upto = attempt.or(newest).unwrap_or(0);
        if attempts.range(..=upto).any(|(_, a)| matches!(a, Attempt::Sold(_))) {
            return Some("conflict");
        }
        if newest.is_some_and(|n| n > upto) {
            return None;
        }
        for (n, a) in &attempts {
            if let Attempt::Held(kept) = a {
                self.give_back(kept.clone());
                self.orders.entry(order).or_default().insert(*n, Attempt::Gone);
            }
        }
        self.orders.entry(order).or_default().insert(upto, Attempt::Gone);
        None
    }

    fn commit(&mut self, order: i64, attempt: Option<u32>) -> Option<&'static str> {
        let attempts = self.orders.entry(order).or_default().clone();
        let Some((newest, state)) = attempts.last_key_value() else { return Some("conflict") };
        if attempt.is_some_and(|a| a != *newest) {
            return Some("conflict");
        }
        match state {
            Attempt::Gone => Some("conflict"),
            Attempt::Sold(_) => None,
            Attempt::Held(kept) => {
                for (sku, qty) in kept {
                    self.change(*sku, (0, -i64::from(*qty), i64::from(*qty)));
                }
                self.orders.entry(order).or_default().insert(*newest, Attempt::Sold(kept.clone()));
                None
            }
        }
    }

    fn count(&mut self, id: u8, sku: i64, available: u32) -> Option<&'static str> {
        if let Some(done) = self.counts.get(&id) {
            return (*done != (sku, available)).then_some("idempotency_key_reused");
        }
        self.counts.insert(id, (sku, available));
        let now = self.stock.get(&sku).map_or(0, |level| level.0);
        self.change(sku, (i64::from(available) - now, 0, 0));
        None
    }

    fn allot(&mut self, id: i64, sku: i64, qty: u32) -> Option<&'static str> {
        if let Some(there) = self.apart.get(&id) {
            return (there.sold.is_some() || (there.sku, there.qty) != (sku, qty)).then_some("conflict");
        }
        if self.stock.get(&sku).map_or(0, |level| level.0) < i64::from(qty) {
            return Some("out_of_stock");
        }
        self.change(sku, (-i64::from(qty), 0, 0));
        self.apart.insert(id, Apart { sku, qty, taken: 0, sold: None });
        None
    }

    fn take(&mut self, order: i64, id: i64, sku: i64, qty: u32) -> Option<&'static str> {
        if self.took.contains(&order) {
            return None;
        }
        let Some(there) = self.apart.get_mut(&id).filter(|a| a.sku == sku && a.taken + qty <= a.sold.unwrap_or(a.qty)) else {
            return Some("conflict");
        };
        there.taken += qty;
        self.took.insert(order);
        self.change(sku, (0, 0, i64::from(qty)));
        None
    }

    fn end(&mut self, id: i64, sold: u32) -> Option<&'static str> {
        let there = match self.apart.get(&id).copied() {
            Some(there) => there,
            None if sold == 0 => Apart { sku: -1, qty: 0, taken: 0, sold: Some(0) },
            None => return Some("conflict"),
        };
        match there.sold {
            Some(before) if before != sold => return Some("conflict"),
            None if sold > there.qty || sold < there.taken => return Some("conflict"),
            None => self.change(there.sku, (i64::from(there.qty - sold), 0, 0)),
            Some(_) => {}
        }
        self.apart.insert(id, Apart { sold: Some(sold), ..there });
        None
    }

    fn allotted(&self, sku: i64) -> i64 {
        let of = self.apart.values().filter(|a| a.sku == sku);
        of.map(|a| i64::from(a.sold.unwrap_or(a.qty)) - i64::from(a.taken)).sum()
    }
}

/// Tells the service and the model the same. Numbers are moved by `base`, so that cases share one database.
async fn both(store: &Store, model: &mut Model, base: i64, verb: &Verb) {
    let (real, plain) = match verb {
        Verb::Hold { order, attempt, of } => {
            let moved: Vec<(i64, u32)> = of.iter().map(|(sku, qty)| (base + sku, *qty)).collect();
            (store.hold(base + order, *attempt, &moved).await, model.hold(*order, *attempt, of))
        }
        Verb::Release { order, attempt } => (store.release(base + order, *attempt).await, model.release(*order, *attempt)),
        Verb::Commit { order, attempt } => (store.commit(base + order, *attempt).await, model.commit(*order, *attempt)),
        Verb::Count { id, sku, available } => {
            let request = Count {
                id: format!("{base}:{id}"),
                lines: vec![CountedLine { sku: SkuId(base + sku), available: *available }],
                reason: "x".into(),
            };
            let real = store.service.count(&Ctx::house(), request).await.map(|_| ());
            (real, model.count(*id, *sku, *available))
        }
        Verb::Allot { id, sku, qty } => (store.allot(base + id, base + sku, *qty).await, model.allot(*id, *sku, *qty)),
        Verb::Take { order, id, sku, qty } => {
            (store.take(base + order, base + id, &[(base + sku, *qty)]).await, model.take(*order, *id, *sku, *qty))
        }
        Verb::End { id, sold } => (store.end(base + id, *sold).await.map(|_| ()), model.end(*id, *sold)),
    };
    assert_eq!(real.err().map(|e| e.code().to_owned()), plain.map(str::to_owned), "{verb:?}");
}

#[test]
fn any_verbs_in_any_order_agree_with_the_model() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(open());
    let cases = AtomicI64::new(0);
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(seed in 0..9u32, verbs in proptest::collection::vec(verb(), 1..40))| {
        let base = cases.fetch_add(1, Ordering::SeqCst) * 100 + 100;
        runtime.block_on(async {
            let mut model = Model::default();
            let from = store.turns().await.len();
            both(&store, &mut model, base, &Verb::Count { id: 9, sku: 0, available: seed }).await;
            both(&store, &mut model, base, &Verb::Count { id: 10, sku: 1, available: 8 }).await;
            for verb in &verbs {
                both(&store, &mut model, base, verb).await;
            }
            for sku in 0..3 {
                assert_eq!(store.level(base + sku).await, model.stock.get(&sku).copied().unwrap_or_default());
                assert_eq!(store.allotted(base + sku).await, model.allotted(sku));
            }
            let turns: Vec<(i64, bool)> = store.turns().await[from..].iter().map(|(sku, there)| (sku - base, *there)).collect();
            assert_eq!(turns, model.turns);
        });
    });
    runtime.block_on(store.audit());
}
