//! Placing: each refusal, repeats, limits, races.

use contract::order::{CancelReason, OrderState};
use futures::future::join_all;
use kit::http::Stored;

use super::*;
use crate::place::OrderSource;

async fn orders(w: &World) -> i64 {
    w.count("select count(*) from orders").await
}

#[tokio::test]
async fn a_refusal_changes_nothing_else() {
    let w = World::new().await;
    let refused = async |wish: PlaceOrder, fault: kit::Fault| {
        let e = w.place(WANG, "k", &wish).await.unwrap_err();
        assert!(e.is(fault), "{e}");
        for table in ["orders", "order_line", "order_history", "idempotency", "outbox", "unpaid_count"] {
            assert_eq!(w.count(&format!("select count(*) from {table}")).await, 0, "{table}");
        }
        assert_eq!(*w.stock.holds.lock().unwrap(), 0);
        e
    };
    let e = refused(buy(WANG, &[(SHIRT, 1), (SkuId(999), 1)]), fault::OFF_SHELF).await;
    assert_eq!(e.data().unwrap()["sku_id"], "999");
    refused(PlaceOrder { source: OrderSource::Cart {}, ..buy(WANG, &[]) }, fault::CART_EMPTY).await;
    refused(buy(WANG, &[]), fault::CART_EMPTY).await;
    refused(buy(WANG, &[(SHIRT, 1), (SHIRT, 1)]), fault::INVALID).await;
    refused(buy(WANG, &[(SHIRT, 1000)]), fault::INVALID).await;
    let many: Vec<_> = (0..121).map(|i| (SkuId(i), 1)).collect();
    refused(buy(WANG, &many), fault::INVALID).await;
    refused(PlaceOrder { address_id: AddressId(LI.0), ..buy(WANG, &[(SHIRT, 1)]) }, fault::NOT_FOUND).await;
    let e = refused(PlaceOrder { expected_payable_fen: Some(Fen(4899)), ..buy(WANG, &[(SHIRT, 1)]) }, fault::PRICE_CHANGED).await;
    assert_eq!(e.data().unwrap()["quote"]["payable_fen"], 4900);
    w.shop.lies.store(true, SeqCst);
    refused(buy(WANG, &[(SHIRT, 1)]), fault::INTERNAL).await;
    w.shop.lies.store(false, SeqCst);
    w.shop.skus.lock().unwrap()[0].listed = false;
    refused(buy(WANG, &[(SHIRT, 1)]), fault::OFF_SHELF).await;
    w.shop.skus.lock().unwrap()[1].price_fen = Fen(i64::MAX / 2);
    refused(buy(WANG, &[(COAT, 3)]), fault::AMOUNT_OVERFLOW).await;
}

#[tokio::test]
async fn out_of_stock_names_the_line_and_is_answered_alike_again() {
    let w = World::new().await;
    w.stock.put(COAT, 1);
    w.stock.reservations.lock().unwrap().clear();
    let wish = buy(WANG, &[(SHIRT, 1), (COAT, 2)]);
    let e = w.place(WANG, "k", &wish).await.unwrap_err();
    assert!(e.is(fault::OUT_OF_STOCK));
    assert_eq!((&e.data().unwrap()["sku_id"], &e.data().unwrap()["available"]), (&"120".into(), &1.into()));
    assert_eq!((w.stock.available(SHIRT), w.stock.available(COAT)), (PIECES, 1));

    w.stock.put(COAT, PIECES);
    let Placed::Before(answer) = w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await.unwrap() else {
        panic!("placed twice by one key");
    };
    assert_eq!(answer.status, 409);
    let again: kit::Error = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((again.code(), again.data()), (e.code(), e.data()));

    w.run().await;
    let id = OrderId(w.count("select id from orders").await);
    let order = w.head(id).await;
    assert_eq!((order.state, order.cancel_reason), (OrderState::Cancelled, Some(CancelReason::OutOfStock)));
    assert_eq!(w.told("order.cancelled", id), 1);
    assert_eq!(w.told("order.placed", id), 0);
    w.audit(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_with_one_key_place_one_order() {
    let w = World::new().await;
    let wish = buy(WANG, &[(SHIRT, 1)]);
    let key = IdempotencyKey("same".into());
    let ctx = w.ctx();
    let answers = join_all((0..200).map(|_| w.order.place(&ctx, WANG, &key, &wish))).await;
    let placed: Vec<OrderId> =
        answers.iter().filter_map(|a| if let Ok(Placed::Now(d)) = a { Some(d.id) } else { None }).collect();
    assert_eq!(placed.len(), 1);
    for answer in &answers {
        match answer {
            Ok(Placed::Now(_)) => {}
            Ok(Placed::Before(Stored { status, body })) => {
                assert_eq!(*status, 201);
                assert!(body.contains(&placed[0].to_string()));
            }
            Err(e) => assert!(e.is(fault::IN_FLIGHT), "{e}"),
        }
    }
    assert_eq!((orders(&w).await, w.stock.available(SHIRT)), (1, PIECES - 1));
    let Placed::Before(_) = w.order.place(&ctx, WANG, &key, &wish).await.unwrap() else { panic!("placed again") };

    let other = w.order.place(&ctx, WANG, &key, &buy(WANG, &[(SHIRT, 2)])).await.unwrap_err();
    assert!(other.is(fault::KEY_REUSED));
    // Another shopper's key is another key.
    assert!(w.place(LI, "same", &buy(LI, &[(SHIRT, 1)])).await.is_ok());
    w.audit(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_at_once_do_not_pass_the_limit_of_unpaid_orders() {
    let w = World::new().await;
    let ctx = w.ctx();
    let wish = buy(WANG, &[(SHIRT, 1)]);
    let keys: Vec<_> = (0..64).map(|i| IdempotencyKey(format!("k{i}"))).collect();
    let answers = join_all(keys.iter().map(|key| w.order.place(&ctx, WANG, key, &wish))).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 20);
    assert!(answers.iter().all(|a| a.as_ref().err().is_none_or(|e| e.is(fault::TOO_MANY_UNPAID))));
    assert_eq!((orders(&w).await, w.stock.available(SHIRT)), (20, PIECES - 20));
    w.audit(false).await;

    let one = OrderId(w.count("select min(id) from orders").await);
    w.order.cancel(&ctx, WANG, one).await.unwrap();
    assert!(w.place(WANG, "k64", &wish).await.is_ok(), "a place came free");
    assert!(w.place(WANG, "k65", &wish).await.unwrap_err().is(fault::TOO_MANY_UNPAID));
    w.settle().await;
    w.audit(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_piece_is_sold_once() {
    let w = World::new().await;
    w.stock.put(COAT, 1);
    let ctx = w.ctx();
    let users: Vec<UserId> = (5000..5200).map(UserId).collect();
    let key = IdempotencyKey("k".into());
    let answers = join_all(users.iter().map(|user| {
        let (order, ctx, key) = (&w.order, &ctx, &key);
        async move { order.place(ctx, *user, key, &buy(*user, &[(COAT, 1)])).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    assert!(answers.iter().all(|a| a.as_ref().err().is_none_or(|e| e.is(fault::OUT_OF_STOCK))));
    assert_eq!(w.stock.available(COAT), 0);
}

#[tokio::test]
async fn stock_that_does_not_answer_ends_the_order_at_once_and_leaves_nothing_held() {
    for lost_answer in [false, true] {
        let w = World::new().await;
        let how = if lost_answer { &w.stock.mute } else { &w.stock.deaf };
        how.store(true, SeqCst);
        let wish = buy(WANG, &[(SHIRT, 1)]);
        let e = w.place(WANG, "k", &wish).await.unwrap_err();
        assert_eq!(e.status(), 503);
        how.store(false, SeqCst);
        let id = OrderId(w.count("select id from orders").await);
        let order = w.head(id).await;
        assert_eq!((order.state, order.cancel_reason), (OrderState::Cancelled, Some(CancelReason::Placing)));
        let Placed::Before(answer) = w.order.place(&w.ctx(), WANG, &IdempotencyKey("k".into()), &wish).await.unwrap() else {
            panic!("placed twice by one key");
        };
        assert!(serde_json::from_str::<kit::Error>(&answer.body).unwrap().is(fault::PLACING_EXPIRED));
        w.settle().await;
        assert_eq!((w.stock.kept(id), w.stock.available(SHIRT)), (Some(Kept::Released), PIECES));
        w.audit(true).await;
    }
}

#[tokio::test]
async fn an_order_keeps_what_it_was_sold_as() {
    let w = World::new().await;
    let id = w.shirt(WANG).await;
    w.shop.skus.lock().unwrap()[0].title = "别的".into();
    *w.shop.dearer_fen.lock().unwrap() = 5000;
    let line = &w.order.detail(WANG, id).await.unwrap().lines[0];
    assert_eq!((line.title.as_str(), line.unit_price_fen, line.specs[0].value.as_str()), ("棉麻衬衫 110", Fen(3900), "雾蓝"));
    assert!(w.count("select length(quote) from orders").await > 100);
}
