//! Texts that mean harm.

use super::*;

#[test]
fn any_text_is_a_search() {
    let index = shop();
    let texts = [
        "手机".repeat(3400),
        "a".repeat(10_000),
        "男 ".repeat(5000),
        "\0\0\0".into(),
        ".*[(a+)+$^\\{}|?".into(),
        "        ".into(),
        "\u{200f}\u{202e}\u{2067}".into(),
        "手机\u{202e}壳".into(),
        "AND OR NOT title:* -手机 +\"".into(),
        "\u{1f}\u{1f}1".into(),
        "😀🤖👨‍👩‍👧".into(),
        "𠀀𠀁𪛖".into(),
        "e\u{301}\u{301}\u{301}".into(),
        "的".into(),
        "的 了 和".into(),
    ];
    for text in texts {
        let page = index.search(&words(&text)).unwrap();
        assert!(page.total <= 24);
        index.suggest(&text, 10).unwrap();
        let filters = Query {
            attributes: vec![(text.clone(), vec![text.clone()])],
            brands: vec![i64::MIN, i64::MAX],
            price_min_fen: Some(i64::MAX),
            price_max_fen: Some(i64::MIN),
            ..words(&text)
        };
        assert_eq!(index.search(&filters).unwrap().total, 0);
    }
}

#[test]
fn blanks_search_for_everything_and_punctuation_for_nothing() {
    let index = shop();
    assert_eq!(index.search(&words("   ")).unwrap().total, 24);
    assert_eq!(index.search(&words("？！")).unwrap().total, 0);
    assert_eq!(finds(&index, "手机\u{202e}壳"), finds(&index, "手机壳"));
}

#[test]
fn no_hits_are_asked_for_and_too_many_are_cut() {
    let index = shop();
    let page = index.search(&Query { limit: 0, ..words("") }).unwrap();
    assert_eq!((page.items.len(), page.total), (0, 24));
    let page = index.search(&Query { limit: usize::MAX, ..words("") }).unwrap();
    assert_eq!(page.items.len(), 24);
}

#[test]
fn a_hostile_document_is_only_a_document() {
    let index = shop();
    let odd = Document {
        spu: -5,
        version: i64::MIN,
        title: "x\u{1f}\0 ".repeat(3000),
        attributes: vec![("a\u{1f}b".into(), "v".repeat(70_000)), (String::new(), String::new())],
        brand: Some((i64::MAX, "\u{1f}".into())),
        categories: vec![(7, "类\u{1f}".repeat(50_000))],
        price_fen: -1,
        sales: -10,
        ..Document::default()
    };
    assert!(index.put(odd));
    index.flush().unwrap();
    assert_eq!(index.search(&words("")).unwrap().total, 25);
    assert_eq!(finds(&index, "x"), [-5]);
}

proptest::proptest! {
    #[test]
    fn no_text_fails(text in "\\PC{0,40}") {
        static SHOP: std::sync::LazyLock<Arc<Index>> = std::sync::LazyLock::new(shop);
        SHOP.search(&words(&text)).unwrap();
        SHOP.suggest(&text, 10).unwrap();
    }
}
