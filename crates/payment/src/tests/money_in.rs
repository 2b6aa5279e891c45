//! Money that comes in: attempts, notifications, questions, closing, and every way in which they cross.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use contract::fault::{ALREADY_PAID, BAD_SIGNATURE, CHANNEL_FAILED, CHANNEL_UNKNOWN, CONFLICT, INVALID, ORDER_STATE, TOO_MANY};
use contract::payment::{Closed, Pay, Payment as _, PaymentState};
use contract::thirdparty::{Notice, TradeState};
use contract::{AttemptId, Fen, UserId};
use futures::future::join_all;
use kit::Result;

use super::house::{House, ORDER, PRICE, START};
use super::vendor::wire;
use crate::{HEARS, subscriptions};

#[tokio::test]
async fn it_hears_what_it_says_it_hears() {
    assert_eq!(subscriptions(&House::new().await.it).topics(), HEARS);
}

#[tokio::test]
async fn one_payment_an_order_and_one_attempt_a_request() {
    let house = House::new().await;
    let all = join_all((0..20).map(|n| house.pay(if n % 2 == 0 { "a" } else { "b" }))).await;
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    for (n, started) in all.iter().enumerate() {
        assert_eq!(started, &all[n % 2]);
        assert_eq!(started.redirect_url, format!("/pay/{}", started.attempt));
    }
    assert_eq!(house.count("select count(*) from payment").await, 1);
    assert_eq!(house.vendor.trades.lock().unwrap().len(), 2);
    assert_eq!(house.vendor.trades.lock().unwrap()[&all[0].attempt].return_url, format!("/pay/result?order={ORDER}"));
    let dearer = Pay { amount_fen: Fen(1206), ..house.asks("c") };
    assert!(house.it.pay(&house.ctx, dearer).await.unwrap_err().is(CONFLICT));
    let other = Pay { user: UserId(10), ..house.asks("a") };
    assert!(house.it.pay(&house.ctx, other).await.unwrap_err().is(CONFLICT));
    let nothing = Pay { amount_fen: Fen(0), ..house.asks("c") };
    assert!(house.it.pay(&house.ctx, nothing).await.unwrap_err().is(INVALID));
    let late = Pay { expires: START, ..house.asks("c") };
    assert!(house.it.pay(&house.ctx, late).await.unwrap_err().is(ORDER_STATE));
    assert_eq!(house.state().await, PaymentState::Paying);
    for n in 2..20 {
        house.pay(&format!("r{n}")).await.unwrap();
    }
    assert!(house.pay("one too many").await.unwrap_err().is(TOO_MANY));
    house.audit().await;
}

#[tokio::test]
async fn fifty_notices_at_once_have_one_effect_and_fifty_answers() {
    let house = House::new().await;
    let notice = house.paid_at_channel("first").await;
    let answers = join_all((0..50).map(|_| house.hear(&notice))).await;
    assert!(answers.iter().all(Result::is_ok));
    // The same money under another notice id is still the same money.
    house.hear(&Notice { notice_id: "again".into(), ..notice.clone() }).await.unwrap();
    house.pass(120).await;
    house.hear(&notice).await.unwrap();
    assert_eq!(house.told("payment.succeeded"), 1);
    assert_eq!(house.count("select count(*) from money_move").await, 1);
    assert_eq!((house.state().await, house.status(false).await.kept_fen), (PaymentState::Paid, PRICE));
    assert!(house.pay("first").await.unwrap_err().is(ALREADY_PAID));
    assert!(house.pay("second").await.unwrap_err().is(ALREADY_PAID));
    house.audit_at_rest().await;
}

#[tokio::test]
async fn money_that_does_not_fit_never_moves_the_order() {
    let house = House::new().await;
    let good = house.paid_at_channel("first").await;
    let mut unsigned = wire(&good);
    unsigned.headers.clear();
    assert!(house.it.hear(&house.ctx, unsigned).await.unwrap_err().is(BAD_SIGNATURE));
    assert_eq!(house.count("select count(*) from notice").await, 0);
    let strange = |id: &str| Notice { notice_id: id.into(), ..good.clone() };
    let all = [
        Notice { amount_fen: Fen(1204), ..strange("a") },
        Notice { amount_fen: Fen(1206), ..strange("b") },
        Notice { currency: "JPY".into(), ..strange("c") },
        Notice { out_trade_no: AttemptId(5), ..strange("d") },
    ];
    for notice in all.iter().chain(&all) {
        assert!(house.hear(notice).await.unwrap_err().is(INVALID), "{notice:?}");
    }
    assert_eq!(house.state().await, PaymentState::Paying);
    assert_eq!(house.count("select count(*) from anomaly").await, 4);
    assert_eq!(house.count("select count(*) from money_move").await, 0);
    house.hear(&good).await.unwrap();
    let second = Notice { channel_trade_no: "V-other".into(), ..strange("e") };
    assert!(house.hear(&second).await.unwrap_err().is(INVALID), "one trade is not paid under two numbers");
    let other = house.count("select count(*) from payment where state = 'paid'").await;
    assert_eq!((other, house.count("select count(*) from anomaly").await), (1, 5));
    house.audit_at_rest().await;
}

#[tokio::test]
async fn a_number_belongs_to_one_attempt() {
    let house = House::new().await;
    let (first, second) = (house.paid_at_channel("a").await, house.pay("b").await.unwrap());
    house.hear(&first).await.unwrap();
    let stolen = Notice { notice_id: "x".into(), out_trade_no: second.attempt, ..first };
    assert!(house.hear(&stolen).await.unwrap_err().is(INVALID));
    assert_eq!(house.count("select count(*) from anomaly where kind = 'number_of_another'").await, 1);
    assert_eq!(house.count("select count(*) from refund").await, 0);
}

#[tokio::test]
async fn without_a_notice_the_question_settles() {
    let house = House::new().await;
    let started = house.pay("first").await.unwrap();
    for _ in 0..130 {
        house.pass(1).await;
    }
    let asked: Vec<u64> = house.vendor.asked.lock().unwrap().iter().map(|at| at.since(START).as_secs()).collect();
    assert_eq!(asked, [5, 10, 30, 60, 120]);
    house.vendor.pay(started.attempt).unwrap();
    house.pass(60).await;
    assert_eq!((house.state().await, house.told("payment.succeeded")), (PaymentState::Paid, 1));
    let asked = house.vendor.asked.lock().unwrap().len();
    house.pass(7200).await;
    assert_eq!(house.vendor.asked.lock().unwrap().len(), asked, "what is known is not asked again");
    house.audit_at_rest().await;
}

#[tokio::test]
async fn who_waits_may_ask_but_not_too_often() {
    let house = House::new().await;
    let started = house.pay("first").await.unwrap();
    join_all((0..10).map(|_| house.status(true))).await;
    assert_eq!(house.vendor.asked.lock().unwrap().len(), 1);
    house.vendor.pay(started.attempt).unwrap();
    assert_eq!(house.status(true).await.state, PaymentState::Paying);
    house.clock.pass(Duration::from_secs(2));
    house.vendor.silent.store(true, SeqCst);
    assert_eq!(house.status(true).await.state, PaymentState::Paying, "a silent channel is no error");
    house.vendor.silent.store(false, SeqCst);
    house.clock.pass(Duration::from_secs(2));
    assert_eq!(house.status(true).await.state, PaymentState::Paid);
}

#[tokio::test]
async fn a_creation_that_timed_out_keeps_its_number() {
    let house = House::new().await;
    house.vendor.creates_time_out.store(1, SeqCst);
    assert!(house.pay("first").await.unwrap_err().is(CHANNEL_FAILED));
    assert_eq!(house.count("select count(*) from attempt where state = 'unknown'").await, 1);
    assert_eq!(house.state().await, PaymentState::Paying);
    let started = house.pay("first").await.unwrap();
    assert_eq!(house.vendor.trades.lock().unwrap().keys().copied().collect::<Vec<_>>(), [started.attempt]);
    house.vendor.silent.store(true, SeqCst);
    assert!(house.pay("second").await.unwrap_err().is(CHANNEL_FAILED));
    house.vendor.silent.store(false, SeqCst);
    house.vendor.refuses_trades.store(true, SeqCst);
    assert!(house.pay("third").await.unwrap_err().is(CHANNEL_UNKNOWN));
    assert!(house.pay("third").await.unwrap_err().is(ORDER_STATE), "a refused attempt is over");
    house.vendor.pay(started.attempt).unwrap();
    house.pass(60).await;
    assert_eq!(house.state().await, PaymentState::Paid);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn an_attempt_that_expires_is_closed_at_the_channel() {
    let house = House::new().await;
    let started = house.pay("first").await.unwrap();
    house.pass(1800 + 60).await;
    assert_eq!(house.vendor.trade(started.attempt), TradeState::Closed);
    assert_eq!(house.state().await, PaymentState::Unpaid);
    assert!(house.pay("first").await.unwrap_err().is(ORDER_STATE));
}

#[tokio::test]
async fn nobody_asks_for_ever() {
    let house = House::new().await;
    house.pay("first").await.unwrap();
    house.vendor.silent.store(true, SeqCst);
    house.pass(1800 + 24 * 3600 + 180).await;
    assert_eq!(house.count("select count(*) from anomaly where kind = 'never_answered'").await, 1);
    assert_eq!(house.count("select count(*) from outbox").await, 0);
}

#[tokio::test]
async fn closing_closes_at_the_channel_and_bars_new_attempts() {
    let house = House::new().await;
    let started = house.pay("first").await.unwrap();
    house.vendor.silent.store(true, SeqCst);
    assert!(house.close().await.unwrap_err().is(CHANNEL_FAILED));
    assert_eq!(house.state().await, PaymentState::Paying);
    house.vendor.silent.store(false, SeqCst);
    for _ in 0..2 {
        assert_eq!(house.close().await.unwrap(), Closed::Unpaid);
    }
    assert_eq!(house.vendor.trade(started.attempt), TradeState::Closed);
    assert!(house.pay("first").await.unwrap_err().is(ORDER_STATE));
    assert!(house.pay("second").await.unwrap_err().is(ORDER_STATE));
    assert_eq!(house.state().await, PaymentState::Closed);
}

#[tokio::test]
async fn a_creation_that_comes_after_closing_is_closed_again() {
    let house = House::new().await;
    house.vendor.slow.store(true, SeqCst);
    let closes = async {
        house.vendor.has_come.notified().await;
        let closed = house.close().await;
        house.vendor.may_go.notify_one();
        closed
    };
    let (started, closed) = tokio::join!(house.pay("first"), closes);
    assert_eq!(closed.unwrap(), Closed::Unpaid);
    assert!(started.unwrap_err().is(ORDER_STATE));
    assert!(house.vendor.trades.lock().unwrap().values().all(|trade| trade.state == TradeState::Closed));
    assert_eq!(house.vendor.trades.lock().unwrap().len(), 1);
    assert_eq!(house.state().await, PaymentState::Closed);
}

#[tokio::test]
async fn closing_before_paying_bars_it_too() {
    let house = House::new().await;
    assert_eq!(house.close().await.unwrap(), Closed::Unpaid);
    assert!(house.pay("first").await.unwrap_err().is(ORDER_STATE));
}

#[tokio::test]
async fn closing_what_is_paid_says_paid() {
    let house = House::new().await;
    let notice = house.paid_at_channel("first").await;
    for _ in 0..2 {
        assert_eq!(house.close().await.unwrap(), Closed::Paid);
    }
    house.hear(&notice).await.unwrap();
    house.pass(60).await;
    assert_eq!((house.state().await, house.told("payment.succeeded")), (PaymentState::Paid, 1));
    house.audit_at_rest().await;
}

#[tokio::test]
async fn closing_does_not_overlook_money_that_does_not_fit() {
    let house = House::new().await;
    let notice = house.paid_at_channel("first").await;
    let strange = TradeState::Paid { channel_trade_no: notice.channel_trade_no, amount_fen: Fen(1), paid_at: START };
    house.vendor.trades.lock().unwrap().get_mut(&notice.out_trade_no).unwrap().state = strange;
    assert!(house.close().await.unwrap_err().is(CHANNEL_FAILED));
    assert_eq!(house.state().await, PaymentState::Paying);
}

#[tokio::test]
async fn money_that_comes_after_closing_is_told() {
    let house = House::new().await;
    let started = house.pay("first").await.unwrap();
    assert_eq!(house.close().await.unwrap(), Closed::Unpaid);
    // The channel took the money all the same.
    house.vendor.trades.lock().unwrap().get_mut(&started.attempt).unwrap().state = TradeState::Open;
    let notice = house.vendor.pay(started.attempt).unwrap();
    house.hear(&notice).await.unwrap();
    house.pass(0).await;
    assert_eq!((house.state().await, house.told("payment.succeeded")), (PaymentState::Paid, 1));
    assert_eq!(house.close().await.unwrap(), Closed::Paid);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn closing_beside_paying_ends_one_way() {
    for round in 0..30 {
        let house = House::new().await;
        if round % 3 == 0 {
            house.pay("before").await.unwrap();
        }
        let pays = async {
            let started = house.pay("now").await?;
            Ok::<_, kit::Error>(house.vendor.pay(started.attempt))
        };
        let (paid, closed) = tokio::join!(pays, house.close());
        match closed.unwrap() {
            Closed::Paid => assert!(matches!(paid, Ok(Some(_)))),
            Closed::Unpaid => {
                assert!(!matches!(paid, Ok(Some(_))), "{paid:?}");
                assert!(house.vendor.trades.lock().unwrap().values().all(|t| t.state == TradeState::Closed));
                assert!(house.pay("after").await.unwrap_err().is(ORDER_STATE));
            }
        }
        house.pass(120).await;
        house.audit_at_rest().await;
    }
}
