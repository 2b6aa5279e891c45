//! What other services read: variants as they are sold, and documents for the search index.

use std::collections::HashMap;

use contract::inventory::LevelsOf;
use contract::product::{Document, DocumentsOf, Sku, SkusOf, Spec};
use contract::{SkuId, SpuId, fault};
use kit::{Ctx, Result};

use crate::Product;
use crate::content::Sheet;
use crate::frame::Frame;
use crate::store::sku::Sold;
use crate::store::spu::Spu;
use crate::store::{sku as skus, spu as spus};

/// Variants asked for at once.
const SKUS: usize = 200;
/// Documents asked for at once.
const DOCUMENTS: usize = 200;
/// Levels asked for at once.
const LEVELS: usize = 1000;

/// A variant as it is sold, from its row.
pub(crate) fn as_sold(row: Sold) -> Result<Sku> {
    Ok(Sku {
        sku: row.id,
        spu: row.spu,
        version: row.version,
        code: row.code,
        title: row.title,
        specs: serde_json::from_str(&row.specs)?,
        picture: row.picture.or(row.main_picture),
        list_price_fen: row.list_price_fen,
        price_fen: row.price_fen,
        unit: row.unit,
        category: row.category,
        brand: row.brand,
        listed: row.state == spus::LISTED && row.removed == 0,
    })
}

fn at_most(n: usize, most: usize) -> Result<()> {
    if n > most { Err(fault::INVALID.at("/", "too_many", format!("at most {most}"))) } else { Ok(()) }
}

impl Product {
    /// Variants as they are sold right now, in the order asked; unknown ones are left out.
    pub(crate) async fn sold(&self, asked: SkusOf) -> Result<Vec<Sku>> {
        at_most(asked.skus.len(), SKUS)?;
        if asked.skus.is_empty() {
            return Ok(Vec::new());
        }
        let rows = skus::sold(&self.db, &asked.skus).await?;
        let mut by_id: HashMap<SkuId, Sku> = HashMap::with_capacity(rows.len());
        for row in rows {
            by_id.insert(row.id, as_sold(row)?);
        }
        Ok(asked.skus.iter().filter_map(|id| by_id.get(id).cloned()).collect())
    }

    /// Search documents.
    pub(crate) async fn documents_of(&self, ctx: &Ctx, asked: DocumentsOf) -> Result<Vec<Document>> {
        let mut rows = match asked {
            DocumentsOf::Spus(ids) => self.spus(ids).await?,
            DocumentsOf::Skus(ids) => {
                at_most(ids.len(), SKUS)?;
                let ids = if ids.is_empty() { Vec::new() } else { skus::spus_of(&self.db, &ids).await? };
                self.spus(ids).await?
            }
            DocumentsOf::After { after, limit } => {
                spus::listed_after(&self.db, after, limit.min(u32::try_from(DOCUMENTS).unwrap_or(u32::MAX))).await?
            }
        };
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        rows.sort_by_key(|s| s.id);
        let ids: Vec<SpuId> = rows.iter().map(|s| s.id).collect();
        let variants = skus::of_spus(&self.db, &ids).await?;
        let in_stock = self.in_stock(ctx, &variants).await?;
        let frame = self.frame_now().await?;
        let mut by_spu: HashMap<SpuId, Vec<skus::Sku>> = HashMap::new();
        for variant in variants {
            by_spu.entry(variant.spu).or_default().push(variant);
        }
        rows.into_iter()
            .map(|spu| {
                let variants = by_spu.remove(&spu.id).unwrap_or_default();
                let any = variants.iter().any(|v| in_stock.get(&v.id).copied().unwrap_or(false));
                document(spu, &variants, any, &frame)
            })
            .collect()
    }

    async fn spus(&self, ids: Vec<SpuId>) -> Result<Vec<Spu>> {
        at_most(ids.len(), DOCUMENTS)?;
        if ids.is_empty() { Ok(Vec::new()) } else { spus::spus(&self.db, &ids).await }
    }

    async fn in_stock(&self, ctx: &Ctx, variants: &[skus::Sku]) -> Result<HashMap<SkuId, bool>> {
        let mut found = HashMap::with_capacity(variants.len());
        for batch in variants.chunks(LEVELS) {
            let asked = LevelsOf { skus: batch.iter().map(|v| v.id).collect() };
            let levels = self.inventory.levels(ctx, asked).await?;
            found.extend(levels.into_iter().map(|l| (l.sku, l.available > 0)));
        }
        Ok(found)
    }
}

fn document(spu: Spu, variants: &[skus::Sku], in_stock: bool, frame: &Frame) -> Result<Document> {
    let listed = spu.listed();
    let sheet: Sheet = serde_json::from_str(&spu.content)?;
    let searchable = |kind: &str, name: &str| {
        frame.attributes(spu.category).iter().any(|a| a.searchable != 0 && a.kind == kind && a.name == name)
    };
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut add = |kind: &str, spec: Spec| {
        let pair = (spec.name, spec.value);
        if searchable(kind, &pair.0) && !attributes.contains(&pair) {
            attributes.push(pair);
        }
    };
    for spec in sheet.attributes {
        add("basic", spec);
    }
    for variant in variants {
        for spec in serde_json::from_str::<Vec<Spec>>(&variant.specs)? {
            add("sales", spec);
        }
    }
    Ok(Document {
        spu: spu.id,
        version: spu.version,
        listed,
        title: spu.title,
        subtitle: spu.subtitle,
        categories: frame.path(spu.category).into_iter().map(|c| (c.id, c.name.clone())).collect(),
        brand: spu.brand.and_then(|b| frame.brand(b)).map(|b| (b.id, b.name.clone())),
        picture: spu.picture,
        price_fen: spu.price_fen,
        list_price_fen: spu.list_price_fen,
        in_stock,
        listed_at: spu.listed_ms,
        sales: spu.sales,
        attributes,
        flags: sheet.flags.iter().map(|f| f.name().to_owned()).collect(),
    })
}
