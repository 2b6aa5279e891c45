//! Events: they leave with their transaction, arrive at least once, and are set aside when nobody can take them.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kit::db::{Bus, Parcel, Relay, Stop, Subscriptions, on_trace};
use kit::fault::{CONFLICT, UNAVAILABLE};
use kit::{Db, Error, Result, values};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::base::{START, cents, count, each_database, on_mariadb, put_account, soon};

kit::events! {
    /// Money was paid in.
    PaidIn "bank.paid_in" { account: i64, cents: i64 }
    /// A letter was sent.
    LetterSent "bank.letter_sent" { account: i64 }
}

fn bus_of(subscriptions: Subscriptions) -> Arc<Bus> {
    let mut bus = Bus::default();
    let topics = subscriptions.topics();
    let stop: Arc<dyn Stop> = Arc::new(subscriptions);
    bus.connect(topics, &stop);
    Arc::new(bus)
}

async fn pay_in(db: &Db, account: i64, cents: i64) {
    kit::tx!(db, |tx| tx.publish(&PaidIn { account, cents }).await).unwrap();
}

/// Books what was paid in, once an event.
fn bookkeeper(db: &Db) -> Subscriptions {
    let mut subscriptions = Subscriptions::default();
    let db = db.clone();
    subscriptions.on(move |_ctx, event: PaidIn, id| {
        let db = db.clone();
        async move {
            kit::tx!(db, |tx| {
                if tx.first_time("bank.books", id).await? {
                    tx.run("update account set cents = cents + ? where id = ?", values![event.cents, event.account]).await?;
                }
                Ok(())
            })
        }
    });
    subscriptions
}

/// Fails until told to do well; counts what it is offered.
#[derive(Clone, Default)]
struct Moody {
    offered: Arc<AtomicU32>,
    well: Arc<std::sync::atomic::AtomicBool>,
}

impl Moody {
    fn subscriptions(&self, panics: bool) -> Subscriptions {
        let (mood, mut subscriptions) = (self.clone(), Subscriptions::default());
        subscriptions.on(move |_ctx, _: PaidIn, _id| {
            let mood = mood.clone();
            async move {
                mood.offered.fetch_add(1, SeqCst);
                match mood.well.load(SeqCst) {
                    true => Ok(()),
                    false if panics => panic!("a mistake of ours"),
                    false => Err(CONFLICT.because("in no mood")),
                }
            }
        });
        subscriptions
    }

    fn offered(&self) -> u32 {
        self.offered.load(SeqCst)
    }
}

#[derive(kit::sea_orm::FromQueryResult)]
#[sea_orm(crate = "kit::sea_orm")]
struct Dead {
    topic: String,
    cause: String,
    trace: String,
}

each_database! {
    an_event_leaves_with_its_transaction_or_not_at_all: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let relay = Relay::new(db.clone(), bus_of(bookkeeper(&db)));
        let undone: Result<()> = kit::tx!(db, |tx| {
            tx.publish(&PaidIn { account: 1, cents: 1000 }).await?;
            Err(CONFLICT.into())
        });
        assert!(undone.unwrap_err().is(CONFLICT));
        assert_eq!((count(&db, "outbox").await, relay.step().await.unwrap()), (0, 0));

        pay_in(&db, 1, 5).await;
        pay_in(&db, 1, 7).await;
        assert_eq!((count(&db, "outbox").await, cents(&db, 1).await), (2, Some(0)));
        assert_eq!(relay.step().await.unwrap(), 2);
        assert_eq!((count(&db, "outbox").await, count(&db, "inbox").await, cents(&db, 1).await), (0, 2, Some(12)));
        assert_eq!(relay.step().await.unwrap(), 0);
    }

    an_event_of_later_waits_for_its_time: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let relay = Relay::new(db.clone(), bus_of(bookkeeper(&db)));
        let due = START + Duration::from_secs(1800);
        kit::tx!(db, |tx| tx.publish_at(&PaidIn { account: 1, cents: 5 }, due).await).unwrap();
        assert_eq!(relay.step().await.unwrap(), 0);
        base.pass_ms(1_799_999);
        assert_eq!((relay.step().await.unwrap(), cents(&db, 1).await), (0, Some(0)));
        base.pass_ms(1);
        assert_eq!((relay.step().await.unwrap(), cents(&db, 1).await), (1, Some(5)));
    }

    events_that_leave_together_arrive_each_at_its_time: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let relay = Relay::new(db.clone(), bus_of(bookkeeper(&db)));
        let paid = |cents, after_s| (PaidIn { account: 1, cents }, START + Duration::from_secs(after_s));
        kit::tx!(db, |tx| {
            tx.publish_all::<PaidIn>(&[]).await?;
            tx.publish_all(&[paid(5, 0), paid(7, 60), paid(11, 0)]).await
        })
        .unwrap();
        assert_eq!((relay.step().await.unwrap(), cents(&db, 1).await), (2, Some(16)));
        base.pass_ms(60_000);
        assert_eq!((relay.step().await.unwrap(), cents(&db, 1).await), (1, Some(23)));
    }

    a_second_delivery_has_no_second_effect: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let bus = bus_of(bookkeeper(&db));
        let payload = serde_json::to_string(&PaidIn { account: 1, cents: 5 }).unwrap();
        let parcel = Parcel { id: 77, topic: "bank.paid_in".into(), payload, trace: "t".into() };
        let many = futures::future::join_all((0..20).map(|_| bus.deliver(&parcel))).await;
        assert!(many.iter().all(Result::is_ok), "{many:?}");
        assert_eq!((cents(&db, 1).await, count(&db, "inbox").await), (Some(5), 1));
        let another = kit::tx!(db, |tx| tx.first_time("bank.letters", 77).await);
        assert!(another.unwrap(), "another consumer has not seen it");
        let undone: Result<()> = kit::tx!(db, |tx| {
            assert!(tx.first_time("bank.taxes", 77).await?);
            Err(CONFLICT.into())
        });
        assert!(undone.is_err());
        assert!(kit::tx!(db, |tx| tx.first_time("bank.taxes", 77).await).unwrap(), "its effect was taken back");
    }

    a_failure_is_offered_again_after_growing_pauses: |base| {
        let db = base.db().await;
        let mood = Moody::default();
        let relay = Relay::new(db.clone(), bus_of(mood.subscriptions(false)));
        pay_in(&db, 1, 5).await;
        assert_eq!((relay.step().await.unwrap(), mood.offered()), (1, 1));
        for (round, pause_ms) in (2..).zip([100, 200, 400, 800, 1600, 3200]) {
            base.pass_ms(pause_ms - 1);
            assert_eq!(relay.step().await.unwrap(), 0, "too early by 1 ms in round {round}");
            base.pass_ms(1);
            assert_eq!((relay.step().await.unwrap(), mood.offered()), (1, round));
        }
        mood.well.store(true, SeqCst);
        base.pass_ms(6400);
        assert_eq!((relay.step().await.unwrap(), count(&db, "outbox").await, count(&db, "dead_letter").await), (1, 0, 0));
    }

    what_nobody_can_take_is_set_aside: |base| {
        let db = base.db().await;
        let mood = Moody::default();
        let relay = Relay::new(db.clone(), bus_of(mood.subscriptions(false)));
        on_trace("trace-1".into(), pay_in(&db, 1, 5)).await;
        for _ in 0..39 {
            assert_eq!((relay.step().await.unwrap(), count(&db, "dead_letter").await), (1, 0));
            base.pass_ms(3_600_000);
        }
        assert_eq!(relay.step().await.unwrap(), 1);
        assert_eq!((mood.offered(), count(&db, "outbox").await, count(&db, "dead_letter").await), (40, 0, 1));
        let dead: Dead = db.one("select topic, cause, trace from dead_letter", vec![]).await.unwrap().unwrap();
        assert_eq!((dead.topic.as_str(), dead.trace.as_str()), ("bank.paid_in", "trace-1"));
        assert!(dead.cause.contains("in no mood"), "{}", dead.cause);
        base.pass_ms(3_600_000);
        assert_eq!(relay.step().await.unwrap(), 0);
    }

    a_panic_is_a_failure_and_holds_nobody_up: |base| {
        let db = base.db().await;
        let (mood, letters) = (Moody::default(), Arc::new(AtomicUsize::new(0)));
        let mut subscriptions = mood.subscriptions(true);
        let counter = letters.clone();
        subscriptions.on(move |_ctx, _: LetterSent, _id| {
            let counter = counter.clone();
            async move {
                counter.fetch_add(1, SeqCst);
                Ok(())
            }
        });
        let relay = Relay::new(db.clone(), bus_of(subscriptions));
        pay_in(&db, 1, 5).await;
        kit::tx!(db, |tx| tx.publish(&LetterSent { account: 1 }).await).unwrap();
        assert_eq!((relay.step().await.unwrap(), letters.load(SeqCst), mood.offered()), (2, 1, 1));
        assert_eq!(count(&db, "outbox").await, 1);
        mood.well.store(true, SeqCst);
        base.pass_ms(100);
        assert_eq!((relay.step().await.unwrap(), count(&db, "outbox").await), (1, 0));
    }

    every_listener_is_asked_though_one_fails: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        let mood = Moody::default();
        let mut bus = Bus::default();
        for subscriptions in [mood.subscriptions(false), bookkeeper(&db)] {
            let stop: Arc<dyn Stop> = Arc::new(subscriptions);
            bus.connect(["bank.paid_in"], &stop);
        }
        let relay = Relay::new(db.clone(), Arc::new(bus));
        pay_in(&db, 1, 5).await;
        relay.step().await.unwrap();
        assert_eq!((cents(&db, 1).await, count(&db, "outbox").await), (Some(5), 1));
        mood.well.store(true, SeqCst);
        base.pass_ms(100);
        relay.step().await.unwrap();
        assert_eq!((cents(&db, 1).await, count(&db, "outbox").await), (Some(5), 0));
    }

    an_event_that_cannot_be_read_is_put_back_and_one_without_listeners_is_gone: |base| {
        let db = base.db().await;
        let relay = Relay::new(db.clone(), bus_of(bookkeeper(&db)));
        kit::tx!(db, |tx| tx.publish(&LetterSent { account: 1 }).await).unwrap();
        let sql = "insert into outbox (id, topic, payload, trace, due_ms, lease_ms, attempts) values (1, 'bank.paid_in', '{', '', 0, 0, 0)";
        db.run(sql, vec![]).await.unwrap();
        assert_eq!(relay.step().await.unwrap(), 2);
        assert_eq!(db.number("select attempts from outbox where id = 1", vec![]).await.unwrap(), Some(1));
        assert_eq!(count(&db, "outbox").await, 1);
    }

    the_trace_goes_from_the_cause_to_the_last_event: |base| {
        let db = base.db().await;
        let traces = Arc::new(Mutex::new(Vec::new()));
        let mut subscriptions = Subscriptions::default();
        let (writer, seen) = (db.clone(), traces.clone());
        subscriptions.on(move |ctx: kit::Ctx, event: PaidIn, _id| {
            let (db, seen) = (writer.clone(), seen.clone());
            async move {
                seen.lock().unwrap().push(("paid in", ctx.trace.to_string()));
                kit::tx!(db, |tx| tx.publish(&LetterSent { account: event.account }).await)
            }
        });
        let seen = traces.clone();
        subscriptions.on(move |ctx: kit::Ctx, _: LetterSent, _id| {
            seen.lock().unwrap().push(("letter", ctx.trace.to_string()));
            std::future::ready(Ok(()))
        });
        let relay = Relay::new(db.clone(), bus_of(subscriptions));
        on_trace("abc".into(), pay_in(&db, 1, 5)).await;
        assert_eq!((relay.step().await.unwrap(), relay.step().await.unwrap()), (1, 1));
        assert_eq!(*traces.lock().unwrap(), [("paid in", "abc".to_owned()), ("letter", "abc".to_owned())]);
    }

    a_running_relay_empties_more_than_one_batch_and_stops: |base| {
        let db = base.db().await;
        let (done, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let mut subscriptions = Subscriptions::default();
        let (counter, last) = (done.clone(), all.clone());
        subscriptions.on(move |_ctx, _: PaidIn, _id| {
            if counter.fetch_add(1, SeqCst) + 1 == 150 {
                last.notify_one();
            }
            std::future::ready(Ok(()))
        });
        let stop = CancellationToken::new();
        let running = tokio::spawn(Relay::new(db.clone(), bus_of(subscriptions)).run(stop.clone()));
        kit::tx!(db, |tx| {
            for account in 0..150 {
                tx.publish(&PaidIn { account, cents: 1 }).await?;
            }
            Ok::<_, Error>(())
        }).unwrap();
        soon(all.notified()).await;
        stop.cancel();
        soon(running).await.unwrap();
        assert_eq!((done.load(SeqCst), count(&db, "outbox").await), (150, 0));
    }

    a_relay_outlives_a_crash_of_its_process: |base| {
        let db = base.db().await;
        put_account(&db, 1, 0).await;
        pay_in(&db, 1, 5).await;
        // The handler commits, and the process dies before the row is deleted: delivered again, booked once.
        base.crash.arm(if db.is_shared() { 2 } else { 1 });
        assert!(Relay::new(db.clone(), bus_of(bookkeeper(&db))).step().await.is_err());
        let after = base.restarted().open().await;
        assert_eq!((cents(&after, 1).await, count(&after, "outbox").await), (Some(5), 1));
        base.pass_ms(60_000);
        let relay = Relay::new(after.clone(), bus_of(bookkeeper(&after)));
        assert_eq!(relay.step().await.unwrap(), 1);
        assert_eq!((cents(&after, 1).await, count(&after, "outbox").await), (Some(5), 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_share_the_rows_and_never_hold_the_same_one() {
    on_mariadb(|base| async move {
        let (a, b) = (base.db().await, base.db().await);
        for account in 0..300 {
            pay_in(&a, account, 1).await;
        }
        let taken = Arc::new(Mutex::new(vec![0; 300]));
        let relays = [&a, &b].map(|db| {
            let (mut subscriptions, taken) = (Subscriptions::default(), taken.clone());
            subscriptions.on(move |_ctx, event: PaidIn, _id| {
                taken.lock().unwrap()[usize::try_from(event.account).unwrap()] += 1;
                std::future::ready(Ok(()))
            });
            Relay::new(db.clone(), bus_of(subscriptions))
        });
        let run = relays.map(|relay| {
            let db = a.clone();
            tokio::spawn(async move {
                let mut tried = 0;
                while count(&db, "outbox").await > 0 {
                    tried += relay.step().await.unwrap();
                }
                tried
            })
        });
        let tried: usize = soon(futures::future::join_all(run)).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(tried, 300);
        assert!(taken.lock().unwrap().iter().all(|n| *n == 1), "{:?}", taken.lock().unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_is_offered_to_another_relay_only_after_the_lease() {
    on_mariadb(|base| async move {
        let (a, b) = (base.db().await, base.db().await);
        pay_in(&a, 1, 5).await;
        let (entered, gate) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let mut slow = Subscriptions::default();
        let (came, goes) = (entered.clone(), gate.clone());
        slow.on(move |_ctx, _: PaidIn, _id| {
            let (came, goes) = (came.clone(), goes.clone());
            async move {
                came.add_permits(1);
                let _ = goes.acquire().await;
                Err(UNAVAILABLE.into())
            }
        });
        let first = Relay::new(a.clone(), bus_of(slow));
        let held = tokio::spawn(async move { first.step().await });
        soon(entered.acquire()).await.unwrap().forget();

        put_account(&b, 1, 0).await;
        let second = Relay::new(b.clone(), bus_of(bookkeeper(&b)));
        base.pass_ms(29_999);
        assert_eq!(second.step().await.unwrap(), 0);
        base.pass_ms(1);
        assert_eq!((second.step().await.unwrap(), cents(&b, 1).await, count(&b, "outbox").await), (1, Some(5), 0));
        gate.add_permits(1);
        assert_eq!(soon(held).await.unwrap().unwrap(), 1);
        assert_eq!((count(&b, "outbox").await, count(&b, "dead_letter").await), (0, 0), "the late failure changes nothing");
    })
    .await;
}
