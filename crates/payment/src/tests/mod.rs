//! Payment on a file of its own beside a channel that is played by hand.

mod crash;
mod house;
mod money_back;
mod money_in;
mod vendor;
mod web;
