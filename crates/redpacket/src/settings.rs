//! The numbers that a mall may change.

use serde::Deserialize;

/// Settings of the service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {}
