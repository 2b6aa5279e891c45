//! What shoppers type and what they must find.

use super::*;
use crate::index::words::fold;

#[test]
fn words_run_together_are_cut() {
    let index = shop();
    assert_eq!(finds(&index, "iphone手机壳").first(), Some(&1));
    assert_eq!(finds(&index, "IPHONE手机壳").first(), Some(&1));
    assert_eq!(finds(&index, "ｉＰｈｏｎｅ　手机壳").first(), Some(&1));
    assert_eq!(finds(&index, "iphone16").len(), 2);
    assert_eq!(finds_set(&index, "316不锈钢"), [16]);
    assert_eq!(finds_set(&index, "不锈钢"), [16, 17]);
}

#[test]
fn a_single_character_finds_inside_words() {
    let index = shop();
    assert_eq!(finds(&index, "男 短袖"), [9]);
    assert_eq!(finds(&index, "男短袖"), [9]);
    assert_eq!(finds_set(&index, "男"), [9, 10, 15]);
}

#[test]
fn long_words_are_found_whole_and_in_parts() {
    let index = shop();
    assert_eq!(finds_set(&index, "连衣裙"), [12, 13, 14]);
    assert_eq!(finds_set(&index, "碎花连衣裙"), [12]);
    assert_eq!(finds_set(&index, "四件套"), [19, 21]);
    assert_eq!(finds_set(&index, "手机壳"), [1, 3]);
    assert_eq!(finds_set(&index, "羊毛被"), [20]);
}

#[test]
fn brands_categories_and_attributes_are_words_too() {
    let index = shop();
    assert_eq!(finds_set(&index, "小米"), [4, 5, 7, 22]);
    assert_eq!(finds_set(&index, "床品件套"), [19, 21]);
    assert_eq!(finds_set(&index, "黑色连衣裙"), [12, 14]);
    assert_eq!(finds_set(&index, "apple"), [2]);
}

#[test]
fn pinyin_and_initials_find() {
    let index = shop();
    for text in ["shoujike", "sjk", "shou ji ke", "ShouJiKe"] {
        let page = index.search(&words(text)).unwrap();
        assert_eq!(numbers(&page), [1, 3], "{text}");
        assert!(page.loosened);
    }
    assert_eq!(finds_set(&index, "lianyiqun"), [12, 13, 14]);
    assert_eq!(finds_set(&index, "lianyi"), [12, 13, 14]);
    assert!(finds_set(&index, "xiaomi").contains(&4));
}

#[test]
fn one_wrong_letter_or_sound_is_forgiven_only_when_nothing_is_found() {
    let index = shop();
    let page = index.search(&words("iphnoe")).unwrap();
    assert!(page.loosened && numbers(&page).contains(&1));
    assert_eq!(finds(&index, "ankre 充电线"), [6]);
    assert_eq!(finds_set(&index, "连衣群"), [12, 13, 14]);
    let exact = index.search(&words("iphone")).unwrap();
    assert!(!exact.loosened);
    assert!(finds(&index, "火箭发动机").is_empty());
}

#[test]
fn all_of_few_words_and_most_of_many() {
    let index = shop();
    assert!(finds(&index, "连衣裙 不锈钢").is_empty());
    // Three of four words are enough.
    assert_eq!(finds(&index, "男士 短袖 纯棉 火箭").first(), Some(&9));
}

#[test]
fn the_title_counts_most_and_what_is_sold_out_comes_last() {
    let index = shop();
    let found = finds(&index, "手机");
    assert_eq!(found.last(), Some(&5), "{found:?}");
    assert!(found.iter().position(|spu| *spu == 4).unwrap() < found.iter().position(|spu| *spu == 8).unwrap_or(99));
    let only = Query { in_stock_only: true, ..words("手机") };
    assert!(!numbers(&index.search(&only).unwrap()).contains(&5));
}

#[test]
fn every_order_is_total_and_pages_neither_repeat_nor_skip() {
    let index = shop();
    for sort in [
        crate::index::Sort::Relevance,
        crate::index::Sort::Sales,
        crate::index::Sort::Newest,
        crate::index::Sort::PriceUp,
        crate::index::Sort::PriceDown,
    ] {
        for text in ["", "手机"] {
            let whole = index.search(&Query { sort, ..words(text) }).unwrap();
            let mut paged = Vec::new();
            let mut after = None;
            loop {
                let page = index.search(&Query { sort, after, limit: 3, ..words(text) }).unwrap();
                assert_eq!(page.total, whole.total);
                paged.extend(numbers(&page));
                let Some(next) = page.next else { break };
                after = Some(next.to_string().parse().unwrap());
            }
            assert_eq!(paged, numbers(&whole), "{sort:?} {text}");
            assert_eq!(paged.len() as u64, whole.total);
        }
    }
    let sales = index.search(&Query { sort: crate::index::Sort::Sales, ..words("") }).unwrap();
    assert!(sales.items.is_sorted_by(|a, b| a.sales >= b.sales));
    let cheap = index.search(&Query { sort: crate::index::Sort::PriceUp, ..words("") }).unwrap();
    assert!(cheap.items.is_sorted_by(|a, b| a.price_fen <= b.price_fen));
    let new = index.search(&Query { sort: crate::index::Sort::Newest, ..words("") }).unwrap();
    assert!(new.items.is_sorted_by(|a, b| a.spu > b.spu));
    assert!("nonsense".parse::<crate::index::Cursor>().is_err());
    let negative = crate::index::Cursor { key: u64::MAX, spu: -7 };
    assert_eq!(negative.to_string().parse::<crate::index::Cursor>().unwrap(), negative);
}

#[test]
fn folding_leaves_one_way_of_writing() {
    assert_eq!(fold("ＡＢＣ\u{202e}ｄ　ＥＦ\u{0}g"), "abcd ef g");
}

#[test]
fn cards_come_back_as_they_were() {
    let page = shop().search(&words("羊毛被")).unwrap();
    assert_eq!(page.items[0].card, b"{\"spu\":20}");
}
