//! The power goes at every step that changes the disk. What was answered before is still so after; nothing is promised twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::join_all;
use kit::Clock;
use rush::{Answer, Ask, Back, Claim, Memory, Rush, Units};

use super::disk::Forgetful;
use super::people::{Dice, ask, cases, clock, opening, settings, taken};

const POOLS: i64 = 3;
const UNITS: u32 = 12;
const LIMIT: u32 = 3;
const USERS: u64 = 9;

/// What people were told, over all lives of the mall.
#[derive(Default)]
struct Told {
    opened: BTreeSet<i64>,
    /// By ask: pool, user, number of the token.
    taken: BTreeMap<(i64, i64, u64), Claim>,
    given_back: BTreeSet<(i64, i64, u64)>,
    /// A give-back was asked for and not answered: it may have happened.
    maybe_back: BTreeSet<(i64, i64, u64)>,
    acknowledged: BTreeMap<i64, u64>,
}

fn start(disk: &Forgetful, shards: u16, clock: &Clock) -> kit::Result<Memory> {
    Memory::on(Arc::new(disk.clone()), settings(shards), clock.clone())
}

fn any_ask(dice: &mut Dice) -> (Ask, (i64, i64, u64)) {
    let pool = i64::try_from(dice.below(POOLS.unsigned_abs())).unwrap();
    let user = i64::try_from(dice.below(USERS)).unwrap();
    let (qty, n) = (if pool == 0 { 1 } else { 1 + u32::try_from(dice.below(2)).unwrap() }, dice.below(4));
    (ask(pool, user, qty, n), (pool, user, n))
}

/// A life: open, claim in small crowds, give back, deliver, until it is over or the power goes.
async fn live(memory: &Memory, dice: &mut Dice, told: &mut Told) -> kit::Result<()> {
    for pool in 0..POOLS {
        let units = if pool == 0 { Units::amounts((1..).take(UNITS as usize)) } else { Units::Alike(UNITS) };
        memory.open(opening(pool, units, LIMIT)).await?;
        told.opened.insert(pool);
    }
    for _ in 0..12 {
        let asks: Vec<_> = (0..=dice.below(5)).map(|_| any_ask(dice)).collect();
        let answers = join_all(asks.iter().map(|(ask, _)| memory.claim(*ask))).await;
        let mut failed = Ok(());
        for ((_, name), answer) in asks.iter().zip(answers) {
            match answer {
                Ok(Answer::Taken(claim)) => {
                    assert!(!told.taken.contains_key(name), "one claim a token");
                    told.taken.insert(*name, claim);
                }
                // Taken before, and perhaps nobody heard of it.
                Ok(Answer::Duplicate(claim)) => drop(told.taken.entry(*name).or_insert(claim)),
                Ok(_) => {}
                Err(e) => failed = Err(e),
            }
        }
        failed?;
        let mine: Vec<_> = told.taken.iter().map(|(name, claim)| (*name, *claim)).collect();
        if !mine.is_empty() && dice.below(2) == 0 {
            let (name, claim) = mine[usize::try_from(dice.below(mine.len() as u64)).unwrap()];
            told.maybe_back.insert(name);
            let back = memory.give_back(&claim).await?;
            assert_ne!(back, Back::Unknown);
            assert!(back == Back::Already || !told.given_back.contains(&name), "given back once");
            told.given_back.insert(name);
        }
        if dice.below(3) == 0 {
            let pool = i64::try_from(dice.below(POOLS.unsigned_abs())).unwrap();
            let news = memory.deliver(pool.into(), 3).await?;
            if let Some(last) = news.last() {
                memory.acknowledge(last).await?;
                told.acknowledged.insert(pool, last.seq);
            }
        }
    }
    Ok(())
}

/// Everything that was told is so.
async fn holds(memory: &Memory, told: &Told) {
    for (name, claim) in &told.taken {
        let (pool, user, n) = *name;
        let again = memory.claim(ask(pool, user, claim.qty, n)).await.unwrap();
        let Answer::Duplicate(now) = again else { panic!("{name:?} was taken, and now: {again:?}") };
        assert_eq!(Claim { given_back: claim.given_back, ..now }, *claim);
        assert!(now.given_back || !told.given_back.contains(name), "what was given back stays so");
        assert!(!now.given_back || told.maybe_back.contains(name), "nobody gave it back");
    }
    let mut units = BTreeSet::new();
    for pool in &told.opened {
        let standing = memory.describe((*pool).into()).await.unwrap().expect("an opened pool stands");
        assert_eq!(standing.left + standing.taken, u64::from(UNITS), "no unit lost, none doubled");
        assert!(standing.acknowledged >= told.acknowledged.get(pool).copied().unwrap_or_default());
        let news = memory.deliver((*pool).into(), 1000).await.unwrap();
        let line: Vec<u64> = news.iter().map(|claim| claim.seq).collect();
        assert_eq!(line, (standing.acknowledged + 1..=standing.claims).collect::<Vec<_>>(), "delivered in line, without gaps");
    }
    let mut held: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for ((pool, user, _), claim) in &told.taken {
        let Ok(Answer::Duplicate(now)) =
            memory.claim(ask(*pool, *user, 1, u64::from_le_bytes(claim.token.0[..8].try_into().unwrap()))).await
        else {
            panic!("no duplicate")
        };
        if !now.given_back {
            *held.entry((*pool, *user)).or_default() += now.qty;
            assert!(now.amount.is_none_or(|amount| units.insert(amount.unit)), "an amount is promised once");
        }
    }
    assert!(held.values().all(|n| *n <= LIMIT));
}

/// One history: lives that end at a step, each on the disk that the one before left. Returns the steps of a life that none ended.
async fn history(seed: u64, shards: u16, first_crash: Option<u64>) -> u64 {
    let (mut dice, clock) = (Dice(seed), clock());
    let (mut disk, mut told) = (Forgetful::default(), Told::default());
    let mut crash = first_crash;
    for _ in 0..4 {
        let Some(step) = crash else { break };
        disk.dies_in(step);
        // It may die while it starts, too.
        if let Ok(memory) = start(&disk, shards, &clock) {
            let _ = live(&memory, &mut dice, &mut told).await;
        }
        disk = disk.found(&mut dice);
        let memory = start(&disk, shards, &clock).unwrap();
        holds(&memory, &told).await;
        drop(memory);
        // Half of them while it starts again: it writes its journals anew then.
        let within = if dice.below(2) == 0 { 14 } else { 60 };
        crash = (dice.below(4) > 0).then(|| 1 + dice.below(within));
    }
    let before = disk.steps();
    let memory = start(&disk, shards, &clock).unwrap();
    live(&memory, &mut dice, &mut told).await.unwrap();
    holds(&memory, &told).await;
    assert!(!disk.is_dead());
    disk.steps() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_power_may_go_at_every_step() {
    for round in 0..u64::from(cases(1)) {
        let steps = history(round, 1, None).await;
        assert!(steps > 40, "there are steps to die at: {steps}");
        for step in 1..=steps + 5 {
            history(round << 32 | step, 1 + u16::try_from(step % 2).unwrap(), Some(step)).await;
        }
    }
}

/// A journal that fails answers nothing more: what it could not write is not promised, and no later success hides it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_write_nothing_is_taken_until_a_restart() {
    let (disk, clock) = (Forgetful::default(), clock());
    let memory = start(&disk, 1, &clock).unwrap();
    memory.open(opening(1, Units::Alike(5), 5)).await.unwrap();
    taken(memory.claim(ask(1, 1, 1, 1)).await.unwrap());
    disk.dies_in(1);
    let unknown = memory.claim(ask(1, 2, 1, 2)).await.unwrap_err();
    assert!(unknown.is(kit::fault::UNAVAILABLE), "{unknown}");
    for refused in [memory.claim(ask(1, 3, 1, 3)).await, memory.claim(ask(1, 3, 9, 3)).await] {
        assert!(refused.is_err(), "{refused:?}");
    }
    drop(memory);
    let disk = disk.found(&mut Dice(1));
    let memory = start(&disk, 1, &clock).unwrap();
    assert!(matches!(memory.claim(ask(1, 1, 1, 1)).await.unwrap(), Answer::Duplicate(_)));
    assert!(matches!(memory.claim(ask(1, 3, 1, 3)).await.unwrap(), Answer::Taken(_)));
}
