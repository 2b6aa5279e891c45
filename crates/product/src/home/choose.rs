//! Which products and shortcuts are shown when nobody chose them. Pure: no clock, no await.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use contract::{BrandId, CategoryId};

use super::{HomeShortcut, HomeShortcutId};
use crate::front::FrontNode;
use crate::store::spu::Spu;

/// Shortcuts that are shown when nobody composed any.
const SHORTCUTS: usize = 10;

/// The first `limit` by rank, highest first. Those of one rank (nothing is sold yet, or all came on the shelf together) are
/// shown marked ones first, and from all aisles in turn, so that a young shop does not look like one aisle.
pub fn first(
    spus: &[Spu],
    limit: usize,
    rank: impl Fn(&Spu) -> i64,
    marked: impl Fn(&Spu) -> bool,
    aisle: impl Fn(&Spu) -> CategoryId,
) -> Vec<&Spu> {
    let mut keyed: Vec<_> = spus.iter().map(|spu| ((rank(spu), marked(spu)), spu)).collect();
    keyed.sort_by_key(|(worth, spu)| Reverse((*worth, spu.listed_ms, spu.id)));
    let mut turns: HashMap<((i64, bool), CategoryId), usize> = HashMap::new();
    let mut in_turn: Vec<_> = keyed
        .into_iter()
        .map(|(worth, spu)| {
            let turn = turns.entry((worth, aisle(spu))).or_default();
            *turn += 1;
            ((Reverse(worth), *turn), spu)
        })
        .collect();
    // Stable: those of one turn stay newest first.
    in_turn.sort_by_key(|(key, _)| *key);
    in_turn.into_iter().take(limit).map(|(_, spu)| spu).collect()
}

/// Brands of these products, those that sell most first, each with its product that sells most.
pub fn brands(spus: &[Spu], limit: usize) -> Vec<(BrandId, &Spu)> {
    let mut sold: BTreeMap<BrandId, (i64, usize, &Spu)> = BTreeMap::new();
    for spu in spus {
        let Some(brand) = spu.brand else { continue };
        let entry = sold.entry(brand).or_insert((0, 0, spu));
        entry.0 += spu.sales;
        entry.1 += 1;
        if (spu.picture.is_some(), spu.sales) > (entry.2.picture.is_some(), entry.2.sales) {
            entry.2 = spu;
        }
    }
    let mut brands: Vec<_> = sold.into_iter().collect();
    brands.sort_by_key(|(id, (sales, products, _))| (Reverse((*sales, *products)), *id));
    brands.into_iter().take(limit).map(|(id, (_, _, best))| (id, best)).collect()
}

/// Shortcuts into the tree: what stands on its second level, from each root in turn; the roots when they are leaves.
pub fn shortcuts(roots: &[FrontNode], mirror: bool) -> Vec<HomeShortcut> {
    let lists: Vec<&[FrontNode]> =
        roots.iter().map(|r| if r.children.is_empty() { std::slice::from_ref(r) } else { r.children.as_slice() }).collect();
    let longest = lists.iter().map(|l| l.len()).max().unwrap_or(0);
    let in_turn = (0..longest).flat_map(|n| lists.iter().filter_map(move |l| l.get(n)));
    let shortcut = |node: &FrontNode| HomeShortcut {
        id: HomeShortcutId(node.id.0),
        name: node.name.clone(),
        picture: node.picture.clone(),
        link: format!("/list?{}={}", if mirror { "category" } else { "front" }, node.id),
    };
    in_turn.take(SHORTCUTS).map(shortcut).collect()
}
