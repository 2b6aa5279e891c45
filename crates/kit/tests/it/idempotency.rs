//! `Idempotency-Key`: one effect and one answer, however often and however parallel the request comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use kit::fault::{IN_FLIGHT, KEY_REUSED, UNAVAILABLE};
use kit::http::{IdempotencyKey, Once, Stored};
use kit::{Db, Result, values};
use serde_json::json;

use crate::base::{cents, count, each_database, put_account};

fn once(who: i64, route: &'static str, key: &str, body: &serde_json::Value) -> Once {
    Once::new(who, route, &IdempotencyKey(key.into()), body).unwrap()
}

async fn begin(db: &Db, once: &Once) -> Result<()> {
    kit::tx!(db, |tx| {
        once.begin(&tx).await?;
        tx.run("update account set cents = cents - 1 where id = 1", vec![]).await.map(|_| ())
    })
}

async fn answer(db: &Db, once: &Once, status: u16) {
    kit::tx!(db, |tx| once.answer(&tx, status, &json!({ "paid": true })).await).unwrap();
}

each_database! {
    the_answer_of_the_first_time_is_given_again: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let pay = once(7, "pay", "k1", &json!({ "cents": 1 }));
        assert_eq!(pay.seen(&db).await.unwrap(), None);
        begin(&db, &pay).await.unwrap();
        let running = pay.seen(&db).await.unwrap_err();
        assert!(running.is(IN_FLIGHT) && running.retry_after() == Some(1), "{running}");
        assert!(begin(&db, &pay).await.unwrap_err().is(IN_FLIGHT));
        assert_eq!(cents(&db, 1).await, Some(9), "the second begin took its effect back");
        answer(&db, &pay, 201).await;
        let stored = Stored { status: 201, body: r#"{"paid":true}"#.into() };
        assert_eq!(pay.seen(&db).await.unwrap(), Some(stored.clone()));
        answer(&db, &pay, 500).await;
        assert_eq!(pay.seen(&db).await.unwrap(), Some(stored), "the first answer stands");
        assert!(begin(&db, &pay).await.unwrap_err().is(IN_FLIGHT));
        assert_eq!(cents(&db, 1).await, Some(9));
    }

    another_body_under_the_same_key_is_refused: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let pay = once(7, "pay", "k1", &json!({ "cents": 1 }));
        let other = once(7, "pay", "k1", &json!({ "cents": 2 }));
        begin(&db, &pay).await.unwrap();
        assert!(other.seen(&db).await.unwrap_err().is(KEY_REUSED), "while it runs");
        answer(&db, &pay, 200).await;
        assert!(other.seen(&db).await.unwrap_err().is(KEY_REUSED), "and afterwards");
    }

    a_key_belongs_to_one_person_one_operation_and_its_letters: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let body = json!({});
        begin(&db, &once(7, "pay", "key", &body)).await.unwrap();
        for other in [once(8, "pay", "key", &body), once(7, "refund", "key", &body), once(7, "pay", "KEY", &body)] {
            assert_eq!(other.seen(&db).await.unwrap(), None);
            begin(&db, &other).await.unwrap();
        }
        assert_eq!((cents(&db, 1).await, count(&db, "idempotency").await), (Some(6), 4));
    }

    what_failed_may_be_tried_again: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let pay = once(7, "pay", "k1", &json!({}));
        let failed: Result<()> = kit::tx!(db, |tx| {
            pay.begin(&tx).await?;
            Err(UNAVAILABLE.into())
        });
        assert!(failed.is_err());
        assert_eq!(pay.seen(&db).await.unwrap(), None);
        begin(&db, &pay).await.unwrap();
        assert_eq!(cents(&db, 1).await, Some(9));
    }

    somebody_else_may_answer_for_a_process_that_died: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let pay = once(7, "pay", "k1", &json!({}));
        begin(&db, &pay).await.unwrap();
        kit::tx!(db, |tx| Once::answer_for(&tx, 7, "pay", "k1", 409, &json!({ "code": "conflict" })).await).unwrap();
        assert_eq!(pay.seen(&db).await.unwrap().map(|s| s.status), Some(409));
    }

    a_hundred_at_once_have_one_effect: |base| {
        let db = base.db().await;
        put_account(&db, 1, 10).await;
        let pay = once(7, "pay", "k1", &json!({}));
        let (began, refused) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let tasks = (0..100).map(|_| {
            let (db, pay, began, refused) = (db.clone(), pay.clone(), began.clone(), refused.clone());
            tokio::spawn(async move {
                match begin(&db, &pay).await {
                    Ok(()) => began.fetch_add(1, SeqCst),
                    Err(e) if e.is(IN_FLIGHT) => refused.fetch_add(1, SeqCst),
                    Err(e) => panic!("{e}"),
                }
            })
        });
        for task in futures::future::join_all(tasks).await {
            task.unwrap();
        }
        assert_eq!((began.load(SeqCst), refused.load(SeqCst)), (1, 99));
        let effects = db.number("select cents from account where id = ?", values![1]).await.unwrap();
        assert_eq!((effects, count(&db, "idempotency").await), (Some(9), 1));
    }
}
