//! The demo store's own catalogue: invented goods of invented brands, the same on every run. Knows how a line of a catalogue file looks
//! and which pictures exist; must never know how a line is imported.

mod care;
mod home;
mod leaf;
mod taste;
#[cfg(test)]
mod tests;
mod wear;

use super::pictures::kinds::{Kind, kind};
use super::pictures::palette::{colours, stir};
use super::pictures::product;
use contract::Fen;
use contract::product::{Line, LineSku};
use leaf::{COLOUR, Leaf};

/// The invented brands, Chinese and English, in the order of the aisles that carry them.
pub static BRANDS: [(&str, &str); 26] = [
    ("栖木", "Qimu Home"),
    ("云麓", "Yunlu"),
    ("拾光里", "Shiguangli"),
    ("眠野", "Mianye"),
    ("釜语", "Fuyu Kitchen"),
    ("青釉集", "Celadon Notes"),
    ("半亩灶", "Half Acre"),
    ("素织间", "Suzhijian"),
    ("南屿", "Nanyu"),
    ("一寸棉", "Inch Cotton"),
    ("途鹿", "Tulu"),
    ("革本", "Geben Leather"),
    ("遇帆", "Yufan"),
    ("花信子", "Huaxinzi"),
    ("沐岚", "Mulan Mist"),
    ("澄颜", "Chengyan"),
    ("极序", "Jixu Tech"),
    ("鸣屿", "Mingyu Audio"),
    ("小电工社", "Volt Club"),
    ("山野集", "Wild Harvest"),
    ("茶归处", "Chaguichu"),
    ("豆芽湾", "Sprout Bay"),
    ("棉棉熊", "Mianmian Bear"),
    ("野径", "Yejing Outdoor"),
    ("跃禾", "Yuehe Sport"),
    ("青屿书房", "Qingyu Books"),
];

/// The whole catalogue, at least 320 SPU.
#[must_use]
pub fn lines() -> Vec<Line> {
    let leaves = [home::LEAVES, wear::LEAVES, care::LEAVES, taste::LEAVES].into_iter().flatten();
    let mut lines = Vec::with_capacity(400);
    for (leaf, first) in leaves.zip((3_000_101..).step_by(100)) {
        let Some(kind) = kind(leaf.kind) else { continue };
        for (good, number) in leaf.goods.iter().zip(first..) {
            lines.push(line(leaf, kind, *good, number));
        }
    }
    lines
}

/// The picture of a line's `nth` SKU: the main picture in that SKU's colour, or the main picture itself where colour is no choice.
#[must_use]
pub fn sku_picture(line: &Line, nth: usize) -> Option<String> {
    let main = line.pictures.first()?;
    let colour = |sku: &LineSku| sku.specs.iter().find(|(axis, _)| axis == COLOUR.0).map(|(_, value)| value.clone());
    let Some(wanted) = colour(line.skus.get(nth)?) else { return Some(main.clone()) };
    let mut seen: Vec<String> = line.skus.iter().filter_map(colour).collect();
    seen.dedup();
    let place = seen.iter().position(|name| *name == wanted)?;
    Some(format!("{}c{place}", main.strip_suffix('0')?))
}

fn fen(amount: u32) -> Fen {
    Fen(i64::from(amount))
}

fn line(leaf: &Leaf, kind: &Kind, (title, subtitle, price): (&str, &str, u32), number: u32) -> Line {
    let hash = stir(u64::from(number));
    let skus = skus(leaf, kind, price, number);
    let price_fen = skus.iter().map(|sku| sku.price_fen).min().unwrap_or(fen(price));
    let raised = u32::try_from(price_fen.0).unwrap_or(price) * (112 + draw(hash, 1, 36)) / 100;
    Line {
        source_id: i64::from(number),
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        category: leaf.path.map(str::to_owned).to_vec(),
        brand: brand(leaf.path, hash),
        unit: leaf.unit.to_owned(),
        list_price_fen: fen(snap(raised)).max(price_fen),
        price_fen,
        is_new: draw(hash, 2, 100) < 18,
        is_hot: draw(hash, 3, 100) < 16,
        on_sale: draw(hash, 4, 40) != 0,
        attributes: attributes(leaf, title, subtitle, hash),
        skus,
        pictures: pictures(leaf, number),
    }
}

/// A number from 0 up to but not including `below`; each `which` is another throw for the same product.
fn draw(hash: u64, which: u64, below: u32) -> u32 {
    u32::try_from(stir(hash ^ (which << 32)) % u64::from(below.max(1))).unwrap_or(0)
}

/// A price as shops write it: 39.90 under a hundred yuan, 129.00 above.
fn snap(fen: u32) -> u32 {
    if fen < 10_000 { fen - fen % 100 + 90 } else { fen - fen % 1_000 + 900 }
}

fn brand(path: [&str; 3], hash: u64) -> Option<String> {
    let carried = match path {
        ["居家生活", ..] => 0..4,
        ["厨房餐具", ..] => 4..7,
        ["服饰", ..] => 7..10,
        ["鞋包配饰", ..] => 10..13,
        ["美妆个护", ..] => 13..16,
        ["数码家电", ..] => 16..19,
        ["食品茶饮", "茶叶冲饮", _] => 20..21,
        ["食品茶饮", ..] => 19..20,
        ["母婴玩具", ..] => 21..23,
        ["运动户外", ..] => 23..25,
        _ => 25..26,
    };
    let brands = BRANDS.get(carried)?;
    let (name, english) = brands.get(draw(hash, 5, u32::try_from(brands.len()).ok()?) as usize)?;
    Some(format!("{name} {english}"))
}

fn attributes(leaf: &Leaf, title: &str, subtitle: &str, hash: u64) -> Vec<(String, String)> {
    let mut attributes = Vec::with_capacity(leaf.facts.len() + 1);
    for ((name, values), which) in leaf.facts.iter().zip(16..) {
        // What the words promise is what the attribute says; the longest name wins, so that 超软毛 is not taken for 软毛.
        let named = |text: &str| values.iter().filter(|value| text.contains(**value)).max_by_key(|value| value.len());
        let thrown = draw(hash, which, u32::try_from(values.len()).unwrap_or(1)) as usize;
        if let Some(value) = named(title).or_else(|| named(subtitle)).or_else(|| values.get(thrown)) {
            attributes.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    attributes.push(("产地".to_owned(), origin(leaf, title, hash).to_owned()));
    attributes
}

fn origin(leaf: &Leaf, title: &str, hash: u64) -> &'static str {
    // Food that names its region comes from there; other food promises no more than the country.
    if leaf.path[0] == "食品茶饮" {
        let regions = [("云南", "云南"), ("陕北", "陕西"), ("东北", "东北"), ("贺兰", "宁夏"), ("江南", "浙江")];
        return regions.into_iter().find(|(word, _)| title.contains(word)).map_or("中国", |(_, region)| region);
    }
    let places: &[&str] = match leaf.path {
        ["居家生活", ..] => &["江苏南通", "浙江绍兴", "山东滨州"],
        ["厨房餐具", "餐具水具", _] => &["江西景德镇", "广东潮州", "福建德化"],
        ["厨房餐具", ..] => &["浙江永康", "广东阳江"],
        ["服饰", ..] => &["浙江嘉兴", "广东东莞", "山东青岛"],
        ["鞋包配饰", ..] => &["广东广州", "浙江温州", "福建泉州"],
        ["美妆个护", ..] => &["上海", "广东广州"],
        ["数码家电", ..] => &["广东深圳", "广东佛山", "浙江宁波"],
        ["母婴玩具", ..] => &["浙江湖州", "广东汕头", "江苏扬州"],
        ["运动户外", ..] => &["浙江宁波", "福建泉州"],
        _ => &["北京", "上海", "浙江杭州"],
    };
    places.get(draw(hash, 6, u32::try_from(places.len()).unwrap_or(1)) as usize).copied().unwrap_or("中国")
}

/// Every combination of the leaf's choices, each with its price and its stock.
fn skus(leaf: &Leaf, kind: &Kind, price: u32, number: u32) -> Vec<LineSku> {
    let hash = stir(u64::from(number));
    let mut rows: Vec<(Vec<(String, String)>, u32)> = vec![(Vec::new(), 100)];
    for (name, values, step) in leaf.axes {
        let values: Vec<&str> = if values.is_empty() {
            // At least three, because the pictures of the colours show three.
            let sold = 3 + usize::from(leaf.axes.len() == 1 && draw(hash, 7, 2) == 0);
            colours(kind.family, number).into_iter().take(sold).map(|tone| tone.name).collect()
        } else {
            values.to_vec()
        };
        let mut grown = Vec::with_capacity(rows.len() * values.len());
        for (specs, percent) in &rows {
            for (value, nth) in values.iter().zip(0..) {
                let mut specs = specs.clone();
                specs.push(((*name).to_owned(), (*value).to_owned()));
                grown.push((specs, percent + step * nth));
            }
        }
        rows = grown;
    }
    if leaf.axes.is_empty() {
        rows = vec![(vec![("规格".to_owned(), "标准".to_owned())], 100)];
    }
    let priced = |percent: u32| if percent == 100 { price } else { snap(price * percent / 100) };
    rows.into_iter()
        .zip(64..)
        .map(|((specs, percent), which)| {
            let stock = if draw(hash, which, 16) == 0 { 0 } else { 3 + draw(hash, which + 4_096, 298) };
            LineSku { specs, price_fen: fen(priced(percent)), stock }
        })
        .collect()
}

/// The main picture, the gallery and the long pictures. Another colour is only shown where another colour is sold.
fn pictures(leaf: &Leaf, number: u32) -> Vec<String> {
    let views: &[&str] = if leaf.axes.contains(&COLOUR) {
        &["0", "1", "2", "3", "4", "d0", "d1", "d2"]
    } else {
        &["0", "2", "3", "4", "d0", "d1"]
    };
    views.iter().map(|view| product(leaf.kind, number, view)).collect()
}
