//! Filters and the counts beside them.

use super::*;
use crate::index::query::{Count, Facets};

fn brand_counts(facets: &Facets) -> Vec<(i64, u64)> {
    let mut counts: Vec<(i64, u64)> = facets.brands.iter().map(|line| (line.value.id, line.count)).collect();
    counts.sort_unstable();
    counts
}

fn values(facets: &Facets, name: &str) -> Vec<(String, u64)> {
    let facet = facets.attributes.iter().find(|facet| facet.name == name).unwrap();
    let mut counts: Vec<(String, u64)> = facet.values.iter().map(|Count { value, count }| (value.clone(), *count)).collect();
    counts.sort_unstable();
    counts
}

#[test]
fn categories_are_the_level_below_the_chosen_one() {
    let index = shop();
    let all = index.search(&words("")).unwrap();
    let roots: Vec<i64> = all.facets.categories.iter().map(|line| line.value.id).collect();
    assert_eq!(all.total, 24);
    assert_eq!(roots, [10, 30, 20], "most first: 9, 8, 7");
    let home = index.search(&Query { categories: vec![30], ..words("") }).unwrap();
    assert_eq!(home.total, 8);
    let leaves: Vec<(String, u64)> = home.facets.categories.iter().map(|line| (line.value.name.clone(), line.count)).collect();
    assert!(leaves.contains(&("床品件套".into(), 2)) && leaves.len() == 5, "{leaves:?}");
    let leaf = index.search(&Query { categories: vec![33], ..words("") }).unwrap();
    assert_eq!(numbers(&leaf), [21, 19]);
    assert!(leaf.facets.categories.is_empty());
}

#[test]
fn of_several_chosen_categories_each_is_counted() {
    let index = shop();
    let count = |chosen: &[i64]| index.search(&Query { categories: chosen.to_vec(), ..words("") }).unwrap();
    let both = count(&[20, 33]);
    assert_eq!(both.total, count(&[20]).total + 2, "any of them");
    let mut shown: Vec<(i64, u64)> = both.facets.categories.iter().map(|line| (line.value.id, line.count)).collect();
    shown.sort_unstable();
    assert_eq!(shown, [(20, count(&[20]).total), (33, 2)]);
    // One that stands below the other counts beside it, and nothing is found twice.
    let within = count(&[30, 33]);
    assert_eq!(within.total, 8);
    assert_eq!(within.facets.categories.iter().map(|line| line.count).collect::<Vec<_>>(), [8, 2]);
    assert_eq!(count(&[33, 777]).total, 2);
    assert_eq!(count(&[777, 778]).total, 0);
}

#[test]
fn a_facet_is_counted_without_its_own_filter() {
    let index = shop();
    let plain = index.search(&Query { categories: vec![20], ..words("") }).unwrap();
    let branded = index.search(&Query { categories: vec![20], brands: vec![106], ..words("") }).unwrap();
    assert_eq!(branded.total, 3);
    assert_eq!(brand_counts(&branded.facets), brand_counts(&plain.facets));
    assert_eq!(branded.facets.prices.iter().map(|line| line.count).sum::<u64>(), 3);

    let black = vec![("颜色".to_owned(), vec!["黑色".to_owned()])];
    let page = index.search(&Query { categories: vec![20], brands: vec![106], attributes: black, ..words("") }).unwrap();
    assert_eq!(page.total, 0, "11, 13 and 15 are white");
    assert_eq!(values(&page.facets, "颜色"), [("白色".to_owned(), 3)]);
    assert_eq!(page.facets.attributes.len(), 1, "sizes need black ones, of which there are none");
}

#[test]
fn each_attribute_is_a_clause_of_its_own() {
    let index = shop();
    let pick = |attributes: &[(&str, &[&str])]| {
        let attributes = attributes
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
            .collect();
        let page = index.search(&Query { attributes, ..words("") }).unwrap();
        let mut found = numbers(&page);
        found.sort_unstable();
        found
    };
    assert_eq!(pick(&[("颜色", &["黑色"]), ("尺码", &["小"])]), [6, 12, 18, 24]);
    assert_eq!(pick(&[("颜色", &["黑色", "白色"]), ("尺码", &["小"])]), [3, 6, 9, 12, 15, 18, 21, 24]);
    assert_eq!(pick(&[("颜色", &[]), ("尺码", &["大"])]).len(), 8, "no value is no filter");
    assert!(pick(&[("颜色", &["紫色"])]).is_empty());
    assert!(pick(&[("没有", &["黑色"])]).is_empty());
}

#[test]
fn prices_times_and_products_restrict() {
    let index = shop();
    let cheap = Query { price_min_fen: Some(3900), price_max_fen: Some(5900), ..words("") };
    let page = index.search(&cheap).unwrap();
    assert_eq!(
        {
            let mut found = numbers(&page);
            found.sort_unstable();
            found
        },
        [1, 3, 6]
    );
    assert!(page.facets.prices.len() > 2, "price bands do not see the price filter");
    assert_eq!(page.facets.brands.iter().map(|line| line.count).sum::<u64>(), 3);
    let new = Query { new_since_ms: Some(1_000_000 + 22_000), ..words("") };
    assert_eq!(index.search(&new).unwrap().total, 3);
    let chosen = Query { spus: Some(vec![3, 9, 777]), ..words("") };
    assert_eq!(index.search(&chosen).unwrap().total, 2);
    let none = Query { spus: Some(vec![]), ..words("") };
    assert_eq!(index.search(&none).unwrap().total, 0);
}

#[test]
fn counts_agree_with_filtering_in_many_segments() {
    let index = Index::in_memory(Arc::clone(&WORDS)).unwrap();
    for line in SHOP {
        index.put(document(line));
        index.flush().unwrap();
    }
    let facets = index.search(&words("")).unwrap().facets;
    assert_eq!(facets, shop().search(&words("")).unwrap().facets);
    for brand in facets.brands {
        assert_eq!(index.search(&Query { brands: vec![brand.value.id], ..words("") }).unwrap().total, brand.count);
    }
    for band in facets.prices {
        let max = band.value.to_fen.map(|to| to - 1);
        let query = Query { price_min_fen: Some(band.value.from_fen), price_max_fen: max, ..words("") };
        assert_eq!(index.search(&query).unwrap().total, band.count);
    }
    for facet in facets.attributes {
        for line in facet.values {
            let attributes = vec![(facet.name.clone(), vec![line.value])];
            assert_eq!(index.search(&Query { attributes, ..words("") }).unwrap().total, line.count);
        }
    }
}
