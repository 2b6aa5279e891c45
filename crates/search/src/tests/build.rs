//! The first build, building anew while changes come, restarts.

use contract::fault::INDEX_BUILDING;
use contract::permission::SearchRebuild;
use contract::product::SpuChanged;
use kit::http::Permission as _;

use super::*;

pub(super) fn many(n: i64) -> Catalogue {
    let catalogue = Catalogue::default();
    for spu in 1..=n {
        let mut product = document(&SHOP[usize::try_from(spu).unwrap() % SHOP.len()]);
        product.spu = SpuId(spu);
        catalogue.put(product);
    }
    catalogue
}

#[tokio::test]
async fn a_fresh_index_builds_itself_once() {
    let house = House::over(many(450)).await;
    assert_eq!(house.entries().await, house.catalogue.entries());
    // Had it to be built again after a restart, the silent catalogue would leave it empty.
    house.catalogue.silent.store(true, SeqCst);
    let house = house.restarted().await;
    assert_eq!(house.entries().await.len(), 450);
}

#[tokio::test]
async fn an_empty_shop_is_whole_too() {
    let house = House::over(Catalogue::default()).await;
    assert_eq!(house.find("q=a").await["total"], 0);
    house.search.first_build_over().await;
    assert!(house.search.whole.load(SeqCst));
    let house = house.restarted().await;
    assert!(house.search.whole.load(SeqCst));
}

#[tokio::test]
async fn a_silent_catalogue_is_asked_again() {
    let catalogue = many(30);
    catalogue.silent.store(true, SeqCst);
    let house = House::over(catalogue).await;
    assert!(house.entries().await.is_empty());
    assert_eq!(house.find("").await["total"], 0);
    house.catalogue.silent.store(false, SeqCst);
    // Waits for the attempt that the search began, then for its own.
    house.entries().await;
    assert_eq!(house.entries().await.len(), 30);
    assert_eq!(house.find("").await["total"], 30);
}

#[tokio::test]
async fn memory_is_filled_at_every_start() {
    let house = House::over(many(30)).await;
    let settings = Settings { in_memory: true, ..Settings::default() };
    let nowhere = std::path::Path::new("/nowhere/at/all");
    let search = Search::new(&house.core, house.db.clone(), settings, nowhere, house.catalogue.clone()).await.unwrap();
    let all = EntriesAfter { after: SpuId(0), limit: 1000 };
    assert_eq!(search.entries(&house.ctx, all).await.unwrap(), house.catalogue.entries());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_during_a_rebuild_are_kept() {
    let house = Arc::new(House::over(many(900)).await);
    house.search.first_build_over().await;
    let building = {
        let house = house.clone();
        tokio::spawn(async move { house.search.rebuild(&house.ctx, Rebuild {}).await.unwrap() })
    };
    for step in 0..60 {
        let spu = 1 + i64::try_from(kit::random::below(900)).unwrap();
        let product = house.catalogue.change(spu, |p| {
            p.version += 1;
            p.listed = step % 3 != 0;
            p.price_fen = Fen(step + 5);
        });
        let news = SpuChanged { spu: product.spu, version: product.version, listed: product.listed };
        house.hear(&news).await.unwrap();
        assert!(house.find("").await["total"].as_u64().unwrap() > 800, "searches go on");
    }
    building.await.unwrap();
    assert_eq!(house.entries().await, house.catalogue.entries());
    let again = house.search.rebuild(&house.ctx, Rebuild {}).await.unwrap();
    assert_eq!(again.documents, u64::try_from(house.catalogue.entries().len()).unwrap());
    assert_eq!(house.entries().await, house.catalogue.entries());
}

#[tokio::test]
async fn operators_rebuild_one_at_a_time() {
    let house = House::new().await;
    house.search.first_build_over().await;
    let uri = "/api/v1/admin/search/rebuild";
    let operator = Caller::Operator { operator: 1, permissions: Arc::from([SearchRebuild::NAME.to_owned()]) };
    assert_eq!(house.ask(Caller::Nobody, Method::POST, uri).await.0, StatusCode::UNAUTHORIZED);
    let other = Caller::Operator { operator: 1, permissions: Arc::from([]) };
    assert_eq!(house.ask(other, Method::POST, uri).await.0, StatusCode::FORBIDDEN);
    let (status, body) = house.ask(operator.clone(), Method::POST, uri).await;
    assert_eq!((status, &body["documents"]), (StatusCode::ACCEPTED, &Json::from(6)));
    // One is begun by hand, so the other finds it running for certain.
    let running = house.search.index.begin_rebuild().unwrap();
    let (status, body) = house.ask(operator.clone(), Method::POST, uri).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::CONFLICT, Some(INDEX_BUILDING.code)));
    assert!(house.search.rebuild(&house.ctx, Rebuild {}).await.unwrap_err().is(INDEX_BUILDING));
    drop(running);
    assert_eq!(house.ask(operator, Method::POST, uri).await.0, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_rebuild_that_breaks_off_changes_nothing() {
    let house = House::new().await;
    house.search.first_build_over().await;
    house.catalogue.silent.store(true, SeqCst);
    assert!(house.search.rebuild(&house.ctx, Rebuild {}).await.unwrap_err().is(UNAVAILABLE));
    assert_eq!(house.find("").await["total"], 6);
    house.catalogue.silent.store(false, SeqCst);
    assert_eq!(house.search.rebuild(&house.ctx, Rebuild {}).await.unwrap().documents, 6);
}
