//! Where containers, globals and results live: one vector of words, collected when it doubles.

use std::ops::ControlFlow;

use super::collect::{Roots, collect};
use super::header::{Header, flag};
use super::value::{Tag, Value};

use super::weight::Weight;

/// How many children of one container stay reachable; later ones leave a taint.
pub const KEPT_CHILDREN: usize = 32;
/// How many entries of a dict stay reachable: the state of an object is one, and what lies under
/// which name decides what it does.
pub const KEPT_ENTRIES: usize = 256;
/// How many of a list's, dict's or set's children lie in the node itself.
const INLINE: usize = 2;
/// How many scalars alone make a node keep them beyond those that lie in it.
const SCALARS: usize = 64;
/// From this weight on the machine takes note of what it takes to hash a value. It is the last that a
/// long chain is sure to reach.
pub(super) const HEAVY: u64 = 128;
/// Arena size, in words, from which on new lists, dicts and sets have no room of their own for
/// scalars: in a large pickle the items of yet another plain container tell nobody anything.
const COMPACT_FROM: usize = 1 << 16;

// A node is a header word followed by `cap` words that are all values.
#[derive(Clone, Debug)]
pub(crate) struct Arena {
    words: Vec<u64>,
    /// New lists, dicts and sets have room of their own while there are fewer words.
    roomy_below: usize,
}

impl Default for Arena {
    fn default() -> Arena {
        Arena {
            words: Vec::new(),
            roomy_below: COMPACT_FROM,
        }
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
        self.roomy_below = COMPACT_FROM;
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
    pub(super) fn header(&self, value: Value) -> Header {
        Header(self.words.get(Arena::at(value)).copied().unwrap_or(0))
    }

    #[inline(always)]
    pub(super) fn set_header(&mut self, value: Value, header: Header) {
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
        if self.words.len() < self.roomy_below {
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
        if matches!(tag, Tag::Tuple) && dropped.iter().any(|&child| self.may_be_deep(child)) {
            flags |= flag::DROPPED_DEEP;
        }
        let header = Header::new(tag, flags, kept.len(), children.len());
        let weight = self.weight_of(children).saturating_add(1);
        self.words.push(header.with_weight(Weight::of(weight)).0);
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
    pub(crate) fn keys_hashable(&self, items: &[Value]) -> bool {
        !Value::any_node(items) || !items.iter().step_by(2).any(|&key| self.unhashable(key))
    }

    /// Whether every other item, starting with the first, can be a dict key and takes no time to hash.
    #[inline(always)]
    pub(crate) fn keys_light(&self, items: &[Value]) -> bool {
        let is_light = |key: &Value| !self.unhashable(*key) && !self.is_heavy(*key);
        !Value::any_node(items) || items.iter().step_by(2).all(is_light)
    }

    /// Whether a value is of those that hash what they hold, and holds much.
    pub(crate) fn is_heavy(&self, value: Value) -> bool {
        let hashes = value.is(Tag::Tuple) || value.is(Tag::FrozenSet) || value.is(Tag::Result);
        hashes && self.is_weighty(value)
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
        let kept = self.kept(container);
        let all_kept = header.flags() & flag::DROPPED == 0 && kept + items.len() <= SCALARS;
        let few = items.len() <= INLINE.saturating_sub(kept);
        let keep = if all_kept && (few || container.is(Tag::Dict)) {
            items.len()
        } else {
            items.len().min(INLINE.saturating_sub(kept))
        };
        let (keep, dropped) = items.split_at(keep);
        let taint = taint_of(dropped);
        self.set_header(container, header.add(count).with_flags(taint));
        self.keep(container, kept, keep);
    }

    /// As [`Arena::extend`], where some items are nodes: they are kept while there is room.
    #[inline(never)]
    pub(crate) fn extend_objects(&mut self, container: Value, items: &[Value], count: u64) {
        let header = self.header(container);
        let kept = self.kept(container);
        let most = if container.is(Tag::Dict) {
            2 * KEPT_ENTRIES
        } else {
            KEPT_CHILDREN
        };
        let (keep, dropped) = items.split_at(most.saturating_sub(kept).min(items.len()));
        // What a container holds of itself is a cycle, not one more copy.
        let own = items.iter().filter(|&&item| item == container).count() as u64;
        let own = own.saturating_mul(header.weight().get());
        let added = self.weight_of(items).saturating_sub(own);
        let weight = header.weight().get().saturating_add(added);
        let header = header.add(count).with_flags(taint_of(dropped));
        self.set_header(container, header.with_weight(Weight::of(weight)));
        self.keep(container, kept, keep);
    }

    /// Puts items behind the `kept` ones that a list, dict or set keeps.
    fn keep(&mut self, container: Value, kept: usize, items: &[Value]) {
        let inline = self.header(container).cap() - 1;
        let at = Arena::at(container) + 2;
        let (own, rest) = items.split_at(items.len().min(inline.saturating_sub(kept)));
        let room = self.words.get_mut(at + kept.min(inline)..at + inline);
        for (word, item) in room.unwrap_or_default().iter_mut().zip(own) {
            *word = item.bits();
        }
        if rest.is_empty() {
            return;
        }
        let used = kept.saturating_sub(inline);
        let chunk = self.chunk(container, used + rest.len());
        let at = Arena::at(chunk) + 1 + used;
        let room = self.words.get_mut(at..at + rest.len());
        for (word, item) in room.unwrap_or_default().iter_mut().zip(rest) {
            *word = item.bits();
        }
        let header = self.header(chunk).add(rest.len() as u64);
        self.set_header(chunk, header);
    }

    /// The node of a container's later children, with room for this many.
    fn chunk(&mut self, container: Value, room: usize) -> Value {
        let old = self.word(container, 0);
        let (cap, used) = if old.is_absent() {
            (0, 0)
        } else {
            (self.header(old).cap(), self.header(old).count())
        };
        if room <= cap {
            return old;
        }
        // The first time it is made as large as it has to be: most are filled only once.
        let cap = if old.is_absent() {
            room
        } else {
            room.max(2 * cap)
        };
        let chunk = Value::new(Tag::Chunk, self.words.len() as u64);
        self.words
            .push(Header::new(Tag::Chunk, 0, cap, 0).add(used).0);
        let from = Arena::at(old) + 1;
        for index in 0..cap {
            let word = if (index as u64) < used {
                self.words.get(from + index).copied().unwrap_or(0)
            } else {
                Value::ABSENT.bits()
            };
            self.words.push(word);
        }
        let at = Arena::at(container) + 1;
        if let Some(word) = self.words.get_mut(at) {
            *word = chunk.bits();
        }
        chunk
    }

    /// How many children of a list, dict or set are kept.
    #[allow(clippy::cast_possible_truncation)] // A chunk's count is at most its cap.
    fn kept(&self, container: Value) -> usize {
        let cap = self.header(container).cap();
        let inline = (1..cap)
            .filter(|&index| !self.word(container, index).is_absent())
            .count();
        let chunk = self.word(container, 0);
        if chunk.is_absent() {
            inline
        } else {
            inline + self.header(chunk).count() as usize
        }
    }

    /// Notes that an object was given a state.
    pub(crate) fn mark_built(&mut self, target: Value) {
        if target.is(Tag::Result) {
            let header = self.header(target);
            self.set_header(target, header.with_flags(flag::BUILT));
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
                    children.extend(self.words_of(chunk).filter(|child| !child.is_absent()));
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

    /// Keeps only what the roots reach, and rewrites the roots; see [`collect`].
    pub(crate) fn collect(
        &mut self,
        roots: &mut dyn Roots,
        is_wanted: &mut dyn FnMut() -> bool,
    ) -> ControlFlow<()> {
        self.roomy_below = 0;
        collect(&mut self.words, roots, is_wanted)
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
}
