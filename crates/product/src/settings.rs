//! Numbers of the catalogue and the cart, each with its default.

use std::time::Duration;

use serde::Deserialize;

/// Settings of the service.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Lines that a cart holds.
    pub cart_lines: u32,
    /// Pieces of one variant in a cart.
    pub cart_qty: u32,
    /// How long the category tree is kept, ± 20 %.
    #[serde(with = "kit::config::duration_text")]
    pub category_ttl: Duration,
    /// How long another process may show what this one has changed.
    #[serde(with = "kit::config::duration_text")]
    pub stale_at_most: Duration,
    /// How long the home page is kept: it shows sales and stock that are so old at most.
    #[serde(with = "kit::config::duration_text")]
    pub home_every: Duration,
    /// How long it is remembered that a product is not there.
    #[serde(with = "kit::config::duration_text")]
    pub absent_ttl: Duration,
    /// Memory for product details that are ready to send, bytes.
    pub detail_bytes: u64,
    /// Details made ready at start: the products sold most.
    pub warm_details: u32,
    /// Below this number the shopper reads how many are left.
    pub low_stock: i64,
    /// Favourites of one shopper at most.
    pub favourites: u32,
    /// Footprints of one shopper that are kept: the latest.
    pub footprints: u32,
    /// Reviews.
    pub review: Review,
}

/// Settings of reviews.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// An item that nobody has reviewed gets its automatic review this long after the receipt.
    #[serde(with = "kit::config::duration_text")]
    pub auto_after: Duration,
    /// A review may be followed up once within this time.
    #[serde(with = "kit::config::duration_text")]
    pub follow_up_within: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl Default for Review {
    fn default() -> Self {
        Review { auto_after: 7 * DAY, follow_up_within: 180 * DAY }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            cart_lines: 120,
            cart_qty: 999,
            category_ttl: Duration::from_secs(3600),
            stale_at_most: Duration::from_secs(5),
            home_every: Duration::from_secs(3),
            absent_ttl: Duration::from_secs(5),
            detail_bytes: 64 << 20,
            warm_details: 200,
            low_stock: 10,
            favourites: 1000,
            footprints: 200,
            review: Review::default(),
        }
    }
}
