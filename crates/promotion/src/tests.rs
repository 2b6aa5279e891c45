//! Prices: thresholds to the fen, sums that always hold, refusals with their place, and rules in their order.

use std::sync::Arc;

use contract::fault::{AMOUNT_OVERFLOW, INVALID};
use contract::promotion::{Quote, QuoteLine, QuoteRequest, RuleTried, Scene};
use contract::{CategoryId, Fen, SkuId, SpuId, UserId};
use kit::Result;
use proptest::prelude::*;

use crate::freight::Freight;
use crate::price::{self, Bill, Rule, Stage};
use crate::{FreightRule, Promotion, Settings, quote};

fn line(sku: i64, qty: u32, unit_price_fen: i64) -> QuoteLine {
    QuoteLine { sku: SkuId(sku), spu: SpuId(1), category: CategoryId(1), brand: None, qty, unit_price_fen: Fen(unit_price_fen) }
}

fn request(lines: Vec<QuoteLine>, province: Option<&str>) -> QuoteRequest {
    QuoteRequest { user: UserId(1), scene: Scene::Cart, lines, province: province.map(str::to_owned) }
}

fn priced(lines: Vec<QuoteLine>, province: Option<&str>) -> Result<Quote> {
    quote::quote(&Promotion { settings: Settings::default() }, &request(lines, province))
}

/// A 满减 as it will come: so much off everything, at another stage each.
struct Off {
    id: &'static str,
    stage: Stage,
    amount: i64,
}

impl Rule for Off {
    fn stage(&self) -> Stage {
        self.stage
    }

    fn try_on(&self, bill: &mut Bill<'_>) -> Result<Option<RuleTried>> {
        let on: Vec<usize> = (0..bill.lines().len()).collect();
        let taken = bill.take_off(self.id, Fen(self.amount), &on)?;
        Ok(Some(RuleTried {
            rule: self.id.into(),
            title: self.id.into(),
            applied: taken > Fen::ZERO,
            amount_fen: taken,
            reason: String::new(),
            missing_fen: None,
        }))
    }
}

#[test]
fn the_threshold_is_met_at_8800_and_not_at_8799() {
    let met = priced(vec![line(1, 1, 8_800)], None).unwrap();
    assert_eq!((met.freight_fen, met.freight_discount_fen, met.payable_fen), (Fen(1_000), Fen(1_000), Fen(8_800)));
    let rule = &met.rules[0];
    assert_eq!((rule.rule.as_str(), rule.title.as_str(), rule.applied), ("freight", "满 88.00 元包邮", true));
    assert_eq!((rule.reason.as_str(), rule.missing_fen, rule.amount_fen), ("已满 88.00 元，包邮", None, Fen(1_000)));

    let short = priced(vec![line(1, 1, 8_799)], None).unwrap();
    assert_eq!((short.freight_discount_fen, short.payable_fen), (Fen::ZERO, Fen(9_799)));
    let rule = &short.rules[0];
    assert_eq!((rule.applied, rule.reason.as_str(), rule.missing_fen), (false, "差 0.01 元包邮", Some(Fen(1))));

    let far_from_it = priced(vec![line(1, 2, 3_800)], None).unwrap();
    assert_eq!(far_from_it.rules[0].reason, "差 12.00 元包邮");
}

#[test]
fn far_provinces_pay_more_until_it_is_free() {
    for (province, freight) in
        [("西藏自治区", 2_000), ("新疆", 2_000), (" 内蒙古自治区", 2_000), ("浙江省", 1_000), ("", 1_000), ("海西", 1_000)]
    {
        let quote = priced(vec![line(1, 1, 100)], Some(province)).unwrap();
        assert_eq!((quote.freight_fen, quote.payable_fen), (Fen(freight), Fen(100 + freight)), "{province}");
    }
    let free = priced(vec![line(1, 1, 8_800)], Some("西藏自治区")).unwrap();
    assert_eq!((free.freight_fen, free.freight_discount_fen, free.payable_fen), (Fen(2_000), Fen(2_000), Fen(8_800)));
}

#[test]
fn nothing_costs_nothing_and_is_not_sent() {
    let quote = priced(vec![], Some("西藏")).unwrap();
    assert_eq!((quote.payable_fen, quote.freight_fen, quote.rules.len()), (Fen::ZERO, Fen::ZERO, 0));
}

#[test]
fn lines_that_cannot_be_priced_are_named() {
    let lines = vec![line(1, 0, 1), line(2, 1_000, 1), line(3, 1, 0), line(4, 1, -1), line(5, 999, 1), line(1, 1, 1)];
    let error = priced(lines, None).unwrap_err();
    assert!(error.is(INVALID));
    let pointers: Vec<&str> = error.errors().iter().map(|e| e.pointer.as_str()).collect();
    assert_eq!(pointers, ["/lines/0/qty", "/lines/1/qty", "/lines/2/unit_price_fen", "/lines/3/unit_price_fen", "/lines/5/sku"]);
    let many = |n| (0..n).map(|sku| line(sku, 1, 1)).collect::<Vec<_>>();
    assert_eq!(priced(many(121), None).unwrap_err().errors()[0].pointer, "/lines");
    assert_eq!(priced(many(120), None).unwrap().goods_fen, Fen(120));
}

#[test]
fn amounts_out_of_range_are_refused() {
    for lines in [vec![line(1, 999, i64::MAX)], vec![line(1, 1, i64::MAX), line(2, 1, 1)], vec![line(1, 2, i64::MAX / 2 + 1)]] {
        assert!(priced(lines, None).unwrap_err().is(AMOUNT_OVERFLOW));
    }
    assert_eq!(priced(vec![line(1, 1, i64::MAX)], None).unwrap().payable_fen, Fen(i64::MAX));
    let freight = Freight { free_from_fen: Fen(i64::MAX), ..Freight::default() };
    let rules: Vec<Box<dyn Rule>> = vec![Box::new(freight)];
    let dear = request(vec![line(1, 1, i64::MAX - 1)], None);
    assert!(price::quote(&dear, &rules).unwrap_err().is(AMOUNT_OVERFLOW));
}

#[test]
fn the_threshold_looks_at_goods_after_discounts_whatever_the_order_of_the_rules() {
    let rules: Vec<Box<dyn Rule>> = vec![
        Box::new(Freight::default()),
        Box::new(Off { id: "coupon:1", stage: Stage::Coupon, amount: 1 }),
        Box::new(Off { id: "full:1", stage: Stage::Full, amount: 1_000 }),
    ];
    let quote = price::quote(&request(vec![line(1, 1, 9_800)], None), &rules).unwrap();
    assert_eq!(quote.rules.iter().map(|r| r.rule.as_str()).collect::<Vec<_>>(), ["full:1", "coupon:1", "freight"]);
    assert_eq!(quote.rules[2].missing_fen, Some(Fen(1)));
    assert_eq!((quote.discount_fen, quote.payable_fen), (Fen(1_001), Fen(9_799)));
}

#[test]
fn what_was_won_in_a_flash_sale_has_its_price_and_only_freight_is_added() {
    let rules: Vec<Box<dyn Rule>> = vec![
        Box::new(Off { id: "activity:1", stage: Stage::Activity, amount: 10 }),
        Box::new(Off { id: "line:1", stage: Stage::Line, amount: 20 }),
        Box::new(Off { id: "full:1", stage: Stage::Full, amount: 30 }),
        Box::new(Off { id: "coupon:1", stage: Stage::Coupon, amount: 40 }),
        Box::new(Freight::default()),
    ];
    let lines = vec![line(1, 2, 4_400)];
    for (scene, goods_off, freight_off) in [(Scene::Cart, 100, 0), (Scene::Order, 100, 0), (Scene::Seckill, 0, 2_000)] {
        let asked = QuoteRequest { scene, ..request(lines.clone(), Some("西藏自治区")) };
        let quote = price::quote(&asked, &rules).unwrap();
        assert_eq!((quote.discount_fen, quote.freight_fen), (Fen(goods_off), Fen(2_000)), "{scene:?}");
        assert_eq!(quote.freight_discount_fen, Fen(freight_off), "{scene:?}");
        assert_eq!(quote.rules.len(), if scene == Scene::Seckill { 1 } else { 5 }, "{scene:?}");
    }
    let asked = QuoteRequest { scene: Scene::Seckill, ..request(vec![line(1, 1, 990)], None) };
    let quote = quote::quote(&Promotion { settings: Settings::default() }, &asked).unwrap();
    assert_eq!((quote.lines[0].payable_fen, quote.payable_fen), (Fen(990), Fen(1_990)));
}

#[test]
fn a_discount_larger_than_the_goods_takes_the_goods_and_no_more() {
    let rules: Vec<Box<dyn Rule>> = vec![Box::new(Off { id: "full:1", stage: Stage::Full, amount: 5_000 })];
    let quote = price::quote(&request(vec![line(1, 1, 999), line(2, 2, 1_500)], None), &rules).unwrap();
    assert_eq!((quote.discount_fen, quote.payable_fen, quote.rules[0].amount_fen), (Fen(3_999), Fen::ZERO, Fen(3_999)));
}

#[test]
fn settings_refuse_negative_freight_and_unknown_names() {
    let read = |text: &str| serde_json::from_str::<Settings>(text);
    assert_eq!(read(r#"{"freight":{"base_fen":500}}"#).unwrap().freight, Freight { base_fen: Fen(500), ..Freight::default() });
    assert!(read(r#"{"freight":{"base_fen":-1}}"#).is_err());
    assert!(read(r#"{"freigth":{}}"#).is_err());
}

#[test]
fn the_rule_is_shown_as_it_is_applied() {
    let shown = serde_json::to_value(FreightRule::from(&Freight::default())).unwrap();
    assert_eq!(shown["title"], "满 88.00 元包邮");
    assert_eq!((shown["base_fen"].as_i64(), shown["free_from_fen"].as_i64()), (Some(1_000), Some(8_800)));
    assert_eq!(shown["far_provinces"][0], "西藏");
}

#[test]
fn it_hears_what_it_says_it_hears() {
    let service = Arc::new(Promotion { settings: Settings::default() });
    assert_eq!(crate::subscriptions(&service).topics(), crate::HEARS);
}

/// What must hold of every quote.
fn holds(quote: &Quote) {
    let sum = |of: fn(&contract::promotion::QuotedLine) -> Fen| Fen::sum(quote.lines.iter().map(of)).unwrap();
    assert_eq!(quote.goods_fen, sum(|line| line.amount_fen));
    assert_eq!(quote.discount_fen, sum(|line| line.discount_fen));
    assert_eq!(
        quote.payable_fen.0,
        quote.goods_fen.0 - quote.discount_fen.0 + quote.freight_fen.0 - quote.freight_discount_fen.0
    );
    assert!(quote.payable_fen >= Fen::ZERO && quote.freight_discount_fen <= quote.freight_fen);
    for line in &quote.lines {
        assert_eq!(line.amount_fen.0, line.unit_price_fen.0 * i64::from(line.qty));
        assert_eq!(line.discount_fen, Fen::sum(line.shares.iter().map(|share| share.amount_fen)).unwrap());
        assert_eq!(line.payable_fen.0, line.amount_fen.0 - line.discount_fen.0);
        assert!(line.payable_fen >= Fen::ZERO && line.shares.iter().all(|share| share.amount_fen > Fen::ZERO));
    }
    for rule in quote.rules.iter().filter(|rule| rule.rule != "freight") {
        let shares = quote.lines.iter().flat_map(|line| &line.shares).filter(|share| share.rule == rule.rule);
        assert_eq!(Fen::sum(shares.map(|share| share.amount_fen)), Some(rule.amount_fen), "{}", rule.rule);
    }
}

fn some_lines() -> impl Strategy<Value = Vec<QuoteLine>> {
    let pairs = proptest::collection::vec((1..=999u32, 1..=20_000_000i64), 1..=40);
    pairs.prop_map(|pairs| pairs.into_iter().enumerate().map(|(i, (qty, price))| line(i as i64, qty, price)).collect())
}

fn province() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("浙江省")), Just(Some("西藏自治区")), Just(Some("宁夏回族自治区"))]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_sum_holds(lines in some_lines(), province in province(), full in 0..100_000_000i64, coupon in 0..1_000_000i64) {
        let asked = request(lines, province);
        let rules: Vec<Box<dyn Rule>> = vec![
            Box::new(Off { id: "full:1", stage: Stage::Full, amount: full }),
            Box::new(Off { id: "coupon:2", stage: Stage::Coupon, amount: coupon }),
            Box::new(Freight::default()),
        ];
        let quote = price::quote(&asked, &rules).unwrap();
        holds(&quote);
        prop_assert_eq!(&price::quote(&asked, &rules).unwrap(), &quote, "the same price again");
    }

    #[test]
    fn near_the_threshold_one_fen_decides(goods in 8_700..8_900i64, province in province()) {
        let quote = priced(vec![line(1, 1, goods)], province).unwrap();
        holds(&quote);
        prop_assert_eq!(quote.rules[0].applied, goods >= 8_800);
        prop_assert_eq!(quote.rules[0].missing_fen, (goods < 8_800).then_some(Fen(8_800 - goods)));
        prop_assert_eq!(quote.payable_fen == Fen(goods), goods >= 8_800);
    }

    #[test]
    fn the_order_of_lines_does_not_change_the_totals(lines in some_lines(), turn in 0..40usize, off in 0..10_000_000i64) {
        let mut turned = lines.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        turned.reverse();
        let rules: Vec<Box<dyn Rule>> =
            vec![Box::new(Off { id: "full:1", stage: Stage::Full, amount: off }), Box::new(Freight::default())];
        let one = price::quote(&request(lines, None), &rules).unwrap();
        let other = price::quote(&request(turned.clone(), None), &rules).unwrap();
        prop_assert_eq!(one.payable_fen, other.payable_fen);
        prop_assert_eq!(&one.rules, &other.rules);
        let skus: Vec<SkuId> = other.lines.iter().map(|line| line.sku).collect();
        prop_assert_eq!(skus, turned.iter().map(|line| line.sku).collect::<Vec<_>>(), "lines stand in the order asked");
    }

    #[test]
    fn any_amounts_are_priced_or_refused_but_never_wrong(
        pairs in proptest::collection::vec((1..=999u32, 1..=i64::MAX), 1..5), off in 0..=i64::MAX
    ) {
        let lines: Vec<QuoteLine> = pairs.iter().enumerate().map(|(i, (qty, price))| line(i as i64, *qty, *price)).collect();
        let rules: Vec<Box<dyn Rule>> =
            vec![Box::new(Off { id: "full:1", stage: Stage::Full, amount: off }), Box::new(Freight::default())];
        let exact: i128 = pairs.iter().map(|(qty, price)| i128::from(*qty) * i128::from(*price)).sum();
        match price::quote(&request(lines, None), &rules) {
            Ok(quote) => {
                prop_assert_eq!(i128::from(quote.goods_fen.0), exact);
                holds(&quote);
            }
            Err(error) => {
                prop_assert!(error.is(AMOUNT_OVERFLOW));
                prop_assert!(exact > i128::from(i64::MAX) - 1_000, "refused without need: {exact}");
            }
        }
    }
}
