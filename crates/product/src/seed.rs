//! A front tree and a home page given by names, for a shop that begins: the demo's. What operators have composed stays.

use std::collections::HashMap;

use contract::{CategoryId, SkuId, SpuId, fault};
use kit::{Error, Result, Time};

use crate::Product;
use crate::front::{self, FrontCategoryId, FrontFlag, Season};
use crate::home::{self, Choice, SectionKind};
use crate::store::{frame as back, front as fronts, home as pages, sku as skus, spu as spus};

/// A front tree and a home page, by names.
#[derive(Clone, Debug, Default)]
pub struct Composition {
    /// Pictures of back categories: path from the root, picture. A category that has one keeps it.
    pub pictures: Vec<(Vec<String>, String)>,
    /// The roots of the front tree, in order.
    pub fronts: Vec<Front>,
    /// Banners, in order.
    pub banners: Vec<Banner>,
    /// Shortcuts, in order.
    pub shortcuts: Vec<Shortcut>,
    /// Sections, in order.
    pub sections: Vec<Section>,
}

/// A front category.
#[derive(Clone, Debug)]
pub struct Front {
    /// Its name; in a composition each once, so that links find it.
    pub name: String,
    /// Its picture.
    pub picture: Option<String>,
    /// What is special about it.
    pub flag: FrontFlag,
    /// Back categories that it shows, as paths from the root.
    pub categories: Vec<Vec<String>>,
    /// Its seasons.
    pub seasons: Vec<Season>,
    /// Those below it, in order.
    pub children: Vec<Front>,
}

/// Where something leads to.
#[derive(Clone, Debug)]
pub enum Target {
    /// A front category of the composition.
    Front(String),
    /// A path inside the shop.
    Path(String),
}

/// A banner.
#[derive(Clone, Debug)]
pub struct Banner {
    /// Picture.
    pub picture: String,
    /// Title.
    pub title: String,
    /// Where it leads to.
    pub target: Target,
}

/// A shortcut.
#[derive(Clone, Debug)]
pub struct Shortcut {
    /// Name.
    pub name: String,
    /// Picture.
    pub picture: String,
    /// Where it leads to.
    pub target: Target,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it shows.
    pub kind: SectionKind,
    /// Title.
    pub title: String,
    /// What stands beside it.
    pub subtitle: String,
    /// Where "more" leads to.
    pub target: Option<Target>,
    /// Things that it shows at most, 1–20.
    pub limit: i32,
    /// Products of `picks`, by their numbers in the system that they were imported from.
    pub sources: Vec<i64>,
}

/// Room between neighbours, so that an operator can put something in between.
const STEP: i32 = 10;

/// A front category about to be written.
struct Row {
    front: fronts::FrontCategory,
    categories: Vec<CategoryId>,
    seasons: Vec<fronts::SeasonRow>,
}

fn place(n: usize) -> i32 {
    i32::try_from(n + 1).unwrap_or(i32::MAX).saturating_mul(STEP)
}

impl Composition {
    fn link(target: &Target, ids: &HashMap<String, FrontCategoryId>) -> Result<String> {
        match target {
            Target::Path(path) => Ok(path.clone()),
            Target::Front(name) => {
                let id = ids.get(name).ok_or_else(|| Error::internal(format!("no front category is called {name}")))?;
                Ok(format!("/list?front={id}"))
            }
        }
    }
}

impl Product {
    /// Composes a shop: the parts that nobody has composed so far. Again: nothing changes.
    pub async fn compose(&self, plan: &Composition) -> Result<()> {
        let ids = self.compose_front(plan).await?;
        self.compose_home(plan, &ids).await?;
        self.frame_changed();
        Ok(())
    }

    /// The front tree and pictures; gives the numbers of front categories by name.
    async fn compose_front(&self, plan: &Composition) -> Result<HashMap<String, FrontCategoryId>> {
        let frame = self.frame_now().await?;
        let mut rows = Vec::new();
        for (n, root) in plan.fronts.iter().enumerate() {
            self.rows(&mut rows, root, FrontCategoryId(0), 1, place(n), &frame)?;
        }
        let mut pictures = Vec::new();
        for (path, picture) in &plan.pictures {
            if let Some(id) = frame.named(path).filter(|id| frame.path(*id).last().is_some_and(|c| c.picture.is_none())) {
                pictures.push((id, picture));
            }
        }
        let there = kit::tx!(self.db, |tx| {
            back::raise_revision(&tx).await?;
            for (id, picture) in &pictures {
                back::set_picture(&tx, *id, picture).await?;
            }
            fronts::lock(&tx).await?;
            let there = fronts::all_in(&tx).await?;
            for Row { front, categories, seasons } in rows.iter().filter(|_| there.is_empty()) {
                fronts::insert(&tx, front).await?;
                fronts::set_sources(&tx, front.id, categories).await?;
                fronts::set_seasons(&tx, front.id, seasons).await?;
            }
            Ok(there)
        })?;
        let mut made: Vec<fronts::FrontCategory> =
            if there.is_empty() { rows.into_iter().map(|r| r.front).collect() } else { there };
        // Of several with one name the upper one counts.
        made.sort_by_key(|c| std::cmp::Reverse(c.level));
        Ok(made.into_iter().map(|c| (c.name, c.id)).collect())
    }

    /// A front category and all below it as rows; an error when a name or a path is wrong.
    fn rows(
        &self,
        rows: &mut Vec<Row>,
        plan: &Front,
        parent: FrontCategoryId,
        level: i32,
        position: i32,
        frame: &crate::frame::Frame,
    ) -> Result<()> {
        let id: FrontCategoryId = self.db.ids().make();
        let (name, picture, flag) = (plan.name.clone(), plan.picture.clone(), plan.flag.name().to_owned());
        let front = fronts::FrontCategory { id, parent, level, name, picture, flag, position };
        let known =
            |path: &Vec<String>| frame.named(path).ok_or_else(|| Error::internal(format!("no category {}", path.join("/"))));
        let categories = plan.categories.iter().map(known).collect::<Result<Vec<_>>>()?;
        front::check(&front, &categories)?;
        if level > front::LEVELS {
            return Err(fault::INVALID.at("/children", "too_deep", "front categories have three levels at most"));
        }
        rows.push(Row { front, categories, seasons: front::season_rows(id, &plan.seasons)? });
        for (n, child) in plan.children.iter().enumerate() {
            self.rows(rows, child, id, level + 1, place(n), frame)?;
        }
        Ok(())
    }

    async fn compose_home(&self, plan: &Composition, ids: &HashMap<String, FrontCategoryId>) -> Result<()> {
        let (mut banners, mut shortcuts, mut sections) = (Vec::new(), Vec::new(), Vec::new());
        for (n, b) in plan.banners.iter().enumerate() {
            let (picture, title, link) = (b.picture.clone(), b.title.clone(), Composition::link(&b.target, ids)?);
            let (from_ms, until_ms) = (None::<Time>, None::<Time>);
            let row = pages::Banner { id: self.db.ids().make(), picture, title, link, position: place(n), from_ms, until_ms };
            home::check_banner(&row)?;
            banners.push(row);
        }
        for (n, s) in plan.shortcuts.iter().enumerate() {
            let (name, picture, link) = (s.name.clone(), Some(s.picture.clone()), Composition::link(&s.target, ids)?);
            let row = pages::Shortcut { id: self.db.ids().make(), name, picture, link, position: place(n) };
            home::check_shortcut(&row)?;
            shortcuts.push(row);
        }
        for (n, s) in plan.sections.iter().enumerate() {
            let choice = Choice { spus: self.imported(&s.sources).await?, ..Choice::default() };
            let row = pages::Section {
                id: self.db.ids().make(),
                kind: s.kind.name().into(),
                title: s.title.clone(),
                subtitle: s.subtitle.clone(),
                link: s.target.as_ref().map(|t| Composition::link(t, ids)).transpose()?,
                position: place(n),
                amount: s.limit.clamp(1, home::ITEMS),
                choice: serde_json::to_string(&choice)?,
            };
            home::check_section(&row, &choice)?;
            sections.push(row);
        }
        kit::tx!(self.db, |tx| {
            pages::lock(&tx).await?;
            let [no_banners, no_shortcuts, no_sections] = pages::counts(&tx).await?.map(|count| count == 0);
            for row in banners.iter().filter(|_| no_banners) {
                pages::insert_banner(&tx, row).await?;
            }
            for row in shortcuts.iter().filter(|_| no_shortcuts) {
                pages::insert_shortcut(&tx, row).await?;
            }
            for row in sections.iter().filter(|_| no_sections) {
                pages::insert_section(&tx, row).await?;
            }
            Ok(())
        })
    }

    /// Variants of imported products, by the products' numbers in the system that they come from; what is unknown is left out.
    pub async fn variants_of(&self, sources: &[i64]) -> Result<Vec<(i64, Vec<SkuId>)>> {
        let mut found = Vec::with_capacity(sources.len());
        for source in sources {
            if let Some(spu) = spus::imported(&self.db, *source).await? {
                let variants = skus::of_spus(&self.db, &[spu.id]).await?;
                found.push((*source, variants.into_iter().map(|sku| sku.id).collect()));
            }
        }
        Ok(found)
    }

    /// Imported products by their numbers in the system that they come from; unknown ones are left out.
    async fn imported(&self, sources: &[i64]) -> Result<Vec<SpuId>> {
        let mut found = Vec::with_capacity(sources.len());
        for source in sources {
            found.extend(spus::imported(&self.db, *source).await?.map(|i| i.id));
        }
        Ok(found)
    }
}
