//! 搜索: finding products. People search over HTTP; other services only keep the index in order.

use serde::{Deserialize, Serialize};

use crate::{Fen, SpuId};

kit::contract! {
    /// The search index.
    pub trait Search = "search" {
        /// Takes these products in as they are now, and makes everything written so far visible to searches.
        async fn flush(Flush) -> Indexed;
        /// What the index holds, in pages by product number: for the audit.
        async fn entries(EntriesAfter) -> Vec<Entry>;
        /// Builds the index anew from the catalogue while searches go on, and swaps it in.
        async fn rebuild(Rebuild) -> Indexed;
    }
}

/// Asks that products, and whatever was written before, become visible.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flush {
    /// Products to take in without waiting for their events; at most 200.
    pub spus: Vec<SpuId>,
}

/// Asks for a page of what the index holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EntriesAfter {
    /// The last product seen; 0 at the start.
    pub after: SpuId,
    /// How many, at most 1,000.
    pub limit: u32,
}

/// A product as the index holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The product.
    pub spu: SpuId,
    /// Version of its document.
    pub version: i64,
    /// Lowest price.
    pub price_fen: Fen,
    /// At least one variant is in stock.
    pub in_stock: bool,
}

/// Asks for a rebuild.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Rebuild {}

/// The index after the fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// Products in it.
    pub documents: u64,
}
