//! Leases: one holder at a time over all processes that share a database, with a number that rises
//! (a fence), by which a store can refuse a holder whose time is over. Must never know what is leased.

use std::time::Duration;

use sea_orm::FromQueryResult;

use crate::db::Db;
use crate::{Result, Time, values};

/// A lease that was taken. It is not given back when dropped: a crash could not do that either, so nothing may rest on it.
#[derive(Debug)]
pub struct Lease {
    db: Db,
    name: String,
    holder: String,
    fence: i64,
}

#[derive(FromQueryResult)]
struct Row {
    holder: String,
    until_ms: i64,
    fence: i64,
}

async fn row(db: &Db, name: &str) -> Result<Option<Row>> {
    db.fresh("select holder, until_ms, fence from lease where name = ?", values![name]).await
}

impl Lease {
    /// Takes the lease `name` (up to 100 characters) until `now` + `time`, if nobody else has it. `holder` (up to
    /// 64 characters) is chosen by the caller: taking it again under the same holder gives it again, with a higher fence.
    pub async fn take(db: &Db, name: &str, holder: &str, time: Duration, now: Time) -> Result<Option<Lease>> {
        let until = now + time;
        let fence = match row(db, name).await? {
            None => {
                let insert = "insert into lease (name, holder, until_ms, fence) values (?, ?, ?, 1)";
                db.insert_new(insert, values![name, holder, until]).await?.then_some(1)
            }
            Some(old) if old.until_ms > now.ms() && old.holder != holder => None,
            // Somebody may have been quicker since the row was read: the old fence in the `where` decides.
            Some(old) => {
                let update = "update lease set holder = ?, until_ms = ?, fence = ? where name = ? and fence = ?";
                let taken = db.run(update, values![holder, until, old.fence + 1, name, old.fence]).await?;
                (taken == 1).then_some(old.fence + 1)
            }
        };
        Ok(fence.map(|fence| Lease { db: db.clone(), name: name.to_owned(), holder: holder.to_owned(), fence }))
    }

    /// From when the lease `name` is free. If it was never taken, it is kept free of holders until `first`.
    pub async fn free_from(db: &Db, name: &str, first: Time) -> Result<Time> {
        if let Some(row) = row(db, name).await? {
            return Ok(Time(row.until_ms));
        }
        let insert = "insert into lease (name, holder, until_ms, fence) values (?, '', ?, 0)";
        if db.insert_new(insert, values![name, first]).await? {
            return Ok(first);
        }
        Ok(row(db, name).await?.map_or(first, |row| Time(row.until_ms)))
    }

    /// The number of this taking: it is higher than that of any taking of the same lease before.
    pub fn fence(&self) -> i64 {
        self.fence
    }

    /// Keeps the lease until `now` + `time`. False when somebody else took it meanwhile: then stop.
    pub async fn renew(&self, time: Duration, now: Time) -> Result<bool> {
        let renew = "update lease set until_ms = ? where name = ? and fence = ? and holder = ?";
        Ok(self.db.run(renew, values![now + time, &self.name, self.fence, &self.holder]).await? == 1)
    }

    /// Gives the lease back; somebody else may take it at once. False when it was no longer ours.
    pub async fn release(self) -> Result<bool> {
        self.until(Time(0)).await
    }

    /// Gives the lease back, but lets nobody take it before `moment`.
    pub async fn until(self, moment: Time) -> Result<bool> {
        let leave = "update lease set until_ms = ?, holder = '' where name = ? and fence = ? and holder = ?";
        Ok(self.db.run(leave, values![moment, &self.name, self.fence, &self.holder]).await? == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{CrashSwitch, DbUrl};
    use crate::{Clock, Ids};

    const MINUTE: Duration = Duration::from_secs(60);
    const START: Time = Time(1_800_000_000_000);

    async fn open() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let url = DbUrl::File { path: folder.path().join("lease.db"), durable: false };
        let clock = Clock::manual(START);
        let db = Db::open("lease", &url, clock.clone(), Ids::new(clock, 1), CrashSwitch::default()).await.unwrap();
        db.migrate(&[]).await.unwrap();
        (folder, db)
    }

    #[tokio::test]
    async fn one_holder_at_a_time_and_the_fence_rises() {
        let (_folder, db) = open().await;
        let take = async |holder, now| Lease::take(&db, "x", holder, MINUTE, now).await.unwrap();
        let first = take("a", START).await.unwrap();
        assert_eq!(first.fence(), 1);
        assert!(take("b", START).await.is_none());
        assert!(take("b", START + MINUTE - Duration::from_millis(1)).await.is_none());
        assert!(first.renew(MINUTE * 2, START).await.unwrap());
        assert!(take("b", START + MINUTE).await.is_none());
        let second = take("b", START + MINUTE * 2).await.unwrap();
        assert_eq!(second.fence(), 2);
        assert!(!first.renew(MINUTE, START + MINUTE * 2).await.unwrap(), "who lost it cannot prolong it");
        assert!(!first.release().await.unwrap(), "nor give away another's");
        assert!(take("a", START + MINUTE * 2).await.is_none());
        assert_eq!(take("b", START + MINUTE * 2).await.unwrap().fence(), 3, "the same holder may ask again");
        assert!(!second.release().await.unwrap(), "its earlier fence is over");
    }

    #[tokio::test]
    async fn a_released_lease_is_free_at_once_or_from_a_moment() {
        let (_folder, db) = open().await;
        let take = async |holder, now| Lease::take(&db, "x", holder, MINUTE, now).await.unwrap();
        assert!(take("a", START).await.unwrap().release().await.unwrap());
        let lease = take("b", START).await.unwrap();
        assert!(lease.until(START + MINUTE * 10).await.unwrap());
        assert!(take("b", START + MINUTE * 9).await.is_none());
        assert_eq!(Lease::free_from(&db, "x", START).await.unwrap(), START + MINUTE * 10);
        assert_eq!(take("a", START + MINUTE * 10).await.unwrap().fence(), 3);
        assert_eq!(Lease::free_from(&db, "new", START + MINUTE).await.unwrap(), START + MINUTE);
        assert!(Lease::take(&db, "new", "a", MINUTE, START).await.unwrap().is_none());
        assert_eq!(Lease::take(&db, "new", "a", MINUTE, START + MINUTE).await.unwrap().unwrap().fence(), 1);
    }

    #[tokio::test]
    async fn of_many_takers_one_wins() {
        let (_folder, db) = open().await;
        for round in 0..3 {
            let holders: Vec<String> = (0..20).map(|n| format!("{round}/{n}")).collect();
            let now = START + MINUTE * round;
            let all = holders.iter().map(|holder| Lease::take(&db, "x", holder, MINUTE, now));
            let won = futures::future::join_all(all).await.into_iter().filter(|taken| taken.as_ref().unwrap().is_some());
            assert_eq!(won.count(), 1);
        }
    }
}
