//! News in any order, doubled, and many at once.

use contract::inventory::{StockTurned, Turned};
use contract::product::{SalesChanged, SpuChanged};
use futures::StreamExt as _;

use super::*;
use crate::{HEARS, NAME};

#[tokio::test]
async fn it_listens_to_what_it_says() {
    let house = House::over(Catalogue::default()).await;
    assert_eq!(subscriptions(&house.search).topics(), HEARS);
    assert_eq!(NAME, "search");
}

fn changed(product: &Document) -> Parcel {
    parcel(&SpuChanged { spu: product.spu, version: product.version, listed: product.listed })
}

/// One change of the catalogue and the news of it.
fn some_change(catalogue: &Catalogue, step: i64) -> Parcel {
    let spu = 1 + i64::try_from(kit::random::below(6)).unwrap();
    match kit::random::below(4) {
        0 => changed(&catalogue.change(spu, |p| {
            p.version += 1;
            p.price_fen = Fen(1000 + step);
        })),
        1 => changed(&catalogue.change(spu, |p| {
            p.version += 1;
            p.listed = !p.listed;
        })),
        2 => {
            let sales = catalogue.change(spu, |p| p.sales += 1).sales;
            parcel(&SalesChanged { spu: SpuId(spu), sales })
        }
        _ => {
            let in_stock = catalogue.change(spu, |p| p.in_stock = !p.in_stock).in_stock;
            parcel(&StockTurned { turned: vec![Turned { sku: SkuId(spu * 10), in_stock }] })
        }
    }
}

fn shuffle<T>(items: &mut [T]) {
    for at in (1..items.len()).rev() {
        let other = usize::try_from(kit::random::below(u64::try_from(at).unwrap() + 1)).unwrap();
        items.swap(at, other);
    }
}

async fn deliver(house: &House, news: Vec<Parcel>) {
    let stop = Arc::new(subscriptions(&house.search));
    let each = futures::stream::iter(news).map(|parcel| {
        let stop = stop.clone();
        async move { stop.take(&parcel).await.unwrap() }
    });
    each.buffer_unordered(16).collect::<Vec<()>>().await;
}

/// Everything that a search shows agrees with the catalogue.
async fn agrees(house: &House) {
    assert_eq!(house.entries().await, house.catalogue.entries());
    let products = house.catalogue.products.lock().unwrap().clone();
    let body = house.find("limit=50&facets=false").await;
    let items = body["items"].as_array().unwrap();
    assert_eq!(items.len(), products.values().filter(|p| p.listed).count());
    for item in items {
        let product = &products[&item["spu_id"].as_str().unwrap().parse::<i64>().unwrap()];
        assert_eq!(item["price_fen"], product.price_fen.0);
        assert_eq!(item["sales"], product.sales);
        assert_eq!(item["in_stock"], product.in_stock);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn news_in_any_order_and_doubled_ends_at_the_catalogue() {
    let mut house = House::new().await;
    for round in 0..6 {
        // Some is heard while the catalogue goes on, some long after.
        let mut late = Vec::new();
        for burst in 0..4 {
            let mut news: Vec<Parcel> = (0..10).map(|n| some_change(&house.catalogue, round * 100 + burst * 10 + n)).collect();
            late.extend(news.clone());
            shuffle(&mut news);
            let going_on = async {
                for n in 0..10 {
                    tokio::task::yield_now().await;
                    late.push(some_change(&house.catalogue, round * 100 + burst * 10 + n));
                }
            };
            tokio::join!(deliver(&house, news), going_on);
        }
        shuffle(&mut late);
        deliver(&house, late).await;
        agrees(&house).await;
        if round % 2 == 1 {
            house = house.restarted().await;
            agrees(&house).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_wait_share_a_commit() {
    let house = House::new().await;
    let before = house.search.index.edition();
    let news = (0..380).map(|n| {
        let spu = 1 + n % 6;
        changed(&house.catalogue.change(spu, |p| {
            p.version += 1;
            p.price_fen = Fen(n + 1);
        }))
    });
    deliver(&house, news.collect()).await;
    let commits = house.search.index.edition() - before;
    assert!(commits <= 48, "{commits} commits of 380 events");
    agrees(&house).await;
}

#[tokio::test]
async fn an_answered_event_survives_the_end_of_the_process() {
    let mut house = House::new().await;
    house.search.first_build_over().await;
    let news = house.catalogue.change(1, |p| (p.version, p.price_fen) = (2, Fen(77)));
    house.hear(&SpuChanged { spu: news.spu, version: news.version, listed: true }).await.unwrap();
    house.catalogue.silent.store(true, SeqCst);
    house = house.restarted().await;
    assert_eq!(house.entries().await[0], Entry { spu: SpuId(1), version: 2, price_fen: Fen(77), in_stock: true });
}

#[tokio::test]
async fn an_answer_older_than_the_news_is_refused() {
    let house = House::new().await;
    let early = SpuChanged { spu: SpuId(1), version: 9, listed: true };
    assert!(house.hear(&early).await.unwrap_err().is(UNAVAILABLE));
    let unknown = SpuChanged { spu: SpuId(99), version: 1, listed: true };
    assert!(house.hear(&unknown).await.unwrap_err().is(UNAVAILABLE));
    let never = SpuChanged { spu: SpuId(98), version: 1, listed: false };
    house.hear(&never).await.unwrap();
    agrees(&house).await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_hides_no_stock() {
    let house = House::new().await;
    house.core.clock.pass(std::time::Duration::from_secs(30 * 24 * 3600));
    house.catalogue.change(1, |p| p.in_stock = false);
    house.hear(&StockTurned { turned: vec![Turned { sku: SkuId(10), in_stock: false }] }).await.unwrap();
    let Clock::Manual(at) = &house.core.clock else { panic!("a manual clock") };
    at.store(START.0, SeqCst);
    let house = house.restarted().await;
    house.catalogue.change(1, |p| p.in_stock = true);
    house.hear(&StockTurned { turned: vec![Turned { sku: SkuId(10), in_stock: true }] }).await.unwrap();
    agrees(&house).await;
}

#[tokio::test]
async fn flush_makes_visible_and_takes_away() {
    let house = House::new().await;
    let mut product = document(&SHOP[0]);
    (product.spu, product.title) = (SpuId(7), "机械键盘".into());
    house.catalogue.put(product);
    assert!(house.numbers(&format!("q={}", encoded("机械键盘"))).await.is_empty());
    assert_eq!(house.flush([7]).await, 7);
    assert_eq!(house.numbers(&format!("q={}", encoded("机械键盘"))).await, [7]);
    house.catalogue.change(7, |p| (p.version, p.listed) = (2, false));
    house.catalogue.products.lock().unwrap().remove(&6);
    assert_eq!(house.flush([6, 7, 12345]).await, 5);
    agrees(&house).await;
    let many = (0..201).map(SpuId).collect();
    assert_eq!(house.search.flush(&house.ctx, Flush { spus: many }).await.unwrap_err().status(), 422);
}
