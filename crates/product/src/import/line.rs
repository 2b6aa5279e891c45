//! A line of an import file as a product's content. Pure.

use std::collections::HashSet;

use contract::product::{Line, LineSku, Spec};
use contract::{CategoryId, fault};
use kit::{Error, Result};

use crate::content::{Content, Flag, NAME, Variant, Wrong, is_plain};
use crate::frame::LEVELS;

/// Name of the axis that pictures `c0`, `c1`, … belong to.
const COLOUR: &str = "颜色";
/// Longest value that still looks like something to filter by, characters.
const FACET: usize = 12;

/// Whether a value looks like something to filter by: short, and no sentence. An attribute is searchable while all its
/// imported values are, so that the order of the lines does not matter.
pub fn looks_like_a_facet(value: &str) -> bool {
    value.chars().count() <= FACET && !value.contains(['。', '，', '；', ',', ';', '\n'])
}

/// One to three names.
pub fn check_path(path: &[String]) -> Result<()> {
    let mut wrong = Wrong::default();
    let fits = (1..=LEVELS as usize).contains(&path.len());
    if !wrong.when(!fits, "/category", "count", "1 to 3 names") {
        for (n, name) in path.iter().enumerate() {
            wrong.text(&format!("/category/{n}"), name.trim(), 1, NAME);
        }
    }
    wrong.finish()
}

/// Files from elsewhere carry invisible characters; nobody misses them.
fn clean(text: &str) -> String {
    if is_plain(text) {
        return text.trim().to_owned();
    }
    let spaced = text.replace(['\n', '\r', '\t'], " ");
    spaced.chars().filter(|c| is_plain(c.encode_utf8(&mut [0; 4]))).collect::<String>().trim().to_owned()
}

fn specs(pairs: &[(String, String)]) -> Vec<Spec> {
    pairs.iter().map(|(name, value)| Spec { name: clean(name), value: clean(value) }).collect()
}

/// The content; category and brand are filled in when they are known.
pub fn content(line: &Line) -> Content {
    let mut seen = HashSet::new();
    let attributes = specs(&line.attributes).into_iter().filter(|s| seen.insert((s.name.clone(), s.value.clone()))).collect();
    let Pictures { gallery, details, colours } = Pictures::of(&line.pictures);
    let skus: Vec<Vec<Spec>> = line.skus.iter().map(|s| specs(&s.specs)).collect();
    let axes = crate::specs::axes(skus.iter().map(Vec::as_slice));
    let shades = axes.iter().find(|(name, _)| name == COLOUR).map(|(_, values)| values.as_slice()).unwrap_or_default();
    let variant = |(sku, specs): (&LineSku, Vec<Spec>)| {
        let shade = specs.iter().find(|s| s.name == COLOUR).and_then(|s| shades.iter().position(|v| *v == s.value));
        let picture = shade.and_then(|n| colours.iter().find(|(of, _)| *of == n)).map(|(_, key)| key.clone());
        Variant { id: None, code: None, specs, price_fen: sku.price_fen, list_price_fen: Some(line.list_price_fen), picture }
    };
    let flags = [(line.is_new, Flag::New), (line.is_hot, Flag::Hot)];
    Content {
        title: clean(&line.title),
        subtitle: clean(&line.subtitle),
        category: CategoryId(0),
        brand: None,
        unit: clean(&line.unit),
        gallery,
        details,
        attributes,
        flags: flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).collect(),
        skus: line.skus.iter().zip(skus).map(variant).collect(),
    }
}

/// Pictures of a line by the last step of their keys: `d0`, `d1` … are the long ones below the gallery, `c0`, `c1` …
/// belong to the first, second … colour; all others are the gallery.
struct Pictures {
    gallery: Vec<String>,
    details: Vec<String>,
    colours: Vec<(usize, String)>,
}

impl Pictures {
    fn of(keys: &[String]) -> Self {
        let mut sorted = Pictures { gallery: Vec::new(), details: Vec::new(), colours: Vec::new() };
        for key in keys {
            let step = key.rsplit('/').next().unwrap_or(key);
            let numbered = |letter: char| step.strip_prefix(letter).and_then(|n| n.parse::<usize>().ok());
            if numbered('d').is_some() {
                sorted.details.push(key.clone());
            } else if let Some(n) = numbered('c') {
                sorted.colours.push((n, key.clone()));
            } else {
                sorted.gallery.push(key.clone());
            }
        }
        if sorted.gallery.is_empty() {
            sorted.gallery.extend(sorted.colours.first().map(|(_, key)| key.clone()));
        }
        sorted
    }
}

/// The brand's name, cleaned; `invalid` when it does not fit.
pub fn brand(line: &Line) -> Result<Option<String>, Error> {
    let Some(name) = line.brand.as_deref().map(clean).filter(|n| !n.is_empty()) else { return Ok(None) };
    if name.chars().count() > NAME {
        return Err(fault::INVALID.at("/brand", "length", "1 to 60 characters"));
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Fen;

    fn line(pictures: &[&str]) -> Line {
        let sku = |colour: &str| LineSku { specs: vec![("颜色".into(), colour.into())], price_fen: Fen(100), stock: 1 };
        Line {
            source_id: 1,
            title: " 杯\u{200b}子\n".into(),
            subtitle: String::new(),
            category: vec!["居家".into()],
            brand: None,
            unit: "个".into(),
            list_price_fen: Fen(200),
            price_fen: Fen(100),
            is_new: true,
            is_hot: false,
            on_sale: true,
            attributes: vec![("材质".into(), "棉".into()), ("材质".into(), "棉".into())],
            skus: vec![sku("蓝"), sku("红")],
            pictures: pictures.iter().map(|p| (*p).to_owned()).collect(),
        }
    }

    #[test]
    fn a_line_becomes_content() {
        let content = content(&line(&["p/cup/1/0", "p/cup/1/2", "p/cup/1/c0", "p/cup/1/c1", "p/cup/1/d0"]));
        assert_eq!(content.title, "杯子");
        assert_eq!(content.gallery, ["p/cup/1/0", "p/cup/1/2"]);
        assert_eq!(content.details, ["p/cup/1/d0"]);
        assert_eq!(content.skus[1].picture.as_deref(), Some("p/cup/1/c1"));
        assert_eq!(content.attributes.len(), 1);
        assert_eq!(content.flags, [Flag::New]);
        content.check().unwrap();
    }

    #[test]
    fn facets_are_short_and_no_sentences() {
        assert!(looks_like_a_facet("100%棉"));
        assert!(!looks_like_a_facet("通风晾晒2-3天即可散去味道"));
        assert!(!looks_like_a_facet("轻，薄"));
    }
}
