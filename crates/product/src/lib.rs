//! 商品: categories, front categories, brands, attributes, products and their variants, the shelf, the product page, the
//! home page, the cart, reviews, favourites and footprints.
//! Knows no price rule (promotion), no number of pieces (inventory), no order.
//!
//! Start reading at [`Product`]; each use case is a file named by its verb.

mod attribute;
mod brand;
mod browse;
mod bytes;
mod cart;
mod category;
mod content;
mod detail;
mod digest;
mod documents;
mod events;
mod frame;
mod front;
mod home;
mod http;
mod import;
mod kept;
mod live;
mod migration;
mod publish;
mod review;
mod seed;
mod settings;
mod shelf;
mod specs;
mod standing;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use contract::product::{
    CartPick, Document, DocumentsOf, HomeOf, HomeText, ImportReviews, Imported, Line, ReviewsImported, SelectionOf, Sku, SkusOf,
};
use kit::{Core, Ctx, Db, Result};

pub use detail::Detail;
pub use events::{HEARS, subscriptions};
pub use front::{FrontFlag, Season};
pub use home::SectionKind;
pub use http::routes;
pub use migration::MIGRATIONS;
pub use seed::{Banner, Composition, Front, Section, Shortcut, Target};
pub use settings::Settings;

/// Name of the service.
pub const NAME: &str = "product";

/// Details made ready at once at start.
const ABREAST: usize = 8;

/// The services that the catalogue calls.
#[derive(Clone)]
pub struct Around {
    /// 库存: what is there.
    pub inventory: Arc<dyn contract::inventory::Inventory>,
    /// 促销: what is offered, and the cart's price.
    pub promotion: Arc<dyn contract::promotion::Promotion>,
    /// 用户: how the author of a review is shown.
    pub user: Arc<dyn contract::user::User>,
    /// 第三方接入: pictures that shoppers uploaded.
    pub thirdparty: Arc<dyn contract::thirdparty::Thirdparty>,
}

/// The service.
pub struct Product {
    db: Db,
    settings: Settings,
    inventory: Arc<dyn contract::inventory::Inventory>,
    promotion: Arc<dyn contract::promotion::Promotion>,
    user: Arc<dyn contract::user::User>,
    thirdparty: Arc<dyn contract::thirdparty::Thirdparty>,
    frames: frame::Keeper,
    details: detail::Details,
    front: standing::Standing,
    home: standing::Standing,
    known: import::Known,
}

impl Product {
    /// The service on its database, with its neighbours.
    pub fn new(_core: &Core, db: Db, settings: Settings, around: Around) -> Arc<Self> {
        let Around { inventory, promotion, user, thirdparty } = around;
        let (frames, details) = (frame::Keeper::new(&settings), detail::Details::new(&settings));
        // A database of our own changes only through this process.
        let keep_front = if db.is_shared() { settings.stale_at_most } else { settings.category_ttl };
        let (front, home) = (standing::Standing::new(keep_front), standing::Standing::new(settings.home_every));
        let known = import::Known::default();
        Arc::new(Product { db, settings, inventory, promotion, user, thirdparty, frames, details, front, home, known })
    }

    /// Makes ready what is asked for first: the category trees, and the details of the products sold most.
    pub async fn warm(&self) -> Result<()> {
        use futures::StreamExt as _;
        self.frame().await?;
        self.front().await?;
        let most_sold = store::spu::most_sold(&self.db, self.settings.warm_details).await?;
        let ready = futures::stream::iter(most_sold).map(|spu| self.detail(spu)).buffer_unordered(ABREAST);
        let ready = ready.filter(|detail| std::future::ready(detail.is_ok())).count().await;
        tracing::debug!(ready, "product details are warm");
        Ok(())
    }

    /// Categories, brands and attributes.
    async fn frame(&self) -> Result<Arc<frame::Frame>> {
        self.frames.frame(&self.db).await
    }

    /// The same, with what another process has just made: for whoever decides by it or keeps what he makes of it.
    async fn frame_now(&self) -> Result<Arc<frame::Frame>> {
        self.frames.frame_now(&self.db).await
    }

    /// Drops what is kept of the frame and of everything that shows a part of it: this process has changed it.
    fn frame_changed(&self) {
        self.frames.forget();
        self.known.forget();
        self.details.forget_all();
        self.front_changed();
    }
}

/// Periodic work: none.
pub fn jobs(_product: &Arc<Product>, _jobs: &mut kit::cron::Jobs) {}

#[async_trait]
impl contract::product::Product for Product {
    async fn skus(&self, _: &Ctx, request: SkusOf) -> Result<Vec<Sku>> {
        self.sold(request).await
    }

    async fn selection(&self, ctx: &Ctx, request: SelectionOf) -> Result<Vec<CartPick>> {
        self.picks(ctx, request.user).await
    }

    async fn documents(&self, ctx: &Ctx, request: DocumentsOf) -> Result<Vec<Document>> {
        self.documents_of(ctx, request).await
    }

    async fn import(&self, ctx: &Ctx, line: Line) -> Result<Imported> {
        self.take_in(ctx, line).await
    }

    async fn home(&self, ctx: &Ctx, _: HomeOf) -> Result<HomeText> {
        let page = self.home_page(ctx).await?;
        Ok(HomeText { json: String::from_utf8(page.body.to_vec()).map_err(kit::Error::internal)? })
    }

    async fn import_reviews(&self, _: &Ctx, request: ImportReviews) -> Result<ReviewsImported> {
        self.take_in_reviews(request).await
    }
}
