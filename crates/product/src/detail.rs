//! The product page's data, the hottest answer of the mall: JSON made once per version and kept ready to send. On a hit
//! nothing is read, parsed or written.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use contract::product::Spec;
use contract::{BrandId, CategoryId, Fen, SkuId, SpuId, fault};
use futures::FutureExt as _;
use kit::{Error, Result, Time};
use moka::future::Cache;
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::bytes::Ready;
use crate::content::{Flag, Sheet};
use crate::frame::Frame;
use crate::store::sku::Sku;
use crate::store::spu::Spu;
use crate::store::{sku as skus, spu as spus};
use crate::{Product, Settings, specs};

/// The product page's data, ready to send.
pub type Detail = Ready;

/// A category or brand by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryStep {
    /// Its number.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
}

/// The brand of a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DetailBrand {
    /// Its number.
    pub id: BrandId,
    /// Its name.
    pub name: String,
    /// Its logo.
    pub logo: Option<String>,
}

/// An attribute in which variants differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Axis {
    /// Its name.
    pub name: String,
    /// Its values, in order.
    pub values: Vec<String>,
}

/// A variant on the product page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DetailSku {
    /// Its number.
    pub id: SkuId,
    /// Code on the label.
    pub code: String,
    /// Its values.
    pub specs: Vec<Spec>,
    /// Price.
    pub price_fen: Fen,
    /// 划线价.
    pub list_price_fen: Fen,
    /// Its own picture.
    pub picture: Option<String>,
}

/// A product as its page shows it; stock and promotions are a second, small read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DetailBody {
    /// Its number.
    pub id: SpuId,
    /// Its version.
    pub version: i64,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Unit.
    pub unit: String,
    /// Pictures, main first, as paths below the media root.
    pub gallery: Vec<String>,
    /// Long pictures.
    pub details: Vec<String>,
    /// Category with its ancestors, root first.
    pub categories: Vec<CategoryStep>,
    /// Brand.
    pub brand: Option<DetailBrand>,
    /// Basic attributes.
    pub attributes: Vec<Spec>,
    /// Marks.
    pub flags: Vec<Flag>,
    /// Attributes to choose a variant by.
    pub axes: Vec<Axis>,
    /// Variants.
    pub skus: Vec<DetailSku>,
    /// When it went on the shelf.
    pub listed_at: Time,
}

/// A detail in memory.
pub struct Kept {
    /// Ready to send.
    pub detail: Detail,
    /// Variants that are sold, and their prices.
    pub skus: Vec<(SkuId, Fen)>,
    /// Leaf category.
    pub category: CategoryId,
    /// Brand.
    pub brand: Option<BrandId>,
    version: i64,
    revision: i64,
    checked_ms: AtomicU64,
}

/// Details in memory, bounded by weight, and products known to be absent.
pub struct Details {
    ready: Cache<SpuId, Arc<Kept>>,
    absent: Cache<SpuId, ()>,
    changes: AtomicU64,
    started: Instant,
    stale_at_most_ms: u64,
}

/// Absent numbers that are remembered.
const ABSENT: u64 = 10_000;
/// What an entry weighs beside its text, bytes.
const ENTRY_BYTES: usize = 400;

impl Details {
    /// Nothing yet.
    pub fn new(settings: &Settings) -> Self {
        let weight = |_: &SpuId, kept: &Arc<Kept>| {
            u32::try_from(kept.detail.body.len() + kept.skus.len() * size_of::<(SkuId, Fen)>() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        Details {
            ready: Cache::builder().max_capacity(settings.detail_bytes).weigher(weight).build(),
            absent: Cache::builder().max_capacity(ABSENT).time_to_live(settings.absent_ttl).build(),
            changes: AtomicU64::new(0),
            started: Instant::now(),
            stale_at_most_ms: u64::try_from(settings.stale_at_most.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Forgets all: names that stand in many of them changed.
    pub fn forget_all(&self) {
        self.changes.fetch_add(1, SeqCst);
        self.ready.invalidate_all();
    }
}

impl Product {
    /// The product page's data; `not_found` when the product is not on the shelf. A hit waits for nothing.
    pub async fn detail(&self, spu: SpuId) -> Result<Detail> {
        Ok(self.kept(spu).await?.detail.clone())
    }

    /// The kept detail, with what the second read needs to know.
    pub(crate) async fn kept(&self, spu: SpuId) -> Result<Arc<Kept>> {
        if let Some(kept) = self.details.ready.get(&spu).await
            && self.is_current(spu, &kept).await?
        {
            return Ok(kept);
        }
        if self.details.absent.get(&spu).await.is_some() {
            return Err(fault::NOT_FOUND.into());
        }
        let before = self.details.changes.load(SeqCst);
        let built = self.details.ready.try_get_with(spu, async { self.build(spu).await?.ok_or_else(|| fault::NOT_FOUND.into()) });
        let built = built.await.map_err(|e: Arc<Error>| (*e).clone());
        if built.as_ref().is_err_and(|e| e.is(fault::NOT_FOUND)) {
            self.details.absent.insert(spu, ()).await;
        }
        // What changed while it was built must not be kept in its older form.
        if self.details.changes.load(SeqCst) != before {
            self.details.ready.invalidate(&spu).await;
            self.details.absent.invalidate(&spu).await;
        }
        built
    }

    /// The product page's data, when it is in memory and may be shown without asking anybody.
    pub(crate) fn detail_at_once(&self, spu: SpuId) -> Option<Detail> {
        let kept = self.details.ready.get(&spu).now_or_never()??;
        let age_ms = self.details.now_ms().saturating_sub(kept.checked_ms.load(SeqCst));
        (!self.db.is_shared() || age_ms < self.details.stale_at_most_ms).then(|| kept.detail.clone())
    }

    /// Whether an entry may be shown. A database of our own changes only through this process, which drops what it
    /// changes; beside others, the version is compared every few seconds.
    async fn is_current(&self, spu: SpuId, kept: &Kept) -> Result<bool> {
        if !self.db.is_shared() {
            return Ok(true);
        }
        let now_ms = self.details.now_ms();
        if now_ms.saturating_sub(kept.checked_ms.load(SeqCst)) < self.details.stale_at_most_ms {
            return Ok(true);
        }
        let mark = spus::mark(&self.db, spu).await?;
        let same = mark.is_some_and(|m| m.version == kept.version && m.state == spus::LISTED)
            && self.frame().await?.revision == kept.revision;
        if same {
            kept.checked_ms.store(now_ms, SeqCst);
        } else {
            self.details.ready.invalidate(&spu).await;
        }
        Ok(same)
    }

    async fn build(&self, id: SpuId) -> Result<Option<Arc<Kept>>> {
        let checked_ms = self.details.now_ms();
        let frame = self.frame_now().await?;
        let Some(spu) = spus::spu(&self.db, id).await?.filter(Spu::listed) else { return Ok(None) };
        let variants = skus::of_spus(&self.db, &[id]).await?;
        let kept = Kept {
            skus: variants.iter().map(|s| (s.id, s.price_fen)).collect(),
            category: spu.category,
            brand: spu.brand,
            version: spu.version,
            revision: frame.revision,
            checked_ms: checked_ms.into(),
            detail: Ready::of(&body(spu, variants, &frame)?)?,
        };
        Ok(Some(Arc::new(kept)))
    }

    /// Drops what is kept of a product that this process has changed.
    pub(crate) async fn spu_changed(&self, spu: SpuId) {
        self.details.changes.fetch_add(1, SeqCst);
        self.details.ready.invalidate(&spu).await;
        self.details.absent.invalidate(&spu).await;
        self.front.spu_changed(spu);
        self.home.spu_changed(spu);
    }
}

fn body(spu: Spu, variants: Vec<Sku>, frame: &Frame) -> Result<DetailBody> {
    let sheet: Sheet = serde_json::from_str(&spu.content)?;
    let read = |s: Sku| {
        let specs: Vec<Spec> = serde_json::from_str(&s.specs)?;
        let Sku { id, code, price_fen, list_price_fen, picture, .. } = s;
        Ok(DetailSku { id, code, specs, price_fen, list_price_fen, picture })
    };
    let skus: Vec<DetailSku> = variants.into_iter().map(read).collect::<Result<_>>()?;
    let axes = specs::axes(skus.iter().map(|s| s.specs.as_slice()));
    Ok(DetailBody {
        id: spu.id,
        version: spu.version,
        title: spu.title,
        subtitle: spu.subtitle,
        unit: spu.unit,
        gallery: sheet.gallery,
        details: sheet.details,
        categories: frame.path(spu.category).into_iter().map(|c| CategoryStep { id: c.id, name: c.name.clone() }).collect(),
        brand: spu.brand.and_then(|b| frame.brand(b)).map(|b| DetailBrand {
            id: b.id,
            name: b.name.clone(),
            logo: b.logo.clone(),
        }),
        attributes: sheet.attributes,
        flags: sheet.flags,
        axes: axes.into_iter().map(|(name, values)| Axis { name, values }).collect(),
        skus,
        listed_at: spu.listed_ms,
    })
}
