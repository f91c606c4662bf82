//! The memo of the items: dense where a pickler counts, sparse where an index would size something.

use std::collections::HashMap;

use super::Item;
use super::chunks::Chunks;

#[derive(Debug, Default)]
pub(super) struct Memo {
    /// Entries 0 to n-1.
    dense: Chunks<Item>,
    sparse: HashMap<u64, Item>,
}

impl Memo {
    pub(super) fn put(&mut self, index: u64, item: Item) {
        match usize::try_from(index) {
            Ok(at) if at == self.dense.len() => self.dense.push(item),
            at => match at.ok().and_then(|at| self.dense.get_mut(at)) {
                Some(entry) => *entry = item,
                None => drop(self.sparse.insert(index, item)),
            },
        }
    }

    pub(super) fn get(&self, index: u64) -> Option<Item> {
        let dense = usize::try_from(index)
            .ok()
            .and_then(|at| self.dense.get(at));
        // What is put into the dense part later takes the place of what is beside it.
        dense.or_else(|| self.sparse.get(&index)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_wherever_they_lie() {
        let mut memo = Memo::default();
        for (index, item) in [(0, 1), (9, 2), (1, 3), (u64::MAX, 4), (0, 5)] {
            memo.put(index, Item::node(item));
        }
        assert_eq!(memo.get(0), Some(Item::node(5)));
        assert_eq!(memo.get(1), Some(Item::node(3)));
        assert_eq!(memo.get(2), None);
        assert_eq!(memo.get(9), Some(Item::node(2)));
        assert_eq!(memo.get(u64::MAX), Some(Item::node(4)));
        // The entry beside the dense part is that of the dense part once it is put there.
        for index in 2..=9 {
            memo.put(index, Item::node(7));
        }
        assert_eq!(memo.get(9), Some(Item::node(7)));
    }
}
