//! The database of the vendors, one sentence of SQL each.

pub(crate) mod mail;
pub(crate) mod trade;
pub(crate) mod upload;
