//! The front of the shop: the tree that shoppers see and the home page, composed by operators.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use contract::product::HomeOf;
use futures::future::join_all;
use kit::Ctx;
use serde_json::{Value as Json, json};

use crate::house::{Mall, Plan, encode};
use crate::people::mug;
use crate::story;

const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 24 * 3600)
}

/// A vase, to stand beside the mug.
fn vase() -> Json {
    json!({
        "source_id": 9003, "title": "侘寂风粗陶花瓶", "category": ["家居", "装饰", "花瓶"], "brand": "云麓", "unit": "个",
        "list_price_fen": 9900, "price_fen": 8900, "pictures": ["p/vase/1/0"],
        "skus": [{ "specs": [["颜色", "奶白"]], "price_fen": 8900, "stock": 5 }],
    })
}

fn names(items: &Json) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect()
}

fn titles(section: &Json) -> Vec<&str> {
    section["items"].as_array().unwrap().iter().map(|i| i["title"].as_str().unwrap()).collect()
}

fn section<'a>(home: &'a Json, kind: &str) -> &'a Json {
    home["sections"].as_array().unwrap().iter().find(|s| s["kind"] == kind).unwrap_or(&Json::Null)
}

async fn spu(mall: &Mall, title: &str) -> String {
    let found = mall.get(&format!("/api/v1/search?q={}", encode(title))).await.ok();
    found["items"][0]["spu_id"].as_str().unwrap().to_owned()
}

/// Numbers of the back categories by name.
async fn back(mall: &Mall) -> BTreeMap<String, String> {
    fn walk(nodes: &Json, found: &mut BTreeMap<String, String>) {
        for node in nodes.as_array().unwrap() {
            found.insert(node["name"].as_str().unwrap().into(), node["id"].as_str().unwrap().into());
            walk(&node["children"], found);
        }
    }
    let mut found = BTreeMap::new();
    walk(&mall.get("/api/v1/categories").await.ok(), &mut found);
    found
}

story!(
    /// An imported catalogue has a front without anybody's work; then an operator composes his own, and shoppers see it.
    an_operator_composes_the_shop, |mall| {
        mall.shelve(mug(5)).await;
        mall.shelve(vase()).await;
        let mirror = mall.get("/api/v1/front-categories").await.ok();
        assert_eq!(names(&mirror["items"]), ["家居"]);
        let root = &mirror["items"][0];
        assert_eq!((&root["picture"], names(&root["children"])), (&json!("p/vase/1/0"), vec!["餐厨", "装饰"]), "{root}");
        let page = mall.get("/api/v1/home").await.ok();
        assert_eq!(page["sections"].as_array().unwrap().len(), 4, "{page}");
        assert_eq!(titles(section(&page, "new")).len(), 2);
        assert_eq!(names(&section(&page, "brand")["brands"]).len(), 2);
        assert_eq!((names(&page["shortcuts"]), &page["banners"]), (vec!["餐厨", "装饰"], &json!([])));

        let by_name = back(mall).await;
        let keeper = mall.operator(&["front_category.write", "home.write"]).await;
        let gifts = json!({ "name": "送礼", "picture": "c/vase", "categories": [by_name["花瓶"], by_name["杯具"]] });
        let gifts = keeper.post("/api/v1/admin/front-categories", gifts.clone()).await.ok()["id"].as_str().unwrap().to_owned();
        let again = json!({ "name": "送礼" });
        keeper.post("/api/v1/admin/front-categories", again).await.refused(409, "name_taken");
        let tree = mall.get("/api/v1/front-categories").await.ok();
        assert_eq!((names(&tree["items"]), &tree["items"][0]["id"]), (vec!["送礼"], &json!(gifts)));
        let behind: Vec<&str> = tree["items"][0]["categories"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        let query = behind.iter().map(|id| format!("category={id}")).collect::<Vec<_>>().join("&");
        let found = mall.get(&format!("/api/v1/search?{query}")).await.ok();
        assert_eq!(found["total"], 2, "one front category shows several back categories: {found}");
        assert_eq!(names(&found["facets"]["categories"]).into_iter().collect::<BTreeSet<_>>(), ["杯具", "花瓶"].into());

        let vase = spu(mall, "花瓶").await;
        let banner = json!({ "picture": "b/1", "title": "居家焕新季", "link": format!("/list?front={gifts}") });
        keeper.post("/api/v1/admin/home/banners", banner).await.ok();
        let shortcut = json!({ "name": "送礼", "picture": "c/vase", "link": format!("/list?front={gifts}") });
        keeper.post("/api/v1/admin/home/shortcuts", shortcut).await.ok();
        let picks = json!({ "kind": "picks", "title": "店长精选", "subtitle": "看了又看", "spus": [vase] });
        keeper.post("/api/v1/admin/home/sections", picks).await.ok();
        let evil = json!({ "picture": "b/1", "title": "走", "link": "https://evil.example" });
        keeper.post("/api/v1/admin/home/banners", evil).await.refused(422, "invalid");

        let answer = mall.get("/api/v1/home").await;
        let tag = answer.headers["etag"].clone();
        let text = mall.neighbours().product.home(&Ctx::house(), HomeOf {}).await.unwrap().json;
        assert_eq!(text, answer.text, "the house gives the same words");
        let page = answer.ok();
        assert_eq!((names(&page["shortcuts"]), &page["banners"][0]["title"]), (vec!["送礼"], &json!("居家焕新季")));
        assert_eq!(titles(section(&page, "picks")), ["侘寂风粗陶花瓶"]);
        assert_eq!(page["sections"].as_array().unwrap().len(), 1);
        let ask = Request::get("/api/v1/home").header("if-none-match", tag).body(Body::empty()).unwrap();
        assert_eq!(mall.request(ask, [127, 0, 0, 1].into()).await.status, 304);
        keeper.delete(&format!("/api/v1/admin/front-categories/{gifts}")).await.ok();
        assert_eq!(names(&mall.get("/api/v1/front-categories").await.ok()["items"]), ["家居"], "and back to the mirror");
    }
);

story!(
    /// A season begins and ends as time passes, and the order that shoppers see follows; an operator looks ahead.
    a_season_begins, |mall| {
        let keeper = mall.operator(&["front_category.write"]).await;
        let mut made = Vec::new();
        for (name, position) in [("居家", 10), ("冬日暖意", 20), ("清凉一夏", 30)] {
            let new = json!({ "name": name, "position": position });
            made.push(keeper.post("/api/v1/admin/front-categories", new).await.ok()["id"].as_str().unwrap().to_owned());
        }
        let path = |id: &str| format!("/api/v1/admin/front-categories/{id}/seasons");
        let winter = json!({ "from": "2026-12-01T00:00:00+08:00", "until": "2027-02-01T00:00:00+08:00", "position": 5 });
        let summer = json!({ "from": "2027-06-01T00:00:00+08:00", "until": "2027-09-01T00:00:00+08:00", "position": 5 });
        let late = json!({ "from": "2027-01-31T00:00:00+08:00", "until": "2027-03-01T00:00:00+08:00", "position": 6 });
        keeper.put(&path(&made[1]), json!({ "seasons": [winter, late] })).await.refused(422, "invalid");
        keeper.put(&path(&made[1]), json!({ "seasons": [winter] })).await.ok();
        keeper.put(&path(&made[2]), json!({ "seasons": [summer] })).await.ok();
        let order = async || names(&mall.get("/api/v1/front-categories").await.ok()["items"]).join(" ");
        assert_eq!(order().await, "居家 冬日暖意 清凉一夏");
        let june = keeper.get("/api/v1/admin/front-categories?on=2027-06-01T00:00:00%2B08:00").await.ok();
        assert_eq!(names(&june["items"]), ["清凉一夏", "居家", "冬日暖意"]);
        // It is the morning of November 22nd.
        mall.pass(days(8)).await;
        assert_eq!(order().await, "居家 冬日暖意 清凉一夏");
        mall.pass(days(1)).await;
        assert_eq!(order().await, "冬日暖意 居家 清凉一夏");
        mall.pass(days(62)).await;
        assert_eq!(order().await, "居家 冬日暖意 清凉一夏");
        mall.pass(days(150)).await;
        assert_eq!(order().await, "清凉一夏 居家 冬日暖意");
    }
);

story!(
    /// What is taken off the shelf leaves the home page with the same breath, and comes back with the next.
    off_the_shelf_is_off_the_page, |mall| {
        mall.shelve(mug(5)).await;
        mall.shelve(vase()).await;
        let keeper = mall.operator(&["product.shelf", "home.write"]).await;
        let (mug, vase) = (spu(mall, "马克杯").await, spu(mall, "花瓶").await);
        let picks = json!({ "kind": "picks", "title": "店长精选", "spus": [mug, vase], "limit": 2 });
        keeper.post("/api/v1/admin/home/sections", picks).await.ok();
        let shown = async || {
            let page = mall.get("/api/v1/home").await.ok();
            titles(section(&page, "picks")).join(" ")
        };
        assert_eq!(shown().await, "手作釉下彩马克杯 侘寂风粗陶花瓶");
        keeper.post(&format!("/api/v1/admin/spus/{mug}/unlist"), json!({})).await.ok();
        assert_eq!(shown().await, "侘寂风粗陶花瓶");
        keeper.post(&format!("/api/v1/admin/spus/{mug}/list"), json!({})).await.ok();
        assert_eq!(shown().await, "手作釉下彩马克杯 侘寂风粗陶花瓶");
    }
);

story!(
    /// 200 operators' taps at once: one category of one name, and one banner.
    two_hundred_taps_make_one, |mall| {
        let keeper = mall.operator(&["front_category.write", "home.write"]).await;
        let banner = json!({ "picture": "b/1", "title": "居家焕新季", "link": "/" });
        for (path, body) in [("front-categories", json!({ "name": "送礼" })), ("home/banners", banner)] {
            let path = format!("/api/v1/admin/{path}");
            let answers = join_all((0..200).map(|_| keeper.post(&path, body.clone()))).await;
            let mut seen: BTreeMap<(u16, String), usize> = BTreeMap::new();
            for answer in answers {
                *seen.entry((answer.status, answer.code())).or_default() += 1;
            }
            assert_eq!(seen, BTreeMap::from([((201, String::new()), 1), ((409, "name_taken".into()), 199)]), "{path}");
        }
    }
);

/// The demo's front stands on the demo's catalogue: every link leads somewhere, every picture is drawn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_has_a_front() {
    let mall = Mall::start(Plan::default()).await;
    let report =
        mall::commands::import::take_in(mall.neighbours(), &mall::commands::import::demo_lines().unwrap()).await.unwrap();
    assert!(report.refused.is_empty(), "{report:?}");
    mall.settle().await;
    let product = mall.processes[0].here.product.as_ref().unwrap();
    let plan = mall::demo::front::composition(mall.clock.now());
    product.compose(&plan).await.unwrap();
    let before = mall.get("/api/v1/front-categories").await;
    product.compose(&plan).await.unwrap();
    assert_eq!(mall.get("/api/v1/front-categories").await.headers["etag"], before.headers["etag"], "again: nothing changes");
    let tree = before.ok();
    assert_eq!(names(&tree["items"])[..2], ["冬日暖意", "新品"], "it is November");
    let mut fronts = BTreeSet::new();
    for node in tree["items"].as_array().unwrap().iter().flat_map(|r| r["children"].as_array().unwrap().iter().chain([r])) {
        fronts.insert(node["id"].as_str().unwrap().to_owned());
        let behind = node["categories"].as_array().unwrap().iter().map(|c| format!("category={}", c.as_str().unwrap()));
        let found = mall.get(&format!("/api/v1/search?{}", behind.collect::<Vec<_>>().join("&"))).await.ok();
        assert!(found["total"].as_u64().unwrap() >= 3, "{node}");
        assert!(mall::demo::pictures::svg(node["picture"].as_str().unwrap()).is_some(), "{node}");
    }
    let page = mall.get("/api/v1/home").await.ok();
    assert_eq!((page["banners"].as_array().unwrap().len(), page["shortcuts"].as_array().unwrap().len()), (3, 10));
    let kinds: Vec<&str> = page["sections"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["new", "hot", "brand", "picks", "recommended"]);
    for kind in ["new", "hot", "picks"] {
        assert!(titles(section(&page, kind)).len() >= 8, "{kind}: {page}");
    }
    assert!(section(&page, "new")["items"].as_array().unwrap().iter().all(|i| i["flags"] == json!(["new"])), "{page}");
    for link in page["banners"].as_array().unwrap().iter().chain(page["shortcuts"].as_array().unwrap()) {
        let link = link["link"].as_str().unwrap();
        assert!(link.strip_prefix("/list?front=").is_some_and(|id| fronts.contains(id)), "{link}");
    }
    mall.curtain().await;
}
