//! Categories, brands, publishing, the shelf, the product page.

use axum::http::StatusCode;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use contract::product::{DocumentsOf, Product as _};
use contract::{CategoryId, Fen, SkuId, fault};
use serde_json::{Value, json};

use super::house::{House, spec};
use crate::brand::{BrandChange, BrandKind, NewBrand};
use crate::browse::{AdminSpuParams, BrandParams, SpuParams};
use crate::bytes::IfNoneMatch;
use crate::category::{CategoryChange, NewCategory};
use crate::content::Content;
use crate::detail::Detail;

async fn if_none_match(tag: &str) -> IfNoneMatch {
    use axum::extract::FromRequestParts as _;
    let request = axum::http::Request::builder().header(IF_NONE_MATCH, tag).body(()).unwrap();
    IfNoneMatch::from_request_parts(&mut request.into_parts().0, &()).await.unwrap()
}

fn json_of(detail: &Detail) -> Value {
    serde_json::from_slice(&detail.body).unwrap()
}

/// Makes good content bad.
type Spoil = Box<dyn Fn(&mut Content)>;

#[tokio::test]
async fn the_tree_has_three_levels_and_no_circle() {
    let house = House::new().await;
    let one = house.category(None, "居家").await;
    let two = house.category(Some(one), "床品").await;
    let three = house.category(Some(two), "四件套").await;
    let p = &house.product;
    let deeper = NewCategory { parent: Some(three), name: "更深".into(), picture: None, position: 0 };
    assert!(p.create_category(deeper).await.unwrap_err().is(fault::INVALID));
    let twin = NewCategory { parent: Some(one), name: "床品".into(), picture: None, position: 0 };
    assert!(p.create_category(twin).await.unwrap_err().is(fault::NAME_TAKEN));
    for below in [one, two, three] {
        let circle = CategoryChange { parent: Some(below), ..CategoryChange::default() };
        assert!(p.edit_category(one, circle).await.unwrap_err().is(fault::INVALID));
    }
    let other = house.category(None, "餐厨").await;
    let too_deep = CategoryChange { parent: Some(three), ..CategoryChange::default() };
    assert!(p.edit_category(other, too_deep).await.unwrap_err().is(fault::INVALID));
    let up = CategoryChange { parent: Some(CategoryId(0)), name: Some("卧室".into()), ..CategoryChange::default() };
    assert_eq!(p.edit_category(two, up).await.unwrap().level, 1);
    assert!(p.delete_category(two).await.unwrap_err().is(fault::CATEGORY_IN_USE));
    p.delete_category(one).await.unwrap();
    p.delete_category(one).await.unwrap();
    let tree: Value = serde_json::from_slice(&p.frame().await.unwrap().tree.body).unwrap();
    assert_eq!(tree[0]["name"], "卧室");
    assert_eq!(tree[0]["children"][0]["name"], "四件套");
    assert_eq!(tree[1]["children"], json!([]), "an empty category is shown");
}

#[tokio::test]
async fn a_category_with_products_stays() {
    let house = House::new().await;
    let leaf = house.category(None, "杯").await;
    house.product.publish(House::cup(leaf), 1).await.unwrap();
    assert!(house.product.delete_category(leaf).await.unwrap_err().is(fault::CATEGORY_IN_USE));
    let child = NewCategory { parent: Some(leaf), name: "下".into(), picture: None, position: 0 };
    assert!(house.product.create_category(child).await.unwrap_err().is(fault::CATEGORY_IN_USE));
}

#[tokio::test]
async fn brands_stand_under_leaves() {
    let house = House::new().await;
    let p = &house.product;
    let root = house.category(None, "居家").await;
    let leaf = house.category(Some(root), "杯").await;
    let new = |categories| NewBrand { name: "山房".into(), kind: BrandKind::Brand, logo: None, categories };
    assert!(p.create_brand(new(vec![root])).await.unwrap_err().is(fault::INVALID), "not a leaf");
    let brand = p.create_brand(new(vec![leaf])).await.unwrap();
    assert!(p.create_brand(new(vec![])).await.unwrap_err().is(fault::NAME_TAKEN));
    let of = |category| BrandParams { category: Some(category), cursor: None, limit: None };
    assert_eq!(p.brands(of(root)).await.unwrap().items.len(), 1);
    let nowhere = BrandChange { categories: Some(vec![]), ..BrandChange::default() };
    p.edit_brand(brand.id, nowhere).await.unwrap();
    assert!(p.brands(of(root)).await.unwrap().items.is_empty());
    let mut cup = House::cup(leaf);
    cup.brand = Some(brand.id);
    let spu = p.publish(cup, 1).await.unwrap();
    p.list(spu).await.unwrap();
    assert!(p.delete_brand(brand.id).await.unwrap_err().is(fault::CONFLICT));
    assert_eq!(json_of(&p.detail(spu).await.unwrap())["brand"]["name"], "山房");
    let renamed = BrandChange { name: Some("山居".into()), ..BrandChange::default() };
    p.edit_brand(brand.id, renamed).await.unwrap();
    assert_eq!(json_of(&p.detail(spu).await.unwrap())["brand"]["name"], "山居", "the page follows at once");
}

#[tokio::test]
async fn editing_keeps_the_numbers_of_variants() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, before) = house.cup_on_shelf().await;
    let view = p.admin_spu(spu).await.unwrap();
    let mut next = view.content.clone();
    // Red and blue change places and values, one by number; green is new.
    next.skus.reverse();
    next.skus.iter_mut().for_each(|s| s.id = None);
    next.skus[0].price_fen = Fen(1500);
    let mut green = next.skus[0].clone();
    (green.specs, green.code) = (vec![spec("颜色", "绿")], None);
    next.skus.push(green);
    p.edit(spu, view.version, next.clone(), 1).await.unwrap();
    let after = house.sku_ids(spu).await;
    assert_eq!(after[..2], [before[1], before[0]]);
    assert_eq!(house.sold(&[before[1]]).await[0].price_fen, Fen(1500));
    assert!(p.edit(spu, view.version, next.clone(), 1).await.unwrap_err().is(fault::VERSION_CHANGED));

    // By number: two variants exchange their values.
    let view = p.admin_spu(spu).await.unwrap();
    let mut swapped = view.content.clone();
    let (a, b) = (swapped.skus[0].specs.clone(), swapped.skus[1].specs.clone());
    (swapped.skus[0].specs, swapped.skus[1].specs) = (b, a);
    swapped.skus.truncate(2);
    p.edit(spu, view.version, swapped, 1).await.unwrap();
    assert_eq!(house.sold(&[after[0]]).await[0].specs, [spec("颜色", "蓝")]);
    assert!(!house.sold(&[after[2]]).await[0].listed, "green is sold no longer");

    // And green comes back as itself.
    let view = p.admin_spu(spu).await.unwrap();
    let mut back = view.content.clone();
    back.skus.push(next.skus[2].clone());
    p.edit(spu, view.version, back, 1).await.unwrap();
    assert_eq!(house.sku_ids(spu).await, after);
    let foreign = view.content.skus.iter().map(|s| crate::content::Variant { id: Some(SkuId(1)), ..s.clone() });
    let foreign = Content { skus: foreign.collect(), ..view.content.clone() };
    let refused = p.edit(spu, view.version + 1, foreign, 1).await.unwrap_err();
    assert_eq!(refused.errors()[0].pointer, "/skus/0/id");
}

#[tokio::test]
async fn wrong_content_is_refused_with_pointers() {
    let house = House::new().await;
    let leaf = house.category(None, "杯").await;
    let cases: Vec<(&str, Spoil)> = vec![
        ("/title", Box::new(|c| c.title = " ".into())),
        ("/title", Box::new(|c| c.title = "长".repeat(121))),
        ("/title", Box::new(|c| c.title = "a\u{0}b".into())),
        ("/subtitle", Box::new(|c| c.subtitle = "\u{202e}反".into())),
        ("/unit", Box::new(|c| c.unit = String::new())),
        ("/gallery", Box::new(|c| c.gallery = vec!["a".into(); 21])),
        ("/gallery/0", Box::new(|c| c.gallery = vec!["../etc/passwd".into()])),
        ("/gallery/0", Box::new(|c| c.gallery = vec!["https://evil.example/x".into()])),
        ("/attributes/0/value", Box::new(|c| c.attributes[0].value = String::new())),
        ("/attributes/1", Box::new(|c| c.attributes.push(c.attributes[0].clone()))),
        ("/skus", Box::new(|c| c.skus.clear())),
        ("/skus", Box::new(|c| c.skus = vec![c.skus[0].clone(); 201])),
        ("/skus/0/price_fen", Box::new(|c| c.skus[0].price_fen = Fen(0))),
        ("/skus/0/price_fen", Box::new(|c| c.skus[0].price_fen = Fen(-1))),
        ("/skus/1/price_fen", Box::new(|c| c.skus[1].price_fen = Fen(1_000_000_001))),
        ("/skus/0/list_price_fen", Box::new(|c| c.skus[0].list_price_fen = Some(Fen(i64::MAX)))),
        ("/skus/1/specs", Box::new(|c| c.skus[1].specs = c.skus[0].specs.clone())),
        ("/skus/1/specs", Box::new(|c| c.skus[1].specs.push(spec("尺码", "M")))),
        ("/skus/0/code", Box::new(|c| c.skus[0].code = Some("=cmd()".into()))),
        ("/category", Box::new(|c| c.category = CategoryId(42))),
        ("/brand", Box::new(|c| c.brand = Some(contract::BrandId(42)))),
    ];
    for (pointer, spoil) in cases {
        let mut content = House::cup(leaf);
        spoil(&mut content);
        let refused = house.product.publish(content, 1).await.expect_err(pointer);
        assert!(refused.is(fault::INVALID), "{pointer}: {refused}");
        assert!(refused.errors().iter().any(|e| e.pointer == pointer), "{pointer}: {refused}");
    }
    assert_eq!(house.events("product.spu_changed").await, 0, "nothing of a refused request has any effect");
    let mut dear = House::cup(leaf);
    dear.skus[0].price_fen = Fen(1_000_000_000);
    house.product.publish(dear, 1).await.unwrap();
}

#[tokio::test]
async fn the_page_is_the_same_bytes_until_the_product_changes() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, _) = house.cup_on_shelf().await;
    let first = p.detail(spu).await.unwrap();
    let again = p.detail(spu).await.unwrap();
    assert_eq!(first.body.as_ptr(), again.body.as_ptr(), "a hit hands out the same bytes");
    let tag = first.etag.to_str().unwrap().to_owned();
    let response = again.answer(&if_none_match(&tag).await, "no-cache");
    assert_eq!((response.status(), response.headers()[ETAG].to_str().unwrap()), (StatusCode::NOT_MODIFIED, tag.as_str()));
    let body = json_of(&first);
    assert_eq!(body["axes"], json!([{"name": "颜色", "values": ["蓝", "红"]}]));
    assert_eq!(body["skus"][1]["price_fen"], 1900);

    let view = p.admin_spu(spu).await.unwrap();
    let changed = Content { title: "新杯子".into(), ..view.content };
    p.edit(spu, view.version, changed, 1).await.unwrap();
    let next = p.detail(spu).await.unwrap();
    assert_eq!(json_of(&next)["title"], "新杯子");
    assert_eq!(next.answer(&if_none_match(&tag).await, "no-cache").status(), StatusCode::OK);
}

#[tokio::test]
async fn off_the_shelf_means_gone_at_once() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, skus) = house.cup_on_shelf().await;
    let events = house.events("product.spu_changed").await;
    p.detail(spu).await.unwrap();
    p.unlist(spu).await.unwrap();
    assert!(p.detail(spu).await.unwrap_err().is(fault::NOT_FOUND));
    assert!(p.live(&house.ctx, spu).await.unwrap_err().is(fault::NOT_FOUND));
    assert!(!house.sold(&skus).await[0].listed);
    p.unlist(spu).await.unwrap();
    assert_eq!(house.events("product.spu_changed").await, events + 1, "a repeat leaves no event");
    let documents = p.documents(&house.ctx, DocumentsOf::Spus(vec![spu])).await.unwrap();
    assert!(!documents[0].listed && documents[0].version == 3);
    p.list(spu).await.unwrap();
    p.detail(spu).await.unwrap();
    assert!(p.list(contract::SpuId(1)).await.unwrap_err().is(fault::NOT_FOUND));
}

#[tokio::test]
async fn live_tells_what_is_left() {
    let house = House::new().await;
    let (spu, skus) = house.cup_on_shelf().await;
    house.stock.set(skus[0], 3);
    house.stock.set(skus[1], 0);
    let live = house.product.live(&house.ctx, spu).await.unwrap();
    assert_eq!((live.skus[0].in_stock, live.skus[0].left), (true, Some(3)));
    assert_eq!((live.skus[1].in_stock, live.skus[1].left), (false, None));
    house.stock.set(skus[0], 10);
    assert_eq!(house.product.live(&house.ctx, spu).await.unwrap().skus[0].left, None);
}

#[tokio::test]
async fn lists_page_through_everything_once() {
    let house = House::new().await;
    let root = house.category(None, "居家").await;
    let leaf = house.category(Some(root), "杯").await;
    for n in 0..5 {
        let cup = Content { title: format!("杯{n} 100%"), ..House::cup(leaf) };
        let spu = house.product.publish(cup, 1).await.unwrap();
        if n != 2 {
            house.product.list(spu).await.unwrap();
        }
    }
    let (mut titles, mut cursor) = (Vec::new(), None);
    loop {
        let params = SpuParams { category: Some(root), cursor, limit: Some(3) };
        let page = house.product.newest(params).await.unwrap();
        titles.extend(page.items.into_iter().map(|s| s.title));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(titles, ["杯4 100%", "杯3 100%", "杯1 100%", "杯0 100%"]);
    let find = |title: &str| AdminSpuParams { title: Some(title.into()), ..AdminSpuParams::default() };
    assert_eq!(house.product.find(find("0%")).await.unwrap().items.len(), 5);
    assert_eq!(house.product.find(find("杯%1")).await.unwrap().items.len(), 0, "a percent sign is a percent sign");
}

#[tokio::test]
async fn start_makes_the_pages_ready() {
    let house = House::new().await;
    house.product.warm().await.unwrap();
    let (spu, _) = house.cup_on_shelf().await;
    house.product.warm().await.unwrap();
    house.product.detail(spu).await.unwrap();
}

#[test]
fn the_service_hears_what_it_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let house = House::new().await;
        assert_eq!(crate::subscriptions(&house.product).topics(), crate::HEARS);
        let (_, api) = crate::routes(&house.product).split_for_parts();
        assert_eq!(api.paths.paths.len(), 45);
    });
}
