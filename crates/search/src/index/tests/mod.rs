//! Tests of the index over a few dozen products of a small shop.

mod catalog;
mod facets;
mod folder;
mod golden;
mod hostile;
mod order;
mod speed;
mod suggestions;

use std::sync::{Arc, LazyLock};

use super::{Document, Index, Page, Query, Words};

/// One dictionary for all tests: loading it is what takes time.
pub static WORDS: LazyLock<Arc<Words>> = LazyLock::new(Words::new);

const PHONE: (i64, &str) = (10, "手机数码");
const CLOTHES: (i64, &str) = (20, "服装");
const HOME: (i64, &str) = (30, "居家");

type Line = (i64, &'static str, &'static str, (i64, &'static str), (i64, &'static str), Option<(i64, &'static str)>, i64, i64);

/// Number, title, subtitle, root, leaf, brand, price in yuan, sales.
const SHOP: &[Line] = &[
    (1, "苹果 iPhone 16 Pro 手机壳", "防摔硅胶", PHONE, (11, "手机配件"), Some((101, "倍思")), 59, 900),
    (2, "Apple iPhone 16 Pro 256GB 黑色钛金属", "支持移动联通电信5G", PHONE, (12, "手机"), Some((102, "Apple")), 8999, 300),
    (3, "华为 Mate 70 手机壳 磁吸", "超薄", PHONE, (11, "手机配件"), Some((101, "倍思")), 49, 400),
    (4, "小米 15 5G手机", "骁龙8至尊版", PHONE, (12, "手机"), Some((103, "小米")), 4499, 800),
    (5, "红米 Note 14 手机", "大电池", PHONE, (12, "手机"), Some((103, "小米")), 1199, 2000),
    (6, "iPhone 充电线 快充", "1.5米", PHONE, (11, "手机配件"), Some((104, "Anker")), 39, 5000),
    (7, "小米手环9", "血氧监测", PHONE, (13, "智能穿戴"), Some((103, "小米")), 249, 1500),
    (8, "无线蓝牙耳机 降噪", "通话清晰", PHONE, (14, "耳机"), Some((104, "Anker")), 299, 700),
    (9, "男士短袖T恤 纯棉", "夏季透气", CLOTHES, (21, "男装"), Some((105, "海澜之家")), 99, 3000),
    (10, "男士长袖衬衫 商务", "免烫", CLOTHES, (21, "男装"), Some((105, "海澜之家")), 199, 600),
    (11, "女士短袖T恤", "宽松", CLOTHES, (22, "女装"), Some((106, "优衣库")), 79, 2500),
    (12, "法式碎花连衣裙", "收腰显瘦", CLOTHES, (22, "女装"), Some((107, "茵曼")), 259, 1200),
    (13, "雪纺长款连衣裙 夏", "飘逸", CLOTHES, (22, "女装"), Some((106, "优衣库")), 399, 100),
    (14, "儿童连衣裙 公主", "柔软", CLOTHES, (23, "童装"), Some((108, "巴拉巴拉")), 159, 50),
    (15, "男女同款羽绒服", "90%白鸭绒", CLOTHES, (21, "男装"), Some((106, "优衣库")), 599, 90),
    (16, "316不锈钢保温杯 500ml", "真空保温", HOME, (31, "水杯"), Some((109, "膳魔师")), 229, 1800),
    (17, "304不锈钢筷子", "家用防滑", HOME, (32, "餐具"), None, 29, 3300),
    (18, "陶瓷马克杯", "简约", HOME, (31, "水杯"), None, 35, 220),
    (19, "轻奢纯棉刺绣水洗四件套", "设计师原款", HOME, (33, "床品件套"), None, 899, 20),
    (20, "秋冬保暖加厚澳洲羊毛被", "臻品级", HOME, (34, "被枕"), None, 459, 75),
    (21, "全棉针织条纹四件套 新款", "裸睡体验", HOME, (33, "床品件套"), None, 299, 130),
    (22, "智能扫地机器人", "扫拖一体", HOME, (35, "清洁电器"), Some((103, "小米")), 1999, 410),
    (23, "戴森V12吸尘器", "激光探测", HOME, (35, "清洁电器"), Some((110, "戴森")), 3999, 65),
    (24, "Sony WH-1000XM5 头戴式耳机", "旗舰降噪", PHONE, (14, "耳机"), Some((111, "索尼")), 2499, 88),
];

fn document(line: &Line) -> Document {
    let (spu, title, subtitle, root, leaf, brand, yuan, sales) = *line;
    let colour = if spu % 2 == 0 { "黑色" } else { "白色" };
    let size = ["小", "中", "大"][usize::try_from(spu % 3).unwrap()];
    Document {
        spu,
        version: 1,
        title: title.into(),
        subtitle: subtitle.into(),
        categories: vec![(root.0, root.1.into()), (leaf.0, leaf.1.into())],
        brand: brand.map(|(id, name)| (id, name.into())),
        price_fen: yuan * 100,
        list_price_fen: yuan * 120,
        shelf_ms: 1_000_000 + spu * 1000,
        in_stock: spu != 5,
        sales,
        attributes: vec![("颜色".into(), colour.into()), ("尺码".into(), size.into())],
        card: format!("{{\"spu\":{spu}}}").into_bytes(),
        ..Document::default()
    }
}

/// The small shop, ready to be searched.
pub fn shop() -> Arc<Index> {
    let index = Index::in_memory(Arc::clone(&WORDS)).unwrap();
    for line in SHOP {
        assert!(index.put(document(line)));
    }
    index.flush().unwrap();
    index
}

/// A search for words.
pub fn words(text: &str) -> Query {
    Query { words: text.into(), limit: 100, facets: true, ..Query::default() }
}

/// Numbers of the hits in order.
pub fn numbers(page: &Page) -> Vec<i64> {
    page.items.iter().map(|hit| hit.spu).collect()
}

/// Numbers of what a text finds, in order.
pub fn finds(index: &Index, text: &str) -> Vec<i64> {
    numbers(&index.search(&words(text)).unwrap())
}

/// The same, ascending.
pub fn finds_set(index: &Index, text: &str) -> Vec<i64> {
    let mut found = finds(index, text);
    found.sort_unstable();
    found
}
