//! Tar archives, read as Python's `tarfile` and GNU tar read them: v7, ustar, pax and GNU. Where these
//! disagree, everything that either would find is examined.
//!
//! Layout and field names follow POSIX.1-2008 (`pax`) and the manual of GNU tar. Nothing is trusted: no
//! length from the archive sizes an allocation, and members are read where they lie.

mod entries;
mod examine;
mod header;
mod listing;
mod number;
mod pax;
mod sparse;

use header::{BLOCK, Header};

pub(crate) use examine::{Seen, examine};
pub(crate) use listing::list;

/// The name in the first header, if a loader takes what begins so for an archive.
pub(crate) fn first_name(prefix: &[u8]) -> Option<Vec<u8>> {
    let block = prefix.first_chunk::<BLOCK>()?;
    Header::of(block).map(|header| header.name())
}
