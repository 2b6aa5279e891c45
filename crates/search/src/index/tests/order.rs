//! News in any order ends in the same state, and an old version never wins.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum News {
    Put(i64, i64),
    Remove(i64, i64),
    Sales(i64, i64),
    Stock(i64, i64),
    Commit,
}

fn news() -> impl Strategy<Value = News> {
    prop_oneof![
        4 => (1..3_i64, 0..6_i64).prop_map(|(spu, version)| News::Put(spu, version)),
        2 => (1..3_i64, 0..6_i64).prop_map(|(spu, version)| News::Remove(spu, version)),
        2 => (1..3_i64, 1..6_i64).prop_map(|(spu, seq)| News::Sales(spu, seq)),
        2 => (1..3_i64, 1..6_i64).prop_map(|(spu, seq)| News::Stock(spu, seq)),
        1 => Just(News::Commit),
    ]
}

/// Every fact has one value for its number, as facts have.
fn put(spu: i64, version: i64) -> Document {
    Document {
        spu,
        version,
        title: format!("商品 v{version}"),
        sales: version * 7,
        in_stock: version % 2 == 0,
        ..Document::default()
    }
}

fn apply(index: &Index, news: &News) {
    match *news {
        News::Put(spu, version) => drop(index.put(put(spu, version))),
        News::Remove(spu, version) => drop(index.remove(spu, version)),
        News::Sales(spu, seq) => drop(index.set_sales(spu, seq * 100, seq)),
        News::Stock(spu, seq) => drop(index.set_stock(spu, seq % 2 == 1, seq)),
        News::Commit => drop(index.commit().unwrap()),
    }
}

/// What one product must look like after all news: version, sales and stock, or nothing.
fn expected(all: &[News], spu: i64) -> Option<(i64, i64, bool)> {
    let highest = |pick: &dyn Fn(&News) -> Option<i64>| all.iter().filter_map(pick).max();
    let put = highest(&|news| matches!(news, News::Put(of, _) if *of == spu).then(|| number(news)))?;
    let removed = highest(&|news| matches!(news, News::Remove(of, _) if *of == spu).then(|| number(news)));
    if removed.is_some_and(|removed| removed >= put) {
        return None;
    }
    let sales = highest(&|news| matches!(news, News::Sales(of, _) if *of == spu).then(|| number(news)));
    let stock = highest(&|news| matches!(news, News::Stock(of, _) if *of == spu).then(|| number(news)));
    Some((put, sales.map_or(put * 7, |seq| seq * 100), stock.map_or(put % 2 == 0, |seq| seq % 2 == 1)))
}

fn number(news: &News) -> i64 {
    match *news {
        News::Put(_, number) | News::Remove(_, number) | News::Sales(_, number) | News::Stock(_, number) => number,
        News::Commit => 0,
    }
}

fn seen(index: &Index, spu: i64) -> Option<(i64, i64, bool)> {
    let page = index.search(&Query { spus: Some(vec![spu]), ..words("商品") }).unwrap();
    assert!(page.items.len() <= 1);
    let hit = page.items.first()?;
    let version = index.version(spu).unwrap();
    assert_eq!(index.search(&Query { spus: Some(vec![spu]), ..words(&format!("v {version}")) }).unwrap().total, 1);
    Some((version, hit.sales, hit.in_stock))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn the_newest_wins_in_any_order(all in prop::collection::vec(news(), 0..24)) {
        let index = Index::in_memory(Arc::clone(&WORDS)).unwrap();
        all.iter().for_each(|news| apply(&index, news));
        index.flush().unwrap();
        for spu in 1..3 {
            prop_assert_eq!(seen(&index, spu), expected(&all, spu));
        }
    }

    #[test]
    fn a_rebuild_in_between_changes_nothing(
        before in prop::collection::vec(news(), 0..10),
        during in prop::collection::vec(news(), 0..10),
        after in prop::collection::vec(news(), 0..10),
        cut in 0..10_usize,
    ) {
        let index = Index::in_memory(Arc::clone(&WORDS)).unwrap();
        before.iter().for_each(|news| apply(&index, news));
        let mut rebuild = index.begin_rebuild().unwrap();
        // The source knows what was so when the rebuild began.
        let source: Vec<Document> =
            (1..3).filter_map(|spu| expected(&before, spu).map(|(version, ..)| put(spu, version))).collect();
        let cut = cut.min(during.len());
        during[..cut].iter().for_each(|news| apply(&index, news));
        rebuild.add(source).unwrap();
        during[cut..].iter().for_each(|news| apply(&index, news));
        rebuild.finish().unwrap();
        let so_far: Vec<News> = before.iter().chain(&during).cloned().collect();
        for spu in 1..3 {
            prop_assert_eq!(seen(&index, spu), expected(&so_far, spu));
        }
        after.iter().for_each(|news| apply(&index, news));
        index.flush().unwrap();
        let all: Vec<News> = so_far.into_iter().chain(after).collect();
        for spu in 1..3 {
            prop_assert_eq!(seen(&index, spu), expected(&all, spu));
        }
    }
}

#[test]
fn answers_say_whether_news_was_news() {
    let index = shop();
    assert!(!index.put(document(&SHOP[0])));
    assert!(index.put(Document { version: 2, ..document(&SHOP[0]) }));
    assert!(index.remove(1, 2));
    assert!(!index.remove(1, 2));
    assert!(!index.put(Document { version: 2, ..document(&SHOP[0]) }));
    index.flush().unwrap();
    assert_eq!(index.documents(), 23);
    assert!(index.put(Document { version: 3, ..document(&SHOP[0]) }));
    assert!(index.set_sales(2, 5, 1) && !index.set_sales(2, 4, 1));
}

#[test]
fn a_partial_change_keeps_words_and_card() {
    let index = shop();
    index.set_sales(20, 999_999, 3);
    index.set_stock(20, false, 1);
    index.flush().unwrap();
    let page = index.search(&words("羊毛被")).unwrap();
    let hit = &page.items[0];
    assert_eq!((hit.spu, hit.sales, hit.in_stock), (20, 999_999, false));
    assert_eq!(hit.card, b"{\"spu\":20}");
}
