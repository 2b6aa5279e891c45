//! Orders for what was won in a flash sale: outcomes that stay, batches that overlap, money in time, late and not at all.

use contract::inventory::Inventory as _;
use contract::order::{CancelReason, MOST_WINS, Order as _, OrderCancelled, OrderPaid, PlaceWon, Win, WonOutcome, WonPlaced};
use contract::payment::{PayPurpose, PaymentSucceeded};
use futures::future::join_all;
use kit::http::PageParams;

use super::*;
use crate::list::Wanted;
use crate::state::{OrderActor, OrderEvent};

/// The allotment of all these wins.
const SALE: AllotmentId = AllotmentId(77);

/// Shirts at 9.90, to be paid within ten minutes.
pub fn win(order: i64, user: UserId, qty: u32) -> Win {
    Win {
        order: OrderId(order),
        user,
        sku: SHIRT,
        qty,
        unit_price_fen: Fen(990),
        address: AddressId(user.0),
        allotment: SALE,
        pay_within_s: 600,
    }
}

impl World {
    pub async fn allot(&self, qty: u32) {
        let request = inventory::Allot { id: SALE, sku: SHIRT, qty, reason: "秒杀".into() };
        self.stock.allot(&self.ctx(), request).await.unwrap();
    }

    /// Gives the outcomes: true for an order that stands.
    pub async fn win(&self, wins: &[Win]) -> Result<Vec<WonOutcome>> {
        let told = self.order.place_won(&self.ctx(), PlaceWon { wins: wins.to_vec() }).await?;
        assert!(told.iter().zip(wins).all(|(told, win)| told.order == win.order), "in the order asked");
        Ok(told.into_iter().map(|WonPlaced { outcome, .. }| outcome).collect())
    }

    /// The news of a topic, read.
    fn news<E: Event>(&self) -> Vec<E> {
        let log = self.log.0.lock().unwrap();
        log.iter().filter(|p| p.topic == E::TOPIC).map(|p| serde_json::from_str(&p.payload).unwrap()).collect()
    }
}

fn refused(code: &str) -> WonOutcome {
    WonOutcome::Refused(code.into())
}

#[tokio::test]
async fn what_was_won_becomes_an_order_at_its_price_and_takes_from_its_allotment() {
    let w = World::new().await;
    w.allot(10).await;
    let id = OrderId(900);
    assert_eq!(w.win(&[win(900, WANG, 2)]).await.unwrap(), [WonOutcome::Placed]);
    let order = w.order.detail(WANG, id).await.unwrap();
    assert_eq!((order.state, order.kind, order.payment), (OrderState::Unpaid, OrderKind::Seckill, OrderPayment::Unpaid));
    let amounts = &order.amounts;
    assert_eq!((amounts.goods_fen, amounts.discount_fen, amounts.freight_fen), (Fen(1980), Fen::ZERO, Fen(1000)));
    assert_eq!(amounts.payable_fen, Fen(2980));
    let line = &order.lines[0];
    assert_eq!((line.sku_id, line.qty, line.unit_price_fen, line.list_price_fen), (SHIRT, 2, Fen(990), Fen(3900)));
    assert_eq!(order.pay_by, Some(w.core.clock.now() + Duration::from_secs(600)));
    let first = &order.timeline[0];
    assert_eq!(
        (first.what, first.from, first.state, first.by),
        (OrderEvent::Placed, None, OrderState::Unpaid, OrderActor::Shopper)
    );
    let shown = w.order.list(Some(WANG), Wanted::default(), &PageParams::default()).await.unwrap();
    assert_eq!((shown.items.len(), shown.items[0].kind), (1, OrderKind::Seckill));
    w.run().await;
    assert_eq!((w.told("order.placed", id), *w.stock.holds.lock().unwrap()), (1, 0), "nothing is held");

    w.pay(WANG, id, "p").await.unwrap();
    assert_eq!(w.money.account(id).asked_fen, 2980);
    w.hear(&w.money.payer_pays(id, WANG, false).unwrap()).await.unwrap();
    w.run().await;
    assert_eq!((w.state(id).await, w.stock.kept(id), w.stock.taken(id)), (OrderState::Paid, None, Some(2)));
    assert_eq!(w.news::<OrderPaid>()[0].allotment, Some(SALE));
    w.order.ship(7, id, "中通", "1").await.unwrap();
    w.order.receive(WANG, id).await.unwrap();
    w.run().await;
    w.audit(true).await;
    let usual = w.shirt(LI).await;
    assert_eq!(w.order.detail(LI, usual).await.unwrap().kind, OrderKind::Usual);
}

#[tokio::test]
async fn each_win_has_its_outcome_and_keeps_it() {
    let w = World::new().await;
    w.allot(10).await;
    w.shop.skus.lock().unwrap()[1].listed = false;
    let elsewhere = Win { address: AddressId(LI.0), ..win(901, WANG, 1) };
    let gone = Win { sku: COAT, ..win(902, WANG, 1) };
    let unknown = Win { sku: SkuId(404), ..win(903, WANG, 1) };
    let wins = [elsewhere, win(900, WANG, 1), gone, unknown, win(904, LI, 1)];
    let outcomes = [refused("not_found"), WonOutcome::Placed, refused("off_shelf"), refused("off_shelf"), WonOutcome::Placed];
    assert_eq!(w.win(&wins).await.unwrap(), outcomes);
    // Back on the shelf: what its caller has given up is not placed all the same.
    w.shop.skus.lock().unwrap()[1].listed = true;
    assert_eq!(w.win(&wins).await.unwrap(), outcomes);
    assert_eq!(w.win(&wins[2..4]).await.unwrap(), outcomes[2..4]);
    // And the other way round: an order that stands stays placed, whatever became of the product or of the order.
    w.shop.skus.lock().unwrap().clear();
    w.order.cancel(&w.ctx(), WANG, OrderId(900)).await.unwrap();
    assert_eq!(w.win(&[wins[1].clone(), wins[4].clone()]).await.unwrap(), [WonOutcome::Placed, WonOutcome::Placed]);
    assert_eq!(w.count("select count(*) from orders").await, 2);
    assert_eq!(w.count("select count(*) from order_line").await, 2);
    w.settle().await;
    assert_eq!((w.told("order.placed", OrderId(900)), w.told("order.placed", OrderId(904))), (1, 1));
    w.audit(true).await;
}

#[tokio::test]
async fn a_number_with_other_contents_is_refused_and_so_is_a_win_that_cannot_be() {
    let w = World::new().await;
    w.allot(10).await;
    let first = win(900, WANG, 1);
    w.win(std::slice::from_ref(&first)).await.unwrap();
    for other in [
        Win { qty: 2, ..first.clone() },
        Win { user: LI, ..first.clone() },
        Win { unit_price_fen: Fen(991), ..first.clone() },
        Win { pay_within_s: 601, ..first.clone() },
        Win { allotment: AllotmentId(78), ..first.clone() },
    ] {
        let e = w.win(&[win(905, LI, 1), other]).await.unwrap_err();
        assert!(e.is(fault::CONFLICT), "{e}");
    }
    for (bad, pointer) in [
        (Win { qty: 0, ..win(901, WANG, 1) }, "/wins/1/qty"),
        (Win { qty: 1000, ..win(901, WANG, 1) }, "/wins/1/qty"),
        (Win { unit_price_fen: Fen::ZERO, ..win(901, WANG, 1) }, "/wins/1/unit_price_fen"),
        (Win { pay_within_s: 0, ..win(901, WANG, 1) }, "/wins/1/pay_within_s"),
        (Win { allotment: AllotmentId(0), ..win(901, WANG, 1) }, "/wins/1/allotment"),
        (win(902, WANG, 1), "/wins/1/order"),
    ] {
        let e = w.win(&[win(902, WANG, 1), bad]).await.unwrap_err();
        assert_eq!((e.code(), e.errors()[0].pointer.as_str()), ("invalid", pointer));
    }
    let many: Vec<Win> = (0..=MOST_WINS).map(|i| win(1000 + i64::try_from(i).unwrap(), WANG, 1)).collect();
    assert_eq!(w.win(&many).await.unwrap_err().errors()[0].pointer, "/wins");
    assert_eq!(w.win(&[]).await.unwrap(), []);
    assert_eq!(w.count("select count(*) from orders").await, 1);
    assert_eq!(w.count("select count(*) from won").await, 1);
}

#[tokio::test]
async fn a_neighbour_without_an_answer_decides_nothing() {
    let w = World::new().await;
    w.allot(10).await;
    w.shop.lies.store(true, SeqCst);
    assert!(w.win(&[win(900, WANG, 1), win(901, LI, 1)]).await.unwrap_err().is(fault::INTERNAL));
    for table in ["orders", "won", "outbox", "unpaid_count", "order_history"] {
        assert_eq!(w.count(&format!("select count(*) from {table}")).await, 0, "{table}");
    }
    w.shop.lies.store(false, SeqCst);
    assert_eq!(w.win(&[win(900, WANG, 1), win(901, LI, 1)]).await.unwrap(), [WonOutcome::Placed, WonOutcome::Placed]);
    w.run().await;
    w.audit(true).await;
}

#[tokio::test]
async fn a_price_out_of_range_refuses_its_win_and_no_other() {
    let w = World::new().await;
    let dear = Win { unit_price_fen: Fen(i64::MAX), qty: 2, ..win(900, WANG, 1) };
    assert_eq!(w.win(&[dear, win(901, LI, 1)]).await.unwrap(), [refused("amount_overflow"), WonOutcome::Placed]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_wins_in_batches_that_overlap_are_two_hundred_orders() {
    let w = World::new().await;
    w.allot(200).await;
    let people: Vec<UserId> = (0..20).map(|n| UserId(5000 + n)).collect();
    let wins: Vec<Win> = (0..200).map(|i| win(900 + i, people[usize::try_from(i).unwrap() % 20], 1)).collect();
    let batches = (0..10).map(|i| if i % 2 == 0 { wins.clone() } else { wins[i * 10..i * 10 + 100].to_vec() });
    let outcomes = join_all(batches.map(|batch| {
        let w = &w;
        async move { w.win(&batch).await.unwrap() }
    }));
    assert!(outcomes.await.iter().flatten().all(|o| *o == WonOutcome::Placed));
    for table in ["orders", "order_line", "order_history", "won"] {
        assert_eq!(w.count(&format!("select count(*) from {table}")).await, 200, "{table}");
    }
    assert_eq!(w.count("select count(*) from outbox where topic = 'order.placed'").await, 200);
    assert_eq!(w.count("select count(*) from outbox where topic = 'order.payment_expired'").await, 200);
    w.run().await;
    w.audit(true).await;
    w.pass(Duration::from_secs(600));
    w.settle().await;
    assert_eq!(w.count("select count(*) from orders where state = 'cancelled' and cancel_reason = 'timeout'").await, 200);
    assert_eq!(w.count("select sum(n) from unpaid_count").await, 0);
    w.audit(true).await;
}

#[tokio::test]
async fn wins_are_placed_past_the_limit_of_unpaid_orders_and_count() {
    let w = World::with(Settings { unpaid_orders: 2, ..Settings::default() }).await;
    w.allot(10).await;
    w.shirt(WANG).await;
    let wins: Vec<Win> = (900..903).map(|id| win(id, WANG, 1)).collect();
    assert!(w.win(&wins).await.unwrap().iter().all(|o| *o == WonOutcome::Placed));
    assert_eq!(w.count("select n from unpaid_count").await, 4);
    let e = w.place(WANG, "k", &buy(WANG, &[(SHIRT, 1)])).await.unwrap_err();
    assert!(e.is(fault::TOO_MANY_UNPAID));
    for id in 900..903 {
        w.order.cancel(&w.ctx(), WANG, OrderId(id)).await.unwrap();
    }
    w.place(WANG, "k2", &buy(WANG, &[(SHIRT, 1)])).await.unwrap();
    assert_eq!(w.count("select n from unpaid_count").await, 2);
    w.run().await;
    w.audit(true).await;
}

#[tokio::test]
async fn money_for_a_cancelled_win_goes_back_although_there_are_shirts() {
    for by_time in [true, false] {
        let w = World::new().await;
        w.allot(10).await;
        let id = OrderId(900);
        w.win(&[win(900, WANG, 1)]).await.unwrap();
        w.pay(WANG, id, "p").await.unwrap();
        if by_time {
            w.pass(Duration::from_secs(599));
            w.run().await;
            assert_eq!(w.state(id).await, OrderState::Unpaid);
            w.pass(Duration::from_secs(1));
        } else {
            w.order.cancel(&w.ctx(), WANG, id).await.unwrap();
        }
        w.run().await;
        assert_eq!(w.state(id).await, OrderState::Cancelled);
        let told = &w.news::<OrderCancelled>()[0];
        let reason = if by_time { CancelReason::Timeout } else { CancelReason::Shopper };
        assert_eq!((told.allotment, told.reason), (Some(SALE), reason));

        let news = w.money.payer_pays(id, WANG, true).unwrap();
        w.money.deaf.store(true, SeqCst);
        assert!(w.hear(&news).await.is_err(), "payment does not answer: offered again");
        w.money.deaf.store(false, SeqCst);
        for _ in 0..3 {
            w.hear(&news).await.unwrap();
        }
        let order = w.head(id).await;
        assert_eq!((order.state, order.give_back_reason.as_str()), (OrderState::Cancelled, "late_payment"));
        assert_eq!(w.money.account(id).refunds.len(), 1);
        w.refunds_arrive(WANG, id).await.unwrap();
        w.settle().await;
        assert_eq!(w.head(id).await.payment, OrderPayment::Refunded);
        assert_eq!((w.stock.kept(id), w.stock.taken(id), *w.stock.holds.lock().unwrap()), (None, None, 0));
        assert_eq!(w.count("select count(*) from order_history where what = 'revived'").await, 0);
        w.audit(true).await;
    }
}

#[tokio::test]
async fn news_of_a_packet_is_not_news_of_an_order() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    let other = PaymentSucceeded { purpose: PayPurpose::RedPacket, ..Money::news(id, WANG, 4900) };
    w.hear(&other).await.unwrap();
    assert_eq!(w.state(id).await, OrderState::Unpaid);
    w.hear(&PaymentSucceeded { order: OrderId(5), ..other }).await.unwrap();
    let refund = |order, purpose| RefundSucceeded { refund: RefundId(9), order, user: WANG, amount_fen: Fen(900), purpose };
    w.hear(&refund(OrderId(5), PayPurpose::RedPacket)).await.unwrap();
    let paid = w.paid_shirt(LI).await;
    w.hear(&refund(paid, PayPurpose::RedPacket)).await.unwrap();
    assert_eq!(w.head(paid).await.payment, OrderPayment::Paid);
    w.run().await;
    w.audit(true).await;
}

#[tokio::test]
async fn a_crash_right_after_the_commit_is_healed_by_asking_again() {
    let mut w = World::new().await;
    w.allot(10).await;
    let wins = [win(900, WANG, 1), Win { address: AddressId(1), ..win(901, WANG, 1) }, win(902, LI, 3)];
    w.crash.arm(1);
    assert!(w.win(&wins).await.is_err());
    w.reopen().await;
    assert_eq!(w.count("select count(*) from orders").await, 2);
    assert_eq!(w.win(&wins).await.unwrap(), [WonOutcome::Placed, refused("not_found"), WonOutcome::Placed]);
    assert_eq!(w.count("select count(*) from orders").await, 2);
    w.run().await;
    assert_eq!((w.told("order.placed", OrderId(900)), w.told("order.placed", OrderId(902))), (1, 1));
    w.audit(true).await;
}
