//! What shoppers see of sessions: kept ready in memory, made once for all who ask.

mod answer;
mod board;
pub(crate) mod online;
pub(crate) mod view;

pub(crate) use board::Board;
