//! What goes in and comes out over HTTP.

use proptest::prelude::*;

use super::*;
use crate::find::{SearchParams, written_one_way};

#[tokio::test]
async fn a_search_answers_with_cards_and_facets() {
    let house = House::new().await;
    let body = house.find(&format!("q={}", encoded("手机壳"))).await;
    assert_eq!((&body["total"], &body["loosened"]), (&Json::from(2), &Json::from(false)));
    assert!(body.get("next").is_none());
    let first = &body["items"][0];
    let expected = serde_json::json!({
        "spu_id": "1", "title": "苹果 iPhone 16 手机壳", "subtitle": "品质生活", "picture": "p/1.jpg", "price_fen": 5900,
        "list_price_fen": 7080, "in_stock": true, "sales": 900, "brand": {"id": "101", "name": "倍思"}, "flags": ["hot"],
    });
    assert_eq!(first, &expected);
    let facets = serde_json::json!({
        "categories": [{"id": "10", "name": "手机数码", "count": 2}],
        "brands": [{"id": "101", "name": "倍思", "count": 2}],
        "prices": [{"min_fen": 0, "max_fen": 4999, "count": 1}, {"min_fen": 5000, "max_fen": 9999, "count": 1}],
        "attributes": [
            {"name": "产地", "values": [{"value": "中国", "count": 2}]},
            {"name": "颜色", "values": [{"value": "白色", "count": 1}, {"value": "黑色", "count": 1}]},
        ],
    });
    assert_eq!(sorted(&body["facets"]), sorted(&facets));
    assert_eq!(house.find(&format!("q={}", encoded("shoujike"))).await["total"], 2);
    assert_eq!(house.find(&format!("q={}", encoded("ipohne"))).await["loosened"], true);
}

/// Attributes of one frequency may stand in any order.
fn sorted(facets: &Json) -> Json {
    let mut facets = facets.clone();
    facets["attributes"].as_array_mut().unwrap().sort_by_key(|attribute| attribute["name"].to_string());
    facets
}

#[tokio::test]
async fn filters_and_orders() {
    let house = House::new().await;
    let black = format!("attr={}", encoded("颜色:黑色"));
    let white = format!("attr={}", encoded("颜色:白色"));
    let made = format!("attr={}", encoded("产地:日本"));
    for (query, expected) in [
        ("sort=price_asc", vec![2, 1, 4, 6, 5, 3]),
        ("sort=price_desc", vec![3, 5, 6, 4, 1, 2]),
        ("sort=sales", vec![4, 6, 5, 1, 3, 2]),
        ("sort=newest", vec![1, 2, 3, 4, 5, 6]),
        ("sort=newest&new=true", vec![1, 2]),
        ("sort=newest&new=false", vec![1, 2, 3, 4, 5, 6]),
        ("sort=newest&in_stock=true", vec![1, 2, 3, 4, 6]),
        ("sort=newest&category=20", vec![4, 5]),
        ("sort=newest&category=21", vec![4]),
        ("sort=newest&category=21&category=10&category=21", vec![1, 2, 3, 4]),
        ("sort=newest&brand=101&brand=103", vec![1, 2, 3]),
        ("sort=newest&price_min_fen=5900&price_max_fen=9900", vec![1, 4]),
        (&format!("sort=newest&{black}"), vec![1, 3, 6]),
        (&format!("sort=newest&{black}&{white}"), vec![1, 2, 3, 4, 6]),
        (&format!("sort=newest&{black}&{made}"), vec![]),
        ("sort=newest&q=%00%01%7f", vec![1, 2, 3, 4, 5, 6]),
        ("sort=newest&q=%EF%BC%81%EF%BC%9F", vec![]),
    ] {
        assert_eq!(house.numbers(query).await, expected, "{query}");
    }
    // 综合: what is out of stock comes last.
    assert_eq!(house.numbers("").await.last(), Some(&5));
}

#[tokio::test]
async fn pages_join_without_gaps() {
    let house = House::new().await;
    for sort in ["relevance", "sales", "newest", "price_asc", "price_desc"] {
        let all = house.numbers(&format!("sort={sort}")).await;
        let (mut joined, mut cursor) = (Vec::new(), String::new());
        loop {
            let body = house.find(&format!("sort={sort}&limit=2{cursor}")).await;
            assert_eq!(body.get("facets").is_some(), cursor.is_empty(), "facets come with the first page");
            assert_eq!(body["total"], 6);
            joined.extend(
                body["items"].as_array().unwrap().iter().map(|item| item["spu_id"].as_str().unwrap().parse::<i64>().unwrap()),
            );
            let Some(next) = body["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
            let elsewhere = if sort == "sales" { "newest" } else { "sales" };
            let (status, body) = house.get(&format!("/api/v1/search?sort={elsewhere}&cursor={next}")).await;
            assert_eq!((status.as_u16(), body["errors"][0]["pointer"].as_str()), (422, Some("cursor")));
        }
        assert_eq!(joined, all, "{sort}");
    }
}

#[tokio::test]
async fn wrong_input_is_refused_with_its_place() {
    let house = House::new().await;
    let long = format!("q={}", "a".repeat(101));
    let brands = "brand=1&".repeat(51);
    let categories = "category=1&".repeat(51);
    let attributes = "attr=a:b&".repeat(21);
    for (query, place) in [
        (long.as_str(), "q"),
        ("category=x", "category"),
        ("brand=1&brand=-1", "brand"),
        (brands.trim_end_matches('&'), "brand"),
        (categories.trim_end_matches('&'), "category"),
        (attributes.trim_end_matches('&'), "attr"),
        ("attr=a:b&attr=nothing", "attr/1"),
        ("attr=:b", "attr/0"),
        ("price_min_fen=-1", "price_min_fen"),
        ("price_max_fen=100000000001", "price_max_fen"),
        ("price_min_fen=2&price_max_fen=1", "price_max_fen"),
        ("in_stock=perhaps", "in_stock"),
        ("sort=best", "sort"),
        ("cursor=zzz", "cursor"),
        ("cursor=r99999999999999999-1", "cursor"),
        ("limit=0", "limit"),
        ("limit=51", "limit"),
    ] {
        let (status, body) = house.get(&format!("/api/v1/search?{query}")).await;
        let pointer = body["errors"][0]["pointer"].as_str().unwrap_or_default();
        assert!(status == 422 && pointer.starts_with(place), "{query}: {status} {body}");
    }
    assert_eq!(house.get("/api/v1/search?surprise=1").await.0, 422);
    assert_eq!(house.get("/api/v1/search/suggestions").await.0, 422);
    assert_eq!(house.get(&format!("/api/v1/search/suggestions?{long}")).await.0, 422);
}

#[tokio::test]
async fn suggestions_say_what_they_are() {
    let house = House::new().await;
    let (status, body) = house.get(&format!("/api/v1/search/suggestions?q={}", encoded("小"))).await;
    assert_eq!(status, 200);
    assert_eq!(body["items"][0], serde_json::json!({"text": "小米", "kind": "brand"}));
    let (_, body) = house.get("/api/v1/search/suggestions?q=nz").await;
    assert!(body["items"].as_array().unwrap().contains(&serde_json::json!({"text": "男装", "kind": "category"})), "{body}");
    let (_, body) = house.get("/api/v1/search/suggestions?q=").await;
    assert_eq!(body, serde_json::json!({"items": []}));
}

#[tokio::test]
async fn a_kept_answer_is_never_of_an_older_edition() {
    let house = House::new().await;
    for step in 1..20 {
        // To and fro between two price bands; another product stays in the first.
        let fen = if step % 2 == 0 { step } else { 1_000_000 + step };
        house.catalogue.change(1, |p| (p.version, p.price_fen) = (p.version + 1, Fen(fen)));
        house.flush([1]).await;
        for sort in ["price_asc", "relevance", "price_asc"] {
            let body = house.find(&format!("sort={sort}")).await;
            let item = body["items"].as_array().unwrap().iter().find(|item| item["spu_id"] == "1").unwrap();
            assert_eq!(item["price_fen"], fen);
            assert_eq!(body["facets"]["prices"][0]["count"], 1 + (step + 1) % 2, "{body}");
        }
    }
}

#[tokio::test]
async fn hostile_queries_are_answered_or_refused() {
    let house = House::new().await;
    let names = [
        "q",
        "category",
        "brand",
        "attr",
        "price_min_fen",
        "price_max_fen",
        "in_stock",
        "new",
        "sort",
        "cursor",
        "limit",
        "facets",
    ];
    let values = [
        "%00",
        "%ff%fe",
        "%",
        "%zz",
        "'%20or%201=1--",
        "*",
        "\\",
        "%22",
        "(((((",
        "+a%20-b%20%7e1",
        "a:b:c",
        "a%1fb:%1f",
        "-1",
        "1e9",
        "9223372036854775808",
        "99999999999999999999",
        "true",
        "null",
        "[]",
        "{}",
        "%F0%9F%98%80",
        "AND%20OR%20NOT",
        "title:*",
        "%0d%0a",
        "r-",
        "r0-0",
        "s0-ffffffffffffffff",
        "&",
        "=",
        "\u{7f}",
        "",
    ];
    for name in names {
        for value in values {
            let raw: String = value.chars().filter(|c| !c.is_control()).collect();
            for query in [format!("{name}={raw}"), format!("{name}={raw}&{name}={raw}"), format!("{name}[]={raw}")] {
                let Ok(uri) = format!("/api/v1/search?{query}").parse::<axum::http::Uri>() else { continue };
                let (status, body) = house.get(&uri.to_string()).await;
                assert!(status == 200 || status == 422 || status == 400, "{query}: {status} {body}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_same_question_is_the_same_query(mut brands in prop::collection::vec(1_i64..5, 0..6), text in ".{0,30}") {
        let ask = |brands: &[i64], text: &str| SearchParams {
            q: Some(text.to_owned()),
            category: brands.iter().map(|n| contract::CategoryId(*n)).collect(),
            brand: brands.iter().map(|n| BrandId(*n)).collect(),
            attr: brands.iter().map(|n| format!("名{}:{n}", n % 2)).collect(),
            ..SearchParams::default()
        }.query(&Settings::default(), START).unwrap();
        let query = ask(&brands, &text);
        brands.reverse();
        prop_assert_eq!(&query, &ask(&brands, &format!("  {text}\u{200b} ")));
        prop_assert!(!query.words.chars().any(char::is_control));
        prop_assert_eq!(written_one_way(&query.words), query.words.clone());
    }

    #[test]
    fn no_words_break_the_service(text in "\\PC{0,100}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            static INDEX: std::sync::OnceLock<Arc<crate::index::Index>> = std::sync::OnceLock::new();
            let index = INDEX.get_or_init(|| crate::index::Index::in_memory(crate::index::Words::new()).unwrap());
            let params = SearchParams { q: Some(text.clone()), ..SearchParams::default() };
            assert!(index.search(&params.query(&Settings::default(), START).unwrap()).is_ok());
            assert!(index.suggest(&text, 10).is_ok());
        });
    }
}

#[tokio::test]
async fn the_description_names_every_shape() {
    let house = House::over(Catalogue::default()).await;
    let api = serde_json::to_value(routes(&house.search).into_openapi()).unwrap();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    for name in
        ["SearchPage", "SearchItem", "SearchFacets", "PriceFacet", "AttributeValues", "Suggestions", "HotList", "IndexRebuild"]
    {
        assert!(schemas.contains_key(name), "{name}");
    }
    let operation = &api["paths"]["/api/v1/search"]["get"];
    assert_eq!(operation["operationId"], "search_products");
    let parameters: Vec<&str> = operation["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    let all = [
        "q",
        "category",
        "brand",
        "attr",
        "price_min_fen",
        "price_max_fen",
        "in_stock",
        "new",
        "sort",
        "cursor",
        "limit",
        "facets",
    ];
    assert_eq!(parameters, all);
    assert!(!api.to_string().contains("schemas/SearchSort"), "the order is written where it is used");
}
