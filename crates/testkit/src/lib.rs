//! Test support for Weighbridge. It depends on no other crate of the workspace, so that what it
//! encodes can serve as an oracle for what they decode.
//!
//! - [`pkasm`]: the assembler for `.pkasm` files, pickles written as text.
//! - [`zip`]: a zip writer that can also write every kind of broken or lying archive.
//! - [`tar`]: a tar writer that can also write every kind of broken or lying archive.
//! - [`torch`]: PyTorch checkpoints, as zip archives and in the legacy format.
//! - [`packed`]: compressed files of every format that is read.
//! - [`clock`]: how long a thread worked, on a busy machine too.
//! - [`golden`]: compares what a function makes of a folder of inputs with the files beside them.
//!
//! The language, the goldens and how to bless them are described in `docs/testing.md`.

pub mod bombs;
pub mod clock;
pub mod dbm;
pub mod golden;
pub mod packed;
pub mod pkasm;
pub mod tar;
pub mod torch;
pub mod zip;

mod line_diff;
