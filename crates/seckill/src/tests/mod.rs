mod house;
mod plan;
mod show;

pub use house::*;
