//! What opening a checkpoint may take of memory, besides the bytes of its tensors.

use weighbridge_pickle as machine;

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
    /// How many bytes the plain values take as JSON; what is more is left out, and said to be.
    pub(super) text: usize,
    /// How many words the machine may have for objects, for the stack and for the memo of a pickle.
    words: [usize; 3],
}

impl Room {
    /// For converting a checkpoint and comparing two in less than 64 MB: the tensors of all files are some
    /// 130,000, those of one pickle 110,000 (70,000, where others are before it), those of one header 180,000.
    pub(super) const TIGHT: Room = Room {
        tensors: 22 << 20,
        header: 24 << 20,
        items: 5 << 19,
        text: 8 << 20,
        words: [5 << 19, 1 << 18, 1 << 21],
    };
    /// For loading, whose caller holds the names anyway: more than a million tensors, and the longest header
    /// that the reference reads.
    pub(super) const WIDE: Room = Room {
        tensors: 256 << 20,
        header: 100_000_000,
        items: 4 << 20,
        text: 128 << 20,
        words: [usize::MAX; 3],
    };

    /// The limits within which the machine follows the pickles: those that were given, and no more than
    /// there is room for.
    pub(super) fn within(self, given: &machine::Limits) -> machine::Limits {
        let mut limits = given.clone();
        let [objects, stack, memo] = self.words;
        limits.max_objects = limits.max_objects.min(objects);
        limits.max_stack = limits.max_stack.min(stack);
        limits.max_memo = limits.max_memo.min(memo as u64);
        limits
    }

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

    /// What is said where a pickle makes more; `why`, where the machine followed it no further.
    pub(super) fn makes_more(self, what: &str, why: Option<&str>) -> Trouble {
        let values = || format!("{} values", self.items);
        let why = why.map_or_else(values, str::to_owned);
        Trouble::Limit(format!("{what} makes more than is followed: {why}"))
    }
}
