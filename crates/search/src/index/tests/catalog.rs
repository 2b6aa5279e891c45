//! The whole catalogue of a real shop, if it lies beside the workspace.

use super::*;

type Row = (i64, String, String, Vec<String>, i64, Vec<(String, String)>);

fn rows() -> Option<Vec<Row>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/catalog.jsonl");
    let text = std::fs::read_to_string(path).ok()?;
    let row = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let category = value["category"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        let attributes = serde_json::from_value(value["attributes"].clone()).unwrap();
        (
            value["source_id"].as_i64().unwrap(),
            text("title"),
            text("subtitle"),
            category,
            value["price_fen"].as_i64().unwrap(),
            attributes,
        )
    };
    Some(text.lines().map(row).collect())
}

fn document(row: &Row) -> Document {
    let (spu, title, subtitle, category, price_fen, attributes) = row.clone();
    let number = |name: &String| i64::from(name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())));
    Document {
        spu,
        version: 1,
        title,
        subtitle,
        categories: category.iter().map(|name| (number(name), name.clone())).collect(),
        price_fen,
        in_stock: true,
        attributes,
        ..Document::default()
    }
}

#[test]
fn every_product_is_found_by_its_title_and_by_its_sound() {
    let Some(rows) = rows() else { return };
    let index = Index::in_memory(Arc::clone(&WORDS)).unwrap();
    assert_eq!(index.rebuild(rows.iter().map(document)).unwrap(), rows.len() as u64);
    for (spu, title, ..) in &rows {
        let found = finds(&index, title);
        let place = found.iter().position(|hit| hit == spu).unwrap_or(usize::MAX);
        assert!(place < 5, "{title} is at {place}");
    }
    let facets = index.search(&words("")).unwrap().facets;
    let leaves: u64 = facets.categories.iter().map(|line| line.count).sum();
    assert_eq!(leaves, rows.len() as u64);
    for (text, part) in [("四件套", "四件套"), ("羊毛被", "羊毛"), ("sijiantao", "四件套"), ("sjt", "四件套")] {
        let query = Query { limit: 2, ..words(text) };
        let page = index.search(&query).unwrap();
        assert!(!page.items.is_empty(), "{text}");
        let titles: Vec<&String> = page.items.iter().map(|hit| &rows.iter().find(|row| row.0 == hit.spu).unwrap().1).collect();
        for hit in &page.items {
            let title = &rows.iter().find(|row| row.0 == hit.spu).unwrap().1;
            assert!(title.contains(part), "{text} found {titles:?}");
        }
    }
}
