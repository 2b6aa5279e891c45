//! What every form of the engine does, whatever it stands on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::join_all;
use kit::Clock;
use rush::{Amount, Answer, Ask, Back, Carried, Claim, Memory, Opened, Opening, PoolId, Rush, Split, Units, UserId};

use super::disk::Forgetful;
use super::people::{START, ask, clock, opening, settings, taken, token};

fn memory(shards: u16, clock: &Clock) -> Memory {
    Memory::on(std::sync::Arc::new(Forgetful::default()), settings(shards), clock.clone()).unwrap()
}

#[tokio::test]
async fn memory_conforms() {
    let clock = clock();
    conforms(&memory(2, &clock), &clock, 1).await;
}

#[tokio::test]
async fn memory_in_parts_conforms() {
    let clock = clock();
    let split = Split::new(std::sync::Arc::new(memory(2, &clock)), 4);
    conforms(&split, &clock, 1).await;
}

/// Runs on pools numbered from `first`; the clock stands at `START` and is moved.
pub async fn conforms(rush: &dyn Rush, clock: &Clock, first: i64) {
    a_claim_is_exactly_once(rush, first).await;
    what_comes_back_can_be_claimed_again(rush, first + 1).await;
    amounts_go_out_once(rush, first + 2).await;
    claims_are_delivered_until_acknowledged(rush, first + 3).await;
    a_pool_is_counted_anew(rush, first + 4).await;
    nonsense_is_refused(rush, first + 5).await;
    the_last_units_are_sold_to_many(rush, first + 6).await;
    a_closed_pool_keeps_its_books(rush, first + 7).await;
    the_window_holds(rush, clock, first + 8).await;
}

async fn a_claim_is_exactly_once(rush: &dyn Rush, pool: i64) {
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Closed, "never opened");
    assert!(rush.describe(pool.into()).await.unwrap().is_none());
    assert_eq!(rush.open(opening(pool, Units::Alike(5), 2)).await.unwrap(), Opened::Now);
    assert_eq!(rush.open(opening(pool, Units::Alike(5), 2)).await.unwrap(), Opened::Already);
    let claim = taken(rush.claim(ask(pool, 1, 2, 1)).await.unwrap());
    assert_eq!((claim.pool.number, claim.epoch, claim.seq, claim.qty, claim.at), (pool, 1, 1, 2, START));
    assert_eq!(rush.claim(ask(pool, 1, 2, 1)).await.unwrap(), Answer::Duplicate(claim));
    assert_eq!(rush.claim(ask(pool, 1, 1, 2)).await.unwrap(), Answer::Limited);
    assert_eq!(rush.claim(ask(pool, 2, 3, 1)).await.unwrap(), Answer::Limited, "more than anybody may have");
    taken(rush.claim(ask(pool, 2, 2, 1)).await.unwrap());
    assert_eq!(rush.claim(ask(pool, 3, 2, 1)).await.unwrap(), Answer::SoldOut, "one is left, he wants two");
    taken(rush.claim(ask(pool, 3, 1, 1)).await.unwrap());
    assert_eq!(rush.claim(ask(pool, 4, 1, 1)).await.unwrap(), Answer::SoldOut);
    assert_eq!(rush.claim(ask(pool, 1, 2, 1)).await.unwrap(), Answer::Duplicate(claim), "a winner asks again when all is gone");
    assert_eq!(rush.claim(Ask { epoch: 2, ..ask(pool, 4, 1, 1) }).await.unwrap(), Answer::Closed);
    let standing = rush.describe(pool.into()).await.unwrap().unwrap();
    assert_eq!((standing.opened, standing.left, standing.taken, standing.claims), (5, 0, 5, 3));
}

async fn what_comes_back_can_be_claimed_again(rush: &dyn Rush, pool: i64) {
    rush.open(opening(pool, Units::Alike(1), 1)).await.unwrap();
    let mut n = 0;
    for round in 0..3 {
        n += 1;
        let claim = taken(rush.claim(ask(pool, 1, 1, n)).await.unwrap());
        assert_eq!(rush.claim(ask(pool, 2, 1, 1)).await.unwrap(), Answer::SoldOut);
        let backs = join_all((0..4).map(|_| rush.give_back(&claim))).await;
        let count = |back| backs.iter().filter(|b| *b.as_ref().unwrap() == back).count();
        assert_eq!((count(Back::Now), count(Back::Already)), (1, 3), "round {round}");
        let old = rush.claim(ask(pool, 1, 1, n)).await.unwrap();
        assert_eq!(old, Answer::Duplicate(Claim { given_back: true, ..claim }), "its token stays used");
    }
    assert_eq!(rush.claim(ask(pool, 1, 1, 9)).await.unwrap(), Answer::Limited, "gave back three times");
    let last = taken(rush.claim(ask(pool, 2, 1, 1)).await.unwrap());
    let never = Claim { user: UserId(77), ..last };
    assert_eq!(rush.give_back(&never).await.unwrap(), Back::Unknown);
    let standing = rush.describe(pool.into()).await.unwrap().unwrap();
    assert_eq!((standing.left, standing.taken, standing.given_back), (0, 1, 3));
}

async fn amounts_go_out_once(rush: &dyn Rush, pool: i64) {
    let amounts = [500, 1, 300, 7, 42, 9, 1, 88];
    rush.open(opening(pool, Units::amounts(amounts), 1)).await.unwrap();
    assert!(rush.claim(ask(pool, 1, 2, 1)).await.is_err_and(|e| e.is(kit::fault::INVALID)));
    let mut got = BTreeMap::new();
    let mut claims = Vec::new();
    for user in 0..8 {
        let claim = taken(rush.claim(ask(pool, user, 1, 1)).await.unwrap());
        let Amount { unit, amount } = claim.amount.unwrap();
        assert!(got.insert(unit, amount).is_none(), "an amount is claimed once");
        claims.push(claim);
    }
    assert_eq!(got, (0..).zip(amounts).collect());
    assert_eq!(rush.claim(ask(pool, 9, 1, 1)).await.unwrap(), Answer::SoldOut);
    assert_eq!(rush.give_back(&claims[3]).await.unwrap(), Back::Now);
    assert_eq!(taken(rush.claim(ask(pool, 9, 1, 1)).await.unwrap()).amount, claims[3].amount);
}

async fn claims_are_delivered_until_acknowledged(rush: &dyn Rush, pool: i64) {
    rush.open(opening(pool, Units::Alike(40), 1)).await.unwrap();
    assert!(rush.deliver(pool.into(), 10).await.unwrap().is_empty());
    assert!(!rush.waiting(1000).await.unwrap().contains(&pool.into()));
    let mut expected = BTreeMap::new();
    for user in 0..40 {
        let claim = taken(rush.claim(ask(pool, user, 1, 1)).await.unwrap());
        expected.insert(user, claim);
    }
    assert!(rush.waiting(1000).await.unwrap().contains(&pool.into()));
    assert_eq!(rush.give_back(&expected[&5]).await.unwrap(), Back::Now);
    let mut seen: BTreeMap<PoolId, u64> = BTreeMap::new();
    loop {
        let news = rush.deliver(pool.into(), 7).await.unwrap();
        assert_eq!(news, rush.deliver(pool.into(), 7).await.unwrap(), "the same until they are acknowledged");
        if news.is_empty() {
            break;
        }
        assert!(news.len() <= 7);
        for claim in &news {
            let before = expected.remove(&claim.user.0).expect("each once when all is acknowledged");
            assert_eq!(Claim { given_back: claim.user.0 == 5, ..before }, *claim);
            let place = seen.entry(claim.pool).or_default();
            assert_eq!(claim.seq, *place + 1, "in line");
            *place = claim.seq;
        }
        let last_of_each: BTreeMap<PoolId, Claim> = news.iter().map(|claim| (claim.pool, *claim)).collect();
        for claim in last_of_each.values() {
            rush.acknowledge(claim).await.unwrap();
            rush.acknowledge(claim).await.unwrap();
        }
    }
    assert!(expected.is_empty());
    assert!(!rush.waiting(1000).await.unwrap().contains(&pool.into()));
}

/// What is lost with an epoch: nothing that the owner knows.
async fn a_pool_is_counted_anew(rush: &dyn Rush, pool: i64) {
    let first = opening(pool, Units::Alike(4), 2);
    rush.open(first.clone()).await.unwrap();
    let kept = taken(rush.claim(ask(pool, 1, 1, 1)).await.unwrap());
    let lost = taken(rush.claim(ask(pool, 2, 1, 1)).await.unwrap());
    let back = taken(rush.claim(ask(pool, 3, 1, 1)).await.unwrap());
    rush.give_back(&back).await.unwrap();
    let carry = |claim: &Claim, given_back| Carried {
        user: claim.user,
        token: claim.token,
        qty: claim.qty,
        amount: None,
        at: claim.at,
        given_back,
    };
    let carried = vec![carry(&kept, false), carry(&back, true)];
    let second = Opening { epoch: 2, left: Units::Alike(3), carried, ..first.clone() };
    assert_eq!(rush.open(second.clone()).await.unwrap(), Opened::StillOpen, "what still sells cannot be counted");
    rush.close(pool.into()).await.unwrap().unwrap();
    assert_eq!(rush.open(second.clone()).await.unwrap(), Opened::Now);
    assert_eq!(rush.open(second).await.unwrap(), Opened::Already);
    assert_eq!(rush.open(first).await.unwrap(), Opened::Stale);
    let ask2 = |user, qty, n| Ask { epoch: 2, ..ask(pool, user, qty, n) };
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Closed, "who knows the old epoch only");
    let Answer::Duplicate(again) = rush.claim(ask2(1, 1, 1)).await.unwrap() else { panic!("its token is used") };
    assert_eq!((again.qty, again.epoch, again.given_back), (1, 2, false));
    assert!(matches!(rush.claim(ask2(3, 1, 1)).await.unwrap(), Answer::Duplicate(c) if c.given_back));
    assert_eq!(rush.claim(ask2(1, 2, 2)).await.unwrap(), Answer::Limited, "what he holds counts");
    assert_eq!(rush.give_back(&lost).await.unwrap(), Back::Unknown, "its unit was counted among the rest");
    assert!(rush.deliver(pool.into(), 10).await.unwrap().is_empty(), "carried claims are known to the owner");
    assert_eq!(rush.give_back(&kept).await.unwrap(), Back::Now, "a claim of an old epoch that was carried");
    assert_eq!(rush.give_back(&again).await.unwrap(), Back::Already);
    let standing = rush.describe(pool.into()).await.unwrap().unwrap();
    assert_eq!((standing.epoch, standing.opened, standing.left, standing.taken), (2, 4, 4, 0));
    for user in 10..14 {
        taken(rush.claim(ask2(user, 1, 1)).await.unwrap());
    }
    assert_eq!(rush.claim(ask2(14, 1, 1)).await.unwrap(), Answer::SoldOut);
}

async fn nonsense_is_refused(rush: &dyn Rush, pool: i64) {
    let invalid = |e: &kit::Error| e.is(kit::fault::INVALID);
    let bad = Opening { epoch: 0, ..opening(pool, Units::Alike(1), 1) };
    assert!(rush.open(bad).await.is_err_and(|e| invalid(&e)));
    rush.open(opening(pool, Units::Alike(10), 5)).await.unwrap();
    for qty in [0, rush::MAX_QTY + 1, u32::MAX] {
        assert!(rush.claim(ask(pool, 1, qty, 1)).await.is_err_and(|e| invalid(&e)));
    }
    assert!(rush.forget((pool + 1000).into()).await.unwrap().is_none());
    assert!(rush.close((pool + 1000).into()).await.unwrap().is_none());
    assert_eq!(rush.forget(pool.into()).await.unwrap().unwrap().left, 10);
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Closed);
    let extreme = Opening { pool: PoolId::from(i64::MIN), ..opening(pool, Units::Alike(1), 1) };
    rush.open(extreme).await.unwrap();
    taken(rush.claim(ask(i64::MIN, i64::MIN, 1, u64::MAX)).await.unwrap());
    rush.forget(i64::MIN.into()).await.unwrap().unwrap();
}

/// Two hundred at once, for ten units: ten get one, and everybody else hears why.
async fn the_last_units_are_sold_to_many(rush: &dyn Rush, pool: i64) {
    rush.open(opening(pool, Units::Alike(10), 1)).await.unwrap();
    let asks = (0..200).map(|n| ask(pool, n % 100, 1, n.unsigned_abs() / 100));
    let answers = join_all(asks.map(|ask| rush.claim(ask))).await;
    let winners: BTreeSet<UserId> = answers
        .iter()
        .filter_map(|answer| match answer.as_ref().unwrap() {
            Answer::Taken(claim) => Some(claim.user),
            Answer::SoldOut | Answer::Limited => None,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(winners.len(), 10);
    let standing = rush.describe(pool.into()).await.unwrap().unwrap();
    assert_eq!((standing.left, standing.taken, standing.claims), (0, 10, 10));
}

async fn a_closed_pool_keeps_its_books(rush: &dyn Rush, pool: i64) {
    rush.open(opening(pool, Units::Alike(3), 1)).await.unwrap();
    let claim = taken(rush.claim(ask(pool, 1, 1, 1)).await.unwrap());
    for _ in 0..2 {
        let standing = rush.close(pool.into()).await.unwrap().unwrap();
        assert_eq!((standing.shut, standing.left, standing.taken), (true, 2, 1));
    }
    assert_eq!(rush.claim(ask(pool, 2, 1, 1)).await.unwrap(), Answer::NotOpen);
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Duplicate(claim));
    assert_eq!(rush.deliver(pool.into(), 9).await.unwrap(), [claim]);
    assert_eq!(rush.give_back(&claim).await.unwrap(), Back::Now);
    assert_eq!(rush.forget(pool.into()).await.unwrap().unwrap().left, 3);
}

async fn the_window_holds(rush: &dyn Rush, clock: &Clock, pool: i64) {
    let mut later = opening(pool, Units::Alike(3), 3);
    later.terms.opens = clock.now() + Duration::from_secs(10);
    later.terms.closes = clock.now() + Duration::from_secs(20);
    rush.open(later).await.unwrap();
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::NotOpen);
    clock.pass(Duration::from_millis(9_999));
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::NotOpen);
    clock.pass(Duration::from_millis(1));
    let claim = taken(rush.claim(ask(pool, 1, 1, 1)).await.unwrap());
    assert_eq!(claim.token, token(1));
    clock.pass(Duration::from_millis(9_999));
    taken(rush.claim(ask(pool, 1, 1, 2)).await.unwrap());
    clock.pass(Duration::from_millis(1));
    assert_eq!(rush.claim(ask(pool, 1, 1, 3)).await.unwrap(), Answer::NotOpen);
    assert_eq!(rush.claim(ask(pool, 2, 1, 3)).await.unwrap(), Answer::NotOpen);
    assert_eq!(rush.claim(ask(pool, 1, 1, 1)).await.unwrap(), Answer::Duplicate(claim));
    let figures = rush.figures();
    assert!(figures.taken > 20 && figures.sold_out > 3 && figures.not_open > 4 && figures.given_back > 5, "{figures:?}");
    assert_eq!(figures.busy, 0);
}
