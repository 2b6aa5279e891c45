//! What an order would cost, before anybody orders: the same lines and the same price that placing makes.

use contract::fault::{AMOUNT_OVERFLOW, CART_EMPTY, INVALID, OFF_SHELF};
use contract::product::{SelectionOf, Sku, SkusOf};
use contract::promotion::{Quote, QuoteLine, QuoteRequest, Scene};
use contract::user::Address;
use contract::{AddressId, Fen, SkuId, UserId};
use garde::Validate;
use kit::{Ctx, Error, Result};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::place::OrderSource;
use crate::{Order, price};

/// Lines of an order at most, as of a cart.
const LINES: usize = 120;

/// What a shopper thinks of ordering.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteOrder {
    /// What would be bought.
    #[garde(dive)]
    pub source: OrderSource,
    /// Where it would go; freight is that of a near province without it.
    #[garde(skip)]
    #[serde(default)]
    pub address_id: Option<AddressId>,
}

/// What is bought, as it is sold right now.
pub(crate) struct Goods {
    pub skus: Vec<Sku>,
    pub lines: Vec<QuoteLine>,
}

impl Order {
    /// What the order would cost. Nothing is held and nothing is kept; placing prices again.
    pub async fn quote(&self, ctx: &Ctx, user: UserId, wish: &QuoteOrder) -> Result<Quote> {
        let address = async {
            match wish.address_id {
                Some(id) => self.address(ctx, user, id).await.map(Some),
                None => Ok(None),
            }
        };
        let (goods, address) = tokio::try_join!(self.goods(ctx, user, &wish.source), address)?;
        self.quote_of(ctx, user, Scene::Order, &goods.lines, address.as_ref()).await
    }

    /// The variants with their prices. `off_shelf` names the one that is not for sale.
    pub(crate) async fn goods(&self, ctx: &Ctx, user: UserId, source: &OrderSource) -> Result<Goods> {
        let picks = self.picks(ctx, user, source).await?;
        let known = self.around.product.skus(ctx, SkusOf { skus: picks.iter().map(|(sku, _)| *sku).collect() }).await?;
        let mut skus = Vec::with_capacity(picks.len());
        for (id, _) in &picks {
            let sku = known.iter().find(|s| s.sku == *id && s.listed);
            skus.push(sku.ok_or_else(|| OFF_SHELF.with(serde_json::json!({ "sku_id": id })))?.clone());
        }
        let lines: Vec<QuoteLine> = skus.iter().zip(&picks).map(|(sku, (_, qty))| line_to_price(sku, *qty)).collect();
        if Fen::sum(lines.iter().map(|l| l.unit_price_fen.times(l.qty).unwrap_or(Fen(i64::MAX)))).is_none_or(|t| t.0 == i64::MAX)
        {
            return Err(AMOUNT_OVERFLOW.into());
        }
        Ok(Goods { skus, lines })
    }

    /// The price, checked: a quote that does not add up is a mistake of ours and never shown.
    pub(crate) async fn quote_of(
        &self,
        ctx: &Ctx,
        user: UserId,
        scene: Scene,
        lines: &[QuoteLine],
        to: Option<&Address>,
    ) -> Result<Quote> {
        let province = to.map(|address| address.province.clone());
        let request = QuoteRequest { user, scene, lines: lines.to_vec(), province };
        let quote = self.around.promotion.quote(ctx, request).await?;
        if !price::holds(&quote, lines) {
            return Err(Error::internal(format!("a quote does not add up: {}", serde_json::to_string(&quote)?)));
        }
        Ok(quote)
    }

    async fn picks(&self, ctx: &Ctx, user: UserId, source: &OrderSource) -> Result<Vec<(SkuId, u32)>> {
        let picks: Vec<(SkuId, u32)> = match source {
            OrderSource::Cart {} => {
                let selection = self.around.product.selection(ctx, SelectionOf { user }).await?;
                selection.iter().map(|pick| (pick.sku, pick.qty)).collect()
            }
            OrderSource::BuyNow { lines } => lines.iter().map(|pick| (pick.sku_id, pick.qty)).collect(),
        };
        if picks.is_empty() {
            return Err(CART_EMPTY.into());
        }
        if picks.len() > LINES {
            return Err(INVALID.at("/source", "length", format!("at most {LINES} lines")));
        }
        for (i, (sku, qty)) in picks.iter().enumerate() {
            if picks.iter().take(i).any(|(earlier, _)| earlier == sku) {
                return Err(INVALID.at(format!("/source/lines/{i}/sku_id"), "duplicate", "each variant once"));
            }
            if !(1..=999).contains(qty) {
                return Err(INVALID.at(format!("/source/lines/{i}/qty"), "range", "1 to 999"));
            }
        }
        Ok(picks)
    }
}

fn line_to_price(sku: &Sku, qty: u32) -> QuoteLine {
    QuoteLine { sku: sku.sku, spu: sku.spu, category: sku.category, brand: sku.brand, qty, unit_price_fen: sku.price_fen }
}
