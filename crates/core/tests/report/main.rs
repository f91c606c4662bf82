//! The report: its goldens, its schema, what it is written as.
#![allow(clippy::unwrap_used, clippy::panic)]

mod carriers;
mod goldens;
mod junit;
mod outputs;
mod recipes;
mod schema;
mod stability;
#[path = "../support/mod.rs"]
mod support;
mod tensors;
