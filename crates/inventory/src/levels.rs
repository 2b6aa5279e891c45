//! Tells balances. For looking at: what may be ordered is decided by the hold alone.

use std::collections::HashMap;

use contract::SkuId;
use contract::fault::INVALID;
use contract::inventory::{Level, LevelsOf};
use kit::Result;

use crate::{Inventory, store};

/// Levels in the order asked; a variant without record has zeros.
pub async fn levels(inventory: &Inventory, request: &LevelsOf) -> Result<Vec<Level>> {
    if request.skus.len() > inventory.settings.max_levels {
        return Err(INVALID.at("/skus", "length", format!("at most {}", inventory.settings.max_levels)));
    }
    if request.skus.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::levels(&inventory.db, &request.skus).await?;
    let known: HashMap<SkuId, Level> = found.into_iter().map(|row| (row.sku, Level::from(row))).collect();
    let none = |sku| Level { sku, available: 0, locked: 0, sold: 0, allotted: 0 };
    Ok(request.skus.iter().map(|sku| known.get(sku).copied().unwrap_or_else(|| none(*sku))).collect())
}
