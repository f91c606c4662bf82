//! Zip archives, read as their loaders read them: Python's `zipfile` and the miniz of PyTorch's
//! `PyTorchStreamReader`. Where these disagree, everything that either would find is examined.
//!
//! Layout and field names follow APPNOTE.TXT 6.3.10. Nothing is trusted: offsets and sizes are
//! checked against the source, and no length from the archive sizes an allocation.

mod end;
mod entry;
mod examine;
mod hidden;
mod listing;
mod member;
mod names;
mod search;
mod whole;
mod window;

use std::io;

use crate::source::Source;
use end::Directory;

pub(crate) use examine::{Overview, examine};
pub(crate) use hidden::salvage;
pub(crate) use listing::{Listed, Listing, Stored, each, list};
pub(crate) use whole::compare_sum;

/// What every archive with a first member begins with.
pub(crate) const LOCAL: &[u8; 4] = b"PK\x03\x04";

/// An archive, as its end records tell.
#[derive(Debug)]
pub(crate) struct Archive {
    /// The directories that loaders would read; more than one only in an archive that lies.
    directories: Vec<Directory>,
    /// Where what the end records cover lies, comments included.
    ends: Vec<(u64, u64)>,
    /// Where the last end record is, if it leads to no directory.
    passed: Option<u64>,
}

impl Archive {
    /// The archive in a source, if a loader would find one.
    ///
    /// # Errors
    /// What reading the source reports.
    pub(crate) fn find(source: &dyn Source) -> io::Result<Option<Archive>> {
        end::find(source)
    }

    /// Whether it lies within a range of the source, and is the same to one who reads that range alone.
    pub(crate) fn lies_within(&self, (start, end): (u64, u64)) -> bool {
        let is_within = |&(from, to): &(u64, u64)| start <= from && to <= end;
        let begins_within = |directory: &Directory| {
            (start..end).contains(&directory.start) && directory.base >= i128::from(start)
        };
        self.passed.is_none()
            && self.ends.iter().all(is_within)
            && self.directories.iter().all(begins_within)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    array_at(bytes, at).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    array_at(bytes, at).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    array_at(bytes, at).map_or(0, u64::from_le_bytes)
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}
