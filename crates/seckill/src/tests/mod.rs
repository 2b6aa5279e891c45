mod crowd;
mod gate;
mod house;
mod line;
mod neighbours;
mod plan;
mod show;

pub use house::*;
