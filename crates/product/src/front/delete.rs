//! Deleting a front category.

use contract::fault;
use kit::Result;

use super::FrontCategoryId;
use crate::Product;
use crate::store::front as store;

impl Product {
    /// Deletes a front category that nothing stands below. Again: the same answer.
    pub(crate) async fn delete_front(&self, id: FrontCategoryId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            let used = store::all_in(&tx).await?.iter().any(|c| c.parent == id);
            if used { Err(fault::CATEGORY_IN_USE.into()) } else { store::delete(&tx, id).await }
        })?;
        self.front_changed();
        Ok(())
    }
}
