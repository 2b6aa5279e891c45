//! The frame of the catalogue: categories, brands and attributes, read once and kept whole in memory, with the tree that
//! shoppers ask for ready to send. Must never know a product.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use contract::{BrandId, CategoryId};
use kit::{Db, Result};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::Settings;
use crate::bytes::Ready;
use crate::store::frame as store;

/// Levels of the tree.
pub const LEVELS: i32 = 3;

/// A category and what stands below it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryNode {
    /// Its number.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
    /// Its picture, as a path below the media root.
    pub picture: Option<String>,
    /// Categories below it, in order.
    #[schema(no_recursion)]
    pub children: Vec<CategoryNode>,
}

/// Categories, brands and attributes as they were at one revision.
pub struct Frame {
    /// Which.
    pub revision: i64,
    /// The tree, ready to send.
    pub tree: Ready,
    categories: BTreeMap<CategoryId, store::Category>,
    children: HashMap<CategoryId, Vec<CategoryId>>,
    brands: BTreeMap<BrandId, store::Brand>,
    links: Vec<store::Link>,
    attributes: HashMap<CategoryId, Vec<store::Attribute>>,
}

impl Frame {
    async fn load(db: &Db) -> Result<Frame> {
        // The revision first: if the rest is read newer than it, the next look says so.
        let revision = store::revision(db).await?;
        let categories = store::categories(db).await?;
        let mut children: HashMap<CategoryId, Vec<CategoryId>> = HashMap::new();
        for c in &categories {
            children.entry(c.parent).or_default().push(c.id);
        }
        let brands = store::brands(db).await?.into_iter().map(|b| (b.id, b)).collect();
        let links = store::links(db).await?;
        let mut attributes: HashMap<CategoryId, Vec<store::Attribute>> = HashMap::new();
        for a in store::attributes(db).await? {
            attributes.entry(a.category).or_default().push(a);
        }
        let categories = categories.into_iter().map(|c| (c.id, c)).collect();
        let mut frame = Frame { revision, tree: Ready::of(&())?, categories, children, brands, links, attributes };
        frame.tree = Ready::of(&frame.nodes(CategoryId(0), LEVELS))?;
        Ok(frame)
    }

    /// What stands below a category, so many levels deep.
    pub fn nodes(&self, parent: CategoryId, levels: i32) -> Vec<CategoryNode> {
        if levels == 0 {
            return Vec::new();
        }
        let below = self.children.get(&parent).into_iter().flatten().filter_map(|id| self.categories.get(id));
        let node = |c: &store::Category| CategoryNode {
            id: c.id,
            name: c.name.clone(),
            picture: c.picture.clone(),
            children: self.nodes(c.id, levels - 1),
        };
        below.map(node).collect()
    }

    /// Whether nothing stands below it.
    pub fn is_leaf(&self, id: CategoryId) -> bool {
        self.categories.contains_key(&id) && !self.children.contains_key(&id)
    }

    /// A category with its ancestors, root first; empty when unknown.
    pub fn path(&self, id: CategoryId) -> Vec<&store::Category> {
        let mut path = Vec::new();
        let mut at = self.categories.get(&id);
        while let (Some(c), true) = (at, path.len() < LEVELS as usize) {
            path.push(c);
            at = self.categories.get(&c.parent);
        }
        path.reverse();
        path
    }

    /// A category by its path of names, root first.
    pub fn named(&self, path: &[String]) -> Option<CategoryId> {
        path.iter().try_fold(CategoryId(0), |parent, name| {
            let named = |id: &&CategoryId| self.categories.get(id).is_some_and(|c| c.name == *name);
            self.children.get(&parent)?.iter().find(named).copied()
        })
    }

    /// A category and all below it.
    pub fn within(&self, id: CategoryId) -> Vec<CategoryId> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            found
                .extend(self.children.get(&at).into_iter().flatten().filter(|c| !found.contains(c)).copied().collect::<Vec<_>>());
            next += 1;
        }
        found
    }

    /// A brand.
    pub fn brand(&self, id: BrandId) -> Option<&store::Brand> {
        self.brands.get(&id)
    }

    /// Brands of a category and those below it, or all, by number, above a number.
    pub fn brands(&self, category: Option<CategoryId>, after: BrandId) -> impl Iterator<Item = &store::Brand> {
        let within: Option<HashSet<BrandId>> = category.map(|c| {
            let categories: HashSet<CategoryId> = self.within(c).into_iter().collect();
            self.links.iter().filter(|l| categories.contains(&l.category)).map(|l| l.brand).collect()
        });
        let above = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        self.brands.range(above).map(|(_, b)| b).filter(move |b| within.as_ref().is_none_or(|w| w.contains(&b.id)))
    }

    /// Attributes of a leaf.
    pub fn attributes(&self, category: CategoryId) -> &[store::Attribute] {
        self.attributes.get(&category).map_or(&[], Vec::as_slice)
    }
}

struct Kept {
    frame: Arc<Frame>,
    until: Instant,
    checked_ms: AtomicU64,
}

/// Keeps the frame: reads it when it is asked for first, when it changed, and when its time is over.
pub struct Keeper {
    kept: ArcSwapOption<Kept>,
    loading: Mutex<()>,
    changes: AtomicU64,
    started: Instant,
    ttl: Duration,
    stale_at_most: Duration,
}

impl Keeper {
    /// Nothing yet.
    pub fn new(settings: &Settings) -> Self {
        Keeper {
            kept: ArcSwapOption::empty(),
            loading: Mutex::new(()),
            changes: AtomicU64::new(0),
            started: Instant::now(),
            ttl: settings.category_ttl,
            stale_at_most: settings.stale_at_most,
        }
    }

    /// Forgets it: something changed here.
    pub fn forget(&self) {
        self.changes.fetch_add(1, SeqCst);
        self.kept.store(None);
    }

    /// The frame; without any I/O most of the time.
    pub async fn frame(&self, db: &Db) -> Result<Arc<Frame>> {
        if let Some(frame) = self.current() {
            return Ok(frame);
        }
        let _one = self.loading.lock().await;
        if let Some(frame) = self.current() {
            return Ok(frame);
        }
        if let Some(kept) = self.kept.load_full().filter(|k| Instant::now() < k.until)
            && store::revision(db).await? == kept.frame.revision
        {
            kept.checked_ms.store(self.now_ms(), SeqCst);
            return Ok(kept.frame.clone());
        }
        let changes = self.changes.load(SeqCst);
        let frame = Arc::new(Frame::load(db).await?);
        let until = Instant::now() + jittered(self.ttl);
        self.kept.store(Some(Arc::new(Kept { frame: frame.clone(), until, checked_ms: self.now_ms().into() })));
        // What changed while it was read must not be kept in its older form.
        if self.changes.load(SeqCst) != changes {
            self.kept.store(None);
        }
        Ok(frame)
    }

    /// The frame as it is at this moment: what another process has just made is in it.
    pub async fn frame_now(&self, db: &Db) -> Result<Arc<Frame>> {
        let kept = self.frame(db).await?;
        if !db.is_shared() || store::revision(db).await? == kept.revision {
            return Ok(kept);
        }
        self.forget();
        self.frame(db).await
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn current(&self) -> Option<Arc<Frame>> {
        let kept = self.kept.load();
        let kept = kept.as_ref()?;
        let age_ms = self.now_ms().saturating_sub(kept.checked_ms.load(SeqCst));
        let fresh = u128::from(age_ms) < self.stale_at_most.as_millis() && Instant::now() < kept.until;
        fresh.then(|| kept.frame.clone())
    }
}

/// 80 % to 120 % of a duration.
fn jittered(ttl: Duration) -> Duration {
    let per_mille = u32::try_from(800 + kit::random::below(401)).unwrap_or(1000);
    (ttl / 1000).saturating_mul(per_mille)
}
