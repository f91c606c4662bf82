//! What opening a checkpoint may take of memory, besides the bytes of its tensors.

use super::error::Trouble;

/// Bounds on that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// How many bytes the tensors of all files may take together, with their names, shapes and storages.
    pub(super) tensors: usize,
    /// How long a header of safetensors may be.
    pub(super) header: u64,
    /// How many items of all containers, calls and memos of one pickle are kept.
    pub(super) items: usize,
}

impl Room {
    /// For converting a checkpoint and comparing two in less than 64 MB: the tensors of all files are some
    /// 130,000, those of one pickle 110,000, those of one header 180,000.
    pub(super) const TIGHT: Room = Room {
        tensors: 22 << 20,
        header: 24 << 20,
        items: 5 << 19,
    };
    /// For loading, whose caller holds the names anyway: more than a million tensors, and the longest header
    /// that the reference reads.
    pub(super) const WIDE: Room = Room {
        tensors: 256 << 20,
        header: 100_000_000,
        items: 4 << 20,
    };

    /// What is said where there are more tensors than are held.
    pub(super) fn too_many(self) -> Trouble {
        Trouble::Limit(format!(
            "the names, shapes and places of its tensors take more than the {} MiB that are held",
            self.tensors >> 20
        ))
    }

    /// What is said of a longer header.
    pub(super) fn too_long(self, len: u64) -> Trouble {
        Trouble::Limit(format!(
            "its header takes {len} bytes, which is more than the {} that are read",
            self.header
        ))
    }

    /// What is said where a pickle makes more.
    pub(super) fn makes_more(self, what: &str) -> Trouble {
        let items = self.items;
        Trouble::Limit(format!(
            "{what} makes more than is followed: {items} values"
        ))
    }
}
