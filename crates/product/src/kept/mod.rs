//! What a shopper keeps of products: favourites, kept on purpose and bounded, and footprints, left by looking and pruned.
//! Both remember the price of that moment.

mod favourite;
mod footprint;

use contract::{Fen, SpuId, fault};
use kit::http::{Cursor, Page, PageParams};
use kit::{Result, Time, Tx};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::kept::{self as store, Row};
use crate::store::spu as spus;

/// A product that a shopper keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptSpu {
    /// The product.
    pub spu_id: SpuId,
    /// Title.
    pub title: String,
    /// Main picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Lowest price of its variants now.
    pub price_fen: Fen,
    /// 划线价.
    pub list_price_fen: Fen,
    /// On the shelf: may be opened and bought.
    pub listed: bool,
    /// Lowest price when it was kept.
    pub price_then_fen: Fen,
    /// When it was kept; of a footprint the latest time.
    pub at: Time,
}

/// A page of what is kept, latest first, from `limit + 1` rows.
fn page(rows: Vec<Row>, at: &PageParams) -> Page<KeptSpu> {
    let page = Page::from_rows(rows, at.limit(), |r| Cursor { at: r.at_ms.ms(), id: r.spu_id.0 });
    page.map(|r| KeptSpu {
        spu_id: r.spu_id,
        title: r.title,
        picture: r.picture,
        price_fen: r.price_fen,
        list_price_fen: r.list_price_fen,
        listed: r.state == spus::LISTED,
        price_then_fen: r.price_then_fen,
        at: r.at_ms,
    })
}

/// Lowest price of a product on the shelf; `not_found` for another: nobody keeps what nobody may see.
async fn price_on_shelf(tx: &Tx, spu: SpuId) -> Result<Fen> {
    store::price_on_shelf(tx, spu).await?.ok_or_else(|| fault::NOT_FOUND.into())
}
