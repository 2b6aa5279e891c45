//! What a shopper sees on opening the cart: what may be ordered, what may not and why, and what the selected lines cost.

use std::collections::HashMap;

use contract::inventory::LevelsOf;
use contract::product::{CartPick, Sku, Spec};
use contract::promotion::{Quote, QuoteLine, QuoteRequest, Scene};
use contract::{Fen, SkuId, SpuId, UserId};
use kit::{Ctx, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Product;
use crate::documents::as_sold;
use crate::store::{cart as store, sku as skus};

/// A line that may be ordered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CartLine {
    /// The variant.
    pub sku_id: SkuId,
    /// The product.
    pub spu_id: SpuId,
    /// Code on the label.
    pub code: String,
    /// Title.
    pub title: String,
    /// Values of the variant.
    pub specs: Vec<Spec>,
    /// Picture.
    pub picture: Option<String>,
    /// Unit.
    pub unit: String,
    /// Price of one now.
    pub unit_price_fen: Fen,
    /// 划线价.
    pub list_price_fen: Fen,
    /// Price of one when it was put in.
    pub price_at_add_fen: Fen,
    /// How many.
    pub qty: u32,
    /// Selected.
    pub checked: bool,
    /// How many may be had, up to the most that a line takes; absent when stock is not known right now.
    pub available: Option<i64>,
}

/// Why a line may not be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The product is off the shelf.
    OffShelf,
    /// None are left.
    OutOfStock,
    /// Fewer are left than the line asks for.
    NotEnough,
    /// The variant is no longer sold.
    Gone,
}

/// A line that may not be ordered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvalidLine {
    /// The variant.
    pub sku_id: SkuId,
    /// The product, when it is known.
    pub spu_id: Option<SpuId>,
    /// Title, when it is known.
    pub title: Option<String>,
    /// Values of the variant.
    pub specs: Vec<Spec>,
    /// Picture.
    pub picture: Option<String>,
    /// How many.
    pub qty: u32,
    /// Why.
    pub reason: Reason,
    /// How many may be had, when that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
}

/// A cart as it is right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CartView {
    /// Lines that may be ordered, latest first.
    pub lines: Vec<CartLine>,
    /// Lines that may not.
    pub invalid: Vec<InvalidLine>,
    /// What the selected lines cost; absent when none is selected or prices are not known right now.
    pub quote: Option<Quote>,
    /// Lines in the cart, of both kinds.
    pub count: u32,
}

/// A cart's lines, judged.
pub(super) struct Judged {
    pub valid: Vec<(store::Line, Sku, Option<i64>)>,
    pub invalid: Vec<InvalidLine>,
}

impl Product {
    /// The cart as it is right now.
    pub(crate) async fn cart(&self, ctx: &Ctx, user: UserId) -> Result<CartView> {
        let Judged { valid, invalid } = self.judged(ctx, user).await?;
        let count = u32::try_from(valid.len() + invalid.len()).unwrap_or(u32::MAX);
        let picked: Vec<QuoteLine> =
            valid.iter().filter(|(line, ..)| line.checked != 0).map(|(l, s, _)| quote_line(l, s)).collect();
        let quote = self.cart_quote(ctx, user, picked).await;
        let lines = valid.into_iter().map(|(line, sku, available)| cart_line(&line, sku, available)).collect();
        Ok(CartView { lines, invalid, quote, count })
    }

    /// The selected lines that may be ordered: exactly those that the cart's quote counts.
    pub(crate) async fn picks(&self, ctx: &Ctx, user: UserId) -> Result<Vec<CartPick>> {
        let judged = self.judged(ctx, user).await?;
        let checked = judged.valid.iter().filter(|(line, ..)| line.checked != 0);
        Ok(checked.map(|(line, ..)| CartPick { sku: line.sku_id, qty: qty(line) }).collect())
    }

    /// Lines with what is known of them; shelf and stock are asked at the same time.
    pub(super) async fn judged(&self, ctx: &Ctx, user: UserId) -> Result<Judged> {
        let lines = store::lines(&self.db, user).await?;
        let mut judged = Judged { valid: Vec::new(), invalid: Vec::new() };
        if lines.is_empty() {
            return Ok(judged);
        }
        let ids: Vec<SkuId> = lines.iter().map(|l| l.sku_id).collect();
        let (rows, levels) =
            futures::join!(skus::sold(&self.db, &ids), self.inventory.levels(ctx, LevelsOf { skus: ids.clone() }));
        let mut rows: HashMap<SkuId, skus::Sold> = rows?.into_iter().map(|r| (r.id, r)).collect();
        let levels: Option<HashMap<SkuId, i64>> = match levels {
            Ok(levels) => Some(levels.into_iter().map(|l| (l.sku, l.available)).collect()),
            Err(error) => {
                // Placing the order asks again and holds; until then the cart is better shown than not.
                tracing::warn!(%error, "the cart is shown without stock");
                None
            }
        };
        for line in lines {
            let available = levels.as_ref().map(|l| l.get(&line.sku_id).copied().unwrap_or(0).max(0));
            let row = rows.remove(&line.sku_id);
            match judge(&line, row.as_ref(), available) {
                None => {
                    if let Some(row) = row {
                        judged.valid.push((line, as_sold(row)?, available));
                    }
                }
                Some(reason) => judged.invalid.push(invalid_line(&line, row, reason, available)?),
            }
        }
        Ok(judged)
    }

    async fn cart_quote(&self, ctx: &Ctx, user: UserId, lines: Vec<QuoteLine>) -> Option<Quote> {
        if lines.is_empty() {
            return None;
        }
        let request = QuoteRequest { user, scene: Scene::Cart, lines, province: None };
        match self.promotion.quote(ctx, request).await {
            Ok(quote) => Some(quote),
            Err(error) => {
                tracing::warn!(%error, "the cart is shown without a price");
                None
            }
        }
    }
}

/// Why a line may not be ordered, if it may not.
fn judge(line: &store::Line, row: Option<&skus::Sold>, available: Option<i64>) -> Option<Reason> {
    match (row, available) {
        (None, _) => Some(Reason::Gone),
        (Some(row), _) if row.removed != 0 => Some(Reason::Gone),
        (Some(row), _) if row.state != crate::store::spu::LISTED => Some(Reason::OffShelf),
        (Some(_), Some(0)) => Some(Reason::OutOfStock),
        (Some(_), Some(n)) if n < i64::from(line.qty) => Some(Reason::NotEnough),
        _ => None,
    }
}

fn qty(line: &store::Line) -> u32 {
    u32::try_from(line.qty).unwrap_or(1)
}

fn quote_line(line: &store::Line, sku: &Sku) -> QuoteLine {
    let Sku { sku, spu, category, brand, price_fen, .. } = *sku;
    QuoteLine { sku, spu, category, brand, qty: qty(line), unit_price_fen: price_fen }
}

/// Most that a shopper is told of how many there are.
const TOLD: i64 = 999;

fn cart_line(line: &store::Line, sku: Sku, available: Option<i64>) -> CartLine {
    CartLine {
        sku_id: sku.sku,
        spu_id: sku.spu,
        code: sku.code,
        title: sku.title,
        specs: sku.specs,
        picture: sku.picture,
        unit: sku.unit,
        unit_price_fen: sku.price_fen,
        list_price_fen: sku.list_price_fen,
        price_at_add_fen: line.price_at_add_fen,
        qty: qty(line),
        checked: line.checked != 0,
        available: available.map(|n| n.min(TOLD)),
    }
}

fn invalid_line(line: &store::Line, row: Option<skus::Sold>, reason: Reason, available: Option<i64>) -> Result<InvalidLine> {
    let sku = row.map(as_sold).transpose()?;
    let by_stock = matches!(reason, Reason::OutOfStock | Reason::NotEnough);
    Ok(InvalidLine {
        sku_id: line.sku_id,
        spu_id: sku.as_ref().map(|s| s.spu),
        title: sku.as_ref().map(|s| s.title.clone()),
        specs: sku.as_ref().map(|s| s.specs.clone()).unwrap_or_default(),
        picture: sku.and_then(|s| s.picture),
        qty: qty(line),
        reason,
        available: available.filter(|_| by_stock).map(|n| n.min(TOLD)),
    })
}
