//! A pool in parts: nobody hears "gone" while any part has some, no unit is lost or doubled on its way, also when a mover dies.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::join_all;
use rush::audit::{Books, audit};
use rush::{Answer, Memory, Parts as _, PoolId, Rush, Split, Units, UserId};

use super::disk::Forgetful;
use super::people::{Dice, ask, cases, clock, opening, settings, taken};

fn parts(k: u16) -> (Arc<Memory>, Split) {
    let memory = Arc::new(Memory::on(Arc::new(Forgetful::default()), settings(2), clock()).unwrap());
    (memory.clone(), Split::new(memory, k))
}

/// All of one home: the others' units come to them, to the last.
#[tokio::test]
async fn one_home_may_sell_everything() {
    let (_, split) = parts(8);
    split.open(opening(1, Units::Alike(50), 1)).await.unwrap();
    let neighbours = (0..).filter(|user| split.home(UserId(*user)) == 3).take(51);
    let mut sold = 0;
    for user in neighbours {
        match split.claim(ask(1, user, 1, 1)).await.unwrap() {
            Answer::Taken(claim) => {
                assert_eq!(claim.pool.part, 3, "his part keeps his count");
                sold += 1;
            }
            answer => assert_eq!((answer, sold), (Answer::SoldOut, 50)),
        }
    }
    let standings = split.describe_parts(1.into()).await.unwrap();
    assert_eq!(audit(&standings, &Books { quota: 50, sold: 50, live: 0 }), []);
}

/// The limit is a user's, wherever his units come from; a claim of several gathers them.
#[tokio::test]
async fn a_claim_gathers_from_several_parts_and_the_limit_is_exact() {
    let (_, split) = parts(5);
    split.open(opening(1, Units::Alike(10), 7)).await.unwrap();
    let first = taken(split.claim(ask(1, 1, 6, 1)).await.unwrap());
    assert_eq!(first.qty, 6);
    assert_eq!(split.claim(ask(1, 1, 2, 2)).await.unwrap(), Answer::Limited);
    taken(split.claim(ask(1, 1, 1, 3)).await.unwrap());
    assert_eq!(split.claim(ask(1, 2, 4, 1)).await.unwrap(), Answer::SoldOut);
    taken(split.claim(ask(1, 2, 3, 2)).await.unwrap());
    split.give_back(&first).await.unwrap();
    for user in 10..16 {
        taken(split.claim(ask(1, user, 1, 1)).await.unwrap());
    }
    assert_eq!(split.claim(ask(1, 16, 1, 1)).await.unwrap(), Answer::SoldOut);
}

/// As many eager users as units, all at once: all units are sold, whoever meets whom.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_race_sells_the_last_unit() {
    for round in 0..i64::from(cases(10)) {
        let (_, split) = parts(4);
        split.open(opening(round, Units::amounts(1..=20), 1)).await.unwrap();
        let racers = (0..40).map(|user| {
            let split = split.clone();
            tokio::spawn(async move {
                loop {
                    match split.claim(ask(round, user, 1, 1)).await.unwrap() {
                        // Others were quicker sixteen times over; it is not gone.
                        Answer::Busy => {}
                        answer => return answer,
                    }
                }
            })
        });
        let answers: Vec<_> = join_all(racers).await.into_iter().map(Result::unwrap).collect();
        let won: BTreeMap<u32, i64> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Taken(claim) => claim.amount.map(|amount| (amount.unit, amount.amount)),
                other => {
                    assert_eq!(*other, Answer::SoldOut);
                    None
                }
            })
            .collect();
        assert_eq!(won, (0..20).zip(1..=20).collect(), "each amount once, none left");
    }
}

/// A mover dies between any two of his steps, in random histories: units on their way still count, and arrive.
#[tokio::test]
async fn a_mover_may_die_at_any_step() {
    for seed in 0..u64::from(cases(30)) {
        let (memory, split) = parts(3);
        let mut dice = Dice(seed);
        split.open(opening(1, Units::Alike(9), 1)).await.unwrap();
        let (mut sold, mut user) = (0, 0);
        for _ in 0..14 {
            let (from, to) = (u16::try_from(dice.below(3)).unwrap(), u16::try_from(dice.below(3)).unwrap());
            let (source, many) = (PoolId::from(1).part(from), 1 + u32::try_from(dice.below(3)).unwrap());
            if let Some(loan) = memory.lend(source, to, many).await.unwrap() {
                let steps = dice.below(4);
                for _ in 0..steps.min(2) {
                    assert!(memory.receive(source.part(to), &loan).await.unwrap(), "as often as it is told");
                }
                if steps == 3 {
                    memory.settle(source, loan.id).await.unwrap();
                    memory.settle(source, loan.id).await.unwrap();
                }
            }
            if dice.below(4) == 0 {
                split.rebalance(1.into()).await.unwrap();
            }
            user += 1;
            match split.claim(ask(1, user, 1, 1)).await.unwrap() {
                Answer::Taken(_) => sold += 1,
                answer => assert_eq!((answer, sold), (Answer::SoldOut, 9), "seed {seed}"),
            }
        }
        assert_eq!(sold, 9, "seed {seed}: the last unit is sellable");
        let standing = split.close(1.into()).await.unwrap().unwrap();
        assert_eq!((standing.left, standing.taken, standing.lent), (0, 9, standing.received));
        let standings = split.describe_parts(1.into()).await.unwrap();
        assert_eq!(audit(&standings, &Books { quota: 9, sold: 4, live: 5 }), []);
    }
}

#[tokio::test]
async fn what_is_left_can_be_spread_again() {
    let (memory, split) = parts(4);
    split.open(opening(1, Units::Alike(40), 1)).await.unwrap();
    let all = PoolId::from(1);
    for part in 1..4 {
        let loan = memory.lend(all.part(part), 0, 10).await.unwrap().unwrap();
        assert!(memory.receive(all, &loan).await.unwrap());
    }
    let left = async || split.describe_parts(all).await.unwrap().iter().map(|s| s.left).collect::<Vec<_>>();
    assert_eq!(left().await, [40, 0, 0, 0]);
    split.rebalance(all).await.unwrap();
    assert_eq!(left().await.iter().sum::<u64>(), 40);
    assert!(left().await.iter().all(|n| (5..=20).contains(n)), "{:?}", left().await);
    assert!(memory.loans(all.part(1)).await.unwrap().is_empty(), "what arrived is struck out");
    let settled = split.describe(all).await.unwrap().unwrap();
    assert_eq!(settled.lent, settled.received);
}

/// A loan of an epoch that is over does not arrive in the next one.
#[tokio::test]
async fn a_late_loan_of_an_old_epoch_is_refused() {
    let (memory, split) = parts(2);
    let first = opening(1, Units::Alike(4), 1);
    split.open(first.clone()).await.unwrap();
    let loan = memory.lend(PoolId::from(1), 1, 2).await.unwrap().unwrap();
    // Closing would finish it; these parts are closed one by one.
    memory.close(PoolId::from(1)).await.unwrap();
    assert!(split.open(rush::Opening { epoch: 2, ..first.clone() }).await.unwrap() == rush::Opened::StillOpen);
    memory.close(PoolId::from(1).part(1)).await.unwrap();
    split.open(rush::Opening { epoch: 2, ..first }).await.unwrap();
    assert!(!memory.receive(PoolId::from(1).part(1), &loan).await.unwrap());
    assert_eq!(split.describe(1.into()).await.unwrap().unwrap().left, 4);
}
