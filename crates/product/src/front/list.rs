//! The tree as operators see it: with seasons, and what shoppers do not see.

use contract::{CategoryId, fault};
use garde::Validate;
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{FrontCategoryId, FrontFlag, Fronts, Season};
use crate::Product;
use crate::store::front as store;

/// On which day the tree is shown.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FrontParams {
    /// In the order of this moment; of now when absent.
    #[garde(skip)]
    #[serde(default)]
    pub on: Option<Time>,
}

/// A front category as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminFrontNode {
    /// Its number.
    pub id: FrontCategoryId,
    /// Above it; absent at a root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<FrontCategoryId>,
    /// 1–3.
    pub level: i32,
    /// Its name.
    pub name: String,
    /// Its picture, as a path below the media root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What is special about it.
    pub flag: FrontFlag,
    /// Place among its siblings out of season.
    pub position: i32,
    /// Back categories that it shows itself.
    pub categories: Vec<CategoryId>,
    /// Its seasons, earliest first.
    pub seasons: Vec<Season>,
    /// Front categories below it, in the order of the moment.
    #[schema(no_recursion)]
    pub children: Vec<AdminFrontNode>,
}

impl AdminFrontNode {
    pub(super) fn of(c: store::FrontCategory, categories: Vec<CategoryId>, seasons: Vec<Season>) -> Self {
        AdminFrontNode {
            id: c.id,
            parent: (c.parent.0 != 0).then_some(c.parent),
            level: c.level,
            flag: FrontFlag::of(&c.flag),
            name: c.name,
            picture: c.picture,
            position: c.position,
            categories,
            seasons,
            children: Vec::new(),
        }
    }
}

/// The tree as operators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdminFrontTree {
    /// The moment whose order it has.
    pub on: Time,
    /// The roots, in the order of the moment.
    pub items: Vec<AdminFrontNode>,
}

impl Fronts {
    fn admin_node(&self, c: &store::FrontCategory) -> AdminFrontNode {
        AdminFrontNode::of(c.clone(), self.sources(c.id).to_vec(), self.seasons(c.id).to_vec())
    }

    fn admin_nodes(&self, parent: FrontCategoryId, on: Time) -> Vec<AdminFrontNode> {
        let node = |c: &store::FrontCategory| AdminFrontNode { children: self.admin_nodes(c.id, on), ..self.admin_node(c) };
        self.below(parent, on).into_iter().map(node).collect()
    }
}

impl Product {
    /// The whole tree for operators.
    pub(crate) async fn fronts_as_operator(&self, params: FrontParams) -> Result<AdminFrontTree> {
        let on = params.on.unwrap_or_else(|| self.db.clock().now());
        let fronts = Fronts::load(&self.db).await?;
        Ok(AdminFrontTree { on, items: fronts.admin_nodes(FrontCategoryId(0), on) })
    }

    /// One of them, without those below it.
    pub(super) async fn front_as_operator(&self, id: FrontCategoryId) -> Result<AdminFrontNode> {
        let fronts = Fronts::load(&self.db).await?;
        fronts.get(id).map(|c| fronts.admin_node(c)).ok_or_else(|| fault::NOT_FOUND.into())
    }
}
