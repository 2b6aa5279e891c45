//! The tree that shoppers ask for, ready to send: in the order of the season, or as a mirror of the back tree.

use std::collections::HashMap;

use contract::CategoryId;
use kit::{Db, Result, Time};

use super::{Front, FrontCategoryId, FrontFlag, FrontNode, FrontTree, SOURCES, Season};
use crate::Product;
use crate::bytes::Ready;
use crate::frame::{self, CategoryNode, Frame};
use crate::standing::{Made, Shows};
use crate::store::front as store;

/// All front categories, with what belongs to them.
pub struct Fronts {
    categories: Vec<store::FrontCategory>,
    sources: HashMap<FrontCategoryId, Vec<CategoryId>>,
    seasons: HashMap<FrontCategoryId, Vec<Season>>,
}

impl Fronts {
    /// As they are now.
    pub async fn load(db: &Db) -> Result<Fronts> {
        let categories = store::categories(db).await?;
        let mut sources: HashMap<_, Vec<CategoryId>> = HashMap::new();
        let mut seasons: HashMap<_, Vec<Season>> = HashMap::new();
        if !categories.is_empty() {
            for source in store::sources(db).await? {
                sources.entry(source.front).or_default().push(source.category);
            }
            for season in store::seasons(db).await? {
                seasons.entry(season.front).or_default().push((&season).into());
            }
        }
        Ok(Fronts { categories, sources, seasons })
    }

    /// Nobody has made any.
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty()
    }

    /// One of them.
    pub fn get(&self, id: FrontCategoryId) -> Option<&store::FrontCategory> {
        self.categories.iter().find(|c| c.id == id)
    }

    /// Back categories that one shows itself.
    pub fn sources(&self, id: FrontCategoryId) -> &[CategoryId] {
        self.sources.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Its seasons.
    pub fn seasons(&self, id: FrontCategoryId) -> &[Season] {
        self.seasons.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Those below one, in the order of a moment: the place of the season that contains it, else their own.
    pub fn below(&self, parent: FrontCategoryId, on: Time) -> Vec<&store::FrontCategory> {
        let mut below: Vec<_> = self.categories.iter().filter(|c| c.parent == parent).collect();
        let season = |c: &store::FrontCategory| self.seasons(c.id).iter().find(|s| s.contains(on)).map(|s| s.position);
        below.sort_by_key(|c| (season(c).unwrap_or(c.position), c.id));
        below
    }

    /// When the order may change next.
    pub fn until(&self, now: Time) -> Time {
        let turns = self.seasons.values().flatten().flat_map(|s| [s.from, s.until]);
        turns.filter(|at| *at > now).min().unwrap_or(Time(i64::MAX))
    }

    /// What shoppers see below one.
    pub fn nodes(&self, parent: FrontCategoryId, now: Time, flash_sale: bool) -> Vec<FrontNode> {
        let shown = self.below(parent, now).into_iter().filter(|c| FrontFlag::of(&c.flag).is_shown(flash_sale));
        let node = |c: &store::FrontCategory| {
            let children = self.nodes(c.id, now, flash_sale);
            let mut categories = self.sources(c.id).to_vec();
            for category in children.iter().flat_map(|child| &child.categories) {
                if categories.len() < SOURCES && !categories.contains(category) {
                    categories.push(*category);
                }
            }
            let (name, picture) = (c.name.clone(), c.picture.clone());
            FrontNode { id: c.id, name, picture, flag: FrontFlag::of(&c.flag), categories, children }
        };
        shown.map(node).collect()
    }
}

/// A back category as a front category, with the product sold most in it and below it.
fn mirrored(node: CategoryNode, best: &HashMap<CategoryId, store::Best>) -> (FrontNode, Option<&store::Best>) {
    let mut most = best.get(&node.id);
    let mut children = Vec::with_capacity(node.children.len());
    for child in node.children {
        let (child, sold) = mirrored(child, best);
        children.push(child);
        if let Some(sold) = sold.filter(|s| most.is_none_or(|m| s.sales > m.sales)) {
            most = Some(sold);
        }
    }
    let picture = node.picture.or_else(|| most.map(|m| m.picture.clone()));
    let (id, categories) = (FrontCategoryId(node.id.0), vec![node.id]);
    (FrontNode { id, name: node.name, picture, flag: FrontFlag::None, categories, children }, most)
}

impl Product {
    /// The tree as it is at this moment.
    pub(crate) async fn front_at(&self, frame: &Frame, now: Time) -> Result<Front> {
        let fronts = Fronts::load(&self.db).await?;
        if !fronts.is_empty() {
            let sales = self.sales_at(now).await?;
            let nodes = fronts.nodes(FrontCategoryId(0), now, sales.strip.is_some());
            return Ok(Front { nodes, until: fronts.until(now).min(sales.until), mirror: false });
        }
        let best = store::best_of_categories(&self.db).await?;
        let best: HashMap<CategoryId, store::Best> = best.into_iter().map(|b| (CategoryId(b.owner), b)).collect();
        let nodes = frame.nodes(CategoryId(0), frame::LEVELS).into_iter().map(|node| mirrored(node, &best).0).collect();
        Ok(Front { nodes, until: Time(i64::MAX), mirror: true })
    }

    /// The tree, ready to send.
    pub(crate) async fn front(&self) -> Result<Ready> {
        let make = async |now| {
            let frame = self.frame_now().await?;
            let front = self.front_at(&frame, now).await?;
            let shows = if front.mirror { Shows::Any } else { Shows::Nothing };
            Ok(Made { ready: Ready::of(&FrontTree { items: front.nodes })?, until: front.until, shows })
        };
        self.front.answer(self.db.clock(), make).await
    }

    /// The tree, when it stands ready.
    pub(crate) fn front_at_once(&self) -> Option<Ready> {
        self.front.at_once(self.db.clock().now())
    }

    /// Front categories changed here.
    pub(crate) fn front_changed(&self) {
        self.front.forget();
        self.home.forget();
    }
}
