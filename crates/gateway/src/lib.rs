//! 网关: who is asking, how often, which service. Serves everything that people reach: the services' routes here or on
//! other hosts, the description of the API, and the health of the house. Must never know a business rule.
//!
//! Start reading at [`Gateway::edge`], the one layer that every request passes.

mod address;
mod docs;
mod edge;
mod forward;
mod openapi;
mod settings;

pub use docs::docs_router;
pub use edge::{Edge, Gateway};
pub use forward::{Forward, internal};
pub(crate) use openapi::is_upload;
pub use openapi::{PREFIXES, complete, service_of};
pub use settings::{Rate, Settings};

/// Name of the service.
pub const NAME: &str = "gateway";
