//! The crash switch: after so many commits nothing more gets through, as after `kill -9`.

use kit::fault::UNAVAILABLE;
use kit::{Db, values};

use crate::base::{count, each_database, on_sqlite, put_account};

const INSERT: &str = "insert into account (id, owner, cents) values (?, ?, 0)";

async fn insert_by_tx(db: &Db, id: i64) -> kit::Result<u64> {
    kit::tx!(db, |tx| tx.run(INSERT, values![id, id.to_string()]).await)
}

each_database! {
    nothing_gets_through_after_the_last_commit: |base| {
        let db = base.db().await;
        base.crash.arm(2);
        assert!(insert_by_tx(&db, 1).await.is_ok() && !base.crash.is_down());
        let last = insert_by_tx(&db, 2).await.unwrap_err();
        assert!(last.is(UNAVAILABLE) && base.crash.is_down(), "it was committed, but nobody heard: {last}");
        assert!(insert_by_tx(&db, 3).await.unwrap_err().is(UNAVAILABLE));
        assert!(db.run(INSERT, values![4, "4"]).await.unwrap_err().is(UNAVAILABLE));
        assert!(db.insert_new(INSERT, values![5, "5"]).await.unwrap_err().is(UNAVAILABLE));
        assert!(db.ping().await.unwrap_err().is(UNAVAILABLE));
        let after = base.restarted().open().await;
        assert_eq!(count(&after, "account").await, 2);
    }

    a_single_write_counts_as_a_commit: |base| {
        let db = base.db().await;
        base.crash.arm(1);
        assert!(db.run(INSERT, values![1, "1"]).await.unwrap_err().is(UNAVAILABLE));
        assert!(base.crash.is_down());
        assert_eq!(count(&base.restarted().open().await, "account").await, 1);
    }

    a_transaction_that_was_open_at_the_crash_is_lost: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        base.crash.arm(5);
        let tasks = (10..30).map(|id| {
            let db = db.clone();
            // Half of them wait in line for a connection when the switch goes down.
            tokio::spawn(async move { if id % 2 == 0 { insert_by_tx(&db, id).await } else { db.run(INSERT, values![id, id.to_string()]).await } })
        });
        let told = futures::future::join_all(tasks).await.into_iter().filter(|t| t.as_ref().unwrap().is_ok()).count();
        assert!(base.crash.is_down() && told <= 5, "{told}");
        assert_eq!(count(&base.restarted().open().await, "account").await, 1 + 5);
    }
}

#[tokio::test]
async fn a_switch_that_is_not_armed_never_goes_down() {
    on_sqlite(|base| async move {
        let db = base.db().await;
        for id in 1..20 {
            insert_by_tx(&db, id).await.unwrap();
        }
        assert!(!base.crash.is_down());
    })
    .await;
}
