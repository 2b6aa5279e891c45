//! Changing the cart. Stock is asked before a quantity grows; on refusal the quantity stays. The number of lines is a
//! counter of its own that every change locks first, so that it holds under any number of parallel adds.

use contract::inventory::LevelsOf;
use contract::product::Sku;
use contract::{SkuId, UserId, fault};
use garde::Validate;
use kit::http::Once;
use kit::{Ctx, Error, Result, Tx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::Judged;
use crate::Product;
use crate::documents::as_sold;
use crate::store::{cart as store, sku as skus};

/// Pieces of a variant for the cart.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The variant.
    #[garde(skip)]
    pub sku_id: SkuId,
    /// How many more, 1–999.
    #[garde(range(min = 1, max = 999))]
    #[schema(minimum = 1, maximum = 999)]
    pub qty: u32,
}

/// What changes of a line; what is absent stays.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct LineChange {
    /// How many, 1–999.
    #[garde(inner(range(min = 1, max = 999)))]
    #[schema(minimum = 1, maximum = 999)]
    pub qty: Option<u32>,
    /// Selected.
    #[garde(skip)]
    pub checked: Option<bool>,
}

/// Which lines are selected.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CartCheck {
    /// Selected or not.
    #[garde(skip)]
    pub checked: bool,
    /// Which; all when absent.
    #[garde(inner(length(max = 200)))]
    #[serde(default)]
    #[schema(max_items = 200)]
    pub skus: Option<Vec<SkuId>>,
}

/// What is in the cart after a change of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Added {
    /// The variant.
    pub sku_id: SkuId,
    /// How many of it now.
    pub qty: u32,
    /// Lines in the cart.
    pub count: i64,
}

fn out_of_stock(sku: SkuId, available: i64) -> Error {
    fault::OUT_OF_STOCK.with(serde_json::json!({ "sku_id": sku, "available": available.max(0) }))
}

impl Product {
    /// Puts pieces into the cart, into the line that is there or a new one; once, when the request says which it is.
    pub(crate) async fn add_line(&self, ctx: &Ctx, user: UserId, new: NewLine, once: Option<&Once>) -> Result<Added> {
        let (sku, available) = self.sellable(ctx, new.sku_id).await?;
        let most = available.min(i64::from(self.settings.cart_qty));
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            if let Some(once) = once {
                once.begin(&tx).await?;
            }
            if !store::add_qty(&tx, user, sku.sku, new.qty, most).await? {
                self.check_room(&tx, user, &sku, new.qty, available).await?;
                if !store::take_place(&tx, user, self.settings.cart_lines).await? {
                    return Err(fault::CART_FULL.with(serde_json::json!({ "limit": self.settings.cart_lines })));
                }
                store::insert_line(&tx, user, sku.sku, new.qty, sku.price_fen).await?;
            }
            let line = store::line_in(&tx, user, sku.sku).await?;
            let qty = line.map_or(0, |l| u32::try_from(l.qty).unwrap_or(0));
            let added = Added { sku_id: sku.sku, qty, count: store::count_in(&tx, user).await? };
            if let Some(once) = once {
                once.answer(&tx, 200, &added).await?;
            }
            Ok(added)
        })
    }

    /// Whether a new line may be made: refused when the line is there already (it would be too many), or stock is short.
    async fn check_room(&self, tx: &Tx, user: UserId, sku: &Sku, qty: u32, available: i64) -> Result<()> {
        let there = store::line_in(tx, user, sku.sku).await?;
        let wanted = i64::from(qty) + there.as_ref().map_or(0, |l| i64::from(l.qty));
        if wanted > i64::from(self.settings.cart_qty) {
            let message = format!("at most {} of one variant", self.settings.cart_qty);
            return Err(fault::INVALID.at("/qty", "range", message));
        }
        if wanted > available || there.is_some() { Err(out_of_stock(sku.sku, available)) } else { Ok(()) }
    }

    /// Changes quantity or selection of a line; on refusal both stay.
    pub(crate) async fn change_line(&self, ctx: &Ctx, user: UserId, sku: SkuId, change: LineChange) -> Result<Added> {
        if store::line(&self.db, user, sku).await?.is_none() {
            return Err(fault::NOT_FOUND.into());
        }
        if let Some(qty) = change.qty {
            let (_, available) = self.sellable(ctx, sku).await?;
            if qty > self.settings.cart_qty {
                return Err(fault::INVALID.at("/qty", "range", format!("at most {}", self.settings.cart_qty)));
            }
            if i64::from(qty) > available {
                return Err(out_of_stock(sku, available));
            }
        }
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            let mut there = true;
            if let Some(qty) = change.qty {
                there = store::set_qty(&tx, user, sku, qty).await?;
            }
            if let Some(checked) = change.checked {
                there &= store::check(&tx, user, Some(&[sku]), checked).await? == 1;
            }
            if there { Ok(()) } else { Err(fault::NOT_FOUND.into()) }
        })?;
        self.added(user, sku).await
    }

    /// Takes a line out. Again: the same answer.
    pub(crate) async fn delete_line(&self, user: UserId, sku: SkuId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            store::delete(&tx, user, &[sku]).await.map(|_| ())
        })
    }

    /// Selects lines or not.
    pub(crate) async fn check_lines(&self, user: UserId, check: CartCheck) -> Result<()> {
        if check.skus.as_ref().is_some_and(Vec::is_empty) {
            return Ok(());
        }
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            store::check(&tx, user, check.skus.as_deref(), check.checked).await.map(|_| ())
        })
    }

    /// Takes out all lines that may not be ordered.
    pub(crate) async fn delete_invalid(&self, ctx: &Ctx, user: UserId) -> Result<()> {
        let Judged { invalid, .. } = self.judged(ctx, user).await?;
        let skus: Vec<SkuId> = invalid.iter().map(|l| l.sku_id).collect();
        if skus.is_empty() {
            return Ok(());
        }
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            store::delete(&tx, user, &skus).await.map(|_| ())
        })
    }

    /// A variant that may be sold and how many there are; `not_found`, `off_shelf` or `out_of_stock` otherwise.
    async fn sellable(&self, ctx: &Ctx, id: SkuId) -> Result<(Sku, i64)> {
        let asked = [id];
        let (rows, levels) =
            futures::join!(skus::sold(&self.db, &asked), self.inventory.levels(ctx, LevelsOf { skus: vec![id] }));
        let Some(row) = rows?.pop() else { return Err(fault::NOT_FOUND.into()) };
        let sku = as_sold(row)?;
        if !sku.listed {
            return Err(fault::OFF_SHELF.with(serde_json::json!({ "sku_id": id })));
        }
        let available = levels?.first().map_or(0, |l| l.available);
        if available <= 0 { Err(out_of_stock(id, 0)) } else { Ok((sku, available)) }
    }

    async fn added(&self, user: UserId, sku: SkuId) -> Result<Added> {
        let line = store::line(&self.db, user, sku).await?;
        let qty = line.map_or(0, |l| u32::try_from(l.qty).unwrap_or(0));
        Ok(Added { sku_id: sku, qty, count: store::count(&self.db, user).await? })
    }
}
