//! What is left of the limits: one budget for a file, which nesting only shrinks.

use std::cell::Cell;
use std::rc::Rc;

use crate::container::packed::Allowance;
use crate::limits::Limits;

/// How often a byte of a file may be data of a further member before that is too much work.
const OVERLAP: u64 = 4;
/// How often what may be decompressed may be decompressed again, where it is too long to be held.
const AGAIN: u64 = 4;
/// How many times as long as the compressed data what comes out may be where it begins like nothing that
/// is read; only what is more than [`Limits::RATIO_FROM`] counts.
const BLIND: u64 = 16;
/// How many times as long as the compressed data what comes out may be, before it counts as made from
/// almost nothing: weights are noise, and other values are seldom much shorter once they are compressed.
const DENSE: u64 = 64;
/// How many bytes may come out of almost nothing, in one file.
const THIN: u64 = 512 << 20;
/// Up to how many decompressed bytes of a compressed file are held in memory.
const HELD: u64 = 16 << 20;

/// What may still be spent on a file.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) instructions: u64,
    pub(crate) members: u64,
    /// Bytes that may still be decompressed, and the limit that says so.
    pub(crate) expanded: u64,
    expanded_limit: &'static str,
    /// Bytes that may still come out of almost nothing.
    thin: u64,
    /// Bytes that may be decompressed again: all that is nested shares them.
    again: Rc<Cell<u64>>,
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
        let by_ratio = len.saturating_mul(limits.max_expansion_ratio);
        let by_ratio = by_ratio.max(Limits::RATIO_FROM);
        let (expanded, expanded_limit) = if by_ratio < limits.max_expanded_bytes {
            (by_ratio, "expansion-ratio")
        } else {
            (limits.max_expanded_bytes, "expanded-bytes")
        };
        Budget {
            instructions: limits.pickle.max_instructions,
            members: limits.max_members,
            expanded,
            expanded_limit,
            thin: THIN,
            again: Rc::new(Cell::new(expanded.saturating_mul(AGAIN))),
            spool: limits.max_spool_bytes,
            overlap: len.saturating_mul(OVERLAP),
            embedded: limits.max_embedded,
        }
    }

    /// How many bytes may come out of `len` compressed ones, and the limit that says so.
    fn expansion(&self, len: u64) -> (u64, &'static str) {
        let most = len.saturating_mul(DENSE).saturating_add(self.thin);
        if most < self.expanded {
            (most, "expansion-ratio")
        } else {
            (self.expanded, self.expanded_limit)
        }
    }

    /// How many bytes of the next member, of `len` compressed ones, may be decompressed, and the limit that
    /// says so.
    pub(crate) fn room(&self, len: u64) -> (u64, &'static str) {
        let (most, limit) = self.expansion(len);
        if self.spool <= most {
            (self.spool, "spool-bytes")
        } else {
            (most, limit)
        }
    }

    /// How many bytes a sparse member may have that are not in the archive, and the limit that says so.
    pub(crate) fn holes(&self) -> (u64, &'static str) {
        (self.expanded, self.expanded_limit)
    }

    /// Takes what came out of `len` compressed bytes.
    pub(crate) fn take_expanded(&mut self, len: u64, out: u64) {
        self.expanded = self.expanded.saturating_sub(out);
        let thin = out.saturating_sub(len.saturating_mul(DENSE));
        self.thin = self.thin.saturating_sub(thin);
    }

    /// What decompressing `len` bytes may take, and the limit on how much may come out.
    pub(crate) fn unpacking(&self, len: u64) -> (Allowance, &'static str) {
        let (max, limit) = self.expansion(len);
        let allowance = Allowance {
            max,
            blind: len.saturating_mul(BLIND).max(Limits::RATIO_FROM),
            held: self.spool.min(HELD),
            window: self.window().0,
            again: Rc::clone(&self.again),
        };
        (allowance, limit)
    }

    /// How many bytes may be held for what compressed data refers back to, and the limit that says so.
    pub(crate) fn window(&self) -> (u64, &'static str) {
        if self.spool < Limits::MAX_WINDOW {
            (self.spool, "spool-bytes")
        } else {
            (Limits::MAX_WINDOW, "window-bytes")
        }
    }

    /// Takes the bytes of a member of an archive, `left` of which do not overlap; `false` where
    /// overlapping has used up what there is for it.
    pub(crate) fn take_data(&mut self, len: u64, left: &mut u64) -> bool {
        let beyond = len.saturating_sub(*left);
        *left = left.saturating_sub(len);
        let rest = self.overlap.checked_sub(beyond);
        self.overlap = rest.unwrap_or(0);
        rest.is_some()
    }

    /// Takes one from the members; `false` where none is left.
    pub(crate) fn take_member(&mut self) -> bool {
        let left = self.members.checked_sub(1);
        self.members = left.unwrap_or(0);
        left.is_some()
    }
}
