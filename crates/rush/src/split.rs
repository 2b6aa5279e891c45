//! One hot pool in several parts, each with a writer (a shard, a slot of Redis) of its own. A user always meets the same part, which keeps
//! his count and his tokens, so his limit stays exact; units come to him from other parts when his has none, and nobody hears "gone"
//! while a part has some. Must never know where parts are kept.
//!
//! Units travel by loans: the lender writes the loan down with what leaves, the receiver takes it in once, the lender strikes it out.
//! A crash between leaves a loan that anybody may finish; until then it counts as available, so "gone" is not said too early.

use std::sync::Arc;

use async_trait::async_trait;
use kit::Result;
use kit::fault::INVALID;

use crate::{Amount, Answer, Ask, Back, Claim, Figures, Glance, Opened, Opening, Parts, PoolId, Rush, Standing, Units, UserId};

/// How often a claim looks for units elsewhere before it answers [`Answer::Busy`]: others may be quicker each time.
const ROUNDS: u32 = 16;
/// Most parts of one pool.
pub const MAX_PARTS: u16 = 64;

/// Pools of so many parts over an engine. Pools are named by part 0; claims name the part that keeps them.
#[derive(Clone)]
pub struct Split {
    inner: Arc<dyn Parts>,
    parts: u16,
}

impl Split {
    /// Pools of `parts` parts, `1..=`[`MAX_PARTS`]. A pool keeps the number that it was opened with.
    pub fn new(inner: Arc<dyn Parts>, parts: u16) -> Self {
        Split { inner, parts: parts.clamp(1, MAX_PARTS) }
    }

    /// The part that keeps a user's count. It must stay the same over versions: tokens lie there.
    pub fn home(&self, user: UserId) -> u16 {
        let x = user.0.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        u16::try_from((x >> 33) % u64::from(self.parts)).unwrap_or(0)
    }

    fn all(&self, pool: PoolId) -> impl Iterator<Item = PoolId> + use<> {
        (0..self.parts).map(move |part| pool.part(part))
    }

    /// Where each part stands, in order; for audits. Parts that do not stand are left out.
    pub async fn describe_parts(&self, pool: PoolId) -> Result<Vec<Standing>> {
        let mut found = Vec::new();
        for part in self.all(pool) {
            found.extend(self.inner.describe(part).await?);
        }
        Ok(found)
    }

    /// One look at every part; none when one does not stand under this epoch.
    async fn look(&self, pool: PoolId, epoch: u64) -> Result<Option<Vec<Glance>>> {
        let mut looks = Vec::with_capacity(usize::from(self.parts));
        for part in self.all(pool) {
            match self.inner.glance(part).await? {
                Some(glance) if glance.epoch == epoch => looks.push(glance),
                _ => return Ok(None),
            }
        }
        Ok(Some(looks))
    }

    /// Moves up to `max` units. False when there was nothing to move.
    async fn move_units(&self, from: PoolId, to: u16, max: u32) -> Result<bool> {
        let Some(loan) = self.inner.lend(from, to, max).await? else { return Ok(false) };
        if self.inner.receive(from.part(to), &loan).await? {
            self.inner.settle(from, loan.id).await?;
        }
        Ok(true)
    }

    /// Finishes what a crash or a slow neighbour left on its way from this part.
    async fn finish(&self, from: PoolId) -> Result<()> {
        for loan in self.inner.loans(from).await? {
            if self.inner.receive(from.part(loan.to), &loan).await? {
                self.inner.settle(from, loan.id).await?;
            }
        }
        Ok(())
    }

    /// Brings units home: half of what the richest part has, so that the next one at home need not go.
    async fn pull(&self, home: PoolId, qty: u32, looks: &[Glance]) -> Result<()> {
        let mut others: Vec<_> = (0..).zip(looks).filter(|(part, look)| *part != home.part && look.available > 0).collect();
        others.sort_unstable_by_key(|(_, look)| std::cmp::Reverse(look.available));
        for (part, look) in others {
            if self.move_units(home.part(part), home.part, qty.max(look.available / 2)).await? {
                return Ok(());
            }
        }
        // All there is, is on its way.
        for part in self.all(home) {
            self.finish(part).await?;
        }
        Ok(())
    }

    async fn ask_all(&self, ask: Ask) -> Result<Answer> {
        let home = ask.pool.part(self.home(ask.user));
        for _ in 0..ROUNDS {
            match self.inner.ask(Ask { pool: home, ..ask }).await? {
                Answer::SoldOut => {}
                answer => return Ok(answer),
            }
            let Some(looks) = self.look(home, ask.epoch).await? else { return Ok(Answer::Closed) };
            let available: u64 = looks.iter().map(|look| u64::from(look.available)).sum();
            if available >= u64::from(ask.qty) {
                self.pull(home, ask.qty, &looks).await?;
            } else if self.look(home, ask.epoch).await?.as_ref() == Some(&looks) {
                // Nothing happened between the two looks: all parts were like this at one moment.
                return Ok(Answer::SoldOut);
            }
        }
        Ok(Answer::Busy)
    }

    /// Spreads what is left evenly again, and finishes loans. For the owner's timer; claims go on meanwhile.
    pub async fn rebalance(&self, pool: PoolId) -> Result<()> {
        for part in self.all(pool) {
            self.finish(part).await?;
        }
        for _ in 0..self.parts {
            let mut left: Vec<(u64, u16)> =
                self.describe_parts(pool).await?.iter().map(|standing| (standing.left, standing.pool.part)).collect();
            left.sort_unstable();
            let (Some((least, poorest)), Some((most, richest))) = (left.first(), left.last()) else { return Ok(()) };
            let surplus = u32::try_from((most - least) / 2).unwrap_or(u32::MAX);
            if surplus == 0 || !self.move_units(pool.part(*richest), *poorest, surplus).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What each part is opened with.
    fn deal(&self, opening: &Opening) -> Vec<Opening> {
        let (k, many) = (u32::from(self.parts), usize::from(self.parts));
        let share = |part: u16| match &opening.left {
            Units::Alike(n) => Units::Alike(n / k + u32::from(u32::from(part) < n % k)),
            Units::Amounts(all) => {
                let mine: Vec<Amount> = all.iter().skip(usize::from(part)).step_by(many).copied().collect();
                Units::Amounts(mine)
            }
        };
        let carried = |part: u16| opening.carried.iter().filter(|c| self.home(c.user) == part).copied().collect();
        let one = |part: u16| Opening { pool: opening.pool.part(part), left: share(part), carried: carried(part), ..*opening };
        (0..self.parts).map(one).collect()
    }
}

/// The parts as one.
fn sum(parts: &[Standing]) -> Option<Standing> {
    let first = parts.first()?;
    let of = |field: fn(&Standing) -> u64| parts.iter().map(field).sum();
    Some(Standing {
        shut: parts.iter().all(|s| s.shut),
        opened: of(|s| s.opened),
        left: of(|s| s.left),
        taken: of(|s| s.taken),
        given_back: of(|s| s.given_back),
        received: of(|s| s.received),
        lent: of(|s| s.lent),
        claims: of(|s| s.claims),
        acknowledged: of(|s| s.acknowledged),
        ..*first
    })
}

#[async_trait]
impl Rush for Split {
    async fn open(&self, opening: Opening) -> Result<Opened> {
        opening.image()?;
        if opening.pool.part != 0 {
            return Err(INVALID.because("a part of a pool cannot be split"));
        }
        // All or none: a part that is still open must not be found after others were counted anew.
        for standing in self.describe_parts(opening.pool).await? {
            if standing.epoch > opening.epoch {
                return Ok(Opened::Stale);
            }
            if standing.epoch < opening.epoch && !standing.shut {
                return Ok(Opened::StillOpen);
            }
        }
        let mut opened = Opened::Already;
        for part in self.deal(&opening) {
            match self.inner.open(part).await? {
                Opened::Already => {}
                Opened::Now => opened = Opened::Now,
                refused => return Ok(refused),
            }
        }
        Ok(opened)
    }

    async fn close(&self, pool: PoolId) -> Result<Option<Standing>> {
        for part in self.all(pool) {
            self.inner.close(part).await?;
        }
        // Closed parts lend nothing: what was on its way arrives, and then the sums stand still.
        for part in self.all(pool) {
            self.finish(part).await?;
        }
        self.describe(pool).await
    }

    async fn forget(&self, pool: PoolId) -> Result<Option<Standing>> {
        let mut last = Vec::new();
        for part in self.all(pool) {
            last.extend(self.inner.forget(part).await?);
        }
        Ok(sum(&last))
    }

    async fn describe(&self, pool: PoolId) -> Result<Option<Standing>> {
        Ok(sum(&self.describe_parts(pool).await?))
    }

    async fn claim(&self, ask: Ask) -> Result<Answer> {
        let answer = self.ask_all(ask).await?;
        self.inner.count(&answer);
        Ok(answer)
    }

    async fn give_back(&self, claim: &Claim) -> Result<Back> {
        self.inner.give_back(claim).await
    }

    async fn waiting(&self, max: u32) -> Result<Vec<PoolId>> {
        let found = self.inner.waiting(max.saturating_mul(u32::from(self.parts))).await?;
        let mut pools: Vec<PoolId> = found.into_iter().map(|pool| pool.part(0)).collect();
        pools.sort_unstable();
        pools.dedup();
        pools.truncate(max as usize);
        Ok(pools)
    }

    /// In order in each part.
    async fn deliver(&self, pool: PoolId, max: u32) -> Result<Vec<Claim>> {
        let mut found = Vec::new();
        for part in self.all(pool) {
            let rest = max.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            found.extend(self.inner.deliver(part, rest).await?);
        }
        Ok(found)
    }

    async fn acknowledge(&self, upto: &Claim) -> Result<()> {
        self.inner.acknowledge(upto).await
    }

    fn figures(&self) -> Figures {
        self.inner.figures()
    }
}
