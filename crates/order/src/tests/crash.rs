//! The process dies right after each commit of placing; what it left is healed by due events and the client's own retry.

use contract::order::OrderState;

use super::*;

#[tokio::test]
async fn a_crash_after_any_commit_of_placing_heals() {
    // Placing commits twice; a third commit never comes, so the last round ends without a crash.
    for commits in 1..=3 {
        for refused in [false, true] {
            let mut w = World::new().await;
            if refused {
                w.stock.put(SHIRT, 0);
                w.stock.put(COAT, 2 * PIECES);
            }
            let shelf = w.stock.available(SHIRT);
            let wish = buy(WANG, &[(SHIRT, 1)]);
            w.crash.arm(commits);
            let first = w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await;
            assert_eq!(w.crash.is_down(), commits < 3);
            assert_eq!(first.is_ok(), !refused && commits == 3);
            w.reopen().await;

            let again = w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await;
            match (commits, again) {
                (1, again) => assert!(again.unwrap_err().is(fault::IN_FLIGHT)),
                (_, Ok(Placed::Before(answer))) => assert_eq!(answer.status, if refused { 409 } else { 201 }),
                (_, other) => panic!("{commits} {refused} {other:?}"),
            }

            w.pass(Duration::from_secs(60));
            w.run().await;
            let id = OrderId(w.count("select id from orders").await);
            assert_eq!(w.count("select count(*) from orders").await, 1);
            let Placed::Before(answer) = w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await.unwrap() else {
                panic!("placed twice by one key");
            };
            let stands = commits > 1 && !refused;
            assert_eq!(w.state(id).await, if stands { OrderState::Unpaid } else { OrderState::Cancelled });
            assert_eq!(answer.status, if stands { 201 } else { 409 });
            if commits == 1 {
                assert!(answer.body.contains("placing_expired"));
            }
            w.settle().await;
            assert_eq!(w.stock.available(SHIRT), if stands { shelf - 1 } else { shelf });
            w.audit(true).await;
            assert_eq!(w.count("select count(*) from dead_letter").await, 0);
        }
    }
}

#[tokio::test]
async fn a_crash_after_stock_was_held_gives_it_back() {
    let mut w = World::new().await;
    // The second commit is the one that makes it stand: go down between the hold and it.
    w.crash.arm(1);
    let wish = buy(WANG, &[(SHIRT, 1)]);
    assert!(w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await.is_err());
    w.reopen().await;
    let id = OrderId(w.count("select id from orders").await);
    // The call had left before the crash, and arrives.
    let hold = inventory::Hold { order: id, attempt: 0, lines: vec![inventory::StockLine { sku: SHIRT, qty: 1 }] };
    use contract::inventory::Inventory as _;
    w.stock.hold(&w.ctx(), hold.clone()).await.unwrap();
    assert_eq!(w.stock.available(SHIRT), PIECES - 1);
    w.pass(Duration::from_secs(60));
    w.run().await;
    assert_eq!((w.stock.kept(id), w.stock.available(SHIRT)), (Some(Kept::Released), PIECES));
    assert!(w.stock.hold(&w.ctx(), hold).await.unwrap_err().is(fault::CONFLICT), "a later hold finds the mark");
    w.audit(true).await;
}

#[tokio::test]
async fn a_crash_after_any_commit_of_a_late_payment_heals() {
    for commits in 1..=2 {
        for in_stock in [false, true] {
            let mut w = World::new().await;
            let id = w.shirt(WANG).await;
            w.pay(WANG, id, "p").await.unwrap();
            w.order.cancel(&w.ctx(), WANG, id).await.unwrap();
            w.run().await;
            let news = w.money.payer_pays(id, WANG, true).unwrap();
            if !in_stock {
                w.stock.put(SHIRT, 0);
                w.stock.put(COAT, 2 * PIECES);
            }
            w.crash.arm(commits);
            let heard = w.hear_as(&news, 77).await;
            w.reopen().await;
            // What was not taken is offered again; what was, may be.
            let again = w.hear_as(&news, 77).await;
            assert!(again.is_ok(), "{commits} {in_stock} {heard:?} {again:?}");
            w.settle().await;
            w.audit(true).await;
            assert_eq!(w.state(id).await, if in_stock { OrderState::Paid } else { OrderState::Cancelled });
            assert_eq!(w.money.account(id).refunds.len(), usize::from(!in_stock));
        }
    }
}

#[tokio::test]
async fn the_sweep_makes_good_for_lost_timers() {
    let w = World::new().await;
    let unpaid = w.shirt(WANG).await;
    let shipped = w.paid_shirt(LI).await;
    w.order.ship(7, shipped, "中通", "ZT-1").await.unwrap();
    w.db.run("delete from outbox", vec![]).await.unwrap();
    w.pass(Duration::from_secs(1800));
    w.order.sweep(&w.ctx(), w.core.clock.now()).await.unwrap();
    assert_eq!(w.state(unpaid).await, OrderState::Unpaid, "the timer comes first");
    w.pass(Duration::from_secs(301));
    w.order.sweep(&w.ctx(), w.core.clock.now()).await.unwrap();
    assert_eq!(w.state(unpaid).await, OrderState::Cancelled);
    w.pass(Duration::from_secs(15 * 24 * 3600));
    w.order.sweep(&w.ctx(), w.core.clock.now()).await.unwrap();
    assert_eq!(w.state(shipped).await, OrderState::Received);
    w.pass(Duration::from_secs(8 * 24 * 3600));
    w.order.sweep(&w.ctx(), w.core.clock.now()).await.unwrap();
    assert_eq!(w.state(shipped).await, OrderState::Done);
    w.settle().await;
    w.audit(true).await;
}
