//! What tells variants apart: their names for it, and which variant of before is which variant of now. Pure.

use std::collections::{HashMap, HashSet};

use contract::SkuId;
use contract::product::Spec;

use crate::digest::Digest;

/// A short name of a combination of values; the order of the attributes does not matter.
pub fn hash(specs: &[Spec]) -> String {
    let mut sorted: Vec<&Spec> = specs.iter().collect();
    sorted.sort_by(|a, b| (&a.name, &a.value).cmp(&(&b.name, &b.value)));
    sorted.into_iter().fold(Digest::new(), |d, s| d.feed(s.name.as_bytes()).feed(s.value.as_bytes())).hex()
}

/// The attributes that variants differ in, each with its values in the order of first use.
pub fn axes<'a>(variants: impl IntoIterator<Item = &'a [Spec]>) -> Vec<(String, Vec<String>)> {
    let mut axes: Vec<(String, Vec<String>)> = Vec::new();
    for spec in variants.into_iter().flatten() {
        match axes.iter_mut().find(|(name, _)| *name == spec.name) {
            Some((_, values)) if values.contains(&spec.value) => {}
            Some((_, values)) => values.push(spec.value.clone()),
            None => axes.push((spec.name.clone(), vec![spec.value.clone()])),
        }
    }
    axes
}

/// A variant that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Old {
    /// Its number.
    pub id: SkuId,
    /// Name of its combination.
    pub hash: String,
}

/// A variant that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The number that it must keep, if the editor knows it.
    pub id: Option<SkuId>,
    /// Name of its combination.
    pub hash: String,
}

/// For each wanted variant the number that it keeps, or `None` when it is new: by number first, then by combination.
/// Fails with the position of a number that is not among the old ones, or stands twice.
pub fn pair(old: &[Old], wanted: &[Wanted]) -> Result<Vec<Option<SkuId>>, usize> {
    let known: HashSet<SkuId> = old.iter().map(|o| o.id).collect();
    let mut taken = HashSet::new();
    for (at, id) in wanted.iter().enumerate().filter_map(|(at, w)| Some((at, w.id?))) {
        if !known.contains(&id) || !taken.insert(id) {
            return Err(at);
        }
    }
    let by_hash: HashMap<&str, SkuId> = old.iter().map(|o| (o.hash.as_str(), o.id)).collect();
    let keep = |w: &Wanted| w.id.or_else(|| by_hash.get(w.hash.as_str()).copied().filter(|id| !taken.contains(id)));
    Ok(wanted.iter().map(keep).collect())
}

/// Old variants that must give up their combination before it is written, because another one takes it over.
pub fn yielding(old: &[Old], wanted: &[Wanted], kept: &[Option<SkuId>]) -> Vec<SkuId> {
    let heir: HashMap<&str, Option<SkuId>> = wanted.iter().zip(kept).map(|(w, k)| (w.hash.as_str(), *k)).collect();
    old.iter().filter(|o| heir.get(o.hash.as_str()).is_some_and(|id| *id != Some(o.id))).map(|o| o.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spec(name: &str, value: &str) -> Spec {
        Spec { name: name.into(), value: value.into() }
    }

    #[test]
    fn a_combination_has_one_name_in_any_order() {
        let (a, b) = (spec("颜色", "蓝"), spec("尺码", "M"));
        assert_eq!(hash(&[a.clone(), b.clone()]), hash(&[b.clone(), a.clone()]));
        assert_ne!(hash(std::slice::from_ref(&a)), hash(&[a.clone(), b]));
        assert_ne!(hash(&[spec("a", "bc")]), hash(&[spec("ab", "c")]));
    }

    #[test]
    fn axes_keep_the_order_of_first_use() {
        let rows = [vec![spec("颜色", "蓝"), spec("尺码", "M")], vec![spec("颜色", "红"), spec("尺码", "M")]];
        let axes = axes(rows.iter().map(Vec::as_slice));
        assert_eq!(axes, [("颜色".to_owned(), vec!["蓝".into(), "红".into()]), ("尺码".to_owned(), vec!["M".into()])]);
    }

    prop_compose! {
        /// Old variants with distinct combinations, and wanted ones with distinct combinations, some by number.
        fn edit()(old in prop::collection::hash_set(0u8..20, 0..12), wanted in prop::collection::hash_set(0u8..20, 1..12), by_id in prop::collection::vec(any::<Option<u8>>(), 12))
            -> (Vec<Old>, Vec<Wanted>) {
            let old: Vec<Old> = old.into_iter().enumerate().map(|(n, h)| Old { id: SkuId(n as i64 + 1), hash: h.to_string() }).collect();
            let mut free: Vec<SkuId> = old.iter().map(|o| o.id).collect();
            let wanted = wanted.into_iter().zip(by_id).map(|(h, pick)| {
                let id = pick.filter(|_| !free.is_empty()).map(|p| free.remove(p as usize % free.len()));
                Wanted { id, hash: h.to_string() }
            }).collect();
            (old, wanted)
        }
    }

    proptest! {
        #[test]
        fn pairing_keeps_numbers((old, wanted) in edit()) {
            let kept = pair(&old, &wanted).unwrap();
            let numbers: Vec<SkuId> = kept.iter().flatten().copied().collect();
            prop_assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len(), "no number is given twice");
            for (w, k) in wanted.iter().zip(&kept) {
                if let Some(id) = w.id { prop_assert_eq!(*k, Some(id)); }
                if let Some(o) = old.iter().find(|o| o.hash == w.hash)
                    && w.id.is_none() && wanted.iter().all(|x| x.id != Some(o.id)) {
                    prop_assert_eq!(*k, Some(o.id), "the same combination is the same variant");
                }
            }
            // Written in this order, no two rows of a product ever have the same combination.
            let gone = yielding(&old, &wanted, &kept);
            let mut rows: HashMap<SkuId, String> = old.iter().map(|o| (o.id, o.hash.clone())).collect();
            for id in gone { rows.insert(id, format!("~{id}")); }
            for (n, (w, k)) in wanted.iter().zip(&kept).enumerate() {
                let id = k.unwrap_or(SkuId(1000 + n as i64));
                prop_assert!(rows.iter().all(|(other, hash)| *other == id || *hash != w.hash));
                rows.insert(id, w.hash.clone());
            }
        }

        #[test]
        fn the_order_of_variants_changes_no_number((old, wanted) in edit()) {
            let kept = pair(&old, &wanted).unwrap();
            let reversed: Vec<Wanted> = wanted.iter().rev().cloned().collect();
            let mut again = pair(&old, &reversed).unwrap();
            again.reverse();
            prop_assert_eq!(kept, again);
        }
    }
}
