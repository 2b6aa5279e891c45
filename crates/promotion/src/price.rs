//! How a price is made: a bill is opened at list prices, the rules are tried on it stage by stage, and it is closed. Pure:
//! the same request under the same rules is the same price, to the fen. Must never know where rules or prices come from.

use contract::Fen;
use contract::fault::AMOUNT_OVERFLOW;
use contract::promotion::{Quote, QuoteRequest, QuotedLine, RuleTried, Scene, Share};
use kit::{Error, Result};

/// When a rule is tried; earlier stages see higher prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Flash sale, group buy: excludes the rest on its lines.
    Activity,
    /// The better of limited discount and member price.
    Line,
    /// 满减, 满折.
    Full,
    /// One coupon.
    Coupon,
    /// Freight, and what takes it off.
    Freight,
}

impl Stage {
    /// Whether rules of this stage are tried on that occasion. What was won in a flash sale has its price; only freight is added.
    pub fn is_tried(self, scene: Scene) -> bool {
        match scene {
            Scene::Cart | Scene::Order => true,
            Scene::Seckill => self == Stage::Freight,
        }
    }
}

/// One rule of a price.
pub trait Rule: Send + Sync {
    /// When it is tried.
    fn stage(&self) -> Stage;
    /// Tries it on the bill and says what came of it; `None` when there is nothing to say. `amount_overflow` when the
    /// numbers leave their range.
    fn try_on(&self, bill: &mut Bill<'_>) -> Result<Option<RuleTried>>;
}

/// The refusal of amounts out of range.
pub fn overflow() -> Error {
    AMOUNT_OVERFLOW.into()
}

/// A price while it is made.
#[derive(Clone, Debug)]
pub struct Bill<'a> {
    request: &'a QuoteRequest,
    lines: Vec<QuotedLine>,
    freight: Fen,
    freight_discount: Fen,
}

impl<'a> Bill<'a> {
    /// A bill at list prices, without freight. The request has been checked.
    pub fn open(request: &'a QuoteRequest) -> Result<Self> {
        let line = |line: &contract::promotion::QuoteLine| {
            let amount = line.unit_price_fen.times(line.qty).ok_or_else(overflow)?;
            Ok(QuotedLine {
                sku: line.sku,
                qty: line.qty,
                unit_price_fen: line.unit_price_fen,
                amount_fen: amount,
                shares: Vec::new(),
                discount_fen: Fen::ZERO,
                payable_fen: amount,
            })
        };
        let lines = request.lines.iter().map(line).collect::<Result<Vec<_>>>()?;
        Ok(Bill { request, lines, freight: Fen::ZERO, freight_discount: Fen::ZERO })
    }

    /// What was asked: for whom, on which occasion, where it goes.
    pub fn request(&self) -> &QuoteRequest {
        self.request
    }

    /// The lines as they stand now, in the order asked.
    pub fn lines(&self) -> &[QuotedLine] {
        &self.lines
    }

    /// What the goods cost after the discounts so far.
    pub fn goods_payable(&self) -> Result<Fen> {
        Fen::sum(self.lines.iter().map(|line| line.payable_fen)).ok_or_else(overflow)
    }

    /// Takes a discount off these lines (by position, each once), split over what they still cost by largest remainder. No
    /// line falls below zero: gives what was really taken off, at most the sum of the lines.
    pub fn take_off(&mut self, rule: &str, amount: Fen, on: &[usize]) -> Result<Fen> {
        let weights: Vec<Fen> = on.iter().filter_map(|&i| self.lines.get(i)).map(|line| line.payable_fen).collect();
        let taken = amount.clamp(Fen::ZERO, Fen::sum(weights.iter().copied()).ok_or_else(overflow)?);
        for (&i, share) in on.iter().zip(taken.split(&weights)) {
            let Some(line) = self.lines.get_mut(i).filter(|_| share > Fen::ZERO) else { continue };
            line.shares.push(Share { rule: rule.to_owned(), amount_fen: share });
            line.discount_fen = line.discount_fen.plus(share).ok_or_else(overflow)?;
            line.payable_fen = line.payable_fen.minus(share).ok_or_else(overflow)?;
        }
        Ok(taken)
    }

    /// Adds freight.
    pub fn charge_freight(&mut self, amount: Fen) -> Result<()> {
        self.freight = self.freight.plus(amount).ok_or_else(overflow)?;
        Ok(())
    }

    /// Takes off freight; gives what was really taken off, at most what is left of it.
    pub fn waive_freight(&mut self, amount: Fen) -> Result<Fen> {
        let left = self.freight.minus(self.freight_discount).ok_or_else(overflow)?;
        let waived = amount.clamp(Fen::ZERO, left.max(Fen::ZERO));
        self.freight_discount = self.freight_discount.plus(waived).ok_or_else(overflow)?;
        Ok(waived)
    }

    fn close(self, rules: Vec<RuleTried>) -> Option<Quote> {
        let goods_fen = Fen::sum(self.lines.iter().map(|line| line.amount_fen))?;
        let discount_fen = Fen::sum(self.lines.iter().map(|line| line.discount_fen))?;
        let freight = self.freight.minus(self.freight_discount)?;
        Some(Quote {
            payable_fen: goods_fen.minus(discount_fen)?.plus(freight)?,
            lines: self.lines,
            rules,
            goods_fen,
            discount_fen,
            freight_fen: self.freight,
            freight_discount_fen: self.freight_discount,
        })
    }
}

/// Tries the rules of the occasion in the order of their stages, those of one stage in the order given. `amount_overflow` when the
/// numbers leave their range; no lines cost nothing, and nothing is sent.
pub fn quote(request: &QuoteRequest, rules: &[Box<dyn Rule>]) -> Result<Quote> {
    let mut bill = Bill::open(request)?;
    if request.lines.is_empty() {
        return bill.close(Vec::new()).ok_or_else(overflow);
    }
    let tried_then = |rule: &&dyn Rule| rule.stage().is_tried(request.scene);
    let mut in_order: Vec<&dyn Rule> = rules.iter().map(AsRef::as_ref).filter(tried_then).collect();
    in_order.sort_by_key(|rule| rule.stage());
    let mut tried = Vec::with_capacity(in_order.len());
    for rule in in_order {
        tried.extend(rule.try_on(&mut bill)?);
    }
    bill.close(tried).ok_or_else(overflow)
}
