//! Any verbs in any order beside a plain model written from the rules; and what happened, read back from bytes, makes the same pools.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use kit::Time;
use proptest::prelude::*;
use rush::state::{Effect, Pools, Turn};
use rush::{Amount, Answer, Ask, Back, Carried, Loan, Opened, Opening, PoolId, Terms, Units, UserId};

use super::people::{START, cases, token};

#[derive(Clone, Debug)]
enum Verb {
    Open { pool: i64, part: u16, epoch: u64, units: u32, amounts: bool, limit: u32, carried: u8 },
    Close { pool: i64, part: u16 },
    Claim { pool: i64, part: u16, epoch: u64, user: i64, qty: u32, token: u64 },
    GiveBack { pool: i64, part: u16, user: i64, token: u64 },
    Acknowledge { pool: i64, part: u16, epoch: u64, upto: u64 },
    Lend { pool: i64, part: u16, max: u32 },
    Receive { pool: i64, nth: usize },
    Forget { pool: i64, part: u16 },
    Pass { ms: i64 },
}

fn verb() -> impl Strategy<Value = Verb> {
    let (pool, part, epoch) = (|| 0..2i64, || 0..2u16, || prop_oneof![6 => Just(1u64), 1 => Just(2u64)]);
    let claim = (pool(), part(), epoch(), 0..4i64, 1..4u32, 0..6u64);
    prop_oneof![
        2 => (pool(), part(), epoch(), 0..6u32, any::<bool>(), 1..5u32, 0..3u8)
            .prop_map(|(pool, part, epoch, units, amounts, limit, carried)| Verb::Open { pool, part, epoch, units, amounts, limit, carried }),
        1 => (pool(), part()).prop_map(|(pool, part)| Verb::Close { pool, part }),
        12 => claim.prop_map(|(pool, part, epoch, user, qty, token)| Verb::Claim { pool, part, epoch, user, qty, token }),
        5 => (pool(), part(), 0..4i64, 0..6u64).prop_map(|(pool, part, user, token)| Verb::GiveBack { pool, part, user, token }),
        2 => (pool(), part(), epoch(), 0..8u64).prop_map(|(pool, part, epoch, upto)| Verb::Acknowledge { pool, part, epoch, upto }),
        2 => (pool(), part(), 1..4u32).prop_map(|(pool, part, max)| Verb::Lend { pool, part, max }),
        3 => (pool(), 0..6usize).prop_map(|(pool, nth)| Verb::Receive { pool, nth }),
        1 => (pool(), part()).prop_map(|(pool, part)| Verb::Forget { pool, part }),
        1 => (0..2000i64).prop_map(|ms| Verb::Pass { ms }),
    ]
}

/// A unit has a name here, also where all are alike: so none can be lost or doubled unseen.
type Unit = (u32, i64);

#[derive(Clone, Debug)]
struct Taken {
    user: i64,
    token: u64,
    units: Vec<Unit>,
    back: bool,
}

#[derive(Clone, Debug)]
struct Model {
    epoch: u64,
    terms: Terms,
    amounts: bool,
    shut: bool,
    free: VecDeque<Unit>,
    line: Vec<Taken>,
    acknowledged: usize,
    loans: usize,
    seen: Vec<(u16, u64, u64)>,
}

impl Model {
    fn claim(&mut self, epoch: u64, user: i64, qty: u32, token: u64, now: Time) -> (&'static str, u64) {
        if epoch != self.epoch {
            return ("closed", 0);
        }
        if let Some(at) = self.line.iter().position(|t| t.user == user && t.token == token) {
            return ("duplicate", at as u64 + 1);
        }
        if self.shut || now < self.terms.opens || now >= self.terms.closes {
            return ("not_open", 0);
        }
        let mine = || self.line.iter().filter(|t| t.user == user);
        let held: usize = mine().filter(|t| !t.back).map(|t| t.units.len()).sum();
        let returned = mine().filter(|t| t.back).count();
        if held + qty as usize > self.terms.limit as usize || returned >= self.terms.returns as usize {
            return ("limited", 0);
        }
        if self.free.len() < qty as usize {
            return ("sold_out", 0);
        }
        let units = self.free.drain(..qty as usize).collect();
        self.line.push(Taken { user, token, units, back: false });
        ("taken", self.line.len() as u64)
    }

    fn give_back(&mut self, user: i64, token: u64) -> Back {
        match self.line.iter_mut().find(|t| t.user == user && t.token == token) {
            None => Back::Unknown,
            Some(t) if t.back => Back::Already,
            Some(t) => {
                t.back = true;
                self.free.extend(t.units.clone());
                Back::Now
            }
        }
    }
}

fn said(answer: &Answer) -> (&'static str, u64) {
    match answer {
        Answer::Taken(claim) => ("taken", claim.seq),
        Answer::Duplicate(claim) => ("duplicate", claim.seq),
        Answer::SoldOut => ("sold_out", 0),
        Answer::Limited => ("limited", 0),
        Answer::NotOpen => ("not_open", 0),
        Answer::Closed => ("closed", 0),
        Answer::Busy => ("busy", 0),
    }
}

/// The pools, the pools that are replayed from bytes beside them, and the model.
#[derive(Default)]
struct World {
    pools: Pools,
    replayed: Pools,
    models: HashMap<PoolId, Model>,
    /// Loans ever made in a pool, with the units of the model.
    loans: Vec<(i64, Loan, Vec<Unit>)>,
    next_unit: u32,
    now: Time,
}

impl World {
    fn turn<A>(&mut self, turn: Turn<A>) -> A {
        if let Some(effect) = turn.effect {
            self.pools.apply(&effect).unwrap();
            let mut bytes = Vec::new();
            effect.write(&mut bytes);
            for cut in 0..bytes.len() {
                assert!(Effect::read(&mut &bytes[..cut]).is_err(), "a record that is cut is no record");
            }
            let mut rest = &bytes[..];
            let read = Effect::read(&mut rest).unwrap();
            assert!(rest.is_empty());
            assert_eq!(read, effect);
            self.replayed.apply(&read).unwrap();
        }
        turn.answer
    }

    fn units(&mut self, n: u32) -> Vec<Unit> {
        let first = self.next_unit;
        self.next_unit += n;
        (first..self.next_unit).map(|unit| (unit, i64::from(unit) * 7 + 1)).collect()
    }

    fn opening(&mut self, id: PoolId, epoch: u64, (units, amounts, limit): (u32, bool, u32), carried: u8) -> (Opening, Model) {
        let free = self.units(units);
        let as_amount = |(unit, amount): Unit| Amount { unit, amount };
        let left = if amounts { Units::Amounts(free.iter().copied().map(as_amount).collect()) } else { Units::Alike(units) };
        let terms = Terms { limit, returns: 2, opens: START, closes: START + Duration::from_secs(10) };
        let (mut line, mut brought) = (Vec::new(), Vec::new());
        for n in 0..u64::from(carried) {
            let (user, back, units) = (i64::try_from(n).unwrap(), n % 2 == 1, self.units(1));
            let amount = amounts.then(|| as_amount(units[0]));
            brought.push(Carried { user: UserId(user), token: token(n), qty: 1, amount, at: START, given_back: back });
            line.push(Taken { user, token: n, units, back });
        }
        let acknowledged = line.len();
        let (loans, seen) = (0, Vec::new());
        let model = Model { epoch, terms, amounts, shut: false, free: free.into(), line, acknowledged, loans, seen };
        (Opening { pool: id, epoch, terms, left, carried: brought }, model)
    }

    fn open(&mut self, id: PoolId, epoch: u64, of: (u32, bool, u32), carried: u8) {
        let (opening, model) = self.opening(id, epoch, of, carried);
        let turn = self.pools.open(Box::new(opening.image().unwrap()));
        let opened = self.turn(turn);
        let expected = match self.models.get(&id) {
            Some(old) if old.epoch == epoch => Opened::Already,
            Some(old) if old.epoch > epoch => Opened::Stale,
            Some(old) if !old.shut => Opened::StillOpen,
            _ => Opened::Now,
        };
        assert_eq!(opened, expected);
        if opened == Opened::Now {
            self.models.insert(id, model);
        }
    }

    fn claim(&mut self, ask: Ask, n: u64) {
        let Some(model) = self.models.get_mut(&ask.pool) else {
            assert!(self.pools.get(ask.pool).is_none());
            return;
        };
        let ask = Ask { qty: if model.amounts { 1 } else { ask.qty }, ..ask };
        let expected = model.claim(ask.epoch, ask.user.0, ask.qty, n, self.now);
        let at = usize::try_from(expected.1).unwrap();
        let units = at.checked_sub(1).map(|at| model.line[at].units.clone());
        let amounts = model.amounts;
        let turn = self.pools.get(ask.pool).unwrap().claim(&ask, self.now);
        let answer = self.turn(turn);
        assert_eq!(said(&answer), expected);
        if let Answer::Taken(claim) | Answer::Duplicate(claim) = answer {
            let units = units.unwrap();
            assert_eq!(claim.qty as usize, units.len());
            assert_eq!(claim.amount.map(|a| (a.unit, a.amount)), amounts.then(|| units[0]));
        }
    }

    fn lend(&mut self, id: PoolId, max: u32) {
        let Some(model) = self.models.get_mut(&id) else { return };
        let to = 1 - id.part;
        let n = if model.shut { 0 } else { model.free.len().min(max as usize) };
        let units: Vec<Unit> = model.free.drain(..n).collect();
        let turn = self.pools.get(id).unwrap().lend(to, max);
        let loan = self.turn(turn);
        assert_eq!(loan.as_ref().map_or(0, |loan| loan.units.count() as usize), n);
        if let Some(loan) = loan {
            self.models.get_mut(&id).unwrap().loans += 1;
            self.loans.push((id.number, loan, units));
        }
    }

    /// Any loan that was ever made arrives (again).
    fn receive(&mut self, pool: i64, nth: usize) {
        let mine: Vec<_> = self.loans.iter().filter(|(number, ..)| *number == pool).cloned().collect();
        let Some((number, loan, units)) = mine.get(nth) else { return };
        let (from, to) = (PoolId { number: *number, part: loan.id.from }, PoolId { number: *number, part: loan.to });
        let name = (loan.id.from, loan.id.epoch, loan.id.number);
        let fits = |m: &Model| m.epoch == loan.id.epoch && m.amounts == matches!(loan.units, Units::Amounts(_));
        if !self.models.get(&to).is_some_and(fits) {
            return;
        }
        let turn = self.pools.get(to).unwrap().receive(loan);
        assert!(self.turn(turn));
        let model = self.models.get_mut(&to).unwrap();
        if !model.seen.contains(&name) {
            model.seen.push(name);
            model.free.extend(units);
        }
        if let Some(pool) = self.pools.get(from) {
            let turn = pool.settle(loan.id);
            self.turn(turn);
        }
    }

    fn run(&mut self, verb: Verb) {
        let id = |pool: i64, part: u16| PoolId::from(pool).part(part);
        match verb {
            Verb::Open { pool, part, epoch, units, amounts, limit, carried } => {
                self.open(id(pool, part), epoch, (units, amounts, limit), carried);
            }
            Verb::Close { pool, part } => {
                if let Some(turn) = self.pools.get(id(pool, part)).map(rush::state::Pool::shut) {
                    self.turn(turn);
                    self.models.get_mut(&id(pool, part)).unwrap().shut = true;
                }
            }
            Verb::Claim { pool, part, epoch, user, qty, token: n } => {
                self.claim(Ask { pool: id(pool, part), epoch, user: UserId(user), qty, token: token(n) }, n);
            }
            Verb::GiveBack { pool, part, user, token: n } => {
                let Some(turn) = self.pools.get(id(pool, part)).map(|p| p.give_back(UserId(user), token(n))) else { return };
                let back = self.turn(turn);
                assert_eq!(back, self.models.get_mut(&id(pool, part)).unwrap().give_back(user, n));
            }
            Verb::Acknowledge { pool, part, epoch, upto } => {
                let Some(turn) = self.pools.get(id(pool, part)).map(|p| p.acknowledge(epoch, upto)) else { return };
                self.turn(turn);
                let model = self.models.get_mut(&id(pool, part)).unwrap();
                if epoch == model.epoch {
                    model.acknowledged = model.acknowledged.max(model.line.len().min(usize::try_from(upto).unwrap()));
                }
            }
            Verb::Lend { pool, part, max } => self.lend(id(pool, part), max),
            Verb::Receive { pool, nth } => self.receive(pool, nth),
            Verb::Forget { pool, part } => {
                if self.models.remove(&id(pool, part)).is_some() {
                    self.turn(Turn { answer: (), effect: Some(Effect::Forgotten { pool: id(pool, part) }) });
                    // Who forgets a part forgets what was on its way from it; its number may begin anew.
                    self.loans.retain(|(number, ..)| *number != pool);
                    let other = id(pool, 1 - part);
                    if self.models.remove(&other).is_some() {
                        self.turn(Turn { answer: (), effect: Some(Effect::Forgotten { pool: other }) });
                    }
                }
            }
            Verb::Pass { ms } => self.now = self.now + Duration::from_millis(ms.unsigned_abs()),
        }
    }

    fn check(&self) {
        let mut waiting = Vec::new();
        assert_eq!(self.pools.len(), self.models.len());
        for (id, model) in &self.models {
            let pool = self.pools.get(*id).unwrap();
            pool.check().unwrap();
            assert_eq!(pool.image(), self.replayed.get(*id).unwrap().image());
            let again = rush::state::Pool::from_image(pool.image()).unwrap();
            assert_eq!(again.image(), pool.image());
            let standing = pool.standing();
            let live: usize = model.line.iter().filter(|t| !t.back).map(|t| t.units.len()).sum();
            assert_eq!((standing.left, standing.taken), (model.free.len() as u64, live as u64));
            assert_eq!((standing.claims, standing.acknowledged), (model.line.len() as u64, model.acknowledged as u64));
            let news: Vec<_> = pool.undelivered(100).iter().map(|c| (c.seq, c.user.0, c.token, c.given_back)).collect();
            let expected = model.line.iter().zip(1u64..).skip(model.acknowledged);
            assert_eq!(news, expected.map(|(t, seq)| (seq, t.user, token(t.token), t.back)).collect::<Vec<_>>());

            if model.acknowledged < model.line.len() {
                waiting.push(*id);
            }
        }
        waiting.sort_unstable();
        assert_eq!(self.pools.waiting(100), waiting);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pools_do_what_the_rules_say(verbs in prop::collection::vec(verb(), 1..60)) {
        let mut world = World { now: START, ..World::default() };
        for verb in verbs {
            world.run(verb);
            world.check();
        }
    }
}

#[test]
fn openings_that_make_no_sense_are_refused() {
    let good = super::people::opening(1, Units::Alike(1), 1);
    assert!(good.image().is_ok());
    let terms = good.terms;
    let carried = Carried { user: UserId(1), token: token(1), qty: 1, amount: None, at: START, given_back: false };
    let twice = Units::Amounts(vec![Amount { unit: 1, amount: 5 }, Amount { unit: 1, amount: 6 }]);
    for bad in [
        Opening { epoch: 0, ..good.clone() },
        Opening { terms: Terms { limit: 0, ..terms }, ..good.clone() },
        Opening { terms: Terms { returns: 0, ..terms }, ..good.clone() },
        Opening { terms: Terms { closes: terms.opens, ..terms }, ..good.clone() },
        Opening { left: Units::Alike(rush::MAX_UNITS + 1), ..good.clone() },
        Opening { left: twice, ..good.clone() },
        Opening { carried: vec![carried, carried], ..good.clone() },
        Opening { carried: vec![Carried { qty: 0, ..carried }], ..good.clone() },
        Opening { carried: vec![carried], left: Units::amounts([5]), ..good.clone() },
    ] {
        assert!(bad.image().is_err_and(|e| e.is(kit::fault::INVALID)), "{bad:?}");
    }
}
