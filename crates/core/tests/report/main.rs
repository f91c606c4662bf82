//! The report: its goldens, its schema, what it is written as.
#![allow(clippy::unwrap_used, clippy::panic)]

mod goldens;
mod outputs;
mod recipes;
mod stability;
#[path = "../support/mod.rs"]
mod support;
