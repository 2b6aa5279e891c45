//! Whether a quote is one: its lines are those that were asked for and its sums are sums. An order is made of nothing less.
//! Pure: no clock, no await, no database.

use contract::Fen;
use contract::promotion::{Quote, QuoteLine, QuotedLine};

/// Whether the quote answers these lines and adds up. A quote that does not is a mistake of ours, never a price.
pub fn holds(quote: &Quote, asked: &[QuoteLine]) -> bool {
    let lines = &quote.lines;
    let same = lines.len() == asked.len()
        && lines.iter().zip(asked).all(|(line, asked)| {
            line.sku == asked.sku && line.qty == asked.qty && line.unit_price_fen == asked.unit_price_fen && line_adds_up(line)
        });
    let sum = |of: fn(&QuotedLine) -> Fen| Fen::sum(lines.iter().map(of));
    let payable = || {
        quote
            .goods_fen
            .minus(quote.discount_fen)
            .and_then(|n| n.plus(quote.freight_fen))
            .and_then(|n| n.minus(quote.freight_discount_fen))
    };
    same && sum(|l| l.amount_fen) == Some(quote.goods_fen)
        && sum(|l| l.discount_fen) == Some(quote.discount_fen)
        && Fen::ZERO <= quote.freight_discount_fen
        && quote.freight_discount_fen <= quote.freight_fen
        && payable() == Some(quote.payable_fen)
}

fn line_adds_up(line: &QuotedLine) -> bool {
    line.unit_price_fen.times(line.qty) == Some(line.amount_fen)
        && Fen::sum(line.shares.iter().map(|s| s.amount_fen)) == Some(line.discount_fen)
        && Fen::ZERO <= line.discount_fen
        && line.discount_fen <= line.amount_fen
        && line.amount_fen.minus(line.discount_fen) == Some(line.payable_fen)
}

#[cfg(test)]
mod tests {
    use contract::promotion::Share;
    use contract::{CategoryId, SkuId, SpuId};
    use proptest::prelude::*;

    use super::*;

    fn asked(lines: &[(i64, u32)]) -> Vec<QuoteLine> {
        let line = |(i, (price, qty)): (usize, &(i64, u32))| QuoteLine {
            sku: SkuId(i64::try_from(i).unwrap() + 1),
            spu: SpuId(1),
            category: CategoryId(1),
            brand: None,
            qty: *qty,
            unit_price_fen: Fen(*price),
        };
        lines.iter().enumerate().map(line).collect()
    }

    /// An honest quote with a discount split over the lines.
    fn quote(asked: &[QuoteLine], discount: i64, freight: i64) -> Quote {
        let amounts: Vec<Fen> = asked.iter().map(|l| l.unit_price_fen.times(l.qty).unwrap()).collect();
        let goods = Fen::sum(amounts.iter().copied()).unwrap();
        let discount = Fen(discount.min(goods.0));
        let shares = discount.split(&amounts);
        let lines = asked.iter().zip(&amounts).zip(&shares).map(|((l, amount), share)| QuotedLine {
            sku: l.sku,
            qty: l.qty,
            unit_price_fen: l.unit_price_fen,
            amount_fen: *amount,
            shares: vec![Share { rule: "full:1".into(), amount_fen: *share }],
            discount_fen: *share,
            payable_fen: Fen(amount.0 - share.0),
        });
        Quote {
            lines: lines.collect(),
            rules: vec![],
            goods_fen: goods,
            discount_fen: discount,
            freight_fen: Fen(freight),
            freight_discount_fen: Fen::ZERO,
            payable_fen: Fen(goods.0 - discount.0 + freight),
        }
    }

    proptest! {
        #[test]
        fn an_honest_quote_holds_and_a_bent_one_does_not(
            lines in proptest::collection::vec((1i64..1_000_000, 1u32..=999), 1..20),
            discount in 0i64..10_000_000, freight in 0i64..10_000, bend in 1i64..1000, place in 0usize..6
        ) {
            let asked = asked(&lines);
            let honest = quote(&asked, discount, freight);
            prop_assert!(holds(&honest, &asked));
            let mut bent = honest;
            match place {
                0 => bent.payable_fen.0 -= bend,
                1 => bent.goods_fen.0 += bend,
                2 => bent.lines[0].payable_fen.0 -= bend,
                3 => bent.lines[0].unit_price_fen.0 -= bend,
                4 => bent.lines[0].shares[0].amount_fen.0 += bend,
                _ => bent.freight_discount_fen.0 = -bend,
            }
            prop_assert!(!holds(&bent, &asked));
            bent.lines.pop();
            prop_assert!(!holds(&bent, &asked));
        }

        #[test]
        fn sums_that_overflow_do_not_hold(price in i64::MAX / 500..i64::MAX, qty in 501u32..=999) {
            let asked = asked(&[(price, qty)]);
            let mut lie = quote(&[], 0, 0);
            lie.lines = vec![QuotedLine {
                sku: asked[0].sku, qty, unit_price_fen: Fen(price), amount_fen: Fen(price.wrapping_mul(i64::from(qty))),
                shares: vec![], discount_fen: Fen::ZERO, payable_fen: Fen(price.wrapping_mul(i64::from(qty))),
            }];
            prop_assert!(!holds(&lie, &asked));
        }
    }
}
