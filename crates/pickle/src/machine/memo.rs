//! The memo: dense where writers are dense, sparse where an index would otherwise size something.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::collect::See;
use super::value::{Tag, Value};

/// The memo of one unpickler.
///
/// Up to 3.14 the C unpickler keeps an array, and MEMOIZE takes the number of entries for its index,
/// as the pure-Python unpickler does. From 3.15 (CPython issue 115952) an index far beyond the
/// entries goes into a dict beside the array, and MEMOIZE counts the entries of the array only: so
/// an entry set aside makes 3.15 memoize under another index than everybody else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    /// Entries 0 to n-1, all present.
    dense: Vec<Value>,
    /// Entries above those; never the entry that comes right after them.
    sparse: BTreeMap<u64, Value>,
    /// Entries whose index does not fit 63 bits, by their decimal digits; only the pure-Python
    /// unpickler has such.
    huge: BTreeMap<Box<[u8]>, Value>,
    /// Whether there ever was an entry outside the dense part.
    scattered: bool,
    /// Slots of 3.15's array, once something was scattered.
    slots: u64,
    /// Indices that 3.15 keeps in its dict.
    aside: BTreeSet<u64>,
    /// Whether MEMOIZE counts as 3.15 does.
    array_only: bool,
}

/// How many words an entry takes outside the dense part.
const SCATTERED: usize = 5;
/// Slots of a fresh memo's array.
const FIRST_SLOTS: u64 = 32;

impl Memo {
    #[inline(always)]
    pub(crate) fn get(&self, index: u64) -> Option<Value> {
        match usize::try_from(index)
            .ok()
            .and_then(|at| self.dense.get(at))
        {
            Some(&value) => Some(value),
            None if self.scattered => self.sparse.get(&index).copied(),
            None => None,
        }
    }

    /// Whether an index is so far behind the entries that there is something to tell.
    #[inline(always)]
    pub(crate) fn is_far(&self, index: u64) -> bool {
        /// An array of so many entries, and as many again, takes 256 MiB.
        const FAR: u64 = 1 << 24;
        /// Writers count; some leave out what is never asked for.
        const SPARSE: u64 = 16;
        index >= FAR && index / SPARSE > self.len()
    }

    /// Stores an entry.
    #[inline(always)]
    pub(crate) fn put(&mut self, index: u64, value: Value) {
        let next = self.dense.len() as u64;
        if self.scattered || index > next {
            self.put_scattered(index, value);
        } else if index == next {
            self.dense.push(value);
        } else {
            // Below `next`, so within the vector.
            #[allow(clippy::cast_possible_truncation)]
            {
                self.dense[index as usize] = value;
            }
        }
    }

    #[inline(never)]
    fn put_scattered(&mut self, index: u64, value: Value) {
        self.account(index);
        let next = self.dense.len() as u64;
        if index < next {
            #[allow(clippy::cast_possible_truncation)]
            {
                self.dense[index as usize] = value;
            }
        } else if index == next {
            self.dense.push(value);
            self.absorb();
        } else {
            self.sparse.insert(index, value);
        }
    }

    /// Begins to account for entries that do not lie right behind the others.
    fn scatter(&mut self) {
        if self.scattered {
            return;
        }
        self.scattered = true;
        // So far every entry was stored right behind the others, so the array doubled in step.
        self.slots = FIRST_SLOTS;
        while self.slots < self.dense.len() as u64 {
            self.slots *= 2;
        }
    }

    /// Follows where 3.15 keeps an entry that is about to be stored.
    fn account(&mut self, index: u64) {
        self.scatter();
        if index >= self.slots {
            if index > 2 * self.array_len() {
                self.aside.insert(index);
                return;
            }
            self.slots = index.saturating_mul(2);
        }
        self.aside.remove(&index);
    }

    /// How many entries 3.15 has in its array.
    fn array_len(&self) -> u64 {
        self.len() - self.aside.len() as u64
    }

    /// Whether 3.15 would memoize under another index than the others.
    #[inline(always)]
    pub(crate) fn parts_readings(&self) -> bool {
        self.scattered && !self.aside.is_empty()
    }

    /// Whether MEMOIZE already counts as 3.15 does.
    pub(crate) fn counts_array_only(&self) -> bool {
        self.array_only
    }

    /// Makes MEMOIZE count as 3.15 does.
    pub(crate) fn count_array_only(&mut self) {
        self.array_only = true;
    }

    /// Stores an entry under the number of entries so far, as MEMOIZE does; gives that number back.
    #[inline(always)]
    pub(crate) fn memoize(&mut self, value: Value) -> u64 {
        if self.scattered {
            let index = if self.array_only {
                self.array_len()
            } else {
                self.len()
            };
            self.put(index, value);
            index
        } else {
            self.memoize_dense(value);
            self.dense.len() as u64 - 1
        }
    }

    /// Whether every entry lies right behind the one before.
    #[inline(always)]
    pub(crate) fn is_dense(&self) -> bool {
        !self.scattered
    }

    /// As [`Memo::memoize`], where [`Memo::is_dense`].
    #[inline(always)]
    pub(crate) fn memoize_dense(&mut self, value: Value) {
        self.dense.push(value);
    }

    /// Moves what has become contiguous out of the sparse part.
    #[inline(never)]
    fn absorb(&mut self) {
        while let Some(value) = self.sparse.remove(&(self.dense.len() as u64)) {
            self.dense.push(value);
        }
    }

    pub(crate) fn get_huge(&self, digits: &[u8]) -> Option<Value> {
        self.huge.get(digits).copied()
    }

    pub(crate) fn put_huge(&mut self, digits: &[u8], value: Value) {
        self.scatter();
        self.huge.insert(digits.into(), value);
    }

    /// How many entries there are.
    #[inline]
    pub(crate) fn len(&self) -> u64 {
        self.dense.len() as u64 + self.sparse.len() as u64 + self.huge.len() as u64
    }

    /// How many words the entries take, about.
    #[inline]
    pub(crate) fn words(&self) -> usize {
        self.dense.len() + SCATTERED * (self.sparse.len() + self.huge.len() + self.aside.len())
    }

    pub(crate) fn capacity(&self) -> usize {
        self.dense.capacity()
    }

    pub(crate) fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.huge.clear();
        self.aside.clear();
        self.scattered = false;
        self.array_only = false;
    }

    /// Keeps nothing alive by entries that nobody gets any more; they still count.
    pub(crate) fn forget(&mut self, is_fetched: impl Fn(u64) -> bool) {
        for (index, value) in (0..).zip(&mut self.dense) {
            if value.is_node() && !is_fetched(index) {
                *value = Value::new(Tag::None, 0);
            }
        }
    }

    /// Every entry, for the collector.
    pub(crate) fn each(&mut self, see: See<'_>) -> ControlFlow<()> {
        see(&mut self.dense)?;
        let mut others = self.sparse.values_mut().chain(self.huge.values_mut());
        others.try_for_each(|value| see(std::slice::from_mut(value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_counts_and_holds_nothing() {
        let mut memo = Memo::default();
        let node = |at| Value::new(Tag::Tuple, at);
        for (at, value) in (0..).zip([node(0), Value::int(7), node(9), node(4)]) {
            memo.put(at, value);
        }
        memo.forget(|index| index == 2);
        let none = Value::new(Tag::None, 0);
        let left = [none, Value::int(7), node(9), none].map(Some);
        assert_eq!([0, 1, 2, 3].map(|at| memo.get(at)), left);
        assert_eq!(memo.memoize(node(5)), 4);
    }

    #[test]
    fn entries_set_aside_part_the_counting_of_3_15() {
        let mut memo = Memo::default();
        memo.put(18, Value::int(18));
        assert!(!memo.parts_readings(), "within the first slots");
        memo.put(50, Value::int(50));
        assert!(memo.parts_readings());
        let mut newer = memo.clone();
        newer.count_array_only();
        memo.memoize(Value::int(1));
        newer.memoize(Value::int(1));
        assert_eq!(memo.get(2), Some(Value::int(1)));
        assert_eq!((newer.get(1), newer.get(2)), (Some(Value::int(1)), None));
    }

    #[test]
    fn holes_fill_and_counting_follows_cpython() {
        let mut memo = Memo::default();
        memo.put(1 << 31, Value::int(9));
        memo.put(1, Value::int(1));
        assert_eq!(memo.len(), 2);
        memo.memoize(Value::int(2));
        assert_eq!(memo.get(2), Some(Value::int(2)));
        memo.put(0, Value::int(0));
        assert_eq!(memo.dense.len(), 3);
        assert_eq!(memo.get(0), Some(Value::int(0)));
        assert_eq!(memo.get(1 << 31), Some(Value::int(9)));
        assert_eq!(memo.get(3), None);
        memo.put(1, Value::int(7));
        assert_eq!(memo.get(1), Some(Value::int(7)));
        assert_eq!(memo.len(), 4);
    }
}
