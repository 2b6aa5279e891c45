//! Publishing and editing a product: one version after the other, and variants keep their numbers.

use std::collections::HashSet;

use contract::product::SpuChanged;
use contract::{SkuId, SpuId, fault};
use kit::{Result, Tx};

use crate::Product;
use crate::content::{Content, Variant, Wrong};
use crate::frame::Frame;
use crate::specs::{self, Old, Wanted};
use crate::store::sku::Sku;
use crate::store::{frame as frames, sku as skus, spu as spus};

impl Product {
    /// Publishes a product as a draft; gives its number.
    pub(crate) async fn publish(&self, content: Content, operator: i64) -> Result<SpuId> {
        let content = content.trimmed();
        content.check()?;
        fits_frame(&content, &*self.frame_now().await?)?;
        let id: SpuId = self.db.ids().make();
        kit::tx!(self.db, |tx| {
            lock_frame(&tx, &content).await?;
            spus::insert(&tx, id, &content, spus::DRAFT, spus::Origin::default()).await?;
            let kept = write_skus(&tx, id, Vec::new(), &content).await?;
            spus::keep_version(&tx, id, 1, &numbered(&content, &kept), operator).await?;
            tx.publish(&SpuChanged { spu: id, version: 1, listed: false }).await
        })?;
        self.spu_changed(id).await;
        Ok(id)
    }

    /// Replaces the content of a product that still has this version.
    pub(crate) async fn edit(&self, id: SpuId, version: i64, content: Content, operator: i64) -> Result<()> {
        let content = content.trimmed();
        content.check()?;
        fits_frame(&content, &*self.frame_now().await?)?;
        kit::tx!(self.db, |tx| {
            lock_frame(&tx, &content).await?;
            if !spus::update(&tx, id, version, &content).await? {
                let known = spus::spu_in(&tx, id).await?;
                return Err(if known.is_some() { fault::VERSION_CHANGED.into() } else { fault::NOT_FOUND.into() });
            }
            let kept = write_skus(&tx, id, skus::all_of(&tx, id).await?, &content).await?;
            spus::keep_version(&tx, id, version + 1, &numbered(&content, &kept), operator).await?;
            let listed = spus::spu_in(&tx, id).await?.is_some_and(|s| s.listed());
            tx.publish(&SpuChanged { spu: id, version: version + 1, listed }).await
        })?;
        self.spu_changed(id).await;
        Ok(())
    }
}

/// The rules that need the frame: the category is a leaf, the brand is known, values are among the options.
fn fits_frame(content: &Content, frame: &Frame) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.when(!frame.is_leaf(content.category), "/category", "leaf", "not a category without children");
    let brand_known = content.brand.is_none_or(|b| frame.brand(b).is_some());
    wrong.when(!brand_known, "/brand", "unknown", "no such brand");
    let basic = content.attributes.iter().enumerate().map(|(n, s)| ("basic", format!("/attributes/{n}/value"), s));
    let sales = content
        .skus
        .iter()
        .enumerate()
        .flat_map(|(k, v)| v.specs.iter().enumerate().map(move |(n, s)| ("sales", format!("/skus/{k}/specs/{n}/value"), s)));
    for (kind, pointer, spec) in basic.chain(sales) {
        let defined = frame.attributes(content.category).iter().find(|a| a.kind == kind && a.name == spec.name);
        let options = defined.map(crate::attribute::options).unwrap_or_default();
        let refused = !options.is_empty() && !options.contains(&spec.value);
        wrong.when(refused, &pointer, "option", "not one of the attribute's values");
    }
    wrong.finish()
}

/// Holds category and brand until the end of the transaction, so that nobody deletes them meanwhile.
pub(crate) async fn lock_frame(tx: &Tx, content: &Content) -> Result<()> {
    if !frames::touch_category(tx, content.category).await? {
        return Err(fault::INVALID.at("/category", "unknown", "no such category"));
    }
    if let Some(brand) = content.brand
        && !frames::touch_brand(tx, brand).await?
    {
        return Err(fault::INVALID.at("/brand", "unknown", "no such brand"));
    }
    Ok(())
}

/// The content with the numbers and codes of its variants, as the history keeps it.
pub(crate) fn numbered(content: &Content, kept: &[Sku]) -> Content {
    let mut content = content.clone();
    for (variant, sku) in content.skus.iter_mut().zip(kept) {
        variant.id = Some(sku.id);
        variant.code = Some(sku.code.clone());
    }
    content
}

/// Writes the variants: those that match keep their numbers, new ones get one, the others are sold no longer.
pub(crate) async fn write_skus(tx: &Tx, spu: SpuId, old: Vec<Sku>, content: &Content) -> Result<Vec<Sku>> {
    let known: Vec<Old> = old.iter().map(|s| Old { id: s.id, hash: s.specs_hash.clone() }).collect();
    let wanted: Vec<Wanted> = content.skus.iter().map(|v| Wanted { id: v.id, hash: specs::hash(&v.specs) }).collect();
    let kept = specs::pair(&known, &wanted)
        .map_err(|n| fault::INVALID.at(format!("/skus/{n}/id"), "unknown", "not a variant of this product, or named twice"))?;
    for id in specs::yielding(&known, &wanted, &kept) {
        skus::give_up_specs(tx, id).await?;
    }
    let stay: HashSet<SkuId> = kept.iter().flatten().copied().collect();
    for gone in old.iter().filter(|s| s.removed == 0 && !stay.contains(&s.id)) {
        skus::remove(tx, gone.id).await?;
    }
    let mut written = Vec::with_capacity(content.skus.len());
    let mut new = Vec::new();
    for (n, ((variant, wanted), kept)) in content.skus.iter().zip(&wanted).zip(&kept).enumerate() {
        let before = kept.and_then(|id| old.iter().find(|s| s.id == id));
        let row = row(tx, spu, n, variant, &wanted.hash, before)?;
        match before {
            None => new.push(row.clone()),
            Some(before) if same(before, &row) => {}
            Some(_) => code_is_free(skus::update(tx, &row).await?)?,
        }
        written.push(row);
    }
    code_is_free(skus::insert(tx, &new).await?)?;
    Ok(written)
}

fn code_is_free(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(fault::NAME_TAKEN.at("/skus", "code_taken", "another product uses one of these codes")) }
}

fn row(tx: &Tx, spu: SpuId, position: usize, variant: &Variant, hash: &str, before: Option<&Sku>) -> Result<Sku> {
    let id: SkuId = before.map_or_else(|| tx.id(), |b| b.id);
    let code = variant.code.clone().or_else(|| before.map(|b| b.code.clone())).unwrap_or_else(|| format!("SP{id}"));
    Ok(Sku {
        id,
        spu,
        code,
        specs: serde_json::to_string(&variant.specs)?,
        specs_hash: hash.to_owned(),
        price_fen: variant.price_fen,
        list_price_fen: variant.list_price(),
        picture: variant.picture.clone(),
        position: i32::try_from(position).unwrap_or(i32::MAX),
        removed: 0,
    })
}

fn same(a: &Sku, b: &Sku) -> bool {
    (a.removed, a.position, a.price_fen, a.list_price_fen) == (b.removed, b.position, b.price_fen, b.list_price_fen)
        && (&a.code, &a.specs, &a.specs_hash, &a.picture) == (&b.code, &b.specs, &b.specs_hash, &b.picture)
}
