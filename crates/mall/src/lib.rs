//! The mall as one binary: settings, wiring, commands. `wire.rs` alone knows who runs where; everything else speaks to
//! services through their contracts. Start reading at [`wire::build`].

pub mod audit;
pub mod commands;
pub mod config;
pub mod demo;
pub mod front;
pub mod keys;
pub mod lock;
pub mod memory;
pub mod serve;
pub mod wire;
