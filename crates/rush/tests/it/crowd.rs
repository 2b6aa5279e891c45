//! A crowd of tasks against the memory form: repeats, give-backs, consumers, two shards. Whatever order it happens in, the sums are exact.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rush::audit::{Books, audit};
use rush::{Answer, Back, Claim, Memory, PoolId, Rush, Split, Units};

use super::disk::Forgetful;
use super::people::{Dice, ask, cases, clock, opening, settings};

/// What one task saw: claims by token, and which of them it gave back.
#[derive(Default)]
struct Seen {
    claims: Vec<Claim>,
    given_back: Vec<Claim>,
}

/// A task that asks for users it shares with others, repeats itself, and gives some back.
async fn push(rush: Arc<dyn Rush>, pools: i64, users: u64, rounds: u32, mut dice: Dice) -> Seen {
    let mut seen = Seen::default();
    for _ in 0..rounds {
        let pool = i64::try_from(dice.below(pools.unsigned_abs())).unwrap();
        let user = i64::try_from(dice.below(users)).unwrap();
        let ask = ask(pool, user, 1 + u32::try_from(dice.below(2)).unwrap(), dice.below(5));
        match rush.claim(ask).await.unwrap() {
            Answer::Taken(claim) => {
                seen.claims.push(claim);
                if dice.below(3) == 0 && rush.give_back(&claim).await.unwrap() == Back::Now {
                    seen.given_back.push(claim);
                }
            }
            Answer::Duplicate(claim) => assert_eq!((claim.user, claim.token), (ask.user, ask.token)),
            // Busy: in parts, when others were quicker each time.
            Answer::SoldOut | Answer::Limited | Answer::Busy => {}
            other => panic!("{other:?}"),
        }
    }
    seen
}

/// Delivers and acknowledges beside the crowd, and once more when it is over.
async fn consume(rush: &dyn Rush, lines: &mut BTreeMap<PoolId, Vec<Claim>>) -> usize {
    let mut found = 0;
    for pool in rush.waiting(100).await.unwrap() {
        let news = rush.deliver(pool, 50).await.unwrap();
        let last: BTreeMap<PoolId, Claim> = news.iter().map(|claim| (claim.pool, *claim)).collect();
        found += news.len();
        for claim in news {
            let line = lines.entry(claim.pool).or_default();
            assert_eq!(claim.seq, line.len() as u64 + 1, "in line, without gaps");
            line.push(claim);
        }
        for claim in last.values() {
            rush.acknowledge(claim).await.unwrap();
        }
    }
    found
}

const POOLS: i64 = 3;
const UNITS: u32 = 60;
const LIMIT: u32 = 3;

pub async fn a_crowd(rush: Arc<dyn Rush>, seed: u64) {
    for pool in 0..POOLS {
        rush.open(opening(pool, Units::Alike(UNITS), LIMIT)).await.unwrap();
    }
    let tasks: Vec<_> = (0..16).map(|n| tokio::spawn(push(rush.clone(), POOLS, 40, 60, Dice(seed * 100 + n)))).collect();
    let mut lines = BTreeMap::new();
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        consume(&*rush, &mut lines).await;
        tokio::task::yield_now().await;
    }
    let (mut claims, mut back) = (Vec::new(), HashSet::new());
    for task in tasks {
        let seen = task.await.unwrap();
        claims.extend(seen.claims);
        for claim in seen.given_back {
            assert!(back.insert((claim.pool, claim.user, claim.token)), "given back once");
        }
    }
    while consume(&*rush, &mut lines).await > 0 {}
    let tokens: BTreeSet<_> = claims.iter().map(|c| (c.pool.number, c.user, c.token)).collect();
    assert_eq!(tokens.len(), claims.len(), "one claim a token");
    let delivered: usize = lines.values().map(Vec::len).sum();
    assert_eq!(delivered, claims.len(), "each claim is delivered");
    let mut held: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for pool in 0..POOLS {
        let live = claims.iter().filter(|c| c.pool.number == pool && !back.contains(&(c.pool, c.user, c.token)));
        let mut taken = 0;
        for claim in live {
            *held.entry((pool, claim.user.0)).or_default() += claim.qty;
            taken += u64::from(claim.qty);
        }
        let standing = rush.describe(pool.into()).await.unwrap().unwrap();
        assert_eq!(standing.taken, taken);
        assert_eq!(audit(&[standing], &Books { quota: u64::from(UNITS), sold: taken / 2, live: taken - taken / 2 }), []);
        assert!(!audit(&[standing], &Books { quota: u64::from(UNITS), sold: taken, live: 1 }).is_empty());
    }
    assert!(held.values().all(|n| *n <= LIMIT), "{held:?}");
}

fn memory(shards: u16) -> Arc<Memory> {
    Arc::new(Memory::on(Arc::new(Forgetful::default()), settings(shards), clock()).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sums_are_exact_in_memory() {
    for round in 0..u64::from(cases(2)) {
        a_crowd(memory(2), round).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sums_are_exact_in_parts() {
    for round in 0..u64::from(cases(2)) {
        a_crowd(Arc::new(Split::new(memory(2), 5)), round).await;
    }
}

/// A thousand wait at a desk for eight: the others hear so at once, and may come again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_says_busy_at_once() {
    let few = rush::memory::Settings { queue: 8, ..settings(1) };
    let memory = Memory::on(Arc::new(Forgetful::default()), few, clock()).unwrap();
    memory.open(opening(1, Units::Alike(5000), 1)).await.unwrap();
    let asks = (0..3000).map(|user| memory.claim(ask(1, user, 1, 1)));
    let answers = futures::future::join_all(asks).await;
    let count = |of: fn(&Answer) -> bool| answers.iter().filter(|a| of(a.as_ref().unwrap())).count();
    let (taken, busy) = (count(|a| matches!(a, Answer::Taken(_))), count(|a| *a == Answer::Busy));
    assert_eq!(taken + busy, 3000);
    assert!(taken >= 8 && busy > 0, "{taken} taken, {busy} busy");
    assert_eq!(memory.describe(1.into()).await.unwrap().unwrap().taken, taken as u64, "who was turned away took nothing");
    for user in 0..3000 {
        let again = memory.claim(ask(1, user, 1, 1)).await.unwrap();
        assert!(matches!(again, Answer::Taken(_) | Answer::Duplicate(_)), "{again:?}");
    }
}

/// Who goes away while he waits is answered when he comes back: his claim went on without him.
#[tokio::test]
async fn a_caller_who_goes_away_finds_his_claim() {
    let memory = memory(1);
    memory.open(opening(1, Units::Alike(5), 1)).await.unwrap();
    let mut waiting = Box::pin(memory.claim(ask(1, 1, 1, 1)));
    // Answered at once or not: nobody hears it.
    let _ = futures::poll!(&mut waiting);
    drop(waiting);
    assert!(matches!(memory.claim(ask(1, 1, 1, 1)).await.unwrap(), Answer::Duplicate(_)));
}
