//! Lists: what is new in a category, the brands of a category, and all products for operators.

use contract::product::Spec;
use contract::{BrandId, CategoryId, Fen, SpuId, fault};
use garde::Validate;
use kit::http::{Cursor, Page, PageParams};
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Product;
use crate::brand::BrandView;
use crate::content::{Content, Sheet, Variant};
use crate::store::spu::{Sought, Spu};
use crate::store::{sku as skus, spu as spus};

/// Which products a list shows.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SpuParams {
    /// In this category and those below it; everywhere when absent.
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// Where a product stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpuState {
    /// Never on the shelf so far.
    Draft,
    /// On the shelf.
    Listed,
    /// Off the shelf.
    Unlisted,
}

impl SpuState {
    const fn name(self) -> &'static str {
        match self {
            SpuState::Draft => spus::DRAFT,
            SpuState::Listed => spus::LISTED,
            SpuState::Unlisted => spus::UNLISTED,
        }
    }

    fn of(spu: &Spu) -> Self {
        match spu.state.as_str() {
            spus::LISTED => SpuState::Listed,
            spus::UNLISTED => SpuState::Unlisted,
            _ => SpuState::Draft,
        }
    }
}

/// Which products an operator looks for.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AdminSpuParams {
    /// In this state.
    #[garde(skip)]
    #[serde(default)]
    #[param(inline)]
    pub state: Option<SpuState>,
    /// With this in the title.
    #[garde(length(chars, min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub title: Option<String>,
    /// In this category and those below it.
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// Which brands a list shows.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BrandParams {
    /// Under this category and those below it; all when absent.
    #[garde(skip)]
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// `next` of the page before.
    #[garde(length(max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
    /// Items a page, 1–100; 20 when absent.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
}

/// A product in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SpuCard {
    /// Its number.
    pub id: SpuId,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Main picture.
    pub picture: Option<String>,
    /// Lowest price of its variants.
    pub price_fen: Fen,
    /// 划线价 that belongs to it.
    pub list_price_fen: Fen,
    /// Units sold.
    pub sales: i64,
    /// When it went on the shelf.
    pub listed_at: Time,
}

/// A product in the operators' list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminSpuCard {
    /// Its number.
    pub id: SpuId,
    /// Its version.
    pub version: i64,
    /// Where it stands.
    pub state: SpuState,
    /// Title.
    pub title: String,
    /// Leaf category.
    pub category: CategoryId,
    /// Brand.
    pub brand: Option<BrandId>,
    /// Main picture.
    pub picture: Option<String>,
    /// Lowest price of its variants.
    pub price_fen: Fen,
    /// Units sold.
    pub sales: i64,
    /// When it last changed.
    pub changed_at: Time,
}

/// A product as operators edit it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminSpu {
    /// Its number.
    pub id: SpuId,
    /// Its version, also the ETag.
    pub version: i64,
    /// Where it stands.
    pub state: SpuState,
    /// When it last went on the shelf.
    pub listed_at: Option<Time>,
    /// When it last changed.
    pub changed_at: Time,
    /// Units sold.
    pub sales: i64,
    /// What it says.
    pub content: Content,
}

impl Product {
    /// Products on the shelf, newest first.
    pub(crate) async fn newest(&self, params: SpuParams) -> Result<Page<SpuCard>> {
        let page = PageParams { cursor: params.cursor, limit: params.limit };
        let below = page.cursor()?.map_or((Time(i64::MAX), SpuId(0)), |c| (Time(c.at), SpuId(c.id)));
        let categories = match params.category {
            Some(category) => self.frame().await?.within(category),
            None => Vec::new(),
        };
        let rows = spus::newest(&self.db, &categories, below, page.limit() + 1).await?;
        let cursor = |s: &Spu| Cursor { at: s.listed_ms.0, id: s.id.0 };
        Ok(Page::from_rows(rows, page.limit(), cursor).map(|s| SpuCard {
            id: s.id,
            title: s.title,
            subtitle: s.subtitle,
            picture: s.picture,
            price_fen: s.price_fen,
            list_price_fen: s.list_price_fen,
            sales: s.sales,
            listed_at: s.listed_ms,
        }))
    }

    /// Products in any state, youngest first.
    pub(crate) async fn find(&self, params: AdminSpuParams) -> Result<Page<AdminSpuCard>> {
        let page = PageParams { cursor: params.cursor, limit: params.limit };
        let below = page.cursor()?.map_or(SpuId(i64::MAX), |c| SpuId(c.id));
        let categories = match params.category {
            Some(category) => self.frame().await?.within(category),
            None => Vec::new(),
        };
        let sought = Sought { state: params.state.map(SpuState::name), title: params.title.as_deref(), categories };
        let rows = spus::find(&self.db, &sought, below, page.limit() + 1).await?;
        Ok(Page::from_rows(rows, page.limit(), |s| Cursor { at: 0, id: s.id.0 }).map(|s| AdminSpuCard {
            state: SpuState::of(&s),
            id: s.id,
            version: s.version,
            title: s.title,
            category: s.category,
            brand: s.brand,
            picture: s.picture,
            price_fen: s.price_fen,
            sales: s.sales,
            changed_at: s.changed_ms,
        }))
    }

    /// One product as operators edit it, in any state.
    pub(crate) async fn admin_spu(&self, id: SpuId) -> Result<AdminSpu> {
        let Some(spu) = spus::spu(&self.db, id).await? else { return Err(fault::NOT_FOUND.into()) };
        let rows = skus::of_spus(&self.db, &[id]).await?;
        let state = SpuState::of(&spu);
        let Sheet { gallery, details, attributes, flags } = serde_json::from_str(&spu.content)?;
        let variant = |s: skus::Sku| {
            let specs: Vec<Spec> = serde_json::from_str(&s.specs)?;
            let list_price_fen = Some(s.list_price_fen);
            Ok(Variant { id: Some(s.id), code: Some(s.code), specs, price_fen: s.price_fen, list_price_fen, picture: s.picture })
        };
        let content = Content {
            title: spu.title,
            subtitle: spu.subtitle,
            category: spu.category,
            brand: spu.brand,
            unit: spu.unit,
            gallery,
            details,
            attributes,
            flags,
            skus: rows.into_iter().map(variant).collect::<Result<_>>()?,
        };
        let listed_at = (spu.listed_ms.0 != 0).then_some(spu.listed_ms);
        Ok(AdminSpu { id, version: spu.version, state, listed_at, changed_at: spu.changed_ms, sales: spu.sales, content })
    }

    /// Brands by category.
    pub(crate) async fn brands(&self, params: BrandParams) -> Result<Page<BrandView>> {
        let page = PageParams { cursor: params.cursor, limit: params.limit };
        let after = page.cursor()?.map_or(BrandId(0), |c| BrandId(c.id));
        let frame = self.frame().await?;
        let rows: Vec<BrandView> = frame.brands(params.category, after).take(page.limit() + 1).map(BrandView::from).collect();
        Ok(Page::from_rows(rows, page.limit(), |b| Cursor { at: 0, id: b.id.0 }))
    }
}
