//! How products come in: whatever the news says, the product is read again as it is now, so news in any order ends well.
//! Must never believe an event about anything but what to read.

use contract::product::{Document, DocumentsOf};
use contract::search::Indexed;
use contract::{BrandId, Fen, SkuId, SpuId};
use kit::fault::{INVALID, UNAVAILABLE};
use kit::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};

use crate::{Search, index};

/// Most products taken in at once.
const MOST: usize = 200;

/// What the list shows of a product and the index need not understand.
#[derive(Serialize, Deserialize)]
pub struct Card {
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Main picture.
    pub picture: Option<String>,
    /// List price.
    pub list_price_fen: Fen,
    /// Brand and its name.
    pub brand: Option<(BrandId, String)>,
    /// As operators marked it.
    pub flags: Vec<String>,
}

/// The document as the index takes it, of a state read under this number.
pub fn laid_out(document: Document, reading: i64) -> Result<index::Document> {
    let card = Card {
        title: document.title.clone(),
        subtitle: document.subtitle.clone(),
        picture: document.picture.clone(),
        list_price_fen: document.list_price_fen,
        brand: document.brand.clone(),
        flags: document.flags,
    };
    Ok(index::Document {
        spu: document.spu.0,
        version: document.version,
        title: document.title,
        subtitle: document.subtitle,
        categories: document.categories.into_iter().map(|(category, name)| (category.0, name)).collect(),
        brand: document.brand.map(|(brand, name)| (brand.0, name)),
        picture: document.picture,
        price_fen: document.price_fen.0,
        list_price_fen: document.list_price_fen.0,
        shelf_ms: document.listed_at.ms(),
        score_hundredths: 0,
        in_stock: document.in_stock,
        stock_seq: reading,
        sales: document.sales,
        sales_seq: sales_seq(document.sales),
        attributes: document.attributes,
        card: serde_json::to_vec(&card)?,
    })
}

/// Sales only rise, so their number tells which of two is the newer.
fn sales_seq(sales: i64) -> i64 {
    sales.max(0).saturating_add(1)
}

impl Search {
    /// A product changed: takes it in as it is now. On return that is durable.
    pub(crate) async fn take_changed(&self, ctx: &Ctx, spu: SpuId, version: i64, listed: bool) -> Result<()> {
        self.ensure_whole();
        let reading = self.now_reading();
        let found = self.product.documents(ctx, DocumentsOf::Spus(vec![spu])).await?;
        match found.first().map(|document| document.version) {
            // A replica that is late; the event comes again.
            Some(behind) if behind < version => return Err(UNAVAILABLE.because("the catalogue answers with an older version")),
            None if listed => return Err(UNAVAILABLE.because("the catalogue does not know the product yet")),
            None => {
                self.index.remove(spu.0, version);
            }
            Some(_) => self.take(found, reading)?,
        }
        self.commits.done().await
    }

    /// Stock of a variant turned: takes in its product. On return that is durable.
    pub(crate) async fn take_turned(&self, ctx: &Ctx, skus: Vec<SkuId>) -> Result<()> {
        self.ensure_whole();
        let reading = self.now_reading();
        let found = self.product.documents(ctx, DocumentsOf::Skus(skus)).await?;
        self.take(found, reading)?;
        self.commits.done().await
    }

    /// More was sold. On return that is durable.
    pub(crate) async fn take_sales(&self, spu: SpuId, sales: i64) -> Result<()> {
        self.index.set_sales(spu.0, sales, sales_seq(sales));
        self.commits.done().await
    }

    /// Takes products in as they are now. On return all that was ever taken is durable and can be found.
    pub(crate) async fn take_now(&self, ctx: &Ctx, spus: Vec<SpuId>) -> Result<Indexed> {
        if spus.len() > MOST {
            return Err(INVALID.at("/spus", "too_many", format!("at most {MOST}")));
        }
        self.ensure_whole();
        if !spus.is_empty() {
            let reading = self.now_reading();
            let found = self.product.documents(ctx, DocumentsOf::Spus(spus.clone())).await?;
            for spu in spus {
                if !found.iter().any(|document| document.spu == spu)
                    && let Some(version) = self.index.version(spu.0)
                {
                    self.index.remove(spu.0, version);
                }
            }
            self.take(found, reading)?;
        }
        let index = self.index.clone();
        tokio::task::spawn_blocking(move || index.flush()).await.map_err(Error::internal)??;
        Ok(self.indexed())
    }

    fn take(&self, documents: Vec<Document>, reading: i64) -> Result<()> {
        for document in documents {
            if document.listed {
                // One of the same version still brings its stock and sales.
                self.index.put(laid_out(document, reading)?);
            } else {
                self.index.remove(document.spu.0, document.version);
            }
        }
        Ok(())
    }
}
