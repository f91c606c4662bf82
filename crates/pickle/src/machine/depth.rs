//! How deep values lie in each other.

use super::arena::{Arena, HEAVY};
use super::header::flag;
use super::value::{Tag, Value};

/// How many values a walk meets at most. What takes more was made to take more.
const MET: usize = 1 << 19;
/// What counts as the depth where it cannot be told.
const UNTOLD: u64 = 1000;

impl Arena {
    /// How deep tuples, lists and what calls gave lie in each other, counted up to `most`: what hashes
    /// the value calls itself as often. A few levels at the bottom may not be counted, and what cannot
    /// be told counts as a thousand. A frozenset is hashed only once, when it is put somewhere itself.
    pub(crate) fn depth(&self, value: Value, most: u64) -> u64 {
        let mut deepest = 0;
        let mut pending = vec![(value, 1)];
        for _ in 0..MET {
            let Some((value, depth)) = pending.pop() else {
                return deepest;
            };
            deepest = deepest.max(depth);
            if self.hides_depth(value) {
                deepest = deepest.max(UNTOLD);
            }
            if deepest >= most {
                return most;
            }
            let children = self.children(value).into_iter();
            let nested = children.filter(|&child| self.may_be_deep(child));
            pending.extend(nested.map(|child| (child, depth + 1)));
        }
        deepest.max(UNTOLD).min(most)
    }

    /// Whether there may be many levels within a value: each adds to its weight.
    pub(crate) fn may_be_deep(&self, value: Value) -> bool {
        let nests = matches!(value.tag(), Tag::Tuple | Tag::List | Tag::Result);
        nests && value.is_node() && self.is_weighty(value)
    }

    pub(super) fn is_weighty(&self, value: Value) -> bool {
        self.weight(value) >= HEAVY
    }

    /// Whether a tuple holds something deep that is not among its known children.
    pub(super) fn hides_depth(&self, value: Value) -> bool {
        value.is(Tag::Tuple) && self.flags(value) & flag::DROPPED_DEEP != 0
    }
}
