//! safetensors: the header against the reference library, and what scanning says of files.
#![allow(clippy::unwrap_used)]

#[path = "../support/mod.rs"]
mod support;

mod agreement;
mod audit;
mod header;
mod index;
mod mutate;
mod polyglot;
