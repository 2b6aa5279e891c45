//! mall
