//! What a search answers with. Pure: no index, no clock.

use contract::{BrandId, CategoryId, Fen, SpuId};
use kit::Result;
use serde::Serialize;
use utoipa::ToSchema;

use crate::index::query::{AttributeFacet, Count, Facets, Hit, Named, PriceBand};
use crate::index::{Suggestion, SuggestionKind};
use crate::take::Card;

/// A page of products that were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage<'a> {
    /// The products, in order.
    pub items: Vec<SearchItem>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Products on all pages.
    pub total: u64,
    /// Nothing matched the words as typed; similar spellings and sounds were taken.
    pub loosened: bool,
    /// What the search can be narrowed by; absent when not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<&'a SearchFacets>,
}

/// A product that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchItem {
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
    /// Brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<SearchBrand>,
    /// `new`, `hot`, as operators marked it.
    pub flags: Vec<String>,
}

/// A brand.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchBrand {
    /// Its number.
    pub id: BrandId,
    /// Its name.
    pub name: String,
}

/// What a search can be narrowed by. Each is counted as if its own filter were not set.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchFacets {
    /// The level below the chosen category, or the roots; of several chosen ones, those.
    pub categories: Vec<CategoryFacet>,
    /// Brands.
    pub brands: Vec<BrandFacet>,
    /// Price bands that are not empty, cheapest first.
    pub prices: Vec<PriceFacet>,
    /// Attributes, most frequent first.
    pub attributes: Vec<AttributeValues>,
}

/// A category to narrow by.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryFacet {
    /// Its number.
    pub id: CategoryId,
    /// Its name.
    pub name: String,
    /// Products.
    pub count: u64,
}

/// A brand to narrow by.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrandFacet {
    /// Its number.
    pub id: BrandId,
    /// Its name.
    pub name: String,
    /// Products.
    pub count: u64,
}

/// A price band to narrow by.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceFacet {
    /// Lowest price, included.
    pub min_fen: Fen,
    /// Highest price, included; absent for the topmost band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_fen: Option<Fen>,
    /// Products.
    pub count: u64,
}

/// An attribute to narrow by.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttributeValues {
    /// Its name.
    pub name: String,
    /// Its values, most frequent first.
    pub values: Vec<ValueFacet>,
}

/// A value to narrow by.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValueFacet {
    /// The value.
    pub value: String,
    /// Products.
    pub count: u64,
}

/// What may be about to be typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Best first.
    pub items: Vec<SearchSuggestion>,
}

/// A suggestion.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchSuggestion {
    /// What to search for.
    pub text: String,
    /// `brand`, `category` or `words`.
    pub kind: &'static str,
}

/// What others search for.
#[derive(Debug, Serialize, ToSchema)]
pub struct HotList {
    /// Most frequent first.
    pub items: Vec<HotWord>,
}

/// What others search for.
#[derive(Debug, Serialize, ToSchema)]
pub struct HotWord {
    /// What to search for.
    pub words: String,
}

/// A hit as it is shown.
pub fn item(hit: Hit) -> Result<SearchItem> {
    let card: Card = serde_json::from_slice(&hit.card)?;
    Ok(SearchItem {
        spu_id: SpuId(hit.spu),
        title: card.title,
        subtitle: card.subtitle,
        picture: card.picture,
        price_fen: Fen(hit.price_fen),
        list_price_fen: card.list_price_fen,
        in_stock: hit.in_stock,
        sales: hit.sales,
        brand: card.brand.map(|(id, name)| SearchBrand { id, name }),
        flags: card.flags,
    })
}

/// Facets as they are shown.
pub fn facets(facets: Facets) -> SearchFacets {
    let category = |Count { value: Named { id, name }, count }| CategoryFacet { id: CategoryId(id), name, count };
    let brand = |Count { value: Named { id, name }, count }| BrandFacet { id: BrandId(id), name, count };
    let price = |Count { value: PriceBand { from_fen, to_fen }, count }| PriceFacet {
        min_fen: Fen(from_fen),
        max_fen: to_fen.map(|next| Fen(next - 1)),
        count,
    };
    let value = |Count { value, count }| ValueFacet { value, count };
    let attribute = |AttributeFacet { name, values }| AttributeValues { name, values: values.into_iter().map(value).collect() };
    SearchFacets {
        categories: facets.categories.into_iter().map(category).collect(),
        brands: facets.brands.into_iter().map(brand).collect(),
        prices: facets.prices.into_iter().map(price).collect(),
        attributes: facets.attributes.into_iter().map(attribute).collect(),
    }
}

/// A suggestion as it is shown.
pub fn suggestion(suggestion: Suggestion) -> SearchSuggestion {
    let kind = match suggestion.kind {
        SuggestionKind::Brand => "brand",
        SuggestionKind::Category => "category",
        SuggestionKind::Words => "words",
    };
    SearchSuggestion { text: suggestion.text, kind }
}
