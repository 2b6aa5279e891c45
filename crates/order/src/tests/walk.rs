//! An order from the cart to the end, and what people see on the way.

use contract::order::{CancelReason, OrderState};
use contract::product::CartPick;
use kit::http::PageParams;

use super::*;
use crate::list::Wanted;
use crate::place::OrderSource;
use crate::state::{Fulfilment, OrderActor, OrderEvent};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[tokio::test]
async fn an_order_walks_from_the_cart_to_the_end() {
    let w = World::new().await;
    w.shop.carts.lock().unwrap().insert(WANG, vec![CartPick { sku: SHIRT, qty: 2 }, CartPick { sku: COAT, qty: 1 }]);
    let wish = PlaceOrder {
        source: OrderSource::Cart {},
        remark: Some("请尽快发货".into()),
        expected_payable_fen: Some(Fen(19500)),
        ..buy(WANG, &[])
    };

    let placed = w.place(WANG, "k1", &wish).await.unwrap();
    let id = placed.id;
    assert_eq!((placed.state, placed.payment, placed.fulfilment), (OrderState::Unpaid, OrderPayment::Unpaid, Fulfilment::None));
    assert_eq!(placed.amounts.goods_fen, Fen(19800));
    assert_eq!((placed.amounts.discount_fen, placed.amounts.payable_fen), (Fen(300), Fen(19500)));
    assert_eq!(Fen::sum(placed.lines.iter().map(|l| l.payable_fen)), Some(Fen(19500)));
    assert_eq!(placed.number, id.to_string());
    assert_eq!(placed.pay_by, Some(w.core.clock.now() + Duration::from_secs(1800)));
    let json = serde_json::to_string(&placed).unwrap();
    assert!(json.contains("138****5678") && json.contains("张**") && json.contains("文三路***"));
    assert!(!json.contains("13812345678") && !json.contains("张小伟") && !json.contains("478号"));
    let sealed = w.head(id).await.address;
    assert!(!sealed.contains("张小伟") && w.core.keys.open("order.address:1", &sealed).is_err());
    w.run().await;
    assert_eq!((w.told("order.placed", id), w.stock.kept(id)), (1, Some(Kept::Locked)));
    assert_eq!(w.order.counts(WANG).await.unwrap().unpaid, 1);

    let attempt = w.pay(WANG, id, "p1").await.unwrap();
    assert_eq!(w.pay(WANG, id, "p1").await.unwrap(), attempt, "the same key is the same attempt");
    assert_eq!(w.head(id).await.payment, OrderPayment::Paying);
    assert_eq!(w.money.account(id).asked_fen, 19500);
    let news = w.money.payer_pays(id, WANG, false).unwrap();
    w.hear(&news).await.unwrap();
    w.run().await;
    assert_eq!((w.state(id).await, w.stock.kept(id)), (OrderState::Paid, Some(Kept::Sold)));
    assert_eq!(w.order.payment_status(&w.ctx(), WANG, id, true).await.unwrap().kept_fen, Fen(19500));

    let shipped = w.order.ship(7, id, "顺丰", "SF123").await.unwrap();
    assert_eq!((shipped.state, shipped.fulfilment), (OrderState::Shipped, Fulfilment::Shipped));
    assert_eq!(w.order.ship(7, id, "顺丰", "SF123").await.unwrap().parcels.len(), 1, "the same parcel again");
    assert!(w.order.ship(7, id, "顺丰", "SF999").await.unwrap_err().is(fault::ORDER_STATE));

    let received = w.order.receive(WANG, id).await.unwrap();
    assert_eq!(received.state, OrderState::Received);
    assert_eq!(w.order.receive(WANG, id).await.unwrap().timeline.len(), received.timeline.len(), "again: nothing");
    w.pass(6 * DAY);
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Received, "after-sale is open for 7 days");
    w.pass(DAY);
    w.run().await;

    let end = w.order.detail(WANG, id).await.unwrap();
    assert_eq!((end.state, end.payment, end.fulfilment), (OrderState::Done, OrderPayment::Paid, Fulfilment::Received));
    let story: Vec<_> = end.timeline.iter().map(|m| (m.what, m.by)).collect();
    let (shopper, house, operator) = (OrderActor::Shopper, OrderActor::House, OrderActor::Operator);
    assert_eq!(
        story,
        [
            (OrderEvent::Recorded, shopper),
            (OrderEvent::Placed, house),
            (OrderEvent::PayStarted, shopper),
            (OrderEvent::Paid, house),
            (OrderEvent::Shipped, operator),
            (OrderEvent::Received, shopper),
            (OrderEvent::Closed, house),
        ]
    );
    w.audit(true).await;
}

#[tokio::test]
async fn a_shipped_order_counts_as_received_after_fifteen_days() {
    let w = World::new().await;
    let id = w.paid_shirt(WANG).await;
    w.order.ship(7, id, "中通", "ZT-1").await.unwrap();
    w.pass(15 * DAY - Duration::from_secs(1));
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Shipped);
    w.pass(Duration::from_secs(1));
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Received);
    w.pass(7 * DAY);
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Done);
    w.audit(true).await;
}

#[tokio::test]
async fn an_unpaid_order_closes_after_thirty_minutes_and_its_stock_is_back() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    w.pay(WANG, id, "p").await.unwrap();
    w.pass(Duration::from_secs(1799));
    w.run().await;
    assert_eq!(w.state(id).await, OrderState::Unpaid);
    w.pass(Duration::from_secs(1));
    assert!(w.pay(WANG, id, "p2").await.unwrap_err().is(fault::ORDER_STATE), "too late to pay, even before the timer");
    w.run().await;
    let detail = w.order.detail(WANG, id).await.unwrap();
    assert_eq!((detail.state, detail.cancel_reason), (OrderState::Cancelled, Some(CancelReason::Timeout)));
    assert_eq!((w.stock.kept(id), w.stock.available(SHIRT)), (Some(Kept::Released), PIECES));
    w.audit(true).await;
}

#[tokio::test]
async fn somebody_elses_order_is_not_found() {
    let w = World::new().await;
    let id = w.paid_shirt(WANG).await;
    let before = w.head(id).await;
    w.order.ship(7, id, "中通", "ZT-1").await.unwrap();
    let ctx = w.ctx();
    let is_absent = |e: kit::Error| assert!(e.is(fault::NOT_FOUND), "{e}");
    is_absent(w.order.detail(LI, id).await.unwrap_err());
    is_absent(w.order.cancel(&ctx, LI, id).await.unwrap_err());
    is_absent(w.order.receive(LI, id).await.unwrap_err());
    is_absent(w.pay(LI, id, "p").await.unwrap_err());
    is_absent(w.order.payment_status(&ctx, LI, id, false).await.unwrap_err());
    is_absent(w.order.detail(WANG, OrderId(5)).await.unwrap_err());
    is_absent(w.order.ship(7, OrderId(5), "a", "b").await.unwrap_err());
    assert_eq!(w.head(id).await.paid_fen, before.paid_fen);
    assert!(w.order.list(Some(LI), Wanted::default(), &PageParams::default()).await.unwrap().items.is_empty());
    assert_eq!(w.order.any_detail(id).await.unwrap().user_id, WANG);
}

#[tokio::test]
async fn verbs_in_the_wrong_state_change_nothing() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    let before = w.head(id).await;
    assert!(w.order.ship(7, id, "a", "b").await.unwrap_err().is(fault::ORDER_STATE));
    assert!(w.order.receive(WANG, id).await.unwrap_err().is(fault::ORDER_STATE));
    assert_eq!(w.head(id).await, before);

    let cancelled = w.order.cancel_by_operator(&w.ctx(), 7, id, "缺货").await.unwrap();
    assert_eq!((cancelled.state, cancelled.cancel_reason), (OrderState::Cancelled, Some(CancelReason::Operator)));
    assert_eq!(cancelled.timeline.last().unwrap().note, "缺货");
    let before = w.head(id).await;
    assert_eq!(w.order.cancel(&w.ctx(), WANG, id).await.unwrap().cancel_reason, Some(CancelReason::Operator));
    assert!(w.order.ship(7, id, "a", "b").await.unwrap_err().is(fault::ORDER_STATE));
    assert!(w.pay(WANG, id, "p").await.unwrap_err().is(fault::ORDER_STATE));
    assert_eq!(w.head(id).await, before);

    let paid = w.paid_shirt(WANG).await;
    assert!(w.order.cancel(&w.ctx(), WANG, paid).await.unwrap_err().is(fault::ALREADY_PAID));
    assert!(w.pay(WANG, paid, "p9").await.unwrap_err().is(fault::ALREADY_PAID));
    assert!(w.order.receive(WANG, paid).await.unwrap_err().is(fault::ORDER_STATE));
    w.run().await;
    w.audit(true).await;
}

#[tokio::test]
async fn lists_are_paged_newest_first_and_show_what_came_to_stand() {
    let w = World::new().await;
    let mut ids = vec![];
    for _ in 0..7 {
        ids.push(w.shirt(WANG).await);
        w.pass(Duration::from_millis(3));
    }
    w.shirt(LI).await;
    w.stock.put(COAT, 0);
    assert!(w.place(WANG, "none", &buy(WANG, &[(COAT, 1)])).await.unwrap_err().is(fault::OUT_OF_STOCK));
    w.order.cancel(&w.ctx(), WANG, ids[0]).await.unwrap();
    ids.reverse();
    let mut seen = vec![];
    let mut at = PageParams { cursor: None, limit: Some(3) };
    loop {
        let page = w.order.list(Some(WANG), Wanted::default(), &at).await.unwrap();
        seen.extend(page.items.iter().map(|o| o.id));
        assert!(page.items.iter().all(|o| o.line_count == 1 && o.qty == 1 && o.lines[0].sku_id == SHIRT));
        let Some(next) = page.next else { break };
        at.cursor = Some(next);
    }
    assert_eq!(seen, ids);
    let of = |state| PageParams { cursor: None, limit: Some(state) };
    let cancelled =
        w.order.list(Some(WANG), Wanted { state: Some(OrderState::Cancelled), ..Wanted::default() }, &of(9)).await.unwrap();
    assert_eq!(cancelled.items.iter().map(|o| o.id).collect::<Vec<_>>(), [ids[6]]);
    assert_eq!(w.order.list(None, Wanted::default(), &of(100)).await.unwrap().items.len(), 9, "operators see all");
    assert_eq!(w.order.counts(WANG).await.unwrap().unpaid, 6);
    assert!(w.order.list(None, Wanted::default(), &PageParams { cursor: Some("x".into()), limit: None }).await.is_err());
}
