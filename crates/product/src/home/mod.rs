//! The home page: what operators composed, filled with what is on the shelf at this moment, ready to send. Must never make a
//! price or keep a number of pieces.

mod banner;
mod choose;
mod sale;
mod section;
mod shortcut;
mod show;

use contract::{BrandId, Fen, SpuId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use banner::check as check_banner;
pub use banner::{AdminHomeBanner, HomeBannerChange, NewHomeBanner};
pub use sale::HomeSeckill;
pub(crate) use section::check as check_section;
pub use section::{AdminHomeSection, Choice, HomeSectionChange, NewHomeSection};
pub(crate) use shortcut::check as check_shortcut;
pub use shortcut::{AdminHomeShortcut, HomeShortcutChange, NewHomeShortcut};

use crate::content::Flag;

/// Banners, shortcuts or sections of a page.
pub const MOST: i64 = 50;
/// Things that a section shows.
pub const ITEMS: i32 = 20;

kit::id_types! {
    /// A banner of the home page.
    HomeBannerId;
    /// A shortcut of the home page.
    HomeShortcutId;
    /// A section of the home page.
    HomeSectionId;
}

/// What a section shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// 新品: what came on the shelf last.
    New,
    /// 热卖: what is sold most.
    Hot,
    /// 品牌: brands, the chosen ones or those that sell most.
    Brand,
    /// Products chosen by hand.
    Picks,
    /// What is sold most in a category.
    Category,
    /// 为你推荐: holds nothing itself; the page goes on with the search.
    Recommended,
}

impl SectionKind {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            SectionKind::New => "new",
            SectionKind::Hot => "hot",
            SectionKind::Brand => "brand",
            SectionKind::Picks => "picks",
            SectionKind::Category => "category",
            SectionKind::Recommended => "recommended",
        }
    }

    /// By its name in the database.
    pub fn of(name: &str) -> Self {
        match name {
            "new" => SectionKind::New,
            "hot" => SectionKind::Hot,
            "brand" => SectionKind::Brand,
            "picks" => SectionKind::Picks,
            "category" => SectionKind::Category,
            _ => SectionKind::Recommended,
        }
    }
}

/// A large picture at the head of the page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeBanner {
    /// Its number.
    pub id: HomeBannerId,
    /// Its picture, as a path below the media root.
    pub picture: String,
    /// Its title.
    pub title: String,
    /// Where it leads to: a path inside the shop.
    pub link: String,
}

/// A small picture that leads somewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeShortcut {
    /// Its number.
    pub id: HomeShortcutId,
    /// Its name.
    pub name: String,
    /// Its picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Where it leads to: a path inside the shop.
    pub link: String,
}

/// A product in a section.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeCard {
    /// The product.
    pub spu_id: SpuId,
    /// Title.
    pub title: String,
    /// Subtitle.
    pub subtitle: String,
    /// Main picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Lowest price of its variants.
    pub price_fen: Fen,
    /// 划线价.
    pub list_price_fen: Fen,
    /// At least one variant is in stock.
    pub in_stock: bool,
    /// Units sold.
    pub sales: i64,
    /// Marks.
    pub flags: Vec<Flag>,
}

/// A brand in a section.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeBrand {
    /// Its number.
    pub id: BrandId,
    /// Its name.
    pub name: String,
    /// Its logo, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Main picture of the product that it sells most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// A part of the page with a title.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HomeSection {
    /// Its number.
    pub id: HomeSectionId,
    /// What it shows.
    pub kind: SectionKind,
    /// Its title.
    pub title: String,
    /// What stands beside the title; may be empty.
    pub subtitle: String,
    /// Where "more" leads to: a path inside the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its products.
    pub items: Vec<HomeCard>,
    /// Its brands.
    pub brands: Vec<HomeBrand>,
}

/// The home page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Home {
    /// Large pictures at its head.
    pub banners: Vec<HomeBanner>,
    /// Shortcuts below them.
    pub shortcuts: Vec<HomeShortcut>,
    /// The flash sale that runs, or the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seckill: Option<HomeSeckill>,
    /// Sections, in order. One that has nothing to show is left out.
    pub sections: Vec<HomeSection>,
}
