//! Quotes: checks the request, gathers the rules that may touch it, makes the price.

use std::collections::HashSet;

use contract::Fen;
use contract::fault::INVALID;
use contract::promotion::{Quote, QuoteRequest};
use kit::{Error, Result};

use crate::price::{self, Rule};
use crate::{Promotion, Settings};

/// What these lines cost, explained.
pub fn quote(promotion: &Promotion, request: &QuoteRequest) -> Result<Quote> {
    check(request, &promotion.settings)?;
    let rules: Vec<Box<dyn Rule>> = vec![Box::new(promotion.settings.freight.clone())];
    price::quote(request, &rules)
}

/// `invalid` with a pointer to each line that cannot be priced.
fn check(request: &QuoteRequest, settings: &Settings) -> Result<()> {
    if request.lines.len() > settings.max_lines {
        return Err(INVALID.at("/lines", "length", format!("at most {} lines", settings.max_lines)));
    }
    let mut seen = HashSet::with_capacity(request.lines.len());
    let mut refusal = Error::from(INVALID);
    for (i, line) in request.lines.iter().enumerate() {
        if line.qty == 0 || line.qty > settings.max_qty {
            refusal = refusal.at(format!("/lines/{i}/qty"), "range", format!("1 to {}", settings.max_qty));
        }
        if line.unit_price_fen <= Fen::ZERO {
            refusal = refusal.at(format!("/lines/{i}/unit_price_fen"), "range", "more than 0");
        }
        if !seen.insert(line.sku) {
            refusal = refusal.at(format!("/lines/{i}/sku"), "duplicate", "each variant once");
        }
    }
    if refusal.errors().is_empty() { Ok(()) } else { Err(refusal) }
}
