//! Front categories: the tree, its rules, its seasons, the mirror.

use contract::seckill::SeckillOnline;
use contract::{ActivityId, CategoryId, fault};
use kit::Time;
use serde_json::{Value, json};

use super::house::{House, NOW};
use crate::category::CategoryChange;
use crate::content::Content;
use crate::front::{FrontCategoryChange, FrontCategoryId, FrontFlag, FrontParams, NewFrontCategory, Season, Seasons};

fn new(parent: Option<FrontCategoryId>, name: &str, position: i32) -> NewFrontCategory {
    NewFrontCategory { parent, name: name.into(), picture: None, flag: FrontFlag::None, position, categories: Vec::new() }
}

async fn make(house: &House, parent: Option<FrontCategoryId>, name: &str, position: i32) -> FrontCategoryId {
    house.product.create_front(new(parent, name, position)).await.unwrap().id
}

async fn tree(house: &House) -> Value {
    let ready = house.product.front().await.unwrap();
    serde_json::from_slice::<Value>(&ready.body).unwrap()["items"].clone()
}

fn names(tree: &Value) -> Vec<&str> {
    tree.as_array().unwrap().iter().map(|n| n["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_front_tree_has_three_levels_and_no_circle() {
    let house = House::new().await;
    let p = &house.product;
    let one = make(&house, None, "送礼", 0).await;
    let two = make(&house, Some(one), "送长辈", 0).await;
    let three = make(&house, Some(two), "好茶", 0).await;
    for wrong in [new(Some(three), "更深", 0), new(Some(FrontCategoryId(42)), "无根", 0), new(None, " ", 0)] {
        assert!(p.create_front(wrong).await.unwrap_err().is(fault::INVALID));
    }
    assert!(p.create_front(new(Some(one), " 送长辈 ", 0)).await.unwrap_err().is(fault::NAME_TAKEN));
    let other = make(&house, None, "送长辈", 1).await;
    let below = |parent| FrontCategoryChange { parent: Some(parent), ..FrontCategoryChange::default() };
    for circle in [one, two, three] {
        assert!(p.edit_front(one, below(circle)).await.unwrap_err().is(fault::INVALID));
    }
    assert!(p.edit_front(other, below(three)).await.unwrap_err().is(fault::INVALID), "too deep");
    assert!(p.edit_front(one, below(other)).await.unwrap_err().is(fault::INVALID), "its children come too deep");
    assert!(p.edit_front(other, below(one)).await.unwrap_err().is(fault::NAME_TAKEN));
    assert!(p.delete_front(one).await.unwrap_err().is(fault::CATEGORY_IN_USE));
    assert_eq!(p.edit_front(two, below(FrontCategoryId(0))).await.unwrap_err().code(), "name_taken");
    let renamed = FrontCategoryChange { name: Some("送爸妈".into()), ..below(FrontCategoryId(0)) };
    assert_eq!(p.edit_front(two, renamed).await.unwrap().level, 1);
    assert_eq!(
        p.fronts_as_operator(FrontParams::default()).await.unwrap().items[1].children[0].level,
        2,
        "all below it moves too"
    );
    p.delete_front(one).await.unwrap();
    p.delete_front(one).await.unwrap();
    assert_eq!(names(&tree(&house).await), ["送爸妈", "送长辈"]);
}

#[tokio::test]
async fn it_shows_back_categories_that_exist() {
    let house = House::new().await;
    let p = &house.product;
    let food = house.category(None, "食品").await;
    let (tea, wine) = (house.category(Some(food), "茶叶").await, house.category(Some(food), "酒水").await);
    let unknown = NewFrontCategory { categories: vec![tea, CategoryId(42)], ..new(None, "送礼", 0) };
    assert_eq!(p.create_front(unknown).await.unwrap_err().errors()[0].pointer, "/categories/1");
    let twice = NewFrontCategory { categories: vec![tea, tea], ..new(None, "送礼", 0) };
    assert_eq!(p.create_front(twice).await.unwrap_err().errors()[0].pointer, "/categories/1");
    let gifts = p.create_front(NewFrontCategory { categories: vec![wine], ..new(None, "送礼", 0) }).await.unwrap().id;
    p.create_front(NewFrontCategory { categories: vec![wine, tea], ..new(Some(gifts), "好茶好酒", 0) }).await.unwrap();
    let shown = tree(&house).await;
    assert_eq!(shown[0]["categories"], json!([wine, tea]), "its own, then those below it, each once");
    assert_eq!(shown[0]["children"][0]["categories"], json!([wine, tea]));
    let none = FrontCategoryChange { categories: Some(vec![CategoryId(42)]), ..FrontCategoryChange::default() };
    assert!(p.edit_front(gifts, none).await.unwrap_err().is(fault::INVALID));
    p.delete_category(wine).await.unwrap();
    assert_eq!(tree(&house).await[0]["categories"], json!([tea]), "what is gone is shown nowhere");
    assert!(p.fronts_as_operator(FrontParams::default()).await.unwrap().items[0].categories.is_empty());
}

#[tokio::test]
async fn a_flag_is_shown_while_something_stands_behind_it() {
    let house = House::new().await;
    let flagged = |name: &str, flag| NewFrontCategory { flag, ..new(None, name, 0) };
    for (name, flag) in [("新品", FrontFlag::New), ("秒杀", FrontFlag::Seckill), ("满减", FrontFlag::Reduction)] {
        let made = house.product.create_front(flagged(name, flag)).await.unwrap();
        make(&house, Some(made.id), &format!("{name}之下"), 0).await;
    }
    let shown = tree(&house).await;
    assert_eq!((names(&shown), &shown[0]["flag"]), (vec!["新品"], &json!("new")));
    let all = house.product.fronts_as_operator(FrontParams::default()).await.unwrap();
    assert_eq!(all.items.iter().map(|n| n.flag).collect::<Vec<_>>(), [FrontFlag::New, FrontFlag::Seckill, FrontFlag::Reduction]);
    let sale = SeckillOnline {
        activity: ActivityId(1),
        version: 2,
        title: "早场".into(),
        starts: Time(NOW.0 + 1000),
        ends: Time(NOW.0 + 2000),
        cards: vec![],
    };
    house.product.sale_online(&sale).await.unwrap();
    assert_eq!(names(&tree(&house).await), ["新品", "秒杀"]);
    house.pass_ms(2000);
    assert_eq!(names(&tree(&house).await), ["新品"], "it is over, though nobody said so yet");
}

#[tokio::test]
async fn a_season_moves_a_category_and_the_bytes_follow_the_clock() {
    let house = House::new().await;
    let p = &house.product;
    let (first, second) = (make(&house, None, "居家", 10).await, make(&house, None, "冬日", 20).await);
    let season = |from: i64, until: i64| Season { from: Time(NOW.0 + from), until: Time(NOW.0 + until), position: 5 };
    let set = |seasons: Vec<Season>| p.set_seasons(second, Seasons { seasons });
    for (wrong, place) in [
        (vec![season(1000, 1000)], "/seasons/0/until"),
        (vec![season(2000, 1000)], "/seasons/0/until"),
        (vec![season(1000, 3000), season(2999, 4000)], "/seasons/1"),
        (vec![season(1000, 9000), season(2000, 3000)], "/seasons/1"),
    ] {
        assert_eq!(set(wrong).await.unwrap_err().errors()[0].pointer, place);
    }
    assert!(p.set_seasons(FrontCategoryId(1), Seasons { seasons: vec![] }).await.unwrap_err().is(fault::NOT_FOUND));
    // One season ends in the moment in which the next one begins.
    set(vec![season(3000, 4000), season(1000, 3000)]).await.unwrap();
    let before = p.front().await.unwrap();
    assert_eq!(names(&tree(&house).await), ["居家", "冬日"]);
    assert_eq!(p.front().await.unwrap().body.as_ptr(), before.body.as_ptr(), "the same bytes until something changes");
    let preview = FrontParams { on: Some(Time(NOW.0 + 3500)) };
    assert_eq!(p.fronts_as_operator(preview).await.unwrap().items[0].id, second);

    house.pass_ms(999);
    assert_eq!(names(&tree(&house).await), ["居家", "冬日"]);
    house.pass_ms(1);
    assert!(p.front_at_once().is_none(), "the kept answer is over");
    assert_eq!(names(&tree(&house).await), ["冬日", "居家"]);
    assert!(p.front_at_once().is_some());
    house.pass_ms(2999);
    assert_eq!(names(&tree(&house).await), ["冬日", "居家"]);
    house.pass_ms(1);
    assert_eq!(names(&tree(&house).await), ["居家", "冬日"]);
    assert_eq!(p.front().await.unwrap().etag, before.etag, "the same words have the same tag");
    let down = FrontCategoryChange { position: Some(30), ..FrontCategoryChange::default() };
    p.edit_front(first, down).await.unwrap();
    assert_eq!(names(&tree(&house).await), ["冬日", "居家"]);
}

#[tokio::test]
async fn without_any_the_tree_mirrors_the_back_tree() {
    let house = House::new().await;
    let p = &house.product;
    let root = house.category(None, "居家").await;
    let (cups, vases) = (house.category(Some(root), "杯具").await, house.category(Some(root), "花瓶").await);
    let empty = tree(&house).await;
    assert_eq!(empty[0]["categories"], json!([root]));
    assert!(empty[0].get("picture").is_none());
    for (leaf, picture, sales) in [(cups, "p/cup/1/0", 3), (cups, "p/cup/2/0", 7), (vases, "p/vase/1/0", 5)] {
        let spu = p.publish(Content { gallery: vec![picture.into()], ..House::cup(leaf) }, 1).await.unwrap();
        p.list(spu).await.unwrap();
        p.db.run("update spu set sales = ? where id = ?", kit::values![sales, spu]).await.unwrap();
    }
    p.front_changed();
    let shown = tree(&house).await;
    assert_eq!((&shown[0]["picture"], &shown[0]["flag"]), (&json!("p/cup/2/0"), &json!("none")), "of what is sold most below it");
    assert_eq!(shown[0]["children"][0]["picture"], "p/cup/2/0");
    assert_eq!(shown[0]["children"][1]["picture"], "p/vase/1/0");
    let own = CategoryChange { picture: Some("c/mug".into()), ..CategoryChange::default() };
    p.edit_category(cups, own).await.unwrap();
    assert_eq!(tree(&house).await[0]["children"][0]["picture"], "c/mug");
    make(&house, None, "送礼", 0).await;
    assert_eq!(names(&tree(&house).await), ["送礼"], "the first one ends the mirror");
}

#[tokio::test]
async fn two_hundred_at_once_make_one_name_once() {
    let house = House::new().await;
    let made = futures::future::join_all((0..200).map(|_| house.product.create_front(new(None, "送礼", 0)))).await;
    assert_eq!(made.iter().filter(|m| m.is_ok()).count(), 1);
    assert!(made.into_iter().filter_map(Result::err).all(|e| e.is(fault::NAME_TAKEN)));
}
