//! Money: in time, late, twice, wrong, given back; and cancelling against it.

use contract::order::{AfterSaleClosed, OrderState, PaymentExpired, PlacingExpired, ReceiptDue};
use futures::future::join_all;
use kit::http::PageParams;

use super::*;
use crate::list::Wanted;

async fn open_order(w: &World) -> OrderId {
    let id = w.shirt(WANG).await;
    w.pay(WANG, id, "p").await.unwrap();
    id
}

async fn cancelled_then_paid(w: &World) -> (OrderId, contract::payment::PaymentSucceeded) {
    let id = open_order(w).await;
    w.order.cancel(&w.ctx(), WANG, id).await.unwrap();
    w.run().await;
    (id, w.money.payer_pays(id, WANG, true).unwrap())
}

#[tokio::test]
async fn a_late_payment_revives_the_order_when_the_goods_are_there() {
    let w = World::new().await;
    let (id, news) = cancelled_then_paid(&w).await;
    w.hear(&news).await.unwrap();
    w.hear(&news).await.unwrap();
    w.settle().await;
    let order = w.head(id).await;
    assert_eq!((order.state, order.payment, order.attempt, order.cancel_reason), (OrderState::Paid, OrderPayment::Paid, 1, None));
    assert_eq!((w.stock.kept(id), w.stock.available(SHIRT)), (Some(Kept::Sold), PIECES - 1));
    assert!(w.money.account(id).refunds.is_empty());
    assert_eq!(w.count("select count(*) from order_history where what = 'revived'").await, 1);
    w.audit(true).await;
    w.order.ship(7, id, "中通", "1").await.unwrap();
}

#[tokio::test]
async fn news_of_the_cancellation_that_arrive_after_the_revival_release_nothing() {
    let w = World::new().await;
    let id = open_order(&w).await;
    w.order.cancel(&w.ctx(), WANG, id).await.unwrap();
    // `order.cancelled` still waits in the outbox.
    let news = w.money.payer_pays(id, WANG, true).unwrap();
    w.hear(&news).await.unwrap();
    assert_eq!(w.state(id).await, OrderState::Paid);
    w.settle().await;
    assert_eq!((w.stock.kept(id), w.stock.available(SHIRT)), (Some(Kept::Sold), PIECES - 1));
    w.audit(true).await;
}

#[tokio::test]
async fn a_late_payment_goes_back_once_when_the_goods_are_gone() {
    let w = World::new().await;
    let (id, news) = cancelled_then_paid(&w).await;
    w.stock.put(SHIRT, 0);
    w.stock.put(COAT, 2 * PIECES);
    w.money.deaf.store(true, SeqCst);
    assert!(w.hear(&news).await.is_err(), "payment does not answer: offered again");
    w.money.deaf.store(false, SeqCst);
    // The goods come back meanwhile: the decision stands.
    w.stock.put(SHIRT, 1);
    w.stock.put(COAT, 2 * PIECES - 1);
    for _ in 0..3 {
        w.hear(&news).await.unwrap();
    }
    let account = w.money.account(id);
    assert_eq!((account.refunds.len(), account.refunds.values().sum::<i64>()), (1, account.paid_fen));
    assert_eq!(w.head(id).await.payment, OrderPayment::Paid);
    for _ in 0..2 {
        w.refunds_arrive(WANG, id).await.unwrap();
    }
    let order = w.head(id).await;
    assert_eq!((order.state, order.payment), (OrderState::Cancelled, OrderPayment::Refunded));
    assert_eq!((order.paid_fen, order.refunded_fen, order.give_back_reason.as_str()), (Fen(4900), Fen(4900), "late_payment"));
    let calls = account.refund_calls;
    w.hear(&news).await.unwrap();
    assert_eq!(w.money.account(id).refund_calls, calls, "what has gone back is not asked for again");
    w.settle().await;
    w.audit(true).await;
}

#[tokio::test]
async fn a_late_payment_waits_for_stock_that_does_not_answer() {
    let w = World::new().await;
    let (id, news) = cancelled_then_paid(&w).await;
    w.stock.deaf.store(true, SeqCst);
    assert!(w.hear(&news).await.is_err());
    assert_eq!((w.state(id).await, w.money.account(id).refunds.len()), (OrderState::Cancelled, 0));
    w.stock.deaf.store(false, SeqCst);
    w.hear(&news).await.unwrap();
    assert_eq!(w.state(id).await, OrderState::Paid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_of_a_late_payment_delivered_many_times_at_once_have_one_outcome() {
    for in_stock in [true, false] {
        let w = World::new().await;
        let (id, news) = cancelled_then_paid(&w).await;
        if !in_stock {
            w.stock.put(SHIRT, 0);
            w.stock.put(COAT, 2 * PIECES);
        }
        let outcomes = join_all((0..16).map(|_| w.hear(&news))).await;
        assert!(outcomes.iter().any(|o| o.is_ok()), "{outcomes:?}");
        w.hear(&news).await.unwrap();
        w.settle().await;
        assert_eq!(w.state(id).await, if in_stock { OrderState::Paid } else { OrderState::Cancelled });
        w.audit(true).await;
    }
}

#[tokio::test]
async fn a_wrong_amount_goes_back_and_the_order_is_not_paid() {
    let w = World::new().await;
    let id = open_order(&w).await;
    w.money.accounts.lock().unwrap().get_mut(&id).unwrap().paid_fen = 1;
    let news = Money::news(id, WANG, 1);
    for _ in 0..2 {
        w.hear(&news).await.unwrap();
    }
    let order = w.head(id).await;
    assert_eq!(
        (order.state, order.payment, order.give_back_reason.as_str()),
        (OrderState::Unpaid, OrderPayment::Paid, "wrong_amount")
    );
    assert_eq!(w.money.account(id).refunds.values().copied().collect::<Vec<_>>(), [1]);
    assert!(w.pay(WANG, id, "p2").await.unwrap_err().is(fault::ORDER_STATE));
    w.refunds_arrive(WANG, id).await.unwrap();
    w.pass(Duration::from_secs(1800));
    w.settle().await;
    assert_eq!(w.state(id).await, OrderState::Cancelled, "the channel says paid, but that money has gone back");
    w.audit(true).await;
}

#[tokio::test]
async fn payment_of_an_order_that_is_still_being_placed_is_offered_again() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    w.db.run("update orders set state = 'placing'", vec![]).await.unwrap();
    let news = Money::news(id, WANG, 4900);
    assert!(w.hear(&news).await.unwrap_err().is(fault::UNAVAILABLE));
    w.db.run("update orders set state = 'unpaid'", vec![]).await.unwrap();
    w.hear(&news).await.unwrap();
    assert_eq!(w.state(id).await, OrderState::Paid);
}

#[tokio::test]
async fn every_event_may_be_delivered_twice() {
    let w = World::new().await;
    let id = open_order(&w).await;
    let news = w.money.payer_pays(id, WANG, false).unwrap();
    for event in [5, 5, 6] {
        w.hear_as(&news, event).await.unwrap();
    }
    w.run().await;
    assert_eq!((w.state(id).await, w.told("order.paid", id)), (OrderState::Paid, 1));

    let refund = RefundSucceeded { refund: RefundId(9), order: id, user: WANG, amount_fen: Fen(900) };
    for event in [7, 7, 8] {
        w.hear_as(&refund, event).await.unwrap();
    }
    let order = w.head(id).await;
    assert_eq!((order.payment, order.refunded_fen), (OrderPayment::PartRefunded, Fen(900)));

    w.order.ship(7, id, "中通", "1").await.unwrap();
    w.pass(Duration::from_secs(15 * 24 * 3600));
    for event in [10, 10, 11] {
        w.hear_as(&ReceiptDue { order: id }, event).await.unwrap();
    }
    assert_eq!(w.state(id).await, OrderState::Received);
    w.pass(Duration::from_secs(7 * 24 * 3600));
    for event in [12, 12, 13] {
        w.hear_as(&AfterSaleClosed { order: id }, event).await.unwrap();
        w.hear_as(&PlacingExpired { order: id }, event + 50).await.unwrap();
        w.hear_as(&PaymentExpired { order: id }, event + 60).await.unwrap();
    }
    w.run().await;
    assert_eq!((w.state(id).await, w.told("order.received", id)), (OrderState::Done, 1));
    let other = RefundSucceeded { refund: RefundId(10), order: id, user: WANG, amount_fen: Fen(4000) };
    w.hear(&other).await.unwrap();
    assert_eq!(w.head(id).await.payment, OrderPayment::Refunded);

    let expired = w.shirt(LI).await;
    w.pass(Duration::from_secs(1800));
    for event in [30, 30, 31] {
        w.hear_as(&PaymentExpired { order: expired }, event).await.unwrap();
    }
    w.run().await;
    assert_eq!((w.state(expired).await, w.told("order.cancelled", expired)), (OrderState::Cancelled, 1));
    w.audit(false).await;
}

#[tokio::test]
async fn a_timer_that_comes_too_early_is_set_again_once() {
    let w = World::new().await;
    let id = open_order(&w).await;
    w.run().await;
    let timers = "select count(*) from outbox where topic = 'order.payment_expired'";
    assert_eq!(w.count(timers).await, 1);
    for _ in 0..3 {
        w.hear_as(&PaymentExpired { order: id }, 40).await.unwrap();
    }
    assert_eq!((w.state(id).await, w.count(timers).await), (OrderState::Unpaid, 2));
    assert!(w.money.account(id).open, "nobody closed the channel's order");
}

#[tokio::test]
async fn refund_news_before_payment_news_wait() {
    let w = World::new().await;
    let id = open_order(&w).await;
    let refund = RefundSucceeded { refund: RefundId(9), order: id, user: WANG, amount_fen: Fen(4900) };
    assert!(w.hear(&refund).await.is_err());
    let news = w.money.payer_pays(id, WANG, false).unwrap();
    w.hear(&news).await.unwrap();
    w.hear(&refund).await.unwrap();
    assert_eq!(w.head(id).await.payment, OrderPayment::Refunded);
    let told = "select count(*) from outbox where topic = 'order.refunded'";
    w.hear(&refund).await.unwrap();
    assert_eq!(w.db.number(told, kit::values![]).await.unwrap(), Some(1), "the news of it goes out once");
    let refunded = Wanted { refunded: true, ..Wanted::default() };
    let paid_too = open_order(&w).await;
    w.hear(&w.money.payer_pays(paid_too, WANG, false).unwrap()).await.unwrap();
    let listed = w.order.list(Some(WANG), refunded, &PageParams::default()).await.unwrap();
    assert_eq!(listed.items.iter().map(|o| o.id).collect::<Vec<_>>(), [id]);
    assert!(w.order.ship(7, id, "a", "b").await.unwrap_err().is(fault::ORDER_STATE), "what was paid back stays here");
}

#[tokio::test]
async fn cancelling_asks_the_channel_first_and_paid_means_paid() {
    let w = World::new().await;
    let id = open_order(&w).await;
    let news = w.money.payer_pays(id, WANG, false).unwrap();
    // The channel has the money; we have not heard yet.
    assert!(w.order.cancel(&w.ctx(), WANG, id).await.unwrap_err().is(fault::ALREADY_PAID));
    w.pass(Duration::from_secs(1800));
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Unpaid, "the timer does not cancel it either");
    w.hear(&news).await.unwrap();
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Paid);
    w.audit(true).await;

    let id = open_order(&w).await;
    w.money.deaf.store(true, SeqCst);
    assert_eq!(w.order.cancel(&w.ctx(), WANG, id).await.unwrap_err().status(), 503);
    assert_eq!(w.state(id).await, OrderState::Unpaid, "nothing is cancelled while the channel may still take money");
}

/// What may happen to an order with an open attempt, in any order.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Cancel,
    Expire,
    PayerPays,
    News,
    Relay,
}

const ACTS: [Act; 5] = [Act::Cancel, Act::Expire, Act::PayerPays, Act::News, Act::Relay];

fn permutations(items: &[Act]) -> Vec<Vec<Act>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let mut all = vec![];
    for (i, first) in items.iter().enumerate() {
        let rest: Vec<Act> = items.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, a)| *a).collect();
        all.extend(permutations(&rest).into_iter().map(|mut p| {
            p.insert(0, *first);
            p
        }));
    }
    all
}

async fn act(w: &World, id: OrderId, act: Act, forced: bool) {
    let answer = match act {
        Act::Cancel => w.order.cancel(&w.ctx(), WANG, id).await.map(|_| ()),
        Act::Expire => w.hear(&PaymentExpired { order: id }).await,
        Act::PayerPays => {
            w.money.payer_pays(id, WANG, forced);
            Ok(())
        }
        Act::News => {
            let paid = w.money.account(id).paid_fen;
            if paid > 0 { w.hear(&Money::news(id, WANG, paid)).await } else { Ok(()) }
        }
        Act::Relay => {
            let _ = w.relay.step().await;
            Ok(())
        }
    };
    if let Err(e) = answer {
        assert!(e.is(fault::ALREADY_PAID) || e.is(fault::ORDER_STATE) || e.is(fault::CONFLICT), "{act:?}: {e}");
    }
}

/// All news have been delivered, payments included: is everything as it should be?
async fn finish(w: &World, id: OrderId, why: &str) {
    act(w, id, Act::News, false).await;
    w.settle().await;
    let state = w.state(id).await;
    assert!(matches!(state, OrderState::Paid | OrderState::Cancelled), "{why}: {state:?}");
    w.audit(true).await;
}

#[tokio::test]
async fn cancel_pay_and_expire_in_every_sequence_end_well() {
    let w = World::new().await;
    for (i, sequence) in permutations(&ACTS).into_iter().enumerate() {
        for forced in [false, true] {
            let id = open_order(&w).await;
            w.pass(Duration::from_secs(1800));
            w.money.slips.store(i % 3 == 0, SeqCst);
            for step in &sequence {
                act(&w, id, *step, forced).await;
            }
            w.money.slips.store(false, SeqCst);
            finish(&w, id, &format!("{sequence:?} {forced}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancel_pay_and_expire_at_once_end_well() {
    let w = World::new().await;
    for i in 0..40 {
        let id = open_order(&w).await;
        w.pass(Duration::from_secs(1800));
        w.money.slips.store(i % 4 == 3, SeqCst);
        let again = async { w.pay(WANG, id, "late").await.map(|_| ()).unwrap_or(()) };
        let acts = join_all(ACTS.iter().chain(&ACTS).map(|a| act(&w, id, *a, i % 2 == 0)));
        tokio::join!(acts, again);
        w.money.slips.store(false, SeqCst);
        finish(&w, id, "at once").await;
    }
}

#[tokio::test]
async fn an_attempt_that_begins_while_the_order_is_cancelled_is_closed_again() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    // The attempt is opened at the channel, and before it is written down the order is cancelled.
    let ctx = w.ctx();
    let (paid, cancelled) = tokio::join!(w.pay(WANG, id, "p"), w.order.cancel(&ctx, WANG, id));
    cancelled.unwrap();
    assert_eq!(w.state(id).await, OrderState::Cancelled);
    if let Err(e) = paid {
        assert!(e.is(fault::ORDER_STATE), "{e}");
        assert!(!w.money.account(id).open);
    }
    w.settle().await;
    w.audit(true).await;
}
