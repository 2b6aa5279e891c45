//! Transactions: all or nothing, again after a lost race, and nothing but statements inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use kit::fault::{INTERNAL, NOT_FOUND, UNAVAILABLE};
use kit::{Error, Result, values};
use tokio::sync::{Barrier, Notify};

use crate::base::{cents, count, each_database, on_mariadb, put_account, soon};

const ADD: &str = "update account set cents = cents + ? where id = ?";

each_database! {
    an_error_takes_everything_back: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let refused: Result<()> = kit::tx!(db, |tx| {
            tx.run(ADD, values![5, 1]).await?;
            assert_eq!(tx.number("select cents from account where id = 1", vec![]).await?, Some(15), "it sees its own writes");
            Err(NOT_FOUND.with(values_of_a_problem()))
        });
        let e = refused.unwrap_err();
        assert!(e.is(NOT_FOUND) && e.data().is_some(), "the body's own error comes out: {e}");
        assert_eq!(cents(&db, 1).await, Some(10));

        let kept = kit::tx!(db, |tx| tx.run(ADD, values![5, 1]).await);
        assert_eq!((kept.unwrap(), cents(&db, 1).await), (1, Some(15)));
    }

    a_duplicate_does_not_end_the_transaction: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let outcome: Result<(bool, bool)> = kit::tx!(db, |tx| {
            tx.run(ADD, values![1, 1]).await?;
            let sql = "insert into account (id, owner, cents) values (?, ?, 0)";
            let known = tx.insert_new(sql, values![2, "owner 1"]).await?;
            let new = tx.insert_new(sql, values![2, "owner 2"]).await?;
            tx.run(ADD, values![1, 1]).await?;
            Ok((known, new))
        });
        assert_eq!(outcome.unwrap(), (false, true));
        assert_eq!((cents(&db, 1).await, cents(&db, 2).await), (Some(12), Some(0)));
    }

    a_limit_holds_against_many_at_once: |base| {
        let db = base.db().await;
        put_account(&db, 1, 40).await;
        let tasks = (0..64).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                kit::tx!(db, |tx| {
                    let taken = tx.run("update account set cents = cents - 1 where id = 1 and cents >= 1", vec![]).await?;
                    let id = tx.id::<i64>();
                    tx.run("insert into account (id, owner, cents) values (?, ?, ?)", values![id, id.to_string(), 0]).await?;
                    Ok::<_, Error>(taken)
                })
            })
        });
        let taken = futures::future::join_all(tasks).await.into_iter().map(|t| t.unwrap().unwrap()).sum::<u64>();
        assert_eq!((taken, cents(&db, 1).await, count(&db, "account").await), (40, Some(0), 65));
    }

    a_task_that_goes_away_leaves_nothing_half_done: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let written = Arc::new(Notify::new());
        let (task_db, task_written) = (db.clone(), written.clone());
        let task = tokio::spawn(async move {
            let endless: Result<()> = kit::tx!(task_db, |tx| {
                tx.run(ADD, values![5, 1]).await?;
                task_written.notify_one();
                std::future::pending().await
            });
            endless
        });
        soon(written.notified()).await;
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        soon(async { kit::tx!(db, |tx| tx.run(ADD, values![1, 1]).await) }).await.unwrap();
        assert_eq!(cents(&db, 1).await, Some(11));
    }

    a_transaction_inside_a_transaction_is_refused_at_once: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let began = std::time::Instant::now();
        let nested: Result<u64> = kit::tx!(db, |tx| {
            tx.run(ADD, values![5, 1]).await?;
            kit::tx!(db, |inner| inner.run(ADD, values![5, 1]).await)
        });
        assert!(nested.unwrap_err().is(INTERNAL));
        let beside: Result<u64> = kit::tx!(db, |tx| {
            tx.run(ADD, values![5, 1]).await?;
            db.run(ADD, values![5, 1]).await
        });
        assert!(beside.unwrap_err().is(INTERNAL));
        let insert: Result<bool> = kit::tx!(db, |tx| {
            tx.run(ADD, values![5, 1]).await?;
            db.insert_new("insert into account (id, owner, cents) values (2, '', 0)", vec![]).await
        });
        assert!(insert.unwrap_err().is(INTERNAL));
        assert!(began.elapsed().as_secs() < 4, "not by waiting for a connection");
        assert_eq!((cents(&db, 1).await, cents(&db, 2).await), (Some(10), None));
    }
}

fn values_of_a_problem() -> serde_json::Value {
    serde_json::json!({ "account_id": "1" })
}

/// Two transactions take two rows in opposite order and meet in the middle: one loses, and runs again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_run_again() {
    on_mariadb(|base| async move {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        put_account(&db, 2, 0).await;
        let (meet, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
        let tasks = [(1, 2), (2, 1)].map(|(first, second)| {
            let (db, meet, runs) = (db.clone(), meet.clone(), runs.clone());
            tokio::spawn(async move {
                kit::tx!(db, |tx| {
                    tx.run(ADD, values![1, first]).await?;
                    if runs.fetch_add(1, SeqCst) < 2 {
                        meet.wait().await;
                    }
                    tx.run(ADD, values![1, second]).await
                })
            })
        });
        for task in tasks {
            assert_eq!(soon(task).await.unwrap().unwrap(), 1);
        }
        assert_eq!(runs.load(SeqCst), 3, "one of them ran twice");
        assert_eq!((cents(&db, 1).await, cents(&db, 2).await), (Some(2), Some(2)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_race_that_is_always_lost_ends_as_unavailable() {
    on_mariadb(|base| async move {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let runs = AtomicU32::new(0);
        let lost: Result<u64> = kit::tx!(db, |tx| {
            runs.fetch_add(1, SeqCst);
            tx.run(ADD, values![1, 1]).await?;
            tx.run("signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found'", vec![]).await
        });
        let e = lost.unwrap_err();
        assert!(e.is(UNAVAILABLE) && e.retry_after() == Some(1), "{e}");
        assert_eq!((runs.load(SeqCst), cents(&db, 1).await), (5, Some(0)));
    })
    .await;
}
