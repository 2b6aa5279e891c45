//! All SQL of the service, one file for each table or two.

pub mod item;
pub mod ticket;
