//! Rules for front categories. Pure: no clock, no await.

use contract::{CategoryId, fault};
use kit::Result;

use super::{FrontCategoryId, LEVELS, SOURCES};
use crate::content::{NAME, Wrong};
use crate::store::front::FrontCategory;

/// Every rule that needs nothing but the category itself.
pub fn check(c: &FrontCategory, categories: &[CategoryId]) -> Result<()> {
    let mut wrong = Wrong::default();
    wrong.text("/name", &c.name, 1, NAME);
    if let Some(picture) = &c.picture {
        wrong.picture("/picture", picture);
    }
    wrong.when(categories.len() > SOURCES, "/categories", "too_many", "at most 50 back categories");
    for (n, id) in categories.iter().enumerate() {
        let again = categories.get(..n).is_some_and(|before| before.contains(id));
        wrong.when(again, &format!("/categories/{n}"), "repeated", "each back category once");
    }
    wrong.finish()
}

/// The level below a parent; `invalid` when it is unknown or too deep.
pub fn level_below(all: &[FrontCategory], parent: FrontCategoryId) -> Result<i32> {
    if parent.0 == 0 {
        return Ok(1);
    }
    let Some(above) = all.iter().find(|c| c.id == parent) else {
        return Err(fault::INVALID.at("/parent", "unknown", "no such front category"));
    };
    if above.level >= LEVELS {
        return Err(fault::INVALID.at("/parent", "too_deep", "front categories have three levels at most"));
    }
    Ok(above.level + 1)
}

/// A front category and all below it, each with its level when the first one stands below `parent`; `invalid` when that
/// makes a circle or something too deep.
pub fn moved(all: &[FrontCategory], id: FrontCategoryId, parent: FrontCategoryId) -> Result<Vec<(FrontCategoryId, i32)>> {
    let mut found = vec![(id, level_below(all, parent)?)];
    let mut next = 0;
    while let Some((at, level)) = found.get(next).copied() {
        found.extend(all.iter().filter(|c| c.parent == at).map(|c| (c.id, level + 1)));
        next += 1;
    }
    if found.iter().any(|(id, _)| *id == parent) {
        return Err(fault::INVALID.at("/parent", "circle", "a front category cannot stand below itself"));
    }
    if found.iter().any(|(_, level)| *level > LEVELS) {
        return Err(fault::INVALID.at("/parent", "too_deep", "front categories have three levels at most"));
    }
    Ok(found)
}
