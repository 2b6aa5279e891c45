//! Ends an allotment: what was not sold may be ordered by anybody again. What was sold stays for the paid orders whose news is
//! still on its way here.

use contract::SkuId;
use contract::fault::CONFLICT;
use contract::inventory::{AllotmentEnded, EndAllotment};
use kit::{Error, Result, Tx};

use crate::ledger::{self, Cause, Entry, Kind};
use crate::{Inventory, store};

/// Ends an allotment, once. Of one that was never made it leaves a mark, which refuses it should it come late.
pub async fn end_allotment(inventory: &Inventory, request: &EndAllotment) -> Result<AllotmentEnded> {
    kit::tx!(inventory.db, |tx| within(&tx, request).await)
}

async fn within(tx: &Tx, request: &EndAllotment) -> Result<AllotmentEnded> {
    let (id, sold) = (request.id, i64::from(request.sold));
    let mut ended = store::end_allotment(tx, id, sold).await?;
    if !ended && sold == 0 {
        store::insert_allotment(tx, id, SkuId(0), 0).await?;
        ended = store::end_allotment(tx, id, sold).await?;
    }
    let Some(now) = store::allotment(tx, id).await? else {
        return Err(CONFLICT.because(format!("allotment {id} was never made")));
    };
    if ended && now.returned > 0 {
        let entry = Entry { sku: now.sku, available: now.returned, locked: 0, sold: 0, allotted: -now.returned };
        ledger::apply(tx, &Cause::allotment(Kind::Unallot, id, ""), &[entry]).await?;
    }
    if now.ended == 0 || now.sold != sold {
        return Err(CONFLICT.because(format!("allotment {id} cannot end with {sold} sold: {now:?}")));
    }
    Ok(AllotmentEnded { returned: u32::try_from(now.returned).map_err(Error::internal)? })
}
