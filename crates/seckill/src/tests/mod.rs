mod crowd;
mod gate;
mod house;
mod line;
mod near;
mod plan;
mod show;

pub use house::*;
