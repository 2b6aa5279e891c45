//! The page that shoppers ask for, made of what operators composed and what is on the shelf, and kept ready to send.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use contract::inventory::LevelsOf;
use contract::{BrandId, SkuId, SpuId};
use kit::{Ctx, Result, Time};

use super::{Choice, Home, HomeBanner, HomeBrand, HomeCard, HomeSection, HomeSectionId, HomeShortcut, SectionKind, choose};
use crate::Product;
use crate::bytes::Ready;
use crate::content::{Flag, Sheet};
use crate::frame::Frame;
use crate::standing::{Made, Shows};
use crate::store::spu::Spu;
use crate::store::{front as fronts, home as store, sku as skus, spu as spus};

/// Products looked at for the newest and the most sold.
const CANDIDATES: usize = 300;
/// What came on the shelf in one minute came together.
const TOGETHER_MS: i64 = 60_000;
/// Variants whose stock is asked for in the one call; of more products than they are of, stock is taken for granted.
const LEVELS: usize = 1000;
/// The page does not wait longer for stock.
const PATIENCE: Duration = Duration::from_millis(800);

/// What a page has when nobody composed its sections.
const DEFAULTS: [(SectionKind, &str, &str, Option<&str>); 4] = [
    (SectionKind::New, "新品首发", "刚刚上架", Some("/list?sort=newest")),
    (SectionKind::Hot, "人气热卖", "大家都在买", Some("/list?sort=sales")),
    (SectionKind::Brand, "品牌精选", "", None),
    (SectionKind::Recommended, "为你推荐", "", None),
];

/// What all sections of a page are filled from.
#[derive(Default)]
struct Shelf {
    newest: Vec<Spu>,
    most_sold: Vec<Spu>,
    /// Products chosen for `picks`.
    chosen: HashMap<SpuId, Spu>,
    /// Most sold of a category, by section.
    of_category: HashMap<HomeSectionId, Vec<Spu>>,
    /// Best-selling product of chosen brands.
    of_brand: HashMap<BrandId, fronts::Best>,
}

/// A section with what is shown in it.
struct Filled<'a> {
    section: &'a store::Section,
    spus: Vec<&'a Spu>,
    /// With the product in the picture.
    brands: Vec<(HomeBrand, Option<SpuId>)>,
}

fn defaults() -> Result<Vec<store::Section>> {
    let section = |(n, (kind, title, subtitle, link)): (i64, (SectionKind, &str, &str, Option<&str>))| {
        Ok(store::Section {
            id: HomeSectionId(n),
            kind: kind.name().into(),
            title: title.into(),
            subtitle: subtitle.into(),
            link: link.map(str::to_owned),
            position: 0,
            amount: 10,
            choice: serde_json::to_string(&Choice::default())?,
        })
    };
    (1..).zip(DEFAULTS).map(section).collect()
}

fn flags(spu: &Spu) -> Vec<Flag> {
    serde_json::from_str::<Sheet>(&spu.content).map(|s| s.flags).unwrap_or_default()
}

impl Shelf {
    /// The products of a section, those on the shelf only.
    fn spus<'a>(&'a self, kind: SectionKind, choice: &Choice, section: &store::Section, frame: &Frame) -> Vec<&'a Spu> {
        let limit = usize::try_from(section.amount).unwrap_or(0);
        let aisle = |s: &Spu| frame.path(s.category).first().map_or(s.category, |root| root.id);
        match kind {
            SectionKind::New => {
                let minute = |s: &Spu| s.listed_ms.ms().div_euclid(TOGETHER_MS);
                choose::first(&self.newest, limit, minute, |s| flags(s).contains(&Flag::New), aisle)
            }
            SectionKind::Hot => choose::first(&self.most_sold, limit, |s| s.sales, |s| flags(s).contains(&Flag::Hot), aisle),
            SectionKind::Category => {
                let sold = self.of_category.get(&section.id).map_or(&[][..], Vec::as_slice);
                choose::first(sold, limit, |s| s.sales, |s| flags(s).contains(&Flag::Hot), |s| s.category)
            }
            SectionKind::Picks => {
                choice.spus.iter().filter_map(|id| self.chosen.get(id)).filter(|s| s.listed()).take(limit).collect()
            }
            SectionKind::Brand | SectionKind::Recommended => Vec::new(),
        }
    }

    /// The brands of a section.
    fn brands(&self, choice: &Choice, section: &store::Section, frame: &Frame) -> Vec<(HomeBrand, Option<SpuId>)> {
        let limit = usize::try_from(section.amount).unwrap_or(0);
        let brand = |id: BrandId, (picture, spu): (Option<String>, Option<SpuId>)| {
            let b = frame.brand(id)?;
            Some((HomeBrand { id, name: b.name.clone(), logo: b.logo.clone(), picture }, spu))
        };
        if choice.brands.is_empty() {
            let best = choose::brands(&self.most_sold, limit);
            return best.into_iter().filter_map(|(id, spu)| brand(id, (spu.picture.clone(), Some(spu.id)))).collect();
        }
        let best = |id: &BrandId| self.of_brand.get(id).map(|b| (b.picture.clone(), b.spu)).unzip();
        choice.brands.iter().filter_map(|id| brand(*id, best(id))).take(limit).collect()
    }
}

fn card(spu: &Spu, in_stock: bool) -> HomeCard {
    HomeCard {
        spu_id: spu.id,
        title: spu.title.clone(),
        subtitle: spu.subtitle.clone(),
        picture: spu.picture.clone(),
        price_fen: spu.price_fen,
        list_price_fen: spu.list_price_fen,
        in_stock,
        sales: spu.sales,
        flags: flags(spu),
    }
}

/// What the page depends on: with room for one more anywhere, on every product.
fn shows(filled: &[(Filled<'_>, SectionKind, Choice)], mirror: bool) -> Shows {
    let mut shown: HashSet<SpuId> = HashSet::new();
    let mut room = mirror;
    for (Filled { section, spus, brands }, kind, choice) in filled {
        shown.extend(spus.iter().map(|s| s.id));
        shown.extend(brands.iter().filter_map(|(_, spu)| *spu));
        shown.extend(&choice.spus);
        let full = usize::try_from(section.amount).unwrap_or(0);
        room |= match kind {
            SectionKind::Brand => choice.brands.is_empty() && brands.len() < full,
            SectionKind::New | SectionKind::Hot | SectionKind::Category => spus.len() < full,
            SectionKind::Picks | SectionKind::Recommended => false,
        };
    }
    if room { Shows::Any } else { Shows::These(shown) }
}

impl Product {
    /// The home page, ready to send.
    pub(crate) async fn home_page(&self, ctx: &Ctx) -> Result<Ready> {
        self.home.answer(self.db.clock(), |now| self.make_home(ctx, now)).await
    }

    /// The home page, when it stands ready.
    pub(crate) fn home_at_once(&self) -> Option<Ready> {
        self.home.at_once(self.db.clock().now())
    }

    async fn make_home(&self, ctx: &Ctx, now: Time) -> Result<Made> {
        let frame = self.frame_now().await?;
        let (banners, banners_until) = self.banners_at(now).await?;
        let (shortcuts, shortcuts_until, mirror) = self.shortcuts_at(&frame, now).await?;
        let sections = match store::sections(&self.db).await? {
            none if none.is_empty() => defaults()?,
            composed => composed,
        };
        let shelf = self.shelf(&sections, &frame).await?;
        let mut filled = Vec::with_capacity(sections.len());
        for section in &sections {
            let (kind, choice) = (SectionKind::of(&section.kind), serde_json::from_str::<Choice>(&section.choice)?);
            let spus = shelf.spus(kind, &choice, section, &frame);
            let brands = if kind == SectionKind::Brand { shelf.brands(&choice, section, &frame) } else { Vec::new() };
            filled.push((Filled { section, spus, brands }, kind, choice));
        }
        let shown: HashSet<SpuId> = filled.iter().flat_map(|(f, ..)| &f.spus).map(|s| s.id).collect();
        let sold_out = self.sold_out(ctx, shown.into_iter().collect()).await?;
        let shows = shows(&filled, mirror);
        let sections = filled.into_iter().map(|(Filled { section, spus, brands }, kind, _)| HomeSection {
            id: section.id,
            kind,
            title: section.title.clone(),
            subtitle: section.subtitle.clone(),
            link: section.link.clone(),
            items: spus.into_iter().map(|s| card(s, !sold_out.contains(&s.id))).collect(),
            brands: brands.into_iter().map(|(brand, _)| brand).collect(),
        });
        let worth = |s: &HomeSection| s.kind == SectionKind::Recommended || !s.items.is_empty() || !s.brands.is_empty();
        let sales = self.sales_at(now).await?;
        let home = Home { banners, shortcuts, seckill: sales.strip, sections: sections.filter(worth).collect() };
        Ok(Made { ready: Ready::of(&home)?, until: banners_until.min(shortcuts_until).min(sales.until), shows })
    }

    /// Banners of this moment, and until when they are these.
    async fn banners_at(&self, now: Time) -> Result<(Vec<HomeBanner>, Time)> {
        let rows = store::banners(&self.db).await?;
        let turns = rows.iter().flat_map(|b| [b.from_ms, b.until_ms]).flatten();
        let until = turns.filter(|at| *at > now).min().unwrap_or(Time(i64::MAX));
        let on = |b: &store::Banner| b.from_ms.is_none_or(|from| from <= now) && b.until_ms.is_none_or(|until| now < until);
        let banner = |b: store::Banner| HomeBanner { id: b.id, picture: b.picture, title: b.title, link: b.link };
        Ok((rows.into_iter().filter(on).map(banner).collect(), until))
    }

    /// Shortcuts, until when they are these, and whether they mirror the back tree.
    async fn shortcuts_at(&self, frame: &Frame, now: Time) -> Result<(Vec<HomeShortcut>, Time, bool)> {
        let rows = store::shortcuts(&self.db).await?;
        if rows.is_empty() {
            let front = self.front_at(frame, now).await?;
            return Ok((choose::shortcuts(&front.nodes, front.mirror), front.until, front.mirror));
        }
        let shortcut = |s: store::Shortcut| HomeShortcut { id: s.id, name: s.name, picture: s.picture, link: s.link };
        Ok((rows.into_iter().map(shortcut).collect(), Time(i64::MAX), false))
    }

    /// Reads what these sections may show.
    async fn shelf(&self, sections: &[store::Section], frame: &Frame) -> Result<Shelf> {
        let mut shelf = Shelf::default();
        let (mut chosen, mut brands) = (Vec::new(), Vec::new());
        let (mut newest, mut most_sold) = (false, false);
        for section in sections {
            let choice: Choice = serde_json::from_str(&section.choice)?;
            match SectionKind::of(&section.kind) {
                SectionKind::New => newest = true,
                SectionKind::Hot => most_sold = true,
                SectionKind::Brand => most_sold |= choice.brands.is_empty(),
                SectionKind::Category => {
                    if let Some(category) = choice.category {
                        let sold = store::most_sold(&self.db, &frame.within(category), CANDIDATES).await?;
                        shelf.of_category.insert(section.id, sold);
                    }
                }
                SectionKind::Picks | SectionKind::Recommended => {}
            }
            chosen.extend(choice.spus);
            brands.extend(choice.brands);
        }
        if newest {
            shelf.newest = spus::newest(&self.db, &[], (Time(i64::MAX), SpuId(0)), CANDIDATES).await?;
        }
        if most_sold {
            shelf.most_sold = store::most_sold(&self.db, &[], CANDIDATES).await?;
        }
        if !chosen.is_empty() {
            shelf.chosen = spus::spus(&self.db, &chosen).await?.into_iter().map(|s| (s.id, s)).collect();
        }
        let best = fronts::best_of_brands(&self.db, &brands).await?;
        shelf.of_brand = best.into_iter().map(|b| (BrandId(b.owner), b)).collect();
        Ok(shelf)
    }

    /// Which of these products have no variant in stock, by one call. A page that takes stock for granted is better than no
    /// page, so one that cannot be told is not among them.
    async fn sold_out(&self, ctx: &Ctx, spus: Vec<SpuId>) -> Result<HashSet<SpuId>> {
        if spus.is_empty() {
            return Ok(HashSet::new());
        }
        let mut variants = skus::of_spus(&self.db, &spus).await?;
        // Cut where a product ends, so that none is judged by half of its variants.
        if let Some(cut) = variants.get(LEVELS).map(|v| v.spu) {
            variants.retain(|v| v.spu < cut);
        }
        let skus: Vec<SkuId> = variants.iter().map(|v| v.id).collect();
        let asked = tokio::time::timeout(PATIENCE, self.inventory.levels(ctx, LevelsOf { skus })).await;
        match asked.unwrap_or_else(|_| Err(kit::fault::TIMEOUT.into())) {
            Ok(levels) => {
                let there: HashSet<SkuId> = levels.iter().filter(|l| l.available > 0).map(|l| l.sku).collect();
                let in_stock: HashSet<SpuId> = variants.iter().filter(|v| there.contains(&v.id)).map(|v| v.spu).collect();
                Ok(variants.iter().map(|v| v.spu).filter(|spu| !in_stock.contains(spu)).collect())
            }
            Err(error) => {
                tracing::warn!(%error, "the home page takes stock for granted");
                Ok(HashSet::new())
            }
        }
    }
}
