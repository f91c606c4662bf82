//! The memo: dense where writers are dense, sparse where an index would otherwise size something.

use std::collections::BTreeMap;

use super::value::Value;

/// The memo of one unpickler.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memo {
    /// Entries 0 to n-1, all present.
    dense: Vec<Value>,
    /// Entries above those; never the entry that comes right after them.
    sparse: BTreeMap<u64, Value>,
    /// Entries whose index does not fit 63 bits, by their decimal digits; only the pure-Python
    /// unpickler has such.
    huge: BTreeMap<Box<[u8]>, Value>,
    /// Whether there is any entry outside the dense part.
    scattered: bool,
}

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

    /// Stores an entry.
    #[inline(always)]
    pub(crate) fn put(&mut self, index: u64, value: Value) {
        let next = self.dense.len() as u64;
        if index == next {
            self.dense.push(value);
            if self.scattered {
                self.absorb();
            }
        } else if index < next {
            // Below `next`, so within the vector.
            #[allow(clippy::cast_possible_truncation)]
            {
                self.dense[index as usize] = value;
            }
        } else {
            self.put_sparse(index, value);
        }
    }

    #[inline(never)]
    fn put_sparse(&mut self, index: u64, value: Value) {
        self.sparse.insert(index, value);
        self.scattered = true;
    }

    /// Stores an entry under the number of entries so far, as MEMOIZE does.
    #[inline(always)]
    pub(crate) fn memoize(&mut self, value: Value) {
        if self.scattered {
            self.put(self.len(), value);
        } else {
            self.dense.push(value);
        }
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
        self.huge.insert(digits.into(), value);
        self.scattered = true;
    }

    /// How many entries there are.
    #[inline]
    pub(crate) fn len(&self) -> u64 {
        self.dense.len() as u64 + self.sparse.len() as u64 + self.huge.len() as u64
    }

    pub(crate) fn capacity(&self) -> usize {
        self.dense.capacity()
    }

    pub(crate) fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.huge.clear();
        self.scattered = false;
    }

    /// Every entry, for the collector.
    pub(crate) fn values_mut(&mut self) -> (&mut [Value], impl Iterator<Item = &mut Value>) {
        (
            &mut self.dense,
            self.sparse.values_mut().chain(self.huge.values_mut()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
