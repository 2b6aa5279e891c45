//! Money that goes back: of a second payment, on request, and by hand.

use std::sync::atomic::Ordering::SeqCst;

use contract::fault::{CHANNEL_FAILED, CONFLICT, INVALID, NOT_FOUND, ORDER_STATE, REFUND_EXCEEDS};
use contract::payment::PaymentState;
use contract::thirdparty::{Notice, RefundState};
use contract::{Fen, RefundId};
use futures::future::join_all;
use kit::Result;
use kit::http::{IdempotencyKey, Once};

use super::house::{House, PRICE};

impl House {
    async fn by_hand(&self, id: i64, key: &str) -> Result<()> {
        let once = Once::new(1, "settle_refund", &IdempotencyKey(key.into()), &id)?;
        self.it.settle_by_hand(&self.ctx, &once, RefundId(id), "银行转账").await.map(|_| ())
    }
}

#[tokio::test]
async fn the_second_payment_of_an_order_goes_back_once() {
    let house = House::new().await;
    let (first, second) = (house.paid_at_channel("a").await, house.paid_at_channel("b").await);
    let both = (0..20).map(|n| house.hear(if n % 2 == 0 { &first } else { &second }));
    assert!(join_all(both).await.iter().all(Result::is_ok));
    for notice in [&second, &first] {
        house.hear(&Notice { notice_id: "later".into(), ..notice.clone() }).await.unwrap();
    }
    house.audit().await;
    house.pass(120).await;
    assert_eq!(house.count("select count(*) from refund where surplus = 1 and state = 'done'").await, 1);
    assert_eq!((house.told("payment.succeeded"), house.told("payment.surplus_refunded")), (1, 1));
    assert_eq!(house.told("payment.refund_succeeded"), 0, "the order's own money stays");
    let status = house.status(false).await;
    assert_eq!((status.state, status.kept_fen, status.refunded_fen), (PaymentState::Paid, PRICE, Fen(0)));
    assert_eq!(house.vendor.holds(), PRICE.0);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn refunds_in_parallel_never_exceed_what_was_paid() {
    let house = House::new().await;
    assert!(house.refund(1, 5).await.unwrap_err().is(NOT_FOUND));
    house.pay("first").await.unwrap();
    assert!(house.refund(1, 5).await.unwrap_err().is(REFUND_EXCEEDS), "nothing is paid yet");
    house.paid().await;
    assert!(house.refund(1, 0).await.unwrap_err().is(INVALID));
    let outcomes = join_all((0..200).map(|id| house.refund(id, 300))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 4);
    assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|e| e.is(REFUND_EXCEEDS)));
    let id = i64::try_from(outcomes.iter().position(Result::is_ok).unwrap()).unwrap();
    house.refund(id, 300).await.unwrap();
    assert!(house.refund(id, 5).await.unwrap_err().is(CONFLICT));
    house.audit().await;
    house.pass(1).await;
    let status = house.status(false).await;
    assert_eq!((status.state, status.kept_fen, status.refunded_fen), (PaymentState::PartRefunded, Fen(5), Fen(1200)));
    assert_eq!(house.told("payment.refund_succeeded"), 4);
    house.refund(500, 5).await.unwrap();
    house.pass(1).await;
    assert_eq!(house.state().await, PaymentState::Refunded);
    assert!(house.refund(501, 1).await.unwrap_err().is(REFUND_EXCEEDS));
    assert_eq!(house.vendor.holds(), 0);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_asked_about_and_not_paid_twice() {
    let house = House::new().await;
    house.paid().await;
    house.vendor.refunds_time_out.store(true, SeqCst);
    house.refund(1, 1205).await.unwrap();
    house.refund(1, 1205).await.unwrap();
    house.pass(0).await;
    assert_eq!(house.told("payment.refund_succeeded"), 0);
    house.audit().await;
    house.pass(5).await;
    assert_eq!((house.state().await, house.told("payment.refund_succeeded")), (PaymentState::Refunded, 1));
    assert_eq!(house.vendor.refunds.lock().unwrap().len(), 1);
    house.audit_at_rest().await;
}

#[tokio::test]
async fn a_refund_that_the_channel_refuses_is_paid_by_hand_once() {
    let house = House::new().await;
    house.paid().await;
    *house.vendor.refunds_become.lock().unwrap() = RefundState::Refused;
    house.refund(1, 205).await.unwrap();
    assert!(house.by_hand(1, "early").await.unwrap_err().is(ORDER_STATE), "the channel has not been asked yet");
    house.pass(0).await;
    assert_eq!(house.count("select count(*) from refund where state = 'refused'").await, 1);
    assert_eq!(house.told("payment.refund_succeeded"), 0);
    assert!(house.refund(2, 1205).await.unwrap_err().is(REFUND_EXCEEDS), "the refused amount stays set aside");
    let keys: Vec<String> = (0..10).map(|n| format!("key {n}")).collect();
    let outcomes = join_all(keys.iter().map(|key| house.by_hand(1, key))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    house.pass(0).await;
    assert_eq!((house.state().await, house.told("payment.refund_succeeded")), (PaymentState::PartRefunded, 1));
    assert_eq!(house.count("select sum(amount_fen) from money_entry where account = 'paid_by_hand'").await, -205);
    assert!(house.by_hand(99, "none").await.unwrap_err().is(NOT_FOUND));
    house.audit_at_rest().await;
}

#[tokio::test]
async fn a_refund_that_never_ends_goes_to_an_operator_who_cannot_pay_it_twice() {
    let house = House::new().await;
    house.paid().await;
    *house.vendor.refunds_become.lock().unwrap() = RefundState::Pending;
    house.refund(1, 1205).await.unwrap();
    house.pass(4 * 24 * 3600).await;
    assert_eq!(house.count("select count(*) from refund where state = 'by_hand' and tries = 10").await, 1);
    assert_eq!(house.count("select count(*) from outbox").await, 0);
    assert!(house.by_hand(1, "a").await.unwrap_err().is(ORDER_STATE), "the channel may still carry it out");
    house.vendor.silent.store(true, SeqCst);
    assert!(house.by_hand(1, "b").await.unwrap_err().is(CHANNEL_FAILED));
    house.vendor.silent.store(false, SeqCst);
    house.vendor.refunds.lock().unwrap().get_mut(&RefundId(1)).unwrap().2 = RefundState::Done;
    house.by_hand(1, "c").await.unwrap();
    assert_eq!(
        house.count("select count(*) from money_entry where account = 'paid_by_hand'").await,
        0,
        "the channel has paid it"
    );
    assert_eq!(house.state().await, PaymentState::Refunded);
    house.audit_at_rest().await;
}
