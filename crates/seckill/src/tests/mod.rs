mod crowd;
mod gate;
mod line;
