//! Pools of the items, and what is online, in memory.

use std::collections::HashMap;
use std::sync::Arc;

use contract::AllotmentId;
use kit::{Result, Time};
use rush::{Rush, Split};

use crate::Seckill;
use crate::store::item::{self, ItemRow};

/// What is online.
#[derive(Debug, Default)]
pub(crate) struct Online {
    pub(crate) items: HashMap<AllotmentId, OnlineItem>,
}

/// An item that is online.
#[derive(Clone, Debug)]
pub(crate) struct OnlineItem {
    pub(crate) row: ItemRow,
    pub(crate) starts: Time,
    pub(crate) ends: Time,
    pub(crate) paused: bool,
}

impl Seckill {
    pub(crate) fn pool(&self, item: &ItemRow) -> Arc<dyn Rush> {
        Arc::new(Split::new(self.engine.clone(), u16::try_from(item.parts).unwrap_or(1)))
    }

    pub(crate) fn online(&self) -> Arc<Online> {
        self.online.load_full()
    }

    /// Reads what is online.
    pub(crate) async fn reload_online(&self) -> Result<()> {
        let mut online = Online::default();
        for row in item::online_items(&self.db).await? {
            if let Some(course) = crate::store::ticket::course(&self.db, row.id).await? {
                let (starts, ends, paused) = (course.starts_ms, course.ends_ms, course.paused != 0);
                online.items.insert(row.id, OnlineItem { row, starts, ends, paused });
            }
        }
        self.online.store(Arc::new(online));
        Ok(())
    }
}
