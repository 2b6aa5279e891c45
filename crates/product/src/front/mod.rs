//! Front categories: the tree that shoppers see. It has its own names, pictures and order, which changes with the seasons;
//! each of them shows some back categories. Without any, the tree mirrors the back tree. Must never know a price.

mod create;
mod delete;
mod edit;
mod list;
mod rules;
mod seasons;
mod tree;

use contract::CategoryId;
use kit::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use create::NewFrontCategory;
pub use edit::FrontCategoryChange;
pub use list::{AdminFrontNode, AdminFrontTree, FrontParams};
pub(crate) use rules::check;
pub(crate) use seasons::rows as season_rows;
pub use seasons::{Season, Seasons};
pub(crate) use tree::Fronts;

/// Levels of the tree.
pub const LEVELS: i32 = 3;
/// Front categories of a shop.
pub const MOST: usize = 500;
/// Back categories that one shows.
pub const SOURCES: usize = 50;
/// Seasons of one.
pub const SEASONS: usize = 40;

kit::id_types! {
    /// A front category.
    FrontCategoryId;
}

/// What is special about a front category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrontFlag {
    /// Nothing.
    #[default]
    None,
    /// 新品: what came on the shelf lately.
    New,
    /// 秒杀: what is in a flash sale.
    Seckill,
    /// 满减: what takes part in a reduction.
    Reduction,
}

impl FrontFlag {
    /// Its name in the database.
    pub const fn name(self) -> &'static str {
        match self {
            FrontFlag::None => "none",
            FrontFlag::New => "new",
            FrontFlag::Seckill => "seckill",
            FrontFlag::Reduction => "reduction",
        }
    }

    /// By its name in the database.
    pub fn of(name: &str) -> Self {
        match name {
            "new" => FrontFlag::New,
            "seckill" => FrontFlag::Seckill,
            "reduction" => FrontFlag::Reduction,
            _ => FrontFlag::None,
        }
    }

    /// Whether something stands behind it, so that shoppers may see it. Reductions have no service yet.
    pub const fn is_shown(self, flash_sale: bool) -> bool {
        match self {
            FrontFlag::None | FrontFlag::New => true,
            FrontFlag::Seckill => flash_sale,
            FrontFlag::Reduction => false,
        }
    }
}

/// A front category and what stands below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FrontNode {
    /// Its number.
    pub id: FrontCategoryId,
    /// Its name.
    pub name: String,
    /// Its picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What is special about it.
    pub flag: FrontFlag,
    /// Back categories that it and those below it show, each once; at most 50.
    pub categories: Vec<CategoryId>,
    /// Front categories below it, in the order of the season.
    #[schema(no_recursion)]
    pub children: Vec<FrontNode>,
}

/// The tree that shoppers see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrontTree {
    /// The roots, in the order of the season.
    pub items: Vec<FrontNode>,
}

/// The tree at a moment.
pub(crate) struct Front {
    /// The roots.
    pub nodes: Vec<FrontNode>,
    /// When the order changes next.
    pub until: Time,
    /// Nobody has made a front category: this is the back tree.
    pub mirror: bool,
}
