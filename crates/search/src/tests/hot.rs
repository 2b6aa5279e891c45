//! What others search for.

use proptest::prelude::*;

use super::*;
use crate::hot::worthy;

async fn hot(house: &House) -> Vec<String> {
    house.search.write_hot_words().await.unwrap();
    house.core.clock.pass(std::time::Duration::from_secs(61));
    let (status, body) = house.get("/api/v1/search/hot").await;
    assert_eq!(status, StatusCode::OK);
    body["items"].as_array().unwrap().iter().map(|item| item["words"].as_str().unwrap().to_owned()).collect()
}

async fn count(house: &House, words: &str) -> Option<i64> {
    house.search.write_hot_words().await.unwrap();
    house.db.number("select sum(n) from hot_word where words = ?", kit::values![words]).await.unwrap()
}

#[tokio::test]
async fn a_client_counts_once_an_hour() {
    let house = House::new().await;
    for _ in 0..5 {
        house.find(&format!("q={}", encoded(" 手机壳 "))).await;
    }
    assert_eq!(count(&house, "手机壳").await, Some(1));
    house.core.clock.pass(std::time::Duration::from_secs(3600));
    house.find(&format!("q={}", encoded("手机壳"))).await;
    assert_eq!(count(&house, "手机壳").await, Some(2));
    for client in 0..200 {
        house.search.hot.note("连衣裙", &client.to_string(), house.core.clock.now());
    }
    assert_eq!(count(&house, "连衣裙").await, Some(200));
    assert_eq!(hot(&house).await, ["连衣裙", "手机壳"]);
}

#[tokio::test]
async fn only_what_was_found_and_says_something_counts() {
    let house = House::new().await;
    for words in ["不存在的东西啊", "316", "iphone", "壳", "13800138000", "mate 70"] {
        house.find(&format!("q={}", encoded(words))).await;
    }
    let mut found = hot(&house).await;
    found.sort_unstable();
    assert_eq!(found, ["iphone", "mate 70"]);
    // Later pages are no new searches, and the list is of some days only.
    house.core.clock.pass(std::time::Duration::from_secs(8 * 24 * 3600));
    assert!(hot(&house).await.is_empty());
    house.search.forget_words(house.core.clock.now()).await.unwrap();
    assert_eq!(count(&house, "iphone").await, Some(1));
    house.core.clock.pass(std::time::Duration::from_secs(30 * 24 * 3600));
    house.search.forget_words(house.core.clock.now()).await.unwrap();
    assert_eq!(count(&house, "iphone").await, None);
}

#[tokio::test]
async fn a_hundred_words_are_written_without_waiting_for_the_time() {
    let house = House::new().await;
    for n in 0..100_u32 {
        let words = format!("词{}", char::from_u32(0x4e00 + n).unwrap());
        house.search.hot.note(&words, "", START);
    }
    let written = async {
        while house.db.number("select count(*) from hot_word", vec![]).await.unwrap() != Some(100) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), written).await.unwrap();
}

#[test]
fn what_may_be_somebodys_is_not_shown() {
    for words in ["手机壳", "iphone 16", "316不锈钢保温杯", "t恤"] {
        assert!(worthy(words), "{words}");
    }
    for words in
        ["", "壳", "123", "138 0013 8000 张三", "a@b.cn", "www.x.com", "http://x", "六十个字".repeat(15).as_str(), "--", "①②③"]
    {
        assert!(!worthy(words), "{words}");
    }
}

proptest! {
    #[test]
    fn no_phone_number_is_worthy(before in "[a-z手机]{0,6}", number in "1[3-9][0-9]{9}", gap in "[ -]?") {
        let spread: String = number.chars().flat_map(|c| gap.chars().chain([c])).collect();
        let plain = format!("{before}{number}");
        prop_assert!(!worthy(&plain));
        let mixed = format!("{before}{spread}");
        prop_assert!(!worthy(&mixed));
    }
}
