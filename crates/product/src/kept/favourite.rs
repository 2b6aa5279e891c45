//! Favourites. Their number is a counter of its own that every change locks first, so that it holds under any number of
//! parallel adds.

use contract::{SpuId, UserId, fault};
use kit::Result;
use kit::http::{Page, PageParams};

use super::{KeptSpu, page, price_on_shelf};
use crate::Product;
use crate::store::kept::{self as store, Kind};

impl Product {
    /// Keeps a product as a favourite. Again: nothing changes. `favourites_full` when no more can be kept.
    pub(crate) async fn add_favourite(&self, user: UserId, spu: SpuId) -> Result<()> {
        let most = self.settings.favourites;
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            if store::is_there(&tx, Kind::Favourite, user, spu).await? {
                return Ok(());
            }
            let price = price_on_shelf(&tx, spu).await?;
            if !store::take_place(&tx, user, most).await? {
                return Err(fault::FAVOURITES_FULL.with(serde_json::json!({ "limit": most })));
            }
            store::insert(&tx, Kind::Favourite, user, spu, price).await
        })
    }

    /// Keeps a product no longer. Again: the same answer.
    pub(crate) async fn delete_favourite(&self, user: UserId, spu: SpuId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            if store::delete(&tx, Kind::Favourite, user, spu).await? {
                store::free_place(&tx, user).await?;
            }
            Ok(())
        })
    }

    /// A shopper's favourites, latest first.
    pub(crate) async fn favourites(&self, user: UserId, at: &PageParams) -> Result<Page<KeptSpu>> {
        let rows = store::page(&self.db, Kind::Favourite, user, at.cursor()?, at.limit() + 1).await?;
        Ok(page(rows, at))
    }
}
