//! Onto the shelf and off it: state, version and event in one step.

use contract::product::SpuChanged;
use contract::{SpuId, fault};
use kit::Result;

use crate::Product;
use crate::store::spu as store;

impl Product {
    /// Puts a product on the shelf. Again: nothing changes.
    pub(crate) async fn list(&self, id: SpuId) -> Result<()> {
        self.shelve(id, true).await?;
        // It may be the newest now, so every list of the newest changes.
        self.home.forget();
        Ok(())
    }

    /// Takes a product off the shelf: from this moment nobody can order it. Again: nothing changes.
    pub(crate) async fn unlist(&self, id: SpuId) -> Result<()> {
        self.shelve(id, false).await
    }

    async fn shelve(&self, id: SpuId, listed: bool) -> Result<()> {
        kit::tx!(self.db, |tx| {
            let moved = if listed { store::list(&tx, id).await? } else { store::unlist(&tx, id).await? };
            let Some(spu) = store::spu_in(&tx, id).await? else { return Err(fault::NOT_FOUND.into()) };
            if moved { tx.publish(&SpuChanged { spu: id, version: spu.version, listed }).await } else { Ok(()) }
        })?;
        self.spu_changed(id).await;
        Ok(())
    }
}
