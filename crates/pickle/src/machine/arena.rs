//! Where containers, globals and results live: one vector of words, collected when it doubles.

use super::value::{Tag, Value};

/// How many children of one container stay reachable; later ones leave a taint.
pub const KEPT_CHILDREN: usize = 32;
/// How many of a list's, dict's or set's children lie in the node itself.
const INLINE: usize = 2;
/// Arena size, in words, from which on new lists, dicts and sets have no room of their own for
/// scalars: in a large pickle the first items of yet another plain container tell nobody anything.
const COMPACT_FROM: usize = 1 << 16;

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
    /// On a global: Python 2 names are mapped (protocol below 3).
    pub(crate) const MAPPED: u8 = 32;
}

/// How many words are looked at between two times of asking whether to go on collecting.
const COPIED: usize = 1 << 18;

// A node is a header word followed by `cap` words that are all values. The header holds, from the
// top: tag (8 bits), flags (8), cap (16), count (32, saturating).
#[derive(Clone, Debug, Default)]
pub(crate) struct Arena {
    words: Vec<u64>,
}

#[derive(Clone, Copy)]
struct Header(u64);

impl Header {
    const fn new(tag: Tag, flags: u8, cap: usize, count: usize) -> Header {
        let count = if count > u32::MAX as usize {
            u32::MAX as u64
        } else {
            count as u64
        };
        Header((tag as u64) << 56 | (flags as u64) << 48 | (cap as u64 & 0xffff) << 32 | count)
    }

    #[allow(clippy::cast_possible_truncation)]
    const fn flags(self) -> u8 {
        (self.0 >> 48) as u8
    }

    const fn cap(self) -> usize {
        (self.0 >> 32 & 0xffff) as usize
    }

    const fn count(self) -> u64 {
        self.0 & 0xffff_ffff
    }

    const fn with_flags(self, flags: u8) -> Header {
        Header(self.0 | (flags as u64) << 48)
    }

    const fn add(self, n: u64) -> Header {
        let count = self.count().saturating_add(n);
        let count = if count > 0xffff_ffff {
            0xffff_ffff
        } else {
            count
        };
        Header(self.0 & !0xffff_ffff | count)
    }
}

impl Arena {
    /// How many words are in use.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn capacity(&self) -> usize {
        self.words.capacity()
    }

    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }

    #[inline(always)]
    fn at(value: Value) -> usize {
        // The payload was a `usize` when `alloc` made it.
        #[allow(clippy::cast_possible_truncation)]
        {
            value.payload() as usize
        }
    }

    #[inline(always)]
    fn header(&self, value: Value) -> Header {
        Header(self.words.get(Arena::at(value)).copied().unwrap_or(0))
    }

    #[inline(always)]
    fn set_header(&mut self, value: Value, header: Header) {
        if let Some(word) = self.words.get_mut(Arena::at(value)) {
            *word = header.0;
        }
    }

    fn word(&self, value: Value, index: usize) -> Value {
        Value::from_bits(
            self.words
                .get(Arena::at(value) + 1 + index)
                .copied()
                .unwrap_or(0),
        )
    }

    /// An empty list, dict or set.
    #[inline(always)]
    pub(crate) fn container(&mut self, tag: Tag) -> Value {
        let value = Value::new(tag, self.words.len() as u64);
        if self.words.len() < COMPACT_FROM {
            let header = Header::new(tag, flag::UNHASHABLE, INLINE + 1, 0);
            self.words.extend_from_slice(&[header.0, 0, 0, 0]);
        } else {
            let header = Header::new(tag, flag::UNHASHABLE, 1, 0);
            self.words.push(header.0);
            self.words.push(0);
        }
        value
    }

    /// A node of fixed children: tuples, frozensets, globals, results and their kin.
    pub(crate) fn node(&mut self, tag: Tag, flags: u8, children: &[Value]) -> Value {
        let value = Value::new(tag, self.words.len() as u64);
        let kept = children.len().min(KEPT_CHILDREN);
        let (kept, dropped) = children.split_at(kept);
        let mut flags = flags | taint_of(dropped);
        if matches!(tag, Tag::Tuple) && kept.iter().chain(dropped).any(|&c| self.unhashable(c)) {
            flags |= flag::UNHASHABLE;
        }
        self.words
            .push(Header::new(tag, flags, kept.len(), children.len()).0);
        self.words.extend(kept.iter().map(|child| child.bits()));
        value
    }

    /// A tuple.
    #[inline]
    pub(crate) fn tuple(&mut self, children: &[Value]) -> Value {
        if children.is_empty() {
            return Value::new(Tag::EmptyTuple, 0);
        }
        if children.len() > KEPT_CHILDREN || Value::any_node(children) {
            return self.node(Tag::Tuple, 0, children);
        }
        let value = Value::new(Tag::Tuple, self.words.len() as u64);
        self.words
            .push(Header::new(Tag::Tuple, 0, children.len(), children.len()).0);
        self.words.extend(children.iter().map(|child| child.bits()));
        value
    }

    /// Whether Python would refuse to hash the value; `false` where nobody can know.
    pub(crate) fn unhashable(&self, value: Value) -> bool {
        value.is_node()
            && matches!(
                value.tag(),
                Tag::Tuple | Tag::List | Tag::Dict | Tag::Set | Tag::ByteArray
            )
            && self.flags(value) & flag::UNHASHABLE != 0
    }

    /// Whether every other item, starting with the first, can be a dict key.
    #[inline(always)]
    pub(crate) fn keys_hashable(&self, items: &[Value]) -> bool {
        !Value::any_node(items) || !items.iter().step_by(2).any(|&key| self.unhashable(key))
    }

    /// Adds children to a list, dict or set: `items` counts as `count` entries.
    #[inline]
    pub(crate) fn extend(&mut self, container: Value, items: &[Value], count: u64) {
        if Value::any_node(items) {
            self.extend_objects(container, items, count);
        } else {
            self.extend_scalars(container, items, count);
        }
    }

    /// As [`Arena::extend`], where no item is a node: the first few are kept, the others tell nothing.
    #[inline(always)]
    pub(crate) fn extend_scalars(&mut self, container: Value, items: &[Value], count: u64) {
        let at = Arena::at(container);
        let Some(word) = self.words.get_mut(at) else {
            return;
        };
        let header = Header(*word);
        *word = header.add(count).with_flags(flag::DROPPED).0;
        if header.cap() != 1 {
            self.keep_scalars(container, header, items, count);
        }
    }

    /// Keeps scalars in a node that has room of its own.
    fn keep_scalars(&mut self, container: Value, header: Header, items: &[Value], count: u64) {
        let at = Arena::at(container);
        let own = self
            .words
            .get_mut(at + 2..at + 2 + INLINE)
            .unwrap_or_default();
        let mut items = items.iter();
        for word in own.iter_mut().filter(|word| **word == 0) {
            let Some(item) = items.next() else { break };
            *word = item.bits();
        }
        if items.len() == 0 {
            self.set_header(container, header.add(count));
        }
    }

    /// As [`Arena::extend`], where some items are nodes: they are kept while there is room.
    #[inline(never)]
    pub(crate) fn extend_objects(&mut self, container: Value, items: &[Value], count: u64) {
        let header = self.header(container).add(count);
        let room = KEPT_CHILDREN.saturating_sub(self.kept(container));
        let (keep, dropped) = items.split_at(room.min(items.len()));
        self.set_header(container, header.with_flags(taint_of(dropped)));
        if keep.is_empty() {
            return;
        }
        let mut kept = self.children(container);
        kept.extend_from_slice(keep);
        let inline = header.cap() - 1;
        let at = Arena::at(container) + 1;
        let (own, rest) = kept.split_at(kept.len().min(inline));
        let chunk = if rest.is_empty() {
            Value::ABSENT
        } else {
            self.node(Tag::Chunk, 0, rest)
        };
        if let Some(words) = self.words.get_mut(at..=at + inline) {
            words[0] = chunk.bits();
            for (word, value) in words[1..].iter_mut().zip(own) {
                *word = value.bits();
            }
        }
    }

    /// How many children of a list, dict or set are kept.
    fn kept(&self, container: Value) -> usize {
        let cap = self.header(container).cap();
        let inline = (1..cap)
            .filter(|&index| !self.word(container, index).is_absent())
            .count();
        let chunk = self.word(container, 0);
        inline
            + if chunk.is_absent() {
                0
            } else {
                self.header(chunk).cap()
            }
    }

    /// The children that are still known, in order; for dicts keys and values in turn.
    pub(crate) fn children(&self, value: Value) -> Vec<Value> {
        match value.tag() {
            Tag::List | Tag::Dict | Tag::Set => {
                let mut children: Vec<Value> = (1..self.header(value).cap())
                    .map(|index| self.word(value, index))
                    .filter(|child| !child.is_absent())
                    .collect();
                let chunk = self.word(value, 0);
                if !chunk.is_absent() {
                    children.extend(self.words_of(chunk));
                }
                children
            }
            _ if value.is_node() => self.words_of(value).collect(),
            _ => Vec::new(),
        }
    }

    fn words_of(&self, value: Value) -> impl Iterator<Item = Value> {
        let cap = self.header(value).cap();
        (0..cap).map(move |index| self.word(value, index))
    }

    /// One child of a node of fixed children.
    pub(crate) fn child(&self, value: Value, index: usize) -> Value {
        if index < self.header(value).cap() {
            self.word(value, index)
        } else {
            Value::ABSENT
        }
    }

    /// How many items a container was given; a dict's and a set's duplicates count each time.
    pub(crate) fn count(&self, value: Value) -> u64 {
        if value.is_node() {
            self.header(value).count()
        } else {
            0
        }
    }

    pub(crate) fn flags(&self, value: Value) -> u8 {
        if value.is_node() {
            self.header(value).flags()
        } else {
            0
        }
    }

    pub(crate) fn flag(&mut self, value: Value, flags: u8) {
        if value.is_node() {
            let header = self.header(value).with_flags(flags);
            self.set_header(value, header);
        }
    }

    /// Keeps only what the roots reach and rewrites the roots (a copying collector: no recursion,
    /// work in proportion to what stays).
    ///
    /// Asks now and then whether that is still wanted. Where it is not, returns `false`, and the
    /// values mean nothing any more.
    pub(crate) fn collect(
        &mut self,
        roots: &mut [&mut [Value]],
        is_wanted: &mut dyn FnMut() -> bool,
    ) -> bool {
        let mut old = std::mem::take(&mut self.words);
        for chunk in roots.iter_mut().flat_map(|root| root.chunks_mut(COPIED)) {
            if !is_wanted() {
                return false;
            }
            for value in chunk {
                *value = self.move_node(&mut old, *value);
            }
        }
        let (mut scan, mut asked) = (0, 0);
        while let Some(&header) = self.words.get(scan) {
            let cap = Header(header).cap();
            for at in scan + 1..=scan + cap {
                let child = Value::from_bits(self.words[at]);
                self.words[at] = self.move_node(&mut old, child).bits();
            }
            scan += cap + 1;
            if scan - asked > COPIED {
                asked = scan;
                if !is_wanted() {
                    return false;
                }
            }
        }
        true
    }

    fn move_node(&mut self, old: &mut [u64], value: Value) -> Value {
        if !value.is_node() {
            return value;
        }
        let at = Arena::at(value);
        let Some(&word) = old.get(at) else {
            return Value::ABSENT;
        };
        // A moved node leaves a header without a tag: its new place.
        if word >> 56 == 0 {
            return Value::new(value.tag(), word);
        }
        let new = self.words.len();
        self.words
            .extend_from_slice(&old[at..=at + Header(word).cap()]);
        old[at] = new as u64;
        Value::new(value.tag(), new as u64)
    }
}

/// What dropped children leave behind.
fn taint_of(dropped: &[Value]) -> u8 {
    if dropped.is_empty() {
        0
    } else if Value::any_node(dropped) {
        flag::DROPPED_OBJECT | flag::DROPPED
    } else {
        flag::DROPPED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_keep_the_first_scalars_and_every_early_object() {
        let mut arena = Arena::default();
        let list = arena.container(Tag::List);
        let numbers: Vec<Value> = (0..100).map(Value::int).collect();
        arena.extend(list, &numbers, 100);
        assert_eq!(arena.children(list), numbers[..2]);
        let inner = arena.container(Tag::Dict);
        arena.extend(list, &[Value::int(7), inner], 2);
        assert_eq!(
            arena.children(list),
            [numbers[0], numbers[1], Value::int(7), inner]
        );
        assert_eq!(arena.count(list), 102);
    }

    #[test]
    fn collecting_keeps_what_is_reachable_and_its_shape() {
        let mut arena = Arena::default();
        let garbage = arena.container(Tag::List);
        let list = arena.container(Tag::List);
        let tuple = arena.node(Tag::Tuple, 0, &[Value::int(1), list, list]);
        arena.extend(list, &[tuple], 1);
        let _ = garbage;
        let mut stack = [tuple, Value::int(5)];
        let mut memo = [list];
        let before = arena.len();
        assert!(arena.collect(&mut [&mut stack, &mut memo], &mut || true));
        assert_eq!(arena.len(), before - 4);
        assert_eq!(arena.children(stack[0]), [Value::int(1), memo[0], memo[0]]);
        assert_eq!(arena.children(memo[0]), [stack[0]]);
        assert!(arena.unhashable(stack[0]));
        assert!(!arena.collect(&mut [&mut stack, &mut memo], &mut || false));
    }
}
