//! The tables in `data/`: that they open no more than they say, and that what they say holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod allow;
mod lint;
mod review;
mod tables;
mod worst;
