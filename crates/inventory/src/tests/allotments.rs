//! Units kept apart for flash sales: races, repeats, paid orders that come in time, late, or to the wrong door.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_allotments_as_many_are_made_as_there_is_stock_for() {
    let store = Arc::new(open().await);
    store.stock(7, 100).await;
    let tasks = (1..=200).map(|id| {
        let store = store.clone();
        tokio::spawn(async move { store.allot(id, 7, 3).await })
    });
    let results: Vec<Result<()>> = futures::future::join_all(tasks).await.into_iter().map(|r| r.unwrap()).collect();
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 33);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(error.is(OUT_OF_STOCK), "{error}");
        assert_eq!(error.data().unwrap()["sku_id"], "7");
    }
    assert_eq!((store.level(7).await, store.allotted(7).await), ((1, 0, 0), 99));
    assert_eq!(store.db.number("select count(*) from allotment", values![]).await.unwrap(), Some(33));
    store.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_paid_orders_as_many_take_as_were_allotted() {
    let store = Arc::new(open().await);
    store.stock(7, 100).await;
    store.allot(1, 7, 50).await.unwrap();
    let tasks = (1000..1200).map(|order| {
        let store = store.clone();
        tokio::spawn(async move { store.take(order, 1, &[(7, 1)]).await })
    });
    let results: Vec<Result<()>> = futures::future::join_all(tasks).await.into_iter().map(|r| r.unwrap()).collect();
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 50);
    assert!(results.into_iter().filter_map(Result::err).all(|e| e.is(CONFLICT)));
    assert_eq!((store.level(7).await, store.allotted(7).await), ((50, 0, 50), 0));
    store.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_allotment_made_and_ended_two_hundred_times_at_once_is_made_and_ended_once() {
    let store = Arc::new(open().await);
    store.stock(1, 500).await;
    let tasks = (0..200).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.allot(1, 1, 400).await })
    });
    for result in futures::future::join_all(tasks).await {
        result.unwrap().unwrap();
    }
    assert_eq!((store.level(1).await, store.allotted(1).await), ((100, 0, 0), 400));
    let tasks = (0..200).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.end(1, 0).await })
    });
    for result in futures::future::join_all(tasks).await {
        assert_eq!(result.unwrap().unwrap(), 400);
    }
    assert_eq!((store.level(1).await, store.allotted(1).await), ((500, 0, 0), 0));
    store.audit().await;
}

#[tokio::test]
async fn an_allotment_is_not_for_sale_in_the_usual_way() {
    let store = open().await;
    store.stock(1, 10).await;
    store.allot(1, 1, 10).await.unwrap();
    assert_eq!(store.turns().await, [(1, true), (1, false)], "for everybody else it has run out");
    refused(store.hold(1, 0, &[(1, 1)]).await, OUT_OF_STOCK);
    assert_eq!(store.end(1, 4).await.unwrap(), 6);
    assert_eq!(store.turns().await.last(), Some(&(1, true)));
    store.hold(1, 0, &[(1, 6)]).await.unwrap();
    refused(store.hold(2, 0, &[(1, 1)]).await, OUT_OF_STOCK);
    store.audit().await;
}

#[tokio::test]
async fn a_repeated_allotment_is_the_same_one_and_another_under_its_number_is_refused() {
    let store = open().await;
    store.stock(1, 10).await;
    store.stock(2, 10).await;
    for _ in 0..3 {
        store.allot(1, 1, 4).await.unwrap();
    }
    refused(store.allot(1, 1, 5).await, CONFLICT);
    refused(store.allot(1, 2, 4).await, CONFLICT);
    assert_eq!((store.level(1).await, store.allotted(1).await, store.allotted(2).await), ((6, 0, 0), 4, 0));
    let error = refused(store.allot(2, 1, 7).await, OUT_OF_STOCK);
    assert_eq!(error.data().unwrap(), &serde_json::json!({ "sku_id": "1", "available": 6 }));
    refused(store.allot(2, 404, 1).await, OUT_OF_STOCK);
    // A refusal leaves no mark: with other numbers it may be tried again.
    store.allot(2, 1, 6).await.unwrap();
    for bad in [store.allot(3, 2, 0).await, store.allot(3, 2, 10_000_001).await] {
        assert_eq!(refused(bad, INVALID).errors()[0].pointer, "/qty");
    }
    let worded = |reason: String| Allot { id: AllotmentId(3), sku: SkuId(2), qty: 1, reason };
    for bad in ["x".repeat(201), "a\nb".into()] {
        refused(store.service.allot(&Ctx::house(), worded(bad)).await, INVALID);
    }
    store.audit().await;
}

#[tokio::test]
async fn a_paid_order_takes_its_units_once_and_only_from_its_own_variant() {
    let store = open().await;
    store.stock(1, 10).await;
    store.stock(2, 10).await;
    store.allot(1, 1, 5).await.unwrap();
    store.take(100, 1, &[(1, 2)]).await.unwrap();
    store.take(100, 1, &[(1, 2)]).await.unwrap();
    assert_eq!((store.level(1).await, store.allotted(1).await), ((5, 0, 2), 3));
    // The same order under another event is no second sale either.
    let again = OrderPaid {
        order: OrderId(100),
        user: UserId(1),
        lines: vec![SoldLine { spu: SpuId(1), sku: SkuId(1), qty: 2 }],
        payable_fen: Fen(1),
        attempt: 0,
        allotment: Some(AllotmentId(1)),
    };
    refused(store.hear(&again, 999).await, CONFLICT);
    for (order, allotment, of) in
        [(101, 1, &[(1, 4)][..]), (101, 1, &[(2, 1)]), (101, 1, &[(1, 1), (2, 1)]), (101, 1, &[]), (101, 404, &[(1, 1)])]
    {
        refused(store.take(order, allotment, of).await, CONFLICT);
    }
    assert_eq!((store.level(1).await, store.allotted(1).await, store.level(2).await), ((5, 0, 2), 3, (10, 0, 0)));
    let reference =
        "select count(*) from ledger where ref_id = 'order:100' and kind = 'take' and delta_sold = 2 and delta_allotted = -2";
    assert_eq!(store.db.number(reference, values![]).await.unwrap(), Some(1));
    store.audit().await;
}

#[tokio::test]
async fn news_of_a_cancelled_order_without_a_hold_does_nothing() {
    let store = open().await;
    store.stock(1, 5).await;
    store.allot(1, 1, 5).await.unwrap();
    let cancelled = OrderCancelled {
        order: OrderId(9),
        user: UserId(1),
        reason: CancelReason::Timeout,
        lines: vec![SoldLine { spu: SpuId(1), sku: SkuId(1), qty: 1 }],
        attempt: 0,
        allotment: Some(AllotmentId(1)),
    };
    store.hear(&cancelled, 1).await.unwrap();
    assert_eq!((store.level(1).await, store.allotted(1).await), ((0, 0, 0), 5));
    assert_eq!(store.db.number("select count(*) from hold_head", values![]).await.unwrap(), Some(0));
    store.audit().await;
}

#[tokio::test]
async fn units_of_orders_whose_news_is_late_stay_when_the_allotment_ends() {
    let store = open().await;
    store.stock(1, 10).await;
    store.allot(1, 1, 8).await.unwrap();
    store.take(100, 1, &[(1, 2)]).await.unwrap();
    // Five are paid; the news of three of them is still on its way.
    assert_eq!(store.end(1, 5).await.unwrap(), 3);
    assert_eq!((store.level(1).await, store.allotted(1).await), ((5, 0, 2), 3));
    store.take(101, 1, &[(1, 2)]).await.unwrap();
    refused(store.take(102, 1, &[(1, 2)]).await, CONFLICT);
    store.take(103, 1, &[(1, 1)]).await.unwrap();
    refused(store.take(104, 1, &[(1, 1)]).await, CONFLICT);
    assert_eq!((store.level(1).await, store.allotted(1).await), ((5, 0, 5), 0));
    assert_eq!(store.end(1, 5).await.unwrap(), 3, "again: the same answer");
    store.audit().await;
}

#[tokio::test]
async fn an_allotment_does_not_end_with_a_number_that_cannot_be() {
    let store = open().await;
    store.stock(1, 10).await;
    store.allot(1, 1, 8).await.unwrap();
    store.take(100, 1, &[(1, 3)]).await.unwrap();
    refused(store.end(1, 9).await, CONFLICT);
    refused(store.end(1, 2).await, CONFLICT);
    refused(store.end(1, 0).await, CONFLICT);
    assert_eq!((store.level(1).await, store.allotted(1).await), ((2, 0, 3), 5), "nothing has ended");
    assert_eq!(store.end(1, 3).await.unwrap(), 5);
    refused(store.end(1, 4).await, CONFLICT);
    refused(store.end(1, 0).await, CONFLICT);
    refused(store.allot(1, 1, 8).await, CONFLICT);
    assert_eq!((store.level(1).await, store.allotted(1).await), ((7, 0, 3), 0));
    // All sold: nothing goes back, and that is an answer too.
    store.allot(2, 1, 7).await.unwrap();
    assert_eq!(store.end(2, 7).await.unwrap(), 0);
    assert_eq!(store.allotted(1).await, 7);
    store.audit().await;
}

#[tokio::test]
async fn an_allotment_that_comes_after_its_end_is_refused() {
    let store = open().await;
    store.stock(1, 10).await;
    refused(store.end(1, 1).await, CONFLICT);
    assert_eq!(store.end(1, 0).await.unwrap(), 0);
    assert_eq!(store.end(1, 0).await.unwrap(), 0);
    refused(store.allot(1, 1, 5).await, CONFLICT);
    assert_eq!((store.level(1).await, store.allotted(1).await), ((10, 0, 0), 0));
    store.audit().await;
}

#[tokio::test]
async fn a_count_tells_and_keeps_what_is_allotted() {
    let store = open().await;
    store.stock(1, 10).await;
    store.allot(1, 1, 4).await.unwrap();
    let request = Count { id: "c".into(), lines: vec![CountedLine { sku: SkuId(1), available: 9 }], reason: "盘点".into() };
    let first = store.service.count(&Ctx::house(), request.clone()).await.unwrap();
    assert_eq!(first, [Level { sku: SkuId(1), available: 9, locked: 0, sold: 0, allotted: 4 }]);
    store.end(1, 0).await.unwrap();
    assert_eq!(store.service.count(&Ctx::house(), request).await.unwrap(), first, "the same answer");
    let page = kit::http::PageParams { cursor: None, limit: Some(10) };
    let entries = crate::http::ledger(&store.service, SkuId(1), &page).await.unwrap().items;
    let seen: Vec<_> = entries.iter().map(|e| (e.kind.as_str(), e.reference.as_str(), e.delta_allotted, e.allotted)).collect();
    assert_eq!(
        seen,
        [("unallot", "allotment:1", -4, 0), ("count", "c", 0, 4), ("allot", "allotment:1", 4, 4), ("count", "seed:1", 0, 0)]
    );
    assert_eq!(entries[2].reason, "秒杀");
    store.audit().await;
}
