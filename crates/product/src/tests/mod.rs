//! Tests of the service as a whole, on a database file of their own.

mod cart;
mod catalogue;
mod front;
mod home;
mod house;
mod import;
mod kept;
mod review;
