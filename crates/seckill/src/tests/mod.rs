mod crowd;
mod gate;
mod house;
mod line;
mod plan;
mod show;

pub use house::*;
