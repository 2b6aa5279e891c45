//! Importing.

use std::sync::atomic::Ordering::SeqCst;

use contract::product::{DocumentsOf, ImportOutcome, Imported, Line, LineSku, Product as _};
use contract::{CategoryId, Fen};
use futures::StreamExt as _;

use super::house::House;
use crate::bytes::Ready;

fn line(source_id: i64) -> Line {
    let sku = |size: &str, price| LineSku { specs: vec![("尺码".into(), size.into())], price_fen: Fen(price), stock: 100 };
    Line {
        source_id,
        title: "衬衫".into(),
        subtitle: String::new(),
        category: vec!["服装".into(), "男装".into(), "衬衫".into()],
        brand: Some("山房".into()),
        unit: "件".into(),
        list_price_fen: Fen(9900),
        price_fen: Fen(5900),
        is_new: true,
        is_hot: false,
        on_sale: true,
        attributes: vec![("材质".into(), "棉".into()), ("洗护".into(), "三十度以下水温，不可漂白，悬挂晾干。".into())],
        skus: vec![sku("M", 5900), sku("L", 6900)],
        pictures: vec!["p/shirt/1/0".into()],
    }
}

async fn import(house: &House, line: &Line) -> Imported {
    house.product.import(&house.ctx, line.clone()).await.unwrap()
}

fn tree(ready: &Ready) -> serde_json::Value {
    serde_json::from_slice(&ready.body).unwrap()
}

/// Makes good content bad.
type Spoil = Box<dyn Fn(&mut Line)>;

#[tokio::test]
async fn the_same_line_again_changes_nothing() {
    let house = House::new().await;
    let first = import(&house, &line(1)).await;
    assert_eq!(first.outcome, ImportOutcome::Created);
    let events = house.events("product.spu_changed").await;
    let again = import(&house, &line(1)).await;
    assert_eq!((again.spu, again.outcome), (first.spu, ImportOutcome::Unchanged));
    assert_eq!(house.events("product.spu_changed").await, events);
    let documents = house.product.documents(&house.ctx, DocumentsOf::Spus(vec![first.spu])).await.unwrap();
    let d = &documents[0];
    let names: Vec<&str> = d.categories.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["服装", "男装", "衬衫"]);
    assert_eq!((d.price_fen, d.list_price_fen, d.in_stock, d.listed), (Fen(5900), Fen(9900), true, true));
    let pairs: Vec<(&str, &str)> = d.attributes.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(pairs, [("材质", "棉"), ("尺码", "M"), ("尺码", "L")], "a sentence is nothing to filter by");
    assert_eq!((d.flags.as_slice(), d.brand.as_ref().unwrap().1.as_str()), (["new".to_owned()].as_slice(), "山房"));
    let all = DocumentsOf::After { after: contract::SpuId(0), limit: 10 };
    assert_eq!(house.product.documents(&house.ctx, all).await.unwrap(), documents);
}

#[tokio::test]
async fn a_changed_line_updates_and_keeps_numbers() {
    let house = House::new().await;
    let spu = import(&house, &line(1)).await.spu;
    let before = house.sku_ids(spu).await;
    house.stock.set(before[0], 60);
    let mut changed = line(1);
    changed.title = "长袖衬衫".into();
    changed.skus.reverse();
    changed.skus[0].price_fen = Fen(7900);
    let done = import(&house, &changed).await;
    assert_eq!((done.spu, done.outcome), (spu, ImportOutcome::Updated));
    assert_eq!(house.sku_ids(spu).await, [before[1], before[0]]);
    assert_eq!(house.stock.of(before[0]), 60, "the number in the line is the same, so what was sold stays sold");

    changed.skus.remove(1);
    changed.skus[0].stock = 7;
    import(&house, &changed).await;
    let sold = house.sold(&before).await;
    assert_eq!((sold[0].listed, sold[1].listed), (false, true));
    assert_eq!(house.stock.of(before[1]), 7);

    // The first line once more is an import of its own: its numbers count again.
    import(&house, &line(1)).await;
    assert_eq!(house.stock.of(before[1]), 100);
    assert_eq!(house.sku_ids(spu).await, before);

    let off = Line { on_sale: false, ..line(1) };
    import(&house, &off).await;
    assert!(house.product.detail(spu).await.is_err());
}

#[tokio::test]
async fn an_import_that_broke_off_is_healed_by_the_next() {
    let house = House::new().await;
    house.stock.down.store(true, SeqCst);
    assert!(house.product.import(&house.ctx, line(1)).await.is_err());
    house.stock.down.store(false, SeqCst);
    let done = import(&house, &line(1)).await;
    assert_eq!(done.outcome, ImportOutcome::Updated);
    let skus = house.sku_ids(done.spu).await;
    assert_eq!(house.stock.of(skus[0]), 100);
    assert_eq!(import(&house, &line(1)).await.outcome, ImportOutcome::Unchanged);

    // Breaks off after counting: some are sold before it is run again, and they stay sold.
    let fewer = || {
        let mut fewer = line(1);
        fewer.skus.iter_mut().for_each(|s| s.stock = 50);
        fewer
    };
    import(&house, &fewer()).await;
    house.stock.set(skus[0], 48);
    house.product.db.run("update spu set fingerprint = '', import_stock = '{}'", vec![]).await.unwrap();
    import(&house, &fewer()).await;
    assert_eq!(house.stock.of(skus[0]), 48);

    // Breaks off and another line follows: all its numbers count.
    house.stock.down.store(true, SeqCst);
    assert!(house.product.import(&house.ctx, line(1)).await.is_err());
    house.stock.down.store(false, SeqCst);
    import(&house, &fewer()).await;
    assert_eq!(house.stock.of(skus[0]), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_lines_at_once_share_what_they_make() {
    let house = House::new().await;
    let lines = (0..40).map(|n| line(n % 20 + 1));
    let done: Vec<_> = futures::stream::iter(lines)
        .map(|line| {
            let (product, ctx) = (house.product.clone(), house.ctx.clone());
            tokio::spawn(async move { product.import(&ctx, line).await })
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let created = done.iter().filter(|d| d.as_ref().unwrap().as_ref().unwrap().outcome == ImportOutcome::Created);
    assert_eq!(created.count(), 20);
    let frame = house.product.frame().await.unwrap();
    let tree = tree(&frame.tree);
    assert_eq!((tree.as_array().unwrap().len(), tree[0]["children"].as_array().unwrap().len()), (1, 1));
    let brand = frame.brands(None, contract::BrandId(0)).count();
    assert_eq!(brand, 1);
}

#[tokio::test]
async fn a_leaf_deleted_meanwhile_is_made_anew() {
    let house = House::new().await;
    let spu = import(&house, &line(1)).await.spu;
    let leaf = house.product.admin_spu(spu).await.unwrap().content.category;
    // As another process would, behind this one's memory.
    kit::tx!(house.product.db, |tx| crate::store::frame::delete_category(&tx, leaf).await).unwrap();
    let second = import(&house, &line(2)).await;
    let made = house.product.admin_spu(second.spu).await.unwrap().content.category;
    assert_ne!(made, leaf);
    assert_ne!(made, CategoryId(0));
}

#[tokio::test]
async fn bad_lines_are_refused_with_pointers() {
    let house = House::new().await;
    let cases: Vec<(&str, Spoil)> = vec![
        ("/category", Box::new(|l| l.category.clear())),
        ("/category", Box::new(|l| l.category = vec!["a".into(); 1000])),
        ("/category/1", Box::new(|l| l.category[1] = " ".into())),
        ("/title", Box::new(|l| l.title.clear())),
        ("/brand", Box::new(|l| l.brand = Some("名".repeat(61)))),
        ("/skus", Box::new(|l| l.skus.clear())),
        ("/skus/1/price_fen", Box::new(|l| l.skus[1].price_fen = Fen(-5))),
        ("/gallery/0", Box::new(|l| l.pictures = vec!["//x".into()])),
    ];
    for (pointer, spoil) in cases {
        let mut line = line(1);
        spoil(&mut line);
        let refused = house.product.import(&house.ctx, line).await.expect_err(pointer);
        assert!(refused.errors().iter().any(|e| e.pointer == pointer), "{pointer}: {refused}");
    }
    assert_eq!(house.product.frame().await.unwrap().revision, 1, "nothing was made for them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_catalogue_goes_in_twice() {
    let Ok(text) = std::fs::read_to_string("../../../shared/data/catalog.jsonl") else { return };
    let house = House::new().await;
    let started = std::time::Instant::now();
    for outcome in [ImportOutcome::Created, ImportOutcome::Unchanged] {
        let lines = text.lines().map(|l| serde_json::from_str::<Line>(l).unwrap());
        let done: Vec<_> = futures::stream::iter(lines)
            .map(|line| {
                let (product, ctx) = (house.product.clone(), house.ctx.clone());
                tokio::spawn(async move { product.import(&ctx, line).await })
            })
            .buffer_unordered(8)
            .collect()
            .await;
        println!("{} lines after {:?}", done.len(), started.elapsed());
        assert!(done.into_iter().all(|d| d.unwrap().unwrap().outcome == outcome));
    }
}
