//! 网关: who is asking, how often, which service. Serves everything that people reach: the services' routes here or on
//! other hosts, the description of the API, and the health of the house. Must never know a business rule.
//!
//! Start reading at [`Gateway::edge`], the one layer that every request passes.

mod address;
mod clock;
mod docs;
mod edge;
mod forward;
mod openapi;
mod settings;
mod web;

pub use clock::routes;
pub use docs::docs_router;
pub use edge::{Edge, Gateway};
pub use forward::{Forward, internal};
pub(crate) use openapi::is_upload;
pub use openapi::{PREFIXES, complete, service_of};
pub use settings::{Rate, Settings};
pub use web::{PAGES, shop_router};

/// Name of the service.
pub const NAME: &str = "gateway";
