use super::*;
use crate::demo::pictures::{palette, render_jpeg};
use contract::Fen;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn there_are_enough_goods_and_every_leaf_has_some() {
    let lines = lines();
    assert!(lines.len() >= 320, "{}", lines.len());
    let mut leaves = BTreeMap::new();
    for line in &lines {
        assert_eq!(line.category.len(), 3, "{}", line.title);
        *leaves.entry(line.category.clone()).or_insert(0) += 1;
    }
    assert!(leaves.len() >= 70, "{}", leaves.len());
    assert!(leaves.values().all(|count| *count >= 3));
    assert_eq!(leaves.keys().map(|path| &path[0]).collect::<BTreeSet<_>>().len(), 10);
    assert!(leaves.keys().map(|path| &path[..2]).collect::<BTreeSet<_>>().len() >= 28);
    let brands: BTreeSet<_> = lines.iter().filter_map(|line| line.brand.as_deref()).collect();
    assert_eq!(brands.len(), BRANDS.len(), "a brand that sells nothing");
}

#[test]
fn titles_and_numbers_are_unique() {
    let lines = lines();
    assert_eq!(lines.iter().map(|line| &line.title).collect::<BTreeSet<_>>().len(), lines.len());
    assert_eq!(lines.iter().map(|line| line.source_id).collect::<BTreeSet<_>>().len(), lines.len());
}

#[test]
fn prices_are_plausible() {
    for line in lines() {
        assert!(line.price_fen > Fen::ZERO && line.list_price_fen >= line.price_fen, "{}", line.title);
        assert_eq!(line.skus.iter().map(|sku| sku.price_fen).min(), Some(line.price_fen), "{}", line.title);
        for sku in &line.skus {
            let Fen(price) = sku.price_fen;
            let ends = if price < 10_000 { price % 100 == 90 } else { price % 1_000 == 900 };
            assert!(ends && price < 1_000_000, "{} {price}", line.title);
            assert!(sku.stock <= 300);
        }
    }
}

#[test]
fn the_skus_of_one_line_share_axes_and_differ_in_values() {
    for line in lines() {
        let axes = |sku: &LineSku| sku.specs.iter().map(|(axis, _)| axis.clone()).collect::<Vec<_>>();
        let first = axes(&line.skus[0]);
        assert!(!first.is_empty() && line.skus.iter().all(|sku| axes(sku) == first), "{}", line.title);
        assert_eq!(line.skus.iter().map(|sku| &sku.specs).collect::<BTreeSet<_>>().len(), line.skus.len(), "{}", line.title);
    }
}

#[test]
fn attributes_say_what_the_title_says() {
    let lines = lines();
    for line in &lines {
        assert!((4..=8).contains(&line.attributes.len()), "{} {}", line.title, line.attributes.len());
        let names: BTreeSet<_> = line.attributes.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), line.attributes.len(), "{}", line.title);
    }
    let flask = lines.iter().find(|line| line.title.contains("316不锈钢 480ml")).unwrap();
    assert!(flask.attributes.contains(&("内胆材质".into(), "316不锈钢".into())));
    assert!(flask.attributes.contains(&("容量".into(), "480ml".into())));
}

#[test]
fn nearly_all_is_on_sale_and_a_little_is_out_of_stock() {
    let lines = lines();
    let share = |count: usize, of: usize| count * 100 / of;
    let off = lines.iter().filter(|line| !line.on_sale).count();
    assert!(off > 0 && share(off, lines.len()) < 6, "{off}");
    let skus: Vec<_> = lines.iter().flat_map(|line| &line.skus).collect();
    let out = skus.iter().filter(|sku| sku.stock == 0).count();
    assert!((1..12).contains(&share(out, skus.len())), "{out} of {}", skus.len());
    for flagged in [lines.iter().filter(|line| line.is_new).count(), lines.iter().filter(|line| line.is_hot).count()] {
        assert!((8..30).contains(&share(flagged, lines.len())), "{flagged}");
    }
}

#[test]
fn the_same_every_time_and_through_json() {
    let lines = lines();
    assert_eq!(lines, super::lines());
    for line in &lines {
        let text = serde_json::to_string(line).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), *line);
    }
}

#[test]
fn the_pictures_that_the_catalogue_names_are_drawn() {
    // One product of each leaf: the others of a leaf are the same shape.
    for line in lines().iter().step_by(5) {
        assert!((6..=8).contains(&line.pictures.len()));
        for key in &line.pictures {
            assert!(render_jpeg(key, 200).is_some_and(|jpeg| jpeg.len() > 800), "{key}");
        }
    }
}

#[test]
fn a_sku_of_another_colour_has_another_picture() {
    for line in lines() {
        let colours: BTreeSet<_> = line.skus.iter().flat_map(|sku| &sku.specs).filter(|(axis, _)| axis == "颜色").collect();
        assert!(colours.iter().all(|(_, value)| palette::named(value).is_some()), "{}", line.title);
        let keys: BTreeSet<_> = (0..line.skus.len()).map(|nth| sku_picture(&line, nth).unwrap()).collect();
        assert_eq!(keys.len(), colours.len().max(1), "{}", line.title);
        for key in keys {
            assert!(crate::demo::pictures::svg(&key).is_some(), "{key}");
        }
    }
}

#[test]
fn a_mixed_search_would_find_something() {
    let lines = lines();
    for word in ["iPhone 17 手机壳", "Type-C 充电线", "USB 桌面风扇"] {
        assert!(lines.iter().any(|line| line.title.contains(word)), "{word}");
    }
}
