//! Taking in one product from another system: everything that it needs is made, and the same line again is one read.
//!
//! The line's fingerprint is stored last, after its stock was counted: a crash in between leaves it unset, and running
//! the line again goes on under the same import id, so that no stock is counted twice.

mod line;
mod surroundings;

use std::collections::BTreeMap;

use contract::inventory::{Count, CountedLine};
use contract::product::{ImportOutcome, Imported, Line, SpuChanged};
use contract::{SkuId, SpuId, fault};
use kit::{Ctx, Result};

use crate::Product;
use crate::content::Content;
use crate::digest::Digest;
use crate::publish::{lock_frame, numbered, write_skus};
use crate::store::{sku as skus, spu as spus};
pub(crate) use surroundings::Known;

/// Who published it, in the history: nobody.
const NOBODY: i64 = 0;
/// Times that a line which lost a race against another change of its product is tried again.
const TRIES: u32 = 4;

/// Numbers of stock of the last import that came to its end, by variant.
type Counted = BTreeMap<SkuId, u32>;

/// A product as written, its stock not yet counted.
struct Written {
    spu: SpuId,
    outcome: ImportOutcome,
    import_id: String,
    /// Stock by variant, as the line says.
    stock: Counted,
    /// The same after the import before.
    before: Counted,
}

impl Product {
    /// Takes in one line.
    pub(crate) async fn take_in(&self, ctx: &Ctx, line: Line) -> Result<Imported> {
        let fingerprint = Digest::new().feed(&serde_json::to_vec(&line)?).hex();
        let mut known = spus::imported(&self.db, line.source_id).await?;
        if let Some(spu) = known.as_ref().filter(|k| k.fingerprint == fingerprint) {
            return Ok(Imported { spu: spu.id, outcome: ImportOutcome::Unchanged });
        }
        let on_sale = line.on_sale;
        let stock: Vec<u32> = line.skus.iter().map(|s| s.stock).collect();
        line::check_path(&line.category)?;
        let mut content = line::content(&line);
        content.check()?;
        let mut tries = 0;
        let written = loop {
            self.surround(&line, &mut content).await?;
            let written = match &known {
                Some(known) => self.write_again(known, &content, on_sale, &fingerprint, &stock).await,
                None => self.write_first(line.source_id, &content, on_sale, &fingerprint, &stock).await,
            };
            match written {
                Ok(Some(written)) => break written,
                Ok(None) if tries < TRIES => {
                    known = spus::imported(&self.db, line.source_id).await?;
                    if let Some(spu) = known.as_ref().filter(|k| k.fingerprint == fingerprint) {
                        return Ok(Imported { spu: spu.id, outcome: ImportOutcome::Unchanged });
                    }
                }
                // Somebody deleted the category or the brand since we last saw it: make it anew.
                Err(e) if e.is(fault::INVALID) && tries == 0 => self.known.forget(),
                Ok(None) => return Err(fault::CONFLICT.because("the product changes all the time")),
                Err(e) => return Err(e),
            }
            tries += 1;
        };
        self.spu_changed(written.spu).await;
        self.count_stock(ctx, &written).await?;
        let stock = serde_json::to_string(&written.stock)?;
        spus::end_import(&self.db, written.spu, &written.import_id, &fingerprint, &stock).await?;
        Ok(Imported { spu: written.spu, outcome: written.outcome })
    }

    async fn write_first(
        &self,
        source: i64,
        content: &Content,
        on_sale: bool,
        fingerprint: &str,
        stock: &[u32],
    ) -> Result<Option<Written>> {
        let id: SpuId = self.db.ids().make();
        let import_id = import_id(fingerprint, 1);
        let state = if on_sale { spus::LISTED } else { spus::UNLISTED };
        let kept = kit::tx!(self.db, |tx| {
            lock_frame(&tx, content).await?;
            let origin = spus::Origin { source: Some(source), import_id: &import_id };
            if !spus::insert(&tx, id, content, state, origin).await? {
                return Ok(None);
            }
            let kept = write_skus(&tx, id, Vec::new(), content).await?;
            spus::keep_version(&tx, id, 1, &numbered(content, &kept), NOBODY).await?;
            tx.publish(&SpuChanged { spu: id, version: 1, listed: on_sale }).await?;
            Ok(Some(kept))
        })?;
        let stock = kept.map(|kept| by_variant(&kept, stock));
        Ok(stock.map(|stock| Written { spu: id, outcome: ImportOutcome::Created, import_id, stock, before: Counted::new() }))
    }

    async fn write_again(
        &self,
        known: &spus::Imported,
        content: &Content,
        on_sale: bool,
        fingerprint: &str,
        stock: &[u32],
    ) -> Result<Option<Written>> {
        let (id, version) = (known.id, known.version + 1);
        let broken_off = known.fingerprint.is_empty() && !known.import_id.is_empty();
        let resumed = broken_off && known.import_id.starts_with(short(fingerprint));
        // Another import broke off: nobody knows which of its numbers were counted, so all are counted again.
        let counted = if broken_off && !resumed { "{}" } else { known.import_stock.as_str() };
        let import_id = if resumed { known.import_id.clone() } else { import_id(fingerprint, version) };
        let state = match (on_sale, known.state.as_str()) {
            (true, _) => spus::LISTED,
            (false, spus::DRAFT) => spus::DRAFT,
            (false, _) => spus::UNLISTED,
        };
        let kept = kit::tx!(self.db, |tx| {
            lock_frame(&tx, content).await?;
            if !spus::update(&tx, id, known.version, content).await? {
                return Ok(None);
            }
            spus::set_state(&tx, id, state).await?;
            spus::begin_import(&tx, id, &import_id, counted).await?;
            let kept = write_skus(&tx, id, skus::all_of(&tx, id).await?, content).await?;
            spus::keep_version(&tx, id, version, &numbered(content, &kept), NOBODY).await?;
            tx.publish(&SpuChanged { spu: id, version, listed: on_sale }).await?;
            Ok(Some(kept))
        })?;
        let before = serde_json::from_str(counted).unwrap_or_default();
        let stock = kept.map(|kept| by_variant(&kept, stock));
        Ok(stock.map(|stock| Written { spu: id, outcome: ImportOutcome::Updated, import_id, stock, before }))
    }

    /// Counts variants that are new or whose number differs from the import before: what was sold since stays sold.
    async fn count_stock(&self, ctx: &Ctx, written: &Written) -> Result<()> {
        let changed = written.stock.iter().filter(|(sku, qty)| written.before.get(sku) != Some(qty));
        let lines: Vec<CountedLine> = changed.map(|(sku, qty)| CountedLine { sku: *sku, available: *qty }).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let id = format!("import:{}:{}", written.spu, written.import_id);
        self.inventory.count(ctx, Count { id, lines, reason: "import".into() }).await.map(|_| ())
    }
}

/// As much of a fingerprint as stands in an import id.
fn short(fingerprint: &str) -> &str {
    fingerprint.get(..16).unwrap_or(fingerprint)
}

/// One import of a line: a line that comes back after another one is another import.
fn import_id(fingerprint: &str, version: i64) -> String {
    format!("{}.{version}", short(fingerprint))
}

fn by_variant(kept: &[skus::Sku], stock: &[u32]) -> Counted {
    kept.iter().zip(stock).map(|(sku, qty)| (sku.id, *qty)).collect()
}
