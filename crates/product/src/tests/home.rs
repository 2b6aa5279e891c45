//! The home page: what it shows, what leaves it, what it says when nobody composed it.

use std::sync::atomic::Ordering::SeqCst;

use contract::product::{HomeOf, Product as _};
use contract::seckill::{SeckillCard, SeckillOffline, SeckillOnline};
use contract::{ActivityId, AllotmentId, BrandId, CategoryId, Fen, SkuId, SpuId, fault};
use kit::Time;
use serde_json::{Value, json};

use super::house::{House, NOW};
use crate::brand::{BrandKind, NewBrand};
use crate::content::{Content, Flag};
use crate::front::{FrontFlag, NewFrontCategory};
use crate::home::{HomeBannerChange, HomeSectionChange, NewHomeBanner, NewHomeSection, NewHomeShortcut, SectionKind};

async fn home(house: &House) -> Value {
    serde_json::from_slice(&house.product.home_page(&house.ctx).await.unwrap().body).unwrap()
}

fn kinds(home: &Value) -> Vec<&str> {
    home["sections"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect()
}

fn section<'a>(home: &'a Value, kind: &str) -> &'a Value {
    home["sections"].as_array().unwrap().iter().find(|s| s["kind"] == kind).expect(kind)
}

fn ids(home: &Value, kind: &str) -> Vec<SpuId> {
    let items = section(home, kind)["items"].as_array().unwrap();
    items.iter().map(|i| SpuId(i["spu_id"].as_str().unwrap().parse().unwrap())).collect()
}

fn new(kind: SectionKind, title: &str) -> NewHomeSection {
    NewHomeSection {
        kind,
        title: title.into(),
        subtitle: String::new(),
        link: None,
        position: 0,
        limit: None,
        spus: Vec::new(),
        brands: Vec::new(),
        category: None,
    }
}

fn banner(title: &str, position: i32, from: Option<i64>, until: Option<i64>) -> NewHomeBanner {
    let at = |ms: i64| Time(NOW.0 + ms);
    let (picture, link) = ("b/1".to_owned(), "/list?category=3&title=好物".to_owned());
    NewHomeBanner { picture, title: title.into(), link, position, from: from.map(at), until: until.map(at) }
}

/// A product on the shelf in stock.
async fn shelve(house: &House, content: Content) -> SpuId {
    let spu = house.product.publish(content, 1).await.unwrap();
    house.product.list(spu).await.unwrap();
    house.sku_ids(spu).await.into_iter().for_each(|sku| house.stock.set(sku, 5));
    spu
}

async fn sell(house: &House, spu: SpuId, sales: i64) {
    house.product.db.run("update spu set sales = ? where id = ?", kit::values![sales, spu]).await.unwrap();
    house.product.home.forget();
}

#[tokio::test]
async fn an_empty_shop_has_a_page_too() {
    let house = House::new().await;
    assert_eq!(
        home(&house).await,
        json!({"banners": [], "shortcuts": [], "sections": [
        {"id": "4", "kind": "recommended", "title": "为你推荐", "subtitle": "", "items": [], "brands": []}]})
    );
    let text = house.product.home(&house.ctx, HomeOf {}).await.unwrap().json;
    assert_eq!(text.as_bytes(), house.product.home_page(&house.ctx).await.unwrap().body);
}

#[tokio::test]
async fn when_nobody_composed_it_the_best_of_all_is_shown() {
    let house = House::new().await;
    let p = &house.product;
    let (home_root, food) = (house.category(None, "居家").await, house.category(None, "食品").await);
    let (cups, tea) = (house.category(Some(home_root), "杯").await, house.category(Some(food), "茶").await);
    let new_brand = NewBrand { name: "栖木".into(), kind: BrandKind::Brand, logo: None, categories: vec![cups] };
    let brand = p.create_brand(new_brand).await.unwrap().id;
    let mut spus = Vec::new();
    for n in 0..3 {
        spus.push(shelve(&house, Content { title: format!("杯{n}"), brand: Some(brand), ..House::cup(cups) }).await);
    }
    spus.push(shelve(&house, Content { title: "茶".into(), ..House::cup(tea) }).await);
    let page = home(&house).await;
    assert_eq!(kinds(&page), ["new", "hot", "brand", "recommended"]);
    assert_eq!(ids(&page, "new"), [spus[3], spus[2], spus[1], spus[0]], "came together: from each aisle in turn, newest first");
    let first = &section(&page, "new")["items"][0];
    let card = json!({"spu_id": spus[3], "title": "茶", "subtitle": "", "picture": "p/cup/1/0", "price_fen": 1900,
        "list_price_fen": 1900, "in_stock": true, "sales": 0, "flags": []});
    assert_eq!(first, &card);
    assert_eq!(section(&page, "brand")["brands"], json!([{"id": brand, "name": "栖木", "picture": "p/cup/1/0"}]));
    assert_eq!(
        page["shortcuts"],
        json!([
        {"id": cups, "name": "杯", "picture": "p/cup/1/0", "link": format!("/list?category={cups}")},
        {"id": tea, "name": "茶", "picture": "p/cup/1/0", "link": format!("/list?category={tea}")}])
    );

    sell(&house, spus[0], 9).await;
    sell(&house, spus[1], 10).await;
    assert_eq!(ids(&home(&house).await, "hot"), [spus[1], spus[0], spus[3], spus[2]], "most sold first");
    house.pass_ms(120_000);
    let marked = shelve(&house, Content { title: "新杯".into(), ..House::cup(cups) }).await;
    assert_eq!(ids(&home(&house).await, "new")[0], marked, "what came later stands first");
    let gifts = NewFrontCategory {
        parent: None,
        name: "送礼".into(),
        picture: Some("c/tea-tin".into()),
        flag: FrontFlag::None,
        position: 0,
        categories: vec![tea],
    };
    let gifts = p.create_front(gifts).await.unwrap().id;
    let shortcut = json!([{"id": gifts, "name": "送礼", "picture": "c/tea-tin", "link": format!("/list?front={gifts}")}]);
    assert_eq!(home(&house).await["shortcuts"], shortcut);
}

#[tokio::test]
async fn operators_compose_it() {
    let house = House::new().await;
    let p = &house.product;
    let root = house.category(None, "居家").await;
    let cups = house.category(Some(root), "杯").await;
    let other = house.category(None, "食品").await;
    let new_brand = |name: &str| NewBrand { name: name.into(), kind: BrandKind::Brand, logo: None, categories: vec![cups] };
    let (a, b) = (p.create_brand(new_brand("栖木")).await.unwrap().id, p.create_brand(new_brand("云麓")).await.unwrap().id);
    let first = shelve(&house, Content { brand: Some(a), ..House::cup(cups) }).await;
    let second = shelve(&house, Content { title: "碗".into(), ..House::cup(cups) }).await;
    let tea = shelve(&house, Content { title: "茶".into(), flags: vec![Flag::New], ..House::cup(other) }).await;

    for (wrong, place) in [
        (new(SectionKind::Picks, "精选"), "/spus"),
        (NewHomeSection { spus: vec![first], ..new(SectionKind::Hot, "热卖") }, "/spus"),
        (NewHomeSection { spus: vec![first, SpuId(42)], ..new(SectionKind::Picks, "精选") }, "/spus/1"),
        (NewHomeSection { spus: vec![first, first], ..new(SectionKind::Picks, "精选") }, "/spus/1"),
        (NewHomeSection { brands: vec![BrandId(42)], ..new(SectionKind::Brand, "品牌") }, "/brands/0"),
        (new(SectionKind::Category, "居家"), "/category"),
        (NewHomeSection { category: Some(CategoryId(42)), ..new(SectionKind::Category, "居家") }, "/category"),
        (NewHomeSection { link: Some("//evil.example".into()), ..new(SectionKind::Hot, "热卖") }, "/link"),
        (NewHomeSection { link: Some("https://evil.example".into()), ..new(SectionKind::Hot, "热卖") }, "/link"),
        (NewHomeSection { link: Some("/\\evil.example".into()), ..new(SectionKind::Hot, "热卖") }, "/link"),
    ] {
        let refused = p.create_section(wrong.clone()).await.unwrap_err();
        assert_eq!(refused.errors().first().map(|e| e.pointer.as_str()), Some(place), "{wrong:?} {refused}");
    }
    let picks = NewHomeSection { spus: vec![tea, second], limit: Some(1), ..new(SectionKind::Picks, "精选") };
    let picks = p.create_section(picks).await.unwrap();
    let brands = NewHomeSection { brands: vec![b, a], position: 1, ..new(SectionKind::Brand, "品牌") };
    p.create_section(brands).await.unwrap();
    let in_root = NewHomeSection { category: Some(root), position: 2, ..new(SectionKind::Category, "居家") };
    p.create_section(in_root).await.unwrap();
    assert!(p.create_section(new(SectionKind::Hot, "品牌")).await.unwrap_err().is(fault::NAME_TAKEN));
    let shortcut = NewHomeShortcut { name: "茶".into(), picture: None, link: format!("/spu/{tea}"), position: 0 };
    p.create_shortcut(shortcut.clone()).await.unwrap();
    assert!(p.create_shortcut(shortcut).await.unwrap_err().is(fault::NAME_TAKEN));

    let page = home(&house).await;
    assert_eq!(kinds(&page), ["picks", "brand", "category"]);
    assert_eq!((ids(&page, "picks"), ids(&page, "category")), (vec![tea], vec![second, first]));
    assert_eq!(
        section(&page, "brand")["brands"],
        json!([
        {"id": b, "name": "云麓"}, {"id": a, "name": "栖木", "picture": "p/cup/1/0"}])
    );
    assert_eq!(page["shortcuts"].as_array().unwrap().len(), 1);

    let change = HomeSectionChange { limit: Some(5), title: Some("店长精选".into()), ..HomeSectionChange::default() };
    p.edit_section(picks.id, change).await.unwrap();
    let page = home(&house).await;
    assert_eq!((&section(&page, "picks")["title"], ids(&page, "picks")), (&json!("店长精选"), vec![tea, second]));
    let empty = HomeSectionChange { spus: Some(vec![]), ..HomeSectionChange::default() };
    assert!(p.edit_section(picks.id, empty).await.unwrap_err().is(fault::INVALID));
    p.delete_section(picks.id).await.unwrap();
    p.delete_section(picks.id).await.unwrap();
    assert!(p.edit_section(picks.id, HomeSectionChange::default()).await.unwrap_err().is(fault::NOT_FOUND));
    assert_eq!(kinds(&home(&house).await), ["brand", "category"]);
}

#[tokio::test]
async fn banners_come_and_go_by_the_clock() {
    let house = House::new().await;
    let p = &house.product;
    let titles = async || {
        let page = home(&house).await;
        page["banners"].as_array().unwrap().iter().map(|b| b["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = banner("倒着", 0, Some(2000), Some(2000));
    assert_eq!(p.create_banner(wrong).await.unwrap_err().errors()[0].pointer, "/until");
    p.create_banner(banner("常在", 2, None, None)).await.unwrap();
    let soon = p.create_banner(banner("将来", 1, Some(1000), Some(2000))).await.unwrap();
    assert_eq!(titles().await, ["常在"]);
    house.pass_ms(1000);
    assert!(p.home_at_once().is_none());
    assert_eq!(titles().await, ["将来", "常在"]);
    house.pass_ms(1000);
    assert_eq!(titles().await, ["常在"]);
    let forever = HomeBannerChange { until: Some(None), ..HomeBannerChange::default() };
    assert_eq!(p.edit_banner(soon.id, forever).await.unwrap().until, None);
    assert_eq!(titles().await, ["将来", "常在"]);
    let read: HomeBannerChange = serde_json::from_value(json!({"from": null, "position": 3})).unwrap();
    assert_eq!((read.from, read.until), (Some(None), None), "null takes away, absent stays");
    let page = p.banners(serde_json::from_value(json!({"limit": 1})).unwrap()).await.unwrap();
    let next = p.banners(serde_json::from_value(json!({"limit": 1, "cursor": page.next})).unwrap()).await.unwrap();
    assert_eq!((page.items[0].title.as_str(), next.items[0].title.as_str(), next.next), ("将来", "常在", None));
    p.delete_banner(soon.id).await.unwrap();
    assert_eq!(titles().await, ["常在"]);
}

#[tokio::test]
async fn what_is_sold_out_or_off_the_shelf_is_told_at_once() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, skus) = house.cup_on_shelf().await;
    let (gone, _) = house.cup_on_shelf().await;
    let picks = NewHomeSection { spus: vec![gone, spu], limit: Some(2), ..new(SectionKind::Picks, "精选") };
    p.create_section(picks).await.unwrap();
    let shown = home(&house).await;
    assert_eq!(ids(&shown, "picks"), [gone, spu]);
    assert!(p.home_at_once().is_some());
    house.cup_on_shelf().await;
    let before = p.home_page(&house.ctx).await.unwrap();
    p.unlist(gone).await.unwrap();
    assert_eq!(ids(&home(&house).await, "picks"), [spu]);
    let view = p.admin_spu(spu).await.unwrap();
    p.edit(spu, view.version, Content { title: "新名字".into(), ..view.content }, 1).await.unwrap();
    let after = home(&house).await;
    assert_eq!(section(&after, "picks")["items"][0]["title"], "新名字");
    assert_ne!(p.home_page(&house.ctx).await.unwrap().etag, before.etag);
    p.list(gone).await.unwrap();
    assert_eq!(ids(&home(&house).await, "picks"), [gone, spu], "and it comes back");

    skus.iter().for_each(|sku| house.stock.set(*sku, 0));
    p.home.forget();
    let items = section(&home(&house).await, "picks")["items"].clone();
    assert_eq!((&items[0]["in_stock"], &items[1]["in_stock"]), (&json!(true), &json!(false)));
    house.stock.down.store(true, SeqCst);
    p.home.forget();
    let items = section(&home(&house).await, "picks")["items"].clone();
    assert_eq!(items[1]["in_stock"], true, "without an answer stock is taken for granted");
}

#[tokio::test]
async fn the_page_is_the_same_bytes_while_others_change() {
    let house = House::new().await;
    let p = &house.product;
    let (spu, _) = house.cup_on_shelf().await;
    let (other, _) = house.cup_on_shelf().await;
    p.create_section(NewHomeSection { spus: vec![spu], ..new(SectionKind::Picks, "精选") }).await.unwrap();
    p.create_shortcut(NewHomeShortcut { name: "杯".into(), picture: None, link: "/".into(), position: 0 }).await.unwrap();
    let first = p.home_page(&house.ctx).await.unwrap();
    let view = p.admin_spu(other).await.unwrap();
    let dearer = |mut content: Content| {
        content.skus[0].price_fen = Fen(9900);
        content
    };
    p.edit(other, view.version, dearer(view.content), 1).await.unwrap();
    assert_eq!(p.home_page(&house.ctx).await.unwrap().body.as_ptr(), first.body.as_ptr());
    p.list(other).await.unwrap();
    assert_eq!(p.home_page(&house.ctx).await.unwrap().etag, first.etag);
}

#[tokio::test]
async fn the_strip_shows_the_session_that_runs_else_the_next_and_newer_news_win() {
    let house = House::new().await;
    let card = SeckillCard {
        item: AllotmentId(7),
        sku: SkuId(8),
        spu: SpuId(9),
        title: "保温杯".into(),
        picture: Some("cup/1".into()),
        price_fen: Fen(4900),
        usual_price_fen: Fen(9900),
    };
    let online = |activity, version, starts: i64, ends: i64| SeckillOnline {
        activity: ActivityId(activity),
        version,
        title: format!("{activity} 号场"),
        starts: Time(NOW.0 + starts),
        ends: Time(NOW.0 + ends),
        cards: vec![card.clone(); 9],
    };
    assert_eq!(home(&house).await.get("seckill"), None);
    house.product.sale_online(&online(1, 3, 1000, 5000)).await.unwrap();
    house.product.sale_online(&online(2, 1, 3000, 4000)).await.unwrap();
    let strip = home(&house).await["seckill"].clone();
    assert_eq!((&strip["id"], strip["items"].as_array().unwrap().len()), (&json!("1"), 8));
    assert_eq!(
        strip["items"][0],
        json!({"item_id": "7", "spu_id": "9", "title": "保温杯", "picture": "cup/1", "price_fen": 4900, "usual_price_fen": 9900})
    );
    house.pass_ms(3000);
    assert_eq!(home(&house).await["seckill"]["id"], "2", "of two that run the one that ends first");
    house.product.sale_offline(&SeckillOffline { activity: ActivityId(2), version: 2 }).await.unwrap();
    assert_eq!(home(&house).await["seckill"]["id"], "1");
    house.product.sale_online(&online(2, 1, 3000, 4000)).await.unwrap();
    assert_eq!(home(&house).await["seckill"]["id"], "1", "old news changes nothing");
    house.pass_ms(2000);
    assert_eq!(home(&house).await.get("seckill"), None);
}
