//! What the services say to each other: verbs, shapes, events, faults. No I/O, no rules of business beyond
//! the arithmetic of money. One file per service; the same shapes are shown to people where they fit.

pub mod fault;
pub mod id;
pub mod inventory;
pub mod money;
pub mod order;
pub mod payment;
pub mod permission;
pub mod product;
pub mod promotion;
pub mod search;
pub mod seckill;
pub mod thirdparty;
pub mod user;

pub use id::*;
pub use money::Fen;
