//! What is left of the limits: one budget for a file, which nesting only shrinks.

use crate::limits::Limits;

/// How often a byte of a file may be data of a further member before that is too much work.
const OVERLAP: u64 = 4;

/// What may still be spent on a file.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) instructions: u64,
    pub(crate) members: u64,
    pub(crate) expanded: u64,
    /// Bytes of decompressed members that may be held at the same time; given back afterwards.
    pub(crate) spool: u64,
    /// Bytes that members of an archive may have beyond its length, by overlapping each other.
    pub(crate) overlap: u64,
    /// Values of pickles that are examined as pickles of their own.
    pub(crate) embedded: u64,
}

impl Budget {
    /// The budget of a file of `len` bytes.
    pub(crate) fn new(limits: &Limits, len: u64) -> Budget {
        Budget {
            instructions: limits.pickle.max_instructions,
            members: limits.max_members,
            expanded: limits.max_expanded_bytes,
            spool: limits.max_spool_bytes,
            overlap: len.saturating_mul(OVERLAP),
            embedded: limits.max_embedded,
        }
    }

    /// Takes one from the members; `false` where none is left.
    pub(crate) fn take_member(&mut self) -> bool {
        let left = self.members.checked_sub(1);
        self.members = left.unwrap_or(0);
        left.is_some()
    }
}
