//! Suggestions while typing.

use super::*;

fn texts(index: &Index, typed: &str) -> Vec<String> {
    index.suggest(typed, 10).unwrap().into_iter().map(|suggestion| suggestion.text).collect()
}

#[test]
fn beginnings_sounds_and_initials_suggest() {
    let index = shop();
    for typed in ["手机", "shouji", "sj"] {
        assert!(texts(&index, typed).contains(&"手机壳".to_owned()), "{typed}: {:?}", texts(&index, typed));
    }
    assert!(texts(&index, "小").contains(&"小米".to_owned()));
    assert!(texts(&index, "xm").contains(&"小米".to_owned()));
    assert!(texts(&index, "IPH").contains(&"iphone".to_owned()));
    assert!(texts(&index, "床").contains(&"床品件套".to_owned()));
    assert!(texts(&index, "男士短").contains(&"男士短袖".to_owned()));
}

#[test]
fn the_last_word_is_completed() {
    let index = shop();
    assert!(texts(&index, "iphone 手").contains(&"iphone 手机壳".to_owned()), "{:?}", texts(&index, "iphone 手"));
    assert!(!texts(&index, "iphone 不").iter().any(|text| text.contains("不锈钢")));
}

#[test]
fn sales_weigh_and_answers_are_bounded() {
    let index = shop();
    let all = index.suggest("s", 1000).unwrap();
    assert!(all.len() <= 20 && all.is_sorted_by(|a, b| a.weight >= b.weight));
    assert!(index.suggest("手机", 0).unwrap().is_empty());
    assert!(index.suggest("  ", 10).unwrap().is_empty());
    let before = index.suggest("连衣", 10).unwrap()[0].weight;
    index.set_sales(12, 1_000_000, 1);
    index.flush().unwrap();
    assert!(index.suggest("连衣", 10).unwrap()[0].weight > before);
}

#[test]
fn what_is_gone_is_not_suggested() {
    let index = shop();
    assert!(texts(&index, "羊毛").iter().any(|text| text.starts_with("羊毛")) || texts(&index, "澳洲").len() == 1);
    index.remove(20, 1);
    index.flush().unwrap();
    assert!(texts(&index, "羊毛").is_empty() && texts(&index, "澳洲").is_empty());
}
