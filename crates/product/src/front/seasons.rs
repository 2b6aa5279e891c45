//! The seasons of a front category: times in which it stands at another place.

use contract::fault;
use garde::Validate;
use kit::{Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdminFrontNode, FrontCategoryId, SEASONS};
use crate::Product;
use crate::content::Wrong;
use crate::store::front as store;

/// Another place among the siblings for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// When it begins.
    #[garde(skip)]
    pub from: Time,
    /// When it has ended.
    #[garde(skip)]
    pub until: Time,
    /// Place among its siblings, lower first.
    #[garde(range(min = 0, max = 100_000))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub position: i32,
}

impl Season {
    /// Whether this moment is in it.
    pub fn contains(&self, now: Time) -> bool {
        self.from <= now && now < self.until
    }
}

impl From<&store::SeasonRow> for Season {
    fn from(s: &store::SeasonRow) -> Self {
        Season { from: s.from_ms, until: s.until_ms, position: s.position }
    }
}

/// All seasons of a front category.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Seasons {
    /// The seasons; no two have a moment in common.
    #[garde(length(max = SEASONS), dive)]
    #[schema(max_items = 40)]
    pub seasons: Vec<Season>,
}

fn check(seasons: &[Season]) -> Result<()> {
    let mut wrong = Wrong::default();
    for (n, season) in seasons.iter().enumerate() {
        wrong.when(season.from >= season.until, &format!("/seasons/{n}/until"), "range", "not after from");
        let overlaps = |before: &Season| before.from < season.until && season.from < before.until;
        let again = seasons.get(..n).is_some_and(|before| before.iter().any(overlaps));
        wrong.when(again, &format!("/seasons/{n}"), "overlap", "another season has these days");
    }
    wrong.finish()
}

/// Seasons as rows, when they keep the rules.
pub fn rows(front: FrontCategoryId, seasons: &[Season]) -> Result<Vec<store::SeasonRow>> {
    check(seasons)?;
    let row = |s: &Season| store::SeasonRow { front, from_ms: s.from, until_ms: s.until, position: s.position };
    Ok(seasons.iter().map(row).collect())
}

impl Product {
    /// Replaces the seasons of a front category.
    pub(crate) async fn set_seasons(&self, id: FrontCategoryId, seasons: Seasons) -> Result<AdminFrontNode> {
        let rows = rows(id, &seasons.seasons)?;
        kit::tx!(self.db, |tx| {
            store::lock(&tx).await?;
            if !store::all_in(&tx).await?.iter().any(|c| c.id == id) {
                return Err(fault::NOT_FOUND.into());
            }
            store::set_seasons(&tx, id, &rows).await
        })?;
        self.front_changed();
        self.front_as_operator(id).await
    }
}
