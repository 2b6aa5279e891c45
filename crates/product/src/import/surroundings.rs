//! What a line needs around its product: category path, brand, attributes of the leaf. Made when missing, remembered
//! for a short time, so that a file of many lines asks once.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contract::product::Line;
use contract::{BrandId, CategoryId};
use kit::{Result, Tx};
use tokio::time::Instant;

use super::line::{brand, looks_like_a_facet};
use crate::Product;
use crate::attribute::AttributeKind;
use crate::brand::BrandKind;
use crate::content::Content;
use crate::frame::LEVELS;
use crate::store::frame as store;

/// How long what was found or made is remembered: another process may rename it meanwhile.
const REMEMBER: Duration = Duration::from_secs(30);

/// An attribute of a leaf by name.
type AttributeName = (CategoryId, AttributeKind, String);

#[derive(Default)]
struct Memory {
    since: Option<Instant>,
    categories: HashMap<Vec<String>, CategoryId>,
    brands: HashMap<String, BrandId>,
    links: HashSet<(BrandId, CategoryId)>,
    /// And whether it is searchable so far.
    attributes: HashMap<AttributeName, bool>,
}

/// What imports have found or made.
#[derive(Default)]
pub(crate) struct Known(Mutex<Memory>);

impl Known {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.since.is_none_or(|since| since.elapsed() > REMEMBER) {
            *memory = Memory { since: Some(Instant::now()), ..Memory::default() };
        }
        memory
    }

    /// Forgets all.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Memory::default();
    }

    /// Category and brand when nothing has to be made or changed for this line.
    fn all_there(&self, path: &[String], brand: Option<&str>, attributes: &[Wish]) -> Option<(CategoryId, Option<BrandId>)> {
        let memory = self.memory();
        let category = *memory.categories.get(path)?;
        let brand = match brand {
            Some(name) => Some(*memory.brands.get(name)?),
            None => None,
        };
        let linked = brand.is_none_or(|b| memory.links.contains(&(b, category)));
        let there = |w: &Wish| memory.attributes.get(&(category, w.kind, w.name.clone())).is_some_and(|is| !is || w.facet);
        (linked && attributes.iter().all(there)).then_some((category, brand))
    }
}

/// An attribute that a line has, and whether all its values look like facets.
struct Wish {
    kind: AttributeKind,
    name: String,
    facet: bool,
}

fn wishes(content: &Content) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    let basic = content.attributes.iter().map(|s| (AttributeKind::Basic, s));
    let sales = content.skus.iter().flat_map(|v| &v.specs).map(|s| (AttributeKind::Sales, s));
    for (kind, spec) in basic.chain(sales) {
        let facet = looks_like_a_facet(&spec.value);
        match wishes.iter_mut().find(|w| w.kind == kind && w.name == spec.name) {
            Some(wish) => wish.facet &= facet,
            None => wishes.push(Wish { kind, name: spec.name.clone(), facet }),
        }
    }
    wishes
}

impl Product {
    /// Fills in category and brand, and sees to it that they and the leaf's attributes exist.
    pub(super) async fn surround(&self, line: &Line, content: &mut Content) -> Result<()> {
        let path: Vec<String> = line.category.iter().map(|n| n.trim().to_owned()).collect();
        let brand_name = brand(line)?;
        let wishes = wishes(content);
        if let Some((category, brand)) = self.known.all_there(&path, brand_name.as_deref(), &wishes) {
            (content.category, content.brand) = (category, brand);
            return Ok(());
        }
        let (category, brand, searchable) = kit::tx!(self.db, |tx| {
            store::raise_revision(&tx).await?;
            let category = ensure_path(&tx, &path).await?;
            let brand = match &brand_name {
                Some(name) => Some(ensure_brand(&tx, name, category).await?),
                None => None,
            };
            let mut searchable = Vec::with_capacity(wishes.len());
            for wish in &wishes {
                searchable.push(ensure_attribute(&tx, category, wish).await?);
            }
            Ok((category, brand, searchable))
        })?;
        self.frames.forget();
        self.front_changed();
        let mut memory = self.known.memory();
        memory.categories.insert(path, category);
        if let (Some(name), Some(brand)) = (brand_name, brand) {
            memory.brands.insert(name, brand);
            memory.links.insert((brand, category));
        }
        let names = wishes.into_iter().map(|w| (category, w.kind, w.name));
        memory.attributes.extend(names.zip(searchable));
        (content.category, content.brand) = (category, brand);
        Ok(())
    }
}

/// The leaf at the end of a path, made with what is missing above it.
async fn ensure_path(tx: &Tx, path: &[String]) -> Result<CategoryId> {
    let mut parent = CategoryId(0);
    for (name, level) in path.iter().zip(1..=LEVELS) {
        parent = match store::category_named(tx, parent, name).await? {
            Some(category) => category.id,
            None => {
                let new = store::Category { id: tx.id(), parent, level, name: name.clone(), picture: None, position: 0 };
                store::insert_category(tx, &new).await?;
                new.id
            }
        };
    }
    Ok(parent)
}

async fn ensure_brand(tx: &Tx, name: &str, category: CategoryId) -> Result<BrandId> {
    let id = match store::brand_named(tx, name).await? {
        Some(brand) => brand.id,
        None => {
            let kind = if name.ends_with("制造商") { BrandKind::Maker } else { BrandKind::Brand };
            let new = store::Brand { id: tx.id(), name: name.to_owned(), kind: kind.name().into(), logo: None };
            store::insert_brand(tx, &new).await?;
            new.id
        }
    };
    store::link(tx, id, category).await?;
    Ok(id)
}

/// Whether the attribute is searchable now. One that operators have decided about stays as they decided.
async fn ensure_attribute(tx: &Tx, category: CategoryId, wish: &Wish) -> Result<bool> {
    let Some(mut there) = store::attribute_named(tx, category, wish.kind.name(), &wish.name).await? else {
        let new = store::Attribute {
            id: tx.id(),
            category,
            kind: wish.kind.name().into(),
            name: wish.name.clone(),
            searchable: wish.facet.into(),
            by_operator: 0,
            unit: String::new(),
            options: "[]".into(),
        };
        store::insert_attribute(tx, &new).await?;
        return Ok(wish.facet);
    };
    if there.searchable != 0 && there.by_operator == 0 && !wish.facet {
        there.searchable = 0;
        store::update_attribute(tx, &there).await?;
    }
    // One that an operator made searchable never has to be looked at again.
    Ok(there.searchable != 0 && there.by_operator == 0)
}
