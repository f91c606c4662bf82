//! Models on the disk: caches and files that the tests make, and exactly what is told of them.
#![allow(clippy::unwrap_used)]

mod beside;
mod bill;
mod hostile;
mod hugging_face;
mod lists;
mod local_dir;
mod ollama;
mod others;
mod places;
mod support;
mod torch_hub;
