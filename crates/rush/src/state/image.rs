//! A pool as one value: what an opening makes, what a snapshot keeps, and what a pool is checked against. Pure.

use std::collections::{HashMap, HashSet};

use kit::Time;
use kit::fault::INVALID;

use super::{Corrupt, Crowd, Free, Pool};
use crate::{Amount, Carried, Claim, Loan, LoanId, MAX_AMOUNTS, MAX_UNITS, Opening, PoolId, Terms, Token, Units, UserId};

/// One claim, as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose.
    pub user: UserId,
    /// Under which token.
    pub token: Token,
    /// How many units.
    pub qty: u32,
    /// Which amount.
    pub amount: Option<Amount>,
    /// When.
    pub at: Time,
    /// It was given back.
    pub given_back: bool,
}

impl Entry {
    pub(crate) fn claim(&self, pool: PoolId, epoch: u64, seq: u64) -> Claim {
        let Entry { user, token, qty, amount, at, given_back } = *self;
        Claim { pool, epoch, seq, user, token, qty, amount, at, given_back }
    }
}

impl From<&Carried> for Entry {
    fn from(carried: &Carried) -> Self {
        let Carried { user, token, qty, amount, at, given_back } = *carried;
        Entry { user, token, qty, amount, at, given_back }
    }
}

/// A whole pool. Two pools are the same when their images are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Which pool.
    pub pool: PoolId,
    /// Its epoch.
    pub epoch: u64,
    /// Its rules.
    pub terms: Terms,
    /// Closed by its owner.
    pub shut: bool,
    /// Units that it was opened with.
    pub opened: u64,
    /// What lies free.
    pub left: Units,
    /// All claims of the epoch, in line.
    pub entries: Vec<Entry>,
    /// Up to which they are acknowledged.
    pub acknowledged: u64,
    /// Units received from other parts.
    pub received: u64,
    /// Units lent to other parts.
    pub lent: u64,
    /// Loans that are not settled.
    pub loans: Vec<Loan>,
    /// The number of the last loan.
    pub last_loan: u64,
    /// Loans that came in.
    pub seen: Vec<LoanId>,
}

impl Opening {
    /// The pool that it makes. Fails with `invalid` when it makes no sense.
    pub fn image(&self) -> kit::Result<Image> {
        if let Some(wrong) = self.wrong() {
            return Err(INVALID.because(wrong));
        }
        let live: u64 = self.carried.iter().filter(|c| !c.given_back).map(|c| u64::from(c.qty)).sum();
        Ok(Image {
            pool: self.pool,
            epoch: self.epoch,
            terms: self.terms,
            shut: false,
            opened: u64::from(self.left.count()) + live,
            left: self.left.clone(),
            entries: self.carried.iter().map(Entry::from).collect(),
            acknowledged: self.carried.len() as u64,
            received: 0,
            lent: 0,
            loans: Vec::new(),
            last_loan: 0,
            seen: Vec::new(),
        })
    }

    fn wrong(&self) -> Option<&'static str> {
        let Terms { limit, returns, opens, closes } = self.terms;
        let most = if matches!(self.left, Units::Amounts(_)) { MAX_AMOUNTS } else { MAX_UNITS };
        if self.epoch == 0 || limit == 0 || returns == 0 || opens >= closes {
            return Some("an epoch, a limit and a window are needed");
        }
        if self.left.count() > most || self.carried.len() > MAX_UNITS as usize {
            return Some("too many units");
        }
        let (mut tokens, mut amounts) = (HashSet::new(), HashSet::new());
        let amounted = matches!(self.left, Units::Amounts(_));
        if let Units::Amounts(left) = &self.left
            && !left.iter().all(|amount| amounts.insert(amount.unit))
        {
            return Some("an amount stands twice");
        }
        for carried in &self.carried {
            if carried.qty == 0 || carried.amount.is_some() != amounted || (amounted && carried.qty != 1) {
                return Some("a carried claim does not fit the pool");
            }
            if !tokens.insert((carried.user, carried.token)) {
                return Some("a token is carried twice");
            }
            if !carried.given_back && carried.amount.is_some_and(|amount| !amounts.insert(amount.unit)) {
                return Some("an amount stands twice");
            }
        }
        None
    }
}

impl Pool {
    /// The pool of an image. Fails when its sums do not add up.
    pub fn from_image(image: Image) -> Result<Pool, Corrupt> {
        let free = match image.left {
            Units::Alike(n) => Free::Alike(n),
            Units::Amounts(amounts) => Free::Amounts(amounts.into()),
        };
        let many = image.entries.len();
        let mut pool = Pool {
            id: image.pool,
            epoch: image.epoch,
            terms: image.terms,
            shut: image.shut,
            opened: image.opened,
            free,
            entries: Vec::with_capacity(many),
            crowd: Crowd::new(image.opened.max(many as u64)),
            acknowledged: image.acknowledged,
            taken: 0,
            given_back: 0,
            received: image.received,
            lent: image.lent,
            loans: image.loans.into_iter().map(|loan| (loan.id.number, loan)).collect(),
            last_loan: image.last_loan,
            seen: image.seen.into_iter().collect(),
        };
        for entry in image.entries {
            pool.remember(entry)?;
        }
        pool.check()?;
        Ok(pool)
    }

    /// The pool as one value.
    pub fn image(&self) -> Image {
        Image {
            pool: self.id,
            epoch: self.epoch,
            terms: self.terms,
            shut: self.shut,
            opened: self.opened,
            left: self.free.first(u32::MAX),
            entries: self.entries.clone(),
            acknowledged: self.acknowledged,
            received: self.received,
            lent: self.lent,
            loans: self.loans(),
            last_loan: self.last_loan,
            seen: self.seen.iter().copied().collect(),
        }
    }

    /// Counts everything anew and compares it with the running sums: units, purses, tokens, amounts.
    pub fn check(&self) -> Result<(), Corrupt> {
        let live = || self.entries.iter().filter(|entry| !entry.given_back);
        let taken: u64 = live().map(|entry| u64::from(entry.qty)).sum();
        if taken != self.taken {
            return Err(Corrupt("the claims are not what is counted as taken"));
        }
        if self.opened + self.received != u64::from(self.free.count()) + self.taken + self.lent {
            return Err(Corrupt("opened + received is not left + taken + lent"));
        }
        if self.crowd.tokens() != self.entries.len() || self.acknowledged > self.entries.len() as u64 {
            return Err(Corrupt("tokens and claims differ"));
        }
        let mut held: HashMap<UserId, u32> = HashMap::new();
        live().for_each(|entry| *held.entry(entry.user).or_default() += entry.qty);
        if self.crowd.purses().any(|(user, purse)| held.get(user).copied().unwrap_or_default() != purse.held) {
            return Err(Corrupt("a user's count is not what he holds"));
        }
        if let Free::Amounts(free) = &self.free {
            let taken = live().filter_map(|entry| entry.amount);
            let mut seen = HashSet::new();
            if !free.iter().copied().chain(taken).all(|amount| seen.insert(amount.unit)) {
                return Err(Corrupt("an amount is in two places"));
            }
        }
        Ok(())
    }
}
