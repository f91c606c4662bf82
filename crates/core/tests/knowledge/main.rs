//! The tables in `data/`: that they open no more than they say, and that what they say holds.

mod lint;
mod review;
mod tables;
mod worst;
