//! The small second read of the product page: stock, price and promotions, which change more often than the rest.

use contract::inventory::LevelsOf;
use contract::promotion::{QuoteLine, QuoteRequest, Scene};
use contract::{Fen, SkuId, SpuId, UserId};
use kit::{Caller, Ctx, Result};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Product;
use crate::detail::Kept;
use crate::store::{kept, spu as spus};

/// A variant right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveSku {
    /// Its number.
    pub id: SkuId,
    /// Price.
    pub price_fen: Fen,
    /// May be bought.
    pub in_stock: bool,
    /// How many are left, when few are: 仅剩 n 件.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
}

/// A product right now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Live {
    /// Its number.
    pub id: SpuId,
    /// Variants.
    pub skus: Vec<LiveSku>,
    /// Promotions that it takes part in, as the shopper reads them.
    pub promotions: Vec<String>,
    /// Units sold.
    pub sales: i64,
    /// Whether the shopper keeps it as a favourite; absent for who is not signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub favourite: Option<bool>,
}

impl Product {
    /// Stock, price and promotions of a product on the shelf.
    pub(crate) async fn live(&self, ctx: &Ctx, spu: SpuId) -> Result<Live> {
        let kept = self.kept(spu).await?;
        let levels_of = LevelsOf { skus: kept.skus.iter().map(|(id, _)| *id).collect() };
        let (levels, promotions, sales, favourite) = futures::join!(
            self.inventory.levels(ctx, levels_of),
            self.promotions_of(ctx, spu, &kept),
            spus::sales(&self.db, spu),
            self.is_favourite(ctx, spu)
        );
        let levels = levels?;
        let skus = kept.skus.iter().map(|(id, price)| {
            let available = levels.iter().find(|l| l.sku == *id).map_or(0, |l| l.available);
            let few = (1..self.settings.low_stock).contains(&available);
            LiveSku { id: *id, price_fen: *price, in_stock: available > 0, left: few.then_some(available) }
        });
        Ok(Live { id: spu, skus: skus.collect(), promotions, sales: sales?, favourite: favourite? })
    }

    async fn is_favourite(&self, ctx: &Ctx, spu: SpuId) -> Result<Option<bool>> {
        match ctx.caller {
            Caller::Shopper { user, .. } => kept::is_favourite(&self.db, UserId(user), spu).await.map(Some),
            _ => Ok(None),
        }
    }

    /// What one piece of the cheapest variant would be offered. A page without promotions is better than no page.
    async fn promotions_of(&self, ctx: &Ctx, spu: SpuId, kept: &Kept) -> Vec<String> {
        let Some((sku, price)) = kept.skus.iter().min_by_key(|(_, price)| *price) else { return Vec::new() };
        let user = match ctx.caller {
            Caller::Shopper { user, .. } => UserId(user),
            _ => UserId(0),
        };
        let line = QuoteLine { sku: *sku, spu, category: kept.category, brand: kept.brand, qty: 1, unit_price_fen: *price };
        let request = QuoteRequest { user, scene: Scene::Cart, lines: vec![line], province: None };
        match self.promotion.quote(ctx, request).await {
            Ok(quote) => {
                let mut titles: Vec<String> = quote.rules.into_iter().map(|r| r.title).filter(|t| !t.is_empty()).collect();
                titles.dedup();
                titles
            }
            Err(error) => {
                tracing::warn!(%error, "the product page goes without promotions");
                Vec::new()
            }
        }
    }
}
