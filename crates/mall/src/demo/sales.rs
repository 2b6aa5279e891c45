//! Flash sales of the demo store: one that runs, one that begins soon, one tomorrow morning. Other goods each day. Must never know
//! how a sale is kept.

use std::time::Duration;

use contract::product::Line;
use kit::Time;

/// How long each lasts.
const LASTS: Duration = Duration::from_secs(2 * 3600);
/// When the second one begins.
const SOON: Duration = Duration::from_secs(20 * 60);
/// When the third one begins: after midnight.
const MORNING: Duration = Duration::from_secs(10 * 3600);
/// Goods of each.
const GOODS: usize = 5;
/// Units, in turn.
const QUOTAS: [u32; 7] = [20, 5, 50, 10, 30, 8, 15];
/// Prices in hundredths of the usual one, in turn.
const PERCENTS: [i64; 5] = [50, 40, 60, 45, 70];
/// A step through the catalogue that meets all aisles before it comes back to one.
const STRIDE: usize = 67;

/// A sale.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Its title.
    pub title: String,
    /// When it begins.
    pub starts: Time,
    /// When it ends.
    pub ends: Time,
    /// What is in it.
    pub goods: Vec<Good>,
}

/// A product in a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Good {
    /// The product's number in the catalogue.
    pub source: i64,
    /// Price in hundredths of the usual one.
    pub percent: i64,
    /// Units at most.
    pub quota: u32,
    /// Units that one shopper may have.
    pub limit: u32,
}

/// The sales of a store that is opened now.
#[must_use]
pub fn sales(lines: &[Line], now: Time) -> Vec<Sale> {
    let lines: Vec<&Line> = lines.iter().filter(|line| line.on_sale && !line.pictures.is_empty()).collect();
    let day = usize::try_from(now.day()).unwrap_or(0);
    let sale = |nth: usize, title: &str, starts: Time| {
        let good = |n: usize| {
            let turn = day.wrapping_mul(7).wrapping_add(nth * GOODS + n);
            let line = lines.get(turn.wrapping_mul(STRIDE) % lines.len().max(1))?;
            let (percent, quota) = (PERCENTS[turn % PERCENTS.len()], QUOTAS[turn % QUOTAS.len()]);
            Some(Good { source: line.source_id, percent, quota, limit: if quota >= 20 { 2 } else { 1 } })
        };
        Sale { title: title.to_owned(), starts, ends: starts + LASTS, goods: (0..GOODS).filter_map(good).collect() }
    };
    vec![
        sale(0, "此刻开抢", now),
        sale(1, "下一场 · 限量好物", now + SOON),
        sale(2, "明早十点 · 开门红", now.next_midnight() + MORNING),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::demo::catalogue;

    #[test]
    fn every_day_has_three_sales_of_different_goods() {
        let lines = catalogue::lines();
        for day in 0..400 {
            let now = Time(1_795_312_800_000) + Duration::from_secs(day * 24 * 3600);
            let sales = sales(&lines, now);
            let goods: Vec<Good> = sales.iter().flat_map(|sale| sale.goods.clone()).collect();
            assert_eq!(goods.iter().map(|g| g.source).collect::<HashSet<_>>().len(), 3 * GOODS, "each once");
            let aisles: HashSet<&str> = (lines.iter().filter(|l| goods.iter().any(|g| g.source == l.source_id)))
                .map(|l| l.category[0].as_str())
                .collect();
            assert!(aisles.len() >= 4, "{aisles:?}");
            for good in &goods {
                assert!((40..=70).contains(&good.percent) && (5..=50).contains(&good.quota) && good.limit <= good.quota);
            }
            let starts: Vec<Time> = sales.iter().map(|sale| sale.starts).collect();
            assert_eq!((starts[0], starts[1]), (now, now + SOON));
            assert!(starts[2].shanghai().ends_with("10:00:00") && starts[2] > now);
        }
    }
}
