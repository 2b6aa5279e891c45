//! The cart: a table of the shopper's own, read fresh with shelf, stock and price every time it is opened.

mod change;
mod view;

pub use change::{Added, CartCheck, LineChange, NewLine};
pub use view::CartView;
#[cfg(test)]
pub use view::Reason;
