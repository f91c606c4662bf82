//! The first word of a node: what it is, what is known of it, how much it holds.

use super::value::Tag;
use super::weight::Weight;

/// Facts about a node, kept in its header.
pub(crate) mod flag {
    /// It cannot be hashed, or holds something that cannot.
    pub(crate) const UNHASHABLE: u8 = 1;
    /// Its children are no longer those that are kept (an item was replaced).
    pub(crate) const SCRAMBLED: u8 = 2;
    /// A node (an object or a container) was dropped from its children.
    pub(crate) const DROPPED_OBJECT: u8 = 4;
    /// Anything at all was dropped from its children.
    pub(crate) const DROPPED: u8 = 8;
    /// On a global: its name is traversed at its dots (protocol 4 and up).
    pub(crate) const TRAVERSED: u8 = 16;
    /// On a result: `cls.__new__` gave it.
    pub(crate) const NEW: u8 = 16;
    /// On a global: Python 2 names are mapped (protocol below 3).
    pub(crate) const MAPPED: u8 = 32;
    /// On a result: it was given a state.
    pub(crate) const BUILT: u8 = 32;
    /// On a tuple: something in which there may be many levels was dropped from its children.
    pub(crate) const DROPPED_DEEP: u8 = 32;
}

/// What a node's first word holds, from the top: tag (8 bits), flags (6), cap (10), weight (12),
/// count (28, saturating). The cap says how many words follow.
#[derive(Clone, Copy)]
pub(crate) struct Header(pub(crate) u64);

const FLAGS: u32 = 50;
const CAP: u32 = 40;
const WEIGHT: u32 = 28;
const COUNT: u64 = (1 << WEIGHT) - 1;

impl Header {
    pub(crate) const fn new(tag: Tag, flags: u8, cap: usize, count: usize) -> Header {
        let count = if count as u64 > COUNT {
            COUNT
        } else {
            count as u64
        };
        let parts = (tag as u64) << 56 | (flags as u64) << FLAGS | (cap as u64 & 0x3ff) << CAP;
        Header(parts | count).with_weight(Weight::ONE)
    }

    #[allow(clippy::cast_possible_truncation)]
    pub(crate) const fn flags(self) -> u8 {
        (self.0 >> FLAGS) as u8 & 0x3f
    }

    pub(crate) const fn cap(self) -> usize {
        (self.0 >> CAP & 0x3ff) as usize
    }

    #[allow(clippy::cast_possible_truncation)]
    pub(crate) const fn weight(self) -> Weight {
        Weight::from_bits((self.0 >> WEIGHT & 0xfff) as u16)
    }

    pub(crate) const fn count(self) -> u64 {
        self.0 & COUNT
    }

    pub(crate) const fn with_flags(self, flags: u8) -> Header {
        Header(self.0 | (flags as u64) << FLAGS)
    }

    pub(crate) const fn with_weight(self, weight: Weight) -> Header {
        Header(self.0 & !(0xfff << WEIGHT) | (weight.bits() as u64) << WEIGHT)
    }

    pub(crate) const fn add(self, n: u64) -> Header {
        let count = self.count().saturating_add(n);
        let count = if count > COUNT { COUNT } else { count };
        Header(self.0 & !COUNT | count)
    }
}
