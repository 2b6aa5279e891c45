//! The rules of one pool: who may take what. Pure: what is asked and the time come in, an answer and an [`Effect`] come out, and a
//! pool is exactly the sum of its effects. No clock, no store, no await. The limits hold here or nowhere.

mod bytes;
mod crowd;
mod effect;
mod image;
mod pools;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kit::Time;

use crate::{Amount, Answer, Ask, Back, Claim, Loan, LoanId, PoolId, Standing, Terms, Token, Units, UserId};

use crowd::Crowd;
pub use effect::Effect;
pub use image::{Entry, Image};
pub use pools::Pools;

/// An effect that cannot follow what stands: the journal is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt(pub &'static str);

impl std::fmt::Display for Corrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the pools cannot be what the journal says: {}", self.0)
    }
}

impl std::error::Error for Corrupt {}

/// What is to be answered, and what has to be true (applied and durable) before it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn<A> {
    /// The answer.
    pub answer: A,
    /// What changes; none when all stays as it is.
    pub effect: Option<Effect>,
}

impl<A> Turn<A> {
    fn same(answer: A) -> Self {
        Turn { answer, effect: None }
    }

    fn to(answer: A, effect: Effect) -> Self {
        Turn { answer, effect: Some(effect) }
    }
}

/// What lies free.
#[derive(Debug)]
enum Free {
    Alike(u32),
    Amounts(VecDeque<Amount>),
}

impl Free {
    fn count(&self) -> u32 {
        match self {
            Free::Alike(n) => *n,
            Free::Amounts(amounts) => u32::try_from(amounts.len()).unwrap_or(u32::MAX),
        }
    }

    /// The first `n`, or all if there are fewer.
    fn first(&self, n: u32) -> Units {
        match self {
            Free::Alike(all) => Units::Alike(n.min(*all)),
            Free::Amounts(amounts) => Units::Amounts(amounts.iter().take(n as usize).copied().collect()),
        }
    }

    /// Takes exactly these from the front.
    fn take(&mut self, units: &Units) -> Result<(), Corrupt> {
        match (self, units) {
            (Free::Alike(all), Units::Alike(n)) => *all = all.checked_sub(*n).ok_or(Corrupt("more taken than there was"))?,
            (Free::Amounts(all), Units::Amounts(some)) => {
                for one in some {
                    if all.pop_front() != Some(*one) {
                        return Err(Corrupt("an amount was taken that was not the first"));
                    }
                }
            }
            _ => return Err(Corrupt("units and amounts are mixed")),
        }
        Ok(())
    }

    /// Puts these at the end.
    fn put(&mut self, units: &Units) -> Result<(), Corrupt> {
        match (self, units) {
            (Free::Alike(all), Units::Alike(n)) => *all = all.checked_add(*n).ok_or(Corrupt("too many units"))?,
            (Free::Amounts(all), Units::Amounts(some)) => all.extend(some),
            _ => return Err(Corrupt("units and amounts are mixed")),
        }
        Ok(())
    }
}

/// A pool. Cost of a verb does not depend on how many units, users or claims there are.
#[derive(Debug)]
pub struct Pool {
    id: PoolId,
    epoch: u64,
    terms: Terms,
    shut: bool,
    opened: u64,
    free: Free,
    /// Every claim of this epoch, by its place in the line.
    entries: Vec<Entry>,
    crowd: Crowd,
    acknowledged: u64,
    taken: u64,
    given_back: u64,
    received: u64,
    lent: u64,
    loans: BTreeMap<u64, Loan>,
    last_loan: u64,
    /// Loans that came in: none comes in twice.
    seen: BTreeSet<LoanId>,
}

fn units_of(qty: u32, amount: Option<Amount>) -> Units {
    amount.map_or(Units::Alike(qty), |amount| Units::Amounts(vec![amount]))
}

impl Pool {
    /// Its epoch.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Its rules.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Whether its owner closed it.
    pub fn is_shut(&self) -> bool {
        self.shut
    }

    /// A claim of it takes one amount.
    pub fn is_of_amounts(&self) -> bool {
        matches!(self.free, Free::Amounts(_))
    }

    /// Units free here or on their way from here, for the published view.
    pub fn available(&self) -> u32 {
        let moving: u32 = self.loans.values().map(|loan| loan.units.count()).sum();
        self.free.count().saturating_add(moving)
    }

    /// Some claims are not acknowledged.
    pub fn is_waiting(&self) -> bool {
        self.acknowledged < self.entries.len() as u64
    }

    /// Nothing of it is still to be done.
    pub fn is_done(&self) -> bool {
        !self.is_waiting() && self.loans.is_empty()
    }

    /// Everybody who ever claimed.
    pub fn users(&self) -> impl Iterator<Item = UserId> + '_ {
        self.crowd.purses().map(|(user, _)| *user)
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        Standing {
            pool: self.id,
            epoch: self.epoch,
            terms: self.terms,
            shut: self.shut,
            opened: self.opened,
            left: u64::from(self.free.count()),
            taken: self.taken,
            given_back: self.given_back,
            received: self.received,
            lent: self.lent,
            claims: self.entries.len() as u64,
            acknowledged: self.acknowledged,
        }
    }

    fn claim_at(&self, place: usize) -> Option<Claim> {
        self.entries.get(place).map(|entry| entry.claim(self.id, self.epoch, place as u64 + 1))
    }

    fn find(&self, user: UserId, token: Token) -> Option<Claim> {
        self.claim_at(self.crowd.find(user, token)? as usize)
    }

    /// A wish, now. A known token comes before all else, so that a winner hears the same when all is over.
    pub fn claim(&self, ask: &Ask, now: Time) -> Turn<Answer> {
        if ask.epoch != self.epoch {
            return Turn::same(Answer::Closed);
        }
        if let Some(before) = self.find(ask.user, ask.token) {
            return Turn::same(Answer::Duplicate(before));
        }
        if self.shut || now < self.terms.opens || now >= self.terms.closes {
            return Turn::same(Answer::NotOpen);
        }
        let purse = self.crowd.purse(ask.user);
        if purse.held.saturating_add(ask.qty) > self.terms.limit || purse.returned >= self.terms.returns {
            return Turn::same(Answer::Limited);
        }
        if self.free.count() < ask.qty {
            return Turn::same(Answer::SoldOut);
        }
        let amount = match &self.free {
            Free::Alike(_) => None,
            Free::Amounts(amounts) => amounts.front().copied(),
        };
        let (Ask { user, token, qty, .. }, at) = (*ask, now);
        let entry = Entry { user, token, qty, amount, at, given_back: false };
        let seq = self.entries.len() as u64 + 1;
        Turn::to(Answer::Taken(entry.claim(self.id, self.epoch, seq)), Effect::Taken { pool: self.id, seq, entry })
    }

    /// A give-back of what this user took under this token.
    pub fn give_back(&self, user: UserId, token: Token) -> Turn<Back> {
        match self.find(user, token) {
            None => Turn::same(Back::Unknown),
            Some(claim) if claim.given_back => Turn::same(Back::Already),
            Some(claim) => Turn::to(Back::Now, Effect::GivenBack { pool: self.id, seq: claim.seq }),
        }
    }

    /// No more claims.
    pub fn shut(&self) -> Turn<()> {
        if self.shut { Turn::same(()) } else { Turn::to((), Effect::Shut { pool: self.id }) }
    }

    /// Up to `max` claims that are not acknowledged.
    pub fn undelivered(&self, max: u32) -> Vec<Claim> {
        let first = usize::try_from(self.acknowledged).unwrap_or(usize::MAX);
        (first..self.entries.len()).take(max as usize).filter_map(|place| self.claim_at(place)).collect()
    }

    /// All up to this place of this epoch are safe elsewhere.
    pub fn acknowledge(&self, epoch: u64, upto: u64) -> Turn<()> {
        let upto = upto.min(self.entries.len() as u64);
        if epoch != self.epoch || upto <= self.acknowledged {
            return Turn::same(());
        }
        Turn::to((), Effect::Acknowledged { pool: self.id, upto })
    }

    /// Sends up to `max` units to another part.
    pub fn lend(&self, to: u16, max: u32) -> Turn<Option<Loan>> {
        let units = self.free.first(max);
        if self.shut || units.count() == 0 || to == self.id.part {
            return Turn::same(None);
        }
        let id = LoanId { from: self.id.part, epoch: self.epoch, number: self.last_loan + 1 };
        let loan = Loan { id, to, units };
        Turn::to(Some(loan.clone()), Effect::Lent { pool: self.id, loan })
    }

    /// Takes a loan in, once.
    pub fn receive(&self, loan: &Loan) -> Turn<bool> {
        let fits = self.is_of_amounts() == matches!(loan.units, Units::Amounts(_));
        if loan.id.epoch != self.epoch || loan.to != self.id.part || !fits {
            return Turn::same(false);
        }
        if self.seen.contains(&loan.id) {
            return Turn::same(true);
        }
        Turn::to(true, Effect::Received { pool: self.id, loan: loan.clone() })
    }

    /// A loan that arrived.
    pub fn settle(&self, id: LoanId) -> Turn<()> {
        if id.epoch != self.epoch || !self.loans.contains_key(&id.number) {
            return Turn::same(());
        }
        Turn::to((), Effect::Settled { pool: self.id, number: id.number })
    }

    /// Loans that have not arrived, as far as is known here.
    pub fn loans(&self) -> Vec<Loan> {
        self.loans.values().cloned().collect()
    }

    /// Makes an effect true. The same effects in the same order make the same pool.
    fn apply(&mut self, effect: &Effect) -> Result<(), Corrupt> {
        match effect {
            Effect::Taken { seq, entry, .. } => {
                if *seq != self.entries.len() as u64 + 1 {
                    return Err(Corrupt("a claim is missing in the line"));
                }
                self.free.take(&units_of(entry.qty, entry.amount))?;
                self.remember(*entry)
            }
            Effect::GivenBack { seq, .. } => self.take_back(*seq),
            Effect::Acknowledged { upto, .. } => {
                self.acknowledged = *upto;
                Ok(())
            }
            Effect::Shut { .. } => {
                self.shut = true;
                Ok(())
            }
            Effect::Lent { loan, .. } => {
                self.free.take(&loan.units)?;
                self.last_loan = loan.id.number;
                self.lent += u64::from(loan.units.count());
                self.loans.insert(loan.id.number, loan.clone());
                Ok(())
            }
            Effect::Received { loan, .. } => {
                if !self.seen.insert(loan.id) {
                    return Err(Corrupt("a loan came twice"));
                }
                self.received += u64::from(loan.units.count());
                self.free.put(&loan.units)
            }
            Effect::Settled { number, .. } => {
                self.loans.remove(number).map(|_| ()).ok_or(Corrupt("a loan was settled that was not made"))
            }
            Effect::Opened(_) | Effect::Forgotten { .. } => Err(Corrupt("a pool cannot make or drop itself")),
        }
    }

    /// A claim enters the line: its token, its user's purse, the sums.
    fn remember(&mut self, entry: Entry) -> Result<(), Corrupt> {
        let place = u32::try_from(self.entries.len()).map_err(|_| Corrupt("too many claims"))?;
        if !self.crowd.remember(entry.user, entry.token, place) {
            return Err(Corrupt("a token claimed twice"));
        }
        let purse = self.crowd.purse_mut(entry.user);
        if entry.given_back {
            purse.returned += 1;
            self.given_back += u64::from(entry.qty);
        } else {
            purse.held += entry.qty;
            self.taken += u64::from(entry.qty);
        }
        self.entries.push(entry);
        Ok(())
    }

    fn take_back(&mut self, seq: u64) -> Result<(), Corrupt> {
        let place = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1));
        let entry = place.and_then(|place| self.entries.get_mut(place)).ok_or(Corrupt("what was never taken came back"))?;
        if std::mem::replace(&mut entry.given_back, true) {
            return Err(Corrupt("a claim came back twice"));
        }
        let purse = self.crowd.purse_mut(entry.user);
        purse.held = purse.held.checked_sub(entry.qty).ok_or(Corrupt("a user gave back more than he had"))?;
        purse.returned += 1;
        self.taken -= u64::from(entry.qty);
        self.given_back += u64::from(entry.qty);
        self.free.put(&units_of(entry.qty, entry.amount))
    }
}
