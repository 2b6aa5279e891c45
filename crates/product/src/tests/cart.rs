//! The cart.

use std::sync::atomic::Ordering::SeqCst;

use contract::order::{OrderPaid, OrderPlaced, SoldLine};
use contract::product::{CartPick, Product as _, SelectionOf};
use contract::{Fen, OrderId, SkuId, SpuId, UserId, fault};
use kit::db::{Event, Parcel, Stop as _};

use super::house::{House, WANG, spec};
use crate::cart::{CartCheck, LineChange, NewLine, Reason};
use crate::content::{Content, Variant};

/// A product with many variants, one piece of each.
async fn many(house: &House, n: usize) -> (SpuId, Vec<SkuId>) {
    let leaf = house.category(None, "多").await;
    let cup = House::cup(leaf);
    let variant = |n: usize| Variant { specs: vec![spec("号", &n.to_string())], ..cup.skus[0].clone() };
    let spu = house.product.publish(Content { skus: (0..n).map(variant).collect(), ..cup.clone() }, 1).await.unwrap();
    house.product.list(spu).await.unwrap();
    let skus = house.sku_ids(spu).await;
    skus.iter().for_each(|sku| house.stock.set(*sku, 1));
    (spu, skus)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_at_once_do_not_overfill_a_cart() {
    let house = House::new().await;
    let (_, skus) = many(&house, 200).await;
    let adds = skus.iter().map(|sku| {
        let (product, ctx, line) = (house.product.clone(), house.ctx.clone(), NewLine { sku_id: *sku, qty: 1 });
        tokio::spawn(async move { product.add_line(&ctx, WANG, line, None).await })
    });
    let outcomes = futures::future::join_all(adds.collect::<Vec<_>>()).await;
    let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().map(Result::unwrap).partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (120, 80));
    assert!(refused.into_iter().all(|r| r.unwrap_err().is(fault::CART_FULL)));
    let cart = house.product.cart(&house.ctx, WANG).await.unwrap();
    assert_eq!((cart.lines.len(), cart.count), (120, 120));
    house.product.delete_line(WANG, cart.lines[0].sku_id).await.unwrap();
    house.product.delete_line(WANG, cart.lines[0].sku_id).await.unwrap();
    let free = skus.iter().find(|s| cart.lines.iter().all(|l| l.sku_id != **s)).unwrap();
    assert_eq!(house.product.add_line(&house.ctx, WANG, NewLine { sku_id: *free, qty: 1 }, None).await.unwrap().count, 120);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_variant_added_at_once_is_one_line_within_stock() {
    let house = House::new().await;
    let (_, skus) = house.cup_on_shelf().await;
    let adds = (0..200).map(|_| {
        let (product, ctx, line) = (house.product.clone(), house.ctx.clone(), NewLine { sku_id: skus[0], qty: 1 });
        tokio::spawn(async move { product.add_line(&ctx, WANG, line, None).await })
    });
    let outcomes = futures::future::join_all(adds.collect::<Vec<_>>()).await;
    assert_eq!(outcomes.iter().filter(|o| o.as_ref().unwrap().is_ok()).count(), 10);
    let cart = house.product.cart(&house.ctx, WANG).await.unwrap();
    assert_eq!((cart.lines.len(), cart.lines[0].qty, cart.count), (1, 10, 1));
}

#[tokio::test]
async fn a_quantity_that_is_not_there_is_refused_and_stays() {
    let house = House::new().await;
    let (p, ctx) = (&house.product, &house.ctx);
    let (spu, skus) = house.cup_on_shelf().await;
    p.add_line(ctx, WANG, NewLine { sku_id: skus[0], qty: 4 }, None).await.unwrap();
    let refused = p.add_line(ctx, WANG, NewLine { sku_id: skus[0], qty: 7 }, None).await.unwrap_err();
    assert!(refused.is(fault::OUT_OF_STOCK));
    assert_eq!(refused.data().unwrap()["available"], 10);
    let change = |qty| LineChange { qty: Some(qty), checked: None };
    let refused = p.change_line(ctx, WANG, skus[0], change(11)).await.unwrap_err();
    assert_eq!((refused.code(), refused.data().unwrap()["available"].as_i64()), ("out_of_stock", Some(10)));
    assert_eq!(p.cart(ctx, WANG).await.unwrap().lines[0].qty, 4);
    assert_eq!(p.change_line(ctx, WANG, skus[0], change(10)).await.unwrap().qty, 10);
    house.stock.set(skus[0], 5000);
    p.change_line(ctx, WANG, skus[0], change(999)).await.unwrap();
    assert!(p.add_line(ctx, WANG, NewLine { sku_id: skus[0], qty: 1 }, None).await.unwrap_err().is(fault::INVALID));
    assert!(p.change_line(ctx, UserId(8), skus[0], change(1)).await.unwrap_err().is(fault::NOT_FOUND), "not his line");
    assert!(p.add_line(ctx, WANG, NewLine { sku_id: SkuId(1), qty: 1 }, None).await.unwrap_err().is(fault::NOT_FOUND));
    p.unlist(spu).await.unwrap();
    assert!(p.add_line(ctx, WANG, NewLine { sku_id: skus[1], qty: 1 }, None).await.unwrap_err().is(fault::OFF_SHELF));
}

#[tokio::test]
async fn lines_that_cannot_be_ordered_stand_apart() {
    let house = House::new().await;
    let (p, ctx) = (&house.product, &house.ctx);
    let (_, cups) = house.cup_on_shelf().await;
    let (off, bowls) = house.cup_on_shelf().await;
    let (edited, plates) = house.cup_on_shelf().await;
    for sku in [cups[0], cups[1], bowls[0], plates[0], plates[1]] {
        p.add_line(ctx, WANG, NewLine { sku_id: sku, qty: 2 }, None).await.unwrap();
    }
    // One that never was: as if its row had been lost.
    kit::tx!(p.db, |tx| crate::store::cart::insert_line(&tx, WANG, SkuId(5), 1, Fen(1)).await).unwrap();
    p.unlist(off).await.unwrap();
    house.stock.set(cups[1], 0);
    house.stock.set(plates[1], 1);
    let view = p.admin_spu(edited).await.unwrap();
    let mut fewer = view.content.clone();
    fewer.skus.remove(0);
    p.edit(edited, view.version, fewer, 1).await.unwrap();

    let cart = p.cart(ctx, WANG).await.unwrap();
    let valid: Vec<SkuId> = cart.lines.iter().map(|l| l.sku_id).collect();
    assert_eq!(valid, [cups[0]]);
    let why: Vec<(SkuId, Reason)> = cart.invalid.iter().map(|l| (l.sku_id, l.reason)).collect();
    let expected = [
        (SkuId(5), Reason::Gone),
        (plates[1], Reason::NotEnough),
        (plates[0], Reason::Gone),
        (bowls[0], Reason::OffShelf),
        (cups[1], Reason::OutOfStock),
    ];
    assert_eq!(why, expected);
    assert_eq!(cart.invalid[1].available, Some(1));
    assert_eq!(cart.quote.unwrap().payable_fen, Fen(4000));
    let picks = p.selection(ctx, SelectionOf { user: WANG }).await.unwrap();
    assert_eq!(picks, [CartPick { sku: cups[0], qty: 2 }]);

    p.check_lines(WANG, CartCheck { checked: false, skus: None }).await.unwrap();
    let cart = p.cart(ctx, WANG).await.unwrap();
    assert!(cart.quote.is_none() && !cart.lines[0].checked);
    assert!(p.selection(ctx, SelectionOf { user: WANG }).await.unwrap().is_empty());
    p.delete_invalid(ctx, WANG).await.unwrap();
    let cart = p.cart(ctx, WANG).await.unwrap();
    assert_eq!((cart.lines.len(), cart.invalid.len(), cart.count), (1, 0, 1));

    house.stock.down.store(true, SeqCst);
    let cart = p.cart(ctx, WANG).await.unwrap();
    assert_eq!((cart.lines.len(), cart.lines[0].available), (1, None), "without stock the cart is still shown");
}

#[tokio::test]
async fn a_price_that_changed_can_be_shown() {
    let house = House::new().await;
    let (p, ctx) = (&house.product, &house.ctx);
    let (spu, skus) = house.cup_on_shelf().await;
    p.add_line(ctx, WANG, NewLine { sku_id: skus[0], qty: 1 }, None).await.unwrap();
    let view = p.admin_spu(spu).await.unwrap();
    let mut dearer = view.content.clone();
    dearer.skus[0].price_fen = Fen(2500);
    p.edit(spu, view.version, dearer, 1).await.unwrap();
    let line = p.cart(ctx, WANG).await.unwrap().lines.remove(0);
    assert_eq!((line.price_at_add_fen, line.unit_price_fen), (Fen(2000), Fen(2500)));
}

fn parcel<E: Event>(id: i64, event: &E) -> Parcel {
    Parcel { id, topic: E::TOPIC.into(), payload: serde_json::to_string(event).unwrap(), trace: "t".into() }
}

#[tokio::test]
async fn an_order_empties_the_cart_and_counts_sales_once() {
    let house = House::new().await;
    let (p, ctx) = (&house.product, &house.ctx);
    let (spu, skus) = house.cup_on_shelf().await;
    let hears = crate::subscriptions(p);
    for sku in &skus {
        p.add_line(ctx, WANG, NewLine { sku_id: *sku, qty: 2 }, None).await.unwrap();
    }
    let lines = vec![SoldLine { spu, sku: skus[0], qty: 2 }, SoldLine { spu, sku: skus[1], qty: 1 }];
    let bought = |from_cart| OrderPlaced { order: OrderId(1), user: WANG, lines: vec![lines[0].clone()], from_cart };
    hears.take(&parcel(1, &bought(false))).await.unwrap();
    assert_eq!(p.cart(ctx, WANG).await.unwrap().count, 2, "bought at once, not from the cart");
    hears.take(&parcel(2, &bought(true))).await.unwrap();
    assert_eq!(p.cart(ctx, WANG).await.unwrap().lines[0].sku_id, skus[1]);
    p.add_line(ctx, WANG, NewLine { sku_id: skus[0], qty: 1 }, None).await.unwrap();
    hears.take(&parcel(2, &bought(true))).await.unwrap();
    assert_eq!(p.cart(ctx, WANG).await.unwrap().count, 2, "put in again, it stays when the news comes again");

    let paid = OrderPaid { order: OrderId(1), user: WANG, lines, payable_fen: Fen(1), attempt: 0, allotment: None };
    for _ in 0..2 {
        hears.take(&parcel(3, &paid)).await.unwrap();
    }
    assert_eq!(p.admin_spu(spu).await.unwrap().sales, 3);
    assert_eq!(house.events("product.sales_changed").await, 1);
}
