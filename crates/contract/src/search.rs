//! 搜索: finding products. People search over HTTP; other services only keep the index in order.

use serde::{Deserialize, Serialize};

kit::contract! {
    /// The search index.
    pub trait Search = "search" {
        /// Makes everything written so far visible to searches.
        async fn flush(Flush) -> Indexed;
        /// Builds the index anew from the catalogue while searches go on, and swaps it in.
        async fn rebuild(Rebuild) -> Indexed;
    }
}

/// Asks that writes become visible.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flush {}

/// Asks for a rebuild.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Rebuild {}

/// The index after the fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indexed {
    /// Products in it.
    pub documents: u64,
}
