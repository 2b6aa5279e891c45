//! The sessions that are online, as this process knows them: what the gate and the pages work with, without a database.

use std::collections::HashMap;

use contract::{ActivityId, AllotmentId};
use kit::Time;

use super::view::SeckillState;
use crate::store::activity::ActivityRow;
use crate::store::item::ItemRow;

/// A session with its variants.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// Its id.
    pub id: ActivityId,
    /// Its title.
    pub title: String,
    /// First moment at which claims are taken.
    pub starts: Time,
    /// First moment at which they no longer are.
    pub ends: Time,
    /// Takes no claims for a while.
    pub paused: bool,
    /// What is in it, in the order of attaching.
    pub items: Vec<ItemRow>,
}

impl Session {
    /// A session from its rows.
    pub fn new(row: ActivityRow, items: Vec<ItemRow>) -> Self {
        let ActivityRow { id, title, starts, ends, paused, .. } = row;
        Session { id, title, starts, ends, paused, items }
    }

    /// How it stands at a moment; none when its time is over.
    pub fn state(&self, now: Time) -> Option<SeckillState> {
        match () {
            () if now >= self.ends => None,
            () if self.paused => Some(SeckillState::Paused),
            () if now >= self.starts => Some(SeckillState::Running),
            () => Some(SeckillState::Upcoming),
        }
    }
}

/// The sessions that are online, by start.
#[derive(Clone, Debug, Default)]
pub(crate) struct Online {
    /// The sessions.
    pub sessions: Vec<Session>,
    places: HashMap<AllotmentId, (usize, usize)>,
}

impl Online {
    /// Makes what is found by number quick to find.
    pub fn new(sessions: Vec<Session>) -> Self {
        let items = |(s, session): (usize, &Session)| -> Vec<_> {
            session.items.iter().enumerate().map(|(i, item)| (item.id, (s, i))).collect()
        };
        let places = sessions.iter().enumerate().flat_map(items).collect();
        Online { sessions, places }
    }

    /// A variant with its session. What the pool of it asks for: `seckill.terms(item, session.starts, session.ends)`, `item.epoch`.
    pub fn find(&self, item: AllotmentId) -> Option<(&Session, &ItemRow)> {
        let (s, i) = *self.places.get(&item)?;
        let session = self.sessions.get(s)?;
        Some((session, session.items.get(i)?))
    }
}
