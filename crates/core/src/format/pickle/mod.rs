//! Pickles: recognizing them, and following them.

mod follow;
mod look;

pub(crate) use follow::examine;
pub(crate) use look::{Looks, can_be_imported, has_proto, look, probe};

/// How much of a content is looked at first.
pub(crate) const PAGE: usize = 4096;
