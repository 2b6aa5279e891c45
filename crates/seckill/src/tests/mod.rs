mod crowd;
mod gate;
mod house;
mod line;
mod near;
mod neighbours;
mod plan;
mod show;

pub use house::*;
