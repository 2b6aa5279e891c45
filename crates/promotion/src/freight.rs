//! Freight: a flat price, more for far provinces, free from a sum of goods. Pure.

use contract::Fen;
use contract::promotion::RuleTried;
use kit::Result;
use serde::{Deserialize, Deserializer, de};

use crate::price::{Bill, Rule, Stage, overflow};

/// Id of the rule, as it stands in quotes.
pub const RULE: &str = "freight";

/// What freight costs. No amount may be negative.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Freight {
    /// Freight of an order.
    #[serde(deserialize_with = "not_negative")]
    pub base_fen: Fen,
    /// Goods after discounts from which nothing is charged, anywhere.
    #[serde(deserialize_with = "not_negative")]
    pub free_from_fen: Fen,
    /// Charged besides for far provinces.
    #[serde(deserialize_with = "not_negative")]
    pub far_extra_fen: Fen,
    /// The far provinces, by how their names begin.
    pub far_provinces: Vec<String>,
}

impl Default for Freight {
    fn default() -> Self {
        Freight {
            base_fen: Fen(1_000),
            free_from_fen: Fen(8_800),
            far_extra_fen: Fen(1_000),
            far_provinces: ["西藏", "新疆", "内蒙古", "青海", "甘肃", "宁夏"].map(str::to_owned).to_vec(),
        }
    }
}

fn not_negative<'de, D: Deserializer<'de>>(d: D) -> Result<Fen, D::Error> {
    let amount = Fen::deserialize(d)?;
    if amount < Fen::ZERO { Err(de::Error::custom("an amount of freight must not be negative")) } else { Ok(amount) }
}

impl Freight {
    /// What the shopper reads: 满 88.00 元包邮.
    pub fn title(&self) -> String {
        format!("满 {} 元包邮", self.free_from_fen)
    }

    /// Whether the extra is charged there: `西藏自治区` begins with `西藏`.
    pub fn is_far(&self, province: &str) -> bool {
        let province = province.trim();
        self.far_provinces.iter().any(|far| !far.is_empty() && province.starts_with(far.as_str()))
    }
}

impl Rule for Freight {
    fn stage(&self) -> Stage {
        Stage::Freight
    }

    fn try_on(&self, bill: &mut Bill<'_>) -> Result<Option<RuleTried>> {
        let far = bill.request().province.as_deref().is_some_and(|province| self.is_far(province));
        let extra = if far { self.far_extra_fen } else { Fen::ZERO };
        let freight = self.base_fen.plus(extra).ok_or_else(overflow)?;
        bill.charge_freight(freight)?;
        let missing = self.free_from_fen.minus(bill.goods_payable()?).ok_or_else(overflow)?;
        let applied = missing <= Fen::ZERO;
        let waived = if applied { bill.waive_freight(freight)? } else { Fen::ZERO };
        Ok(Some(RuleTried {
            rule: RULE.into(),
            title: self.title(),
            applied,
            amount_fen: waived,
            reason: if applied {
                format!("已满 {} 元，包邮", self.free_from_fen)
            } else {
                format!("差 {missing} 元包邮")
            },
            missing_fen: (!applied).then_some(missing),
        }))
    }
}
