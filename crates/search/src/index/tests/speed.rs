//! How long it takes: run by hand with `cargo test --release -p search -- --ignored --nocapture speed`.

use std::time::Instant;

use super::*;

const NOUNS: [&str; 20] = [
    "手机壳",
    "连衣裙",
    "短袖T恤",
    "保温杯",
    "四件套",
    "羊毛被",
    "蓝牙耳机",
    "充电线",
    "吸尘器",
    "机器人",
    "马克杯",
    "筷子",
    "羽绒服",
    "衬衫",
    "手环",
    "笔记本",
    "键盘",
    "显示器",
    "跑步鞋",
    "双肩包",
];
const WORDS_BEFORE: [&str; 16] = [
    "轻奢",
    "纯棉",
    "不锈钢",
    "智能",
    "无线",
    "儿童",
    "男士",
    "女士",
    "夏季",
    "秋冬",
    "磁吸",
    "防摔",
    "降噪",
    "便携",
    "加厚",
    "iPhone",
];

fn product(spu: i64) -> Document {
    let pick = |list: &'static [&'static str], step: i64| list[usize::try_from(spu / step).unwrap() % list.len()];
    let leaf = spu % 200;
    Document {
        spu,
        version: 1,
        title: format!("{}{} {} 第{}款", pick(&WORDS_BEFORE, 1), pick(&WORDS_BEFORE, 7), pick(&NOUNS, 3), spu % 97),
        subtitle: format!("{}设计 品质生活", pick(&WORDS_BEFORE, 11)),
        categories: vec![(1 + leaf / 50, format!("大类{}", leaf / 50)), (100 + leaf, format!("小类{leaf}"))],
        brand: Some((1000 + spu % 300, format!("品牌{}", spu % 300))),
        price_fen: 1000 + (spu * 7919) % 500_000,
        shelf_ms: spu,
        in_stock: spu % 10 != 0,
        sales: (spu * 31) % 10_000,
        attributes: (0..5).map(|n| (format!("属性{n}"), format!("值{}", (spu + n) % 30))).collect(),
        card: vec![b' '; 600],
        ..Document::default()
    }
}

fn timed<T>(what: &str, times: u32, mut run: impl FnMut() -> T) -> T {
    let start = Instant::now();
    let mut last = run();
    for _ in 1..times {
        last = run();
    }
    println!("{what}: {:?}", start.elapsed() / times);
    last
}

#[test]
#[ignore = "measures; not a check"]
fn speed() {
    let folder = tempfile::tempdir().unwrap();
    let cold = Words::new();
    let small = timed("dictionary, and 400 documents in memory", 1, || {
        let index = Index::in_memory(Arc::clone(&cold)).unwrap();
        assert!((0..400).all(|spu| index.put(product(spu))));
        index.flush().unwrap();
        index
    });
    assert_eq!(small.documents(), 400);
    let index = Index::open(folder.path(), cold).unwrap();
    timed("rebuild of 20,000", 1, || index.rebuild((0..20_000).map(product)).unwrap());
    timed("one update, committed", 5, || {
        index.set_sales(77, 5, i64::from(index.is_dirty()) + index.version(77).unwrap());
        index.put(Document { version: index.version(78).unwrap() + 1, ..product(78) });
        index.flush().unwrap();
    });
    for text in ["iphone手机壳", "连衣裙", "纯棉 四件套", "shoujike", "手", ""] {
        let plain = Query { words: text.into(), limit: 20, ..Query::default() };
        let total = timed(&format!("{text:?} plain"), 200, || index.search(&plain).unwrap()).total;
        let faceted = Query { facets: true, ..plain.clone() };
        timed(&format!("{text:?} with facets, {total} hits"), 200, || index.search(&faceted).unwrap());
    }
    let leaf = Query { categories: vec![105], facets: true, limit: 20, sort: crate::index::Sort::PriceUp, ..Query::default() };
    timed("a leaf by price with facets", 200, || index.search(&leaf).unwrap());
    let root = Query { categories: vec![2], ..leaf };
    timed("a root by price with facets", 200, || index.search(&root).unwrap());
    for typed in ["s", "sj", "手", "shouj", "iphone 手"] {
        timed(&format!("suggest {typed:?}"), 200, || index.suggest(typed, 10).unwrap());
    }
}
