//! All pools of one owner (a shard, a test): which stand, which have news, which are over. Pure.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use kit::Time;

use super::{Corrupt, Effect, Image, Pool, Turn};
use crate::{Opened, PoolId};

/// Pools by id.
#[derive(Debug, Default)]
pub struct Pools {
    all: HashMap<PoolId, Pool>,
    waiting: BTreeSet<PoolId>,
    by_end: BTreeSet<(Time, PoolId)>,
}

impl Pools {
    /// The pool.
    pub fn get(&self, id: PoolId) -> Option<&Pool> {
        self.all.get(&id)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Pool> {
        self.all.values()
    }

    /// How many stand.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None stands.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// An opening, by the pool that it makes.
    pub fn open(&self, image: Box<Image>) -> Turn<Opened> {
        match self.get(image.pool) {
            Some(pool) if pool.epoch() == image.epoch => Turn::same(Opened::Already),
            Some(pool) if pool.epoch() > image.epoch => Turn::same(Opened::Stale),
            Some(pool) if !pool.is_shut() => Turn::same(Opened::StillOpen),
            _ => Turn::to(Opened::Now, Effect::Opened(image)),
        }
    }

    /// Up to `max` pools that have claims which are not acknowledged.
    pub fn waiting(&self, max: u32) -> Vec<PoolId> {
        self.waiting.iter().take(max as usize).copied().collect()
    }

    /// Up to `max` pools whose window ended `grace` ago and of which nothing is left to do.
    pub fn over(&self, now: Time, grace: Duration, max: usize) -> Vec<PoolId> {
        let ended = self.by_end.iter().take_while(|(closes, _)| *closes + grace <= now);
        ended.filter(|(_, id)| self.get(*id).is_some_and(Pool::is_done)).map(|(_, id)| *id).take(max).collect()
    }

    /// Makes an effect true.
    pub fn apply(&mut self, effect: &Effect) -> Result<(), Corrupt> {
        match effect {
            Effect::Opened(image) => {
                self.drop_pool(image.pool);
                self.by_end.insert((image.terms.closes, image.pool));
                self.all.insert(image.pool, Pool::from_image(Image::clone(image))?);
            }
            Effect::Forgotten { pool } => {
                self.drop_pool(*pool).ok_or(Corrupt("a pool was forgotten that did not stand"))?;
            }
            _ => self.all.get_mut(&effect.pool()).ok_or(Corrupt("an effect on a pool that does not stand"))?.apply(effect)?,
        }
        let id = effect.pool();
        if self.get(id).is_some_and(Pool::is_waiting) {
            self.waiting.insert(id);
        } else {
            self.waiting.remove(&id);
        }
        Ok(())
    }

    fn drop_pool(&mut self, id: PoolId) -> Option<()> {
        let pool = self.all.remove(&id)?;
        self.by_end.remove(&(pool.terms().closes, id));
        Some(())
    }
}
