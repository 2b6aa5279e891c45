//! Footprints: one for each product that a shopper has looked at, with the latest time. The oldest beyond the limit go in
//! the transaction that adds one.

use contract::{SpuId, UserId};
use kit::Result;
use kit::http::{Page, PageParams};

use super::{KeptSpu, page, price_on_shelf};
use crate::Product;
use crate::store::kept::{self as store, Kind};

impl Product {
    /// Notes that a shopper has looked at a product. Again: with the time of now.
    pub(crate) async fn leave_footprint(&self, user: UserId, spu: SpuId) -> Result<()> {
        let kept = self.settings.footprints;
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            let price = price_on_shelf(&tx, spu).await?;
            if !store::renew(&tx, Kind::Footprint, user, spu, price).await? {
                store::insert(&tx, Kind::Footprint, user, spu, price).await?;
                store::prune(&tx, Kind::Footprint, user, kept).await?;
            }
            Ok(())
        })
    }

    /// Forgets one footprint. Again: the same answer.
    pub(crate) async fn delete_footprint(&self, user: UserId, spu: SpuId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            store::delete(&tx, Kind::Footprint, user, spu).await.map(|_| ())
        })
    }

    /// Forgets all footprints of a shopper.
    pub(crate) async fn delete_footprints(&self, user: UserId) -> Result<()> {
        kit::tx!(self.db, |tx| {
            store::open(&tx, user).await?;
            store::delete_all(&tx, Kind::Footprint, user).await
        })
    }

    /// A shopper's footprints, latest first.
    pub(crate) async fn footprints(&self, user: UserId, at: &PageParams) -> Result<Page<KeptSpu>> {
        let rows = store::page(&self.db, Kind::Footprint, user, at.cursor()?, at.limit() + 1).await?;
        Ok(page(rows, at))
    }
}
