//! What a product says of itself, as it is published, edited, imported and kept in its history; and the rules for it.
//! Pure: no clock, no await.

use std::collections::HashSet;

use contract::product::Spec;
use contract::{BrandId, CategoryId, Fen, SkuId, fault};
use kit::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::specs;

/// Longest title and subtitle, characters.
pub const TITLE: usize = 120;
/// Longest name of an attribute, a category, a brand, characters.
pub const NAME: usize = 60;
/// Longest value of a basic attribute, characters.
const VALUE: usize = 500;
/// Longest value of a sales attribute, characters.
const SPEC_VALUE: usize = 60;
/// Longest unit and code, characters.
const UNIT: usize = 10;
const CODE: usize = 40;
/// Pictures in the gallery, and again below it.
const PICTURES: usize = 20;
/// Longest key of a picture.
const PICTURE: usize = 191;
/// Basic attributes of a product.
const ATTRIBUTES: usize = 60;
/// Attributes that variants differ in.
const AXES: usize = 5;
/// Variants of a product.
pub const SKUS: usize = 200;
/// Highest price: 10,000,000.00 yuan.
const PRICE: Fen = Fen(1_000_000_000);

/// A mark that operators give a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// 新品.
    New,
    /// 热卖.
    Hot,
}

impl Flag {
    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Flag::New => "new",
            Flag::Hot => "hot",
        }
    }
}

/// A product's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Title, 1–120 characters.
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 120)]
    pub title: String,
    /// Subtitle, up to 120 characters.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_length = 120)]
    pub subtitle: String,
    /// Leaf category.
    #[garde(skip)]
    pub category: CategoryId,
    /// Brand.
    #[garde(skip)]
    #[serde(default)]
    pub brand: Option<BrandId>,
    /// Unit (件, 盒).
    #[garde(skip)]
    #[schema(min_length = 1, max_length = 10)]
    pub unit: String,
    /// Pictures, main first, as paths below the media root.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_items = 20)]
    pub gallery: Vec<String>,
    /// Long pictures that describe it.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_items = 20)]
    pub details: Vec<String>,
    /// Basic attributes.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_items = 60)]
    pub attributes: Vec<Spec>,
    /// Marks.
    #[garde(skip)]
    #[serde(default)]
    #[schema(max_items = 2)]
    pub flags: Vec<Flag>,
    /// Variants.
    #[garde(skip)]
    #[schema(min_items = 1, max_items = 200)]
    pub skus: Vec<Variant>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its number; without it the variant with the same values keeps its number.
    #[serde(default)]
    pub id: Option<SkuId>,
    /// Code on the label; made when absent.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub code: Option<String>,
    /// What tells it from its siblings.
    #[schema(max_items = 5)]
    pub specs: Vec<Spec>,
    /// Price, up to 10,000,000.00 yuan.
    pub price_fen: Fen,
    /// 划线价; the price when absent.
    #[serde(default)]
    pub list_price_fen: Option<Fen>,
    /// Its own picture.
    #[serde(default)]
    pub picture: Option<String>,
}

impl Variant {
    /// 划线价.
    pub fn list_price(&self) -> Fen {
        self.list_price_fen.unwrap_or(self.price_fen)
    }
}

/// The part of the content that no query asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Pictures, main first.
    pub gallery: Vec<String>,
    /// Long pictures.
    pub details: Vec<String>,
    /// Basic attributes.
    pub attributes: Vec<Spec>,
    /// Marks.
    pub flags: Vec<Flag>,
}

impl Content {
    /// The variant that the list shows: the cheapest, the first of several.
    pub fn cheapest(&self) -> Option<&Variant> {
        self.skus.iter().min_by_key(|v| v.price_fen)
    }

    /// Main picture.
    pub fn picture(&self) -> Option<&str> {
        self.gallery.first().map(String::as_str)
    }

    /// The part that no query asks for.
    pub fn sheet(&self) -> Sheet {
        let Content { gallery, details, attributes, flags, .. } = self.clone();
        Sheet { gallery, details, attributes, flags }
    }

    /// Without white space around texts.
    pub fn trimmed(mut self) -> Self {
        let specs = self.skus.iter_mut().flat_map(|v| v.specs.iter_mut()).chain(self.attributes.iter_mut());
        let texts = specs.flat_map(|s| [&mut s.name, &mut s.value]);
        for text in texts.chain([&mut self.title, &mut self.subtitle, &mut self.unit]) {
            if text.trim().len() != text.len() {
                *text = text.trim().to_owned();
            }
        }
        self
    }

    /// Every rule that needs nothing but the content itself; `invalid` with a pointer to each place.
    pub fn check(&self) -> Result<()> {
        let mut wrong = Wrong::default();
        wrong.text("/title", &self.title, 1, TITLE);
        wrong.text("/subtitle", &self.subtitle, 0, TITLE);
        wrong.text("/unit", &self.unit, 1, UNIT);
        wrong.pictures("/gallery", &self.gallery);
        wrong.pictures("/details", &self.details);
        wrong.when(self.flags.len() > 2, "/flags", "too_many", "each mark once");
        self.check_attributes(&mut wrong);
        self.check_skus(&mut wrong);
        wrong.finish()
    }

    fn check_attributes(&self, wrong: &mut Wrong) {
        if wrong.when(self.attributes.len() > ATTRIBUTES, "/attributes", "too_many", "at most 60 attributes") {
            return;
        }
        let mut seen = HashSet::new();
        for (n, spec) in self.attributes.iter().enumerate() {
            wrong.text(&format!("/attributes/{n}/name"), &spec.name, 1, NAME);
            wrong.text(&format!("/attributes/{n}/value"), &spec.value, 1, VALUE);
            let again = !seen.insert((&spec.name, &spec.value));
            wrong.when(again, &format!("/attributes/{n}"), "repeated", "the same attribute stands above");
        }
    }

    fn check_skus(&self, wrong: &mut Wrong) {
        let fits = (1..=SKUS).contains(&self.skus.len());
        if wrong.when(!fits, "/skus", "count", "1 to 200 variants") {
            return;
        }
        let names = |v: &Variant| v.specs.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        let axes = self.skus.first().map(names).unwrap_or_default();
        let mut seen = HashSet::new();
        let mut codes = HashSet::new();
        for (n, sku) in self.skus.iter().enumerate() {
            let at = format!("/skus/{n}");
            check_sku(sku, &at, wrong);
            wrong.when(
                names(sku) != axes,
                &format!("{at}/specs"),
                "axes",
                "all variants have the same attributes in the same order",
            );
            let again = !seen.insert(specs::hash(&sku.specs));
            wrong.when(again, &format!("{at}/specs"), "repeated", "another variant has the same values");
            if let Some(code) = &sku.code {
                wrong.when(!codes.insert(code), &format!("{at}/code"), "repeated", "another variant has this code");
            }
        }
    }
}

fn check_sku(sku: &Variant, at: &str, wrong: &mut Wrong) {
    let mut names = HashSet::new();
    wrong.when(sku.specs.len() > AXES, &format!("{at}/specs"), "too_many", "at most 5 sales attributes");
    for (n, spec) in sku.specs.iter().take(AXES).enumerate() {
        wrong.text(&format!("{at}/specs/{n}/name"), &spec.name, 1, NAME);
        wrong.text(&format!("{at}/specs/{n}/value"), &spec.value, 1, SPEC_VALUE);
        wrong.when(!names.insert(&spec.name), &format!("{at}/specs/{n}/name"), "repeated", "each attribute once");
    }
    let sellable = (Fen(1)..=PRICE).contains(&sku.price_fen);
    wrong.when(!sellable, &format!("{at}/price_fen"), "range", "0.01 to 10,000,000.00 yuan");
    let listable = sku.list_price_fen.is_none_or(|p| (Fen(1)..=PRICE).contains(&p));
    wrong.when(!listable, &format!("{at}/list_price_fen"), "range", "0.01 to 10,000,000.00 yuan");
    if let Some(code) = &sku.code {
        let fits = (1..=CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        wrong.when(!fits, &format!("{at}/code"), "code", "1 to 40 letters, digits, - _ .");
    }
    if let Some(picture) = &sku.picture {
        wrong.when(!is_picture(picture), &format!("{at}/picture"), "picture", "not a path below the media root");
    }
}

/// Whether this is a path below the media root: plain steps, no way up, no other place.
pub fn is_picture(key: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    (1..=PICTURE).contains(&key.len())
        && key.split('/').all(|step| !step.is_empty() && !step.starts_with('.') && step.bytes().all(plain))
}

/// Whether people may be shown this text: no control characters, nothing that turns the direction of reading or hides.
pub fn is_plain(text: &str) -> bool {
    let hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !text.chars().any(|c| c.is_control() || hidden(c))
}

/// Longest link.
const LINK: usize = 300;

/// Whether this leads to a place inside the shop: a path from its root, never to another host.
pub fn is_link(link: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || "\\\"'<>`".contains(c);
    link.chars().count() <= LINK && link.starts_with('/') && !link.starts_with("//") && is_plain(link) && !link.contains(odd)
}

/// Reads a field that may be taken away: `null` is something else than absent.
pub fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// Most places told of one content.
const TOLD: usize = 50;

/// Wrong places, gathered.
#[derive(Default)]
pub struct Wrong(Vec<(String, &'static str, String)>);

impl Wrong {
    /// Notes a wrong place if it is one; says whether it is.
    pub fn when(&mut self, is_wrong: bool, pointer: &str, code: &'static str, message: &str) -> bool {
        if is_wrong && self.0.len() < TOLD {
            self.0.push((pointer.to_owned(), code, message.to_owned()));
        }
        is_wrong
    }

    /// A text that people read, within these lengths in characters.
    pub fn text(&mut self, pointer: &str, text: &str, min: usize, max: usize) {
        let length = text.chars().count();
        let fits = (min..=max).contains(&length);
        self.when(!fits, pointer, "length", &format!("{min} to {max} characters"));
        self.when(!is_plain(text), pointer, "control", "no control characters");
    }

    /// A path below the media root.
    pub fn picture(&mut self, pointer: &str, key: &str) {
        self.when(!is_picture(key), pointer, "picture", "not a path below the media root");
    }

    /// A place inside the shop.
    pub fn link(&mut self, pointer: &str, link: &str) {
        self.when(!is_link(link), pointer, "link", "not a path inside the shop, like /spu/12");
    }

    fn pictures(&mut self, pointer: &str, keys: &[String]) {
        if self.when(keys.len() > PICTURES, pointer, "too_many", "at most 20 pictures") {
            return;
        }
        for (n, key) in keys.iter().enumerate() {
            self.picture(&format!("{pointer}/{n}"), key);
        }
    }

    /// `invalid` with all of it, or nothing.
    pub fn finish(self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(self.0.into_iter().fold(Error::from(fault::INVALID), |e, (pointer, code, message)| e.at(pointer, code, message)))
    }
}
