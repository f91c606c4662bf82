//! The collector of the arena: marks what the roots reach and moves it together, in place.
//!
//! Beside the arena it needs a bit for each word, and a count for every 64 of them. There is no
//! recursion: nodes are traced from the last to the first, and only a child that lies behind its parent
//! has to wait.

use std::ops::ControlFlow;

use super::header::Header;
use super::value::Value;

/// How many words are looked at between two times of asking whether to go on.
const ASKING: usize = 1 << 18;
/// How many words there are to a block of bits.
const BLOCK: usize = 64;

/// What is told of each part of the roots, and says whether to go on.
pub(crate) type See<'s> = &'s mut dyn FnMut(&mut [Value]) -> ControlFlow<()>;

/// What keeps nodes alive.
pub(crate) trait Roots {
    /// Shows all of it, in parts.
    fn each(&mut self, see: See<'_>) -> ControlFlow<()>;
}

/// Keeps only what the roots reach, in the order in which it lies, and rewrites the roots.
///
/// Asks now and then whether that is still wanted. Where it is not, breaks, and the values mean
/// nothing any more.
pub(crate) fn collect(
    words: &mut Vec<u64>,
    roots: &mut dyn Roots,
    is_wanted: &mut dyn FnMut() -> bool,
) -> ControlFlow<()> {
    let mut marks = Marks::new(words.len());
    let mut patience = Patience {
        is_wanted,
        left: ASKING,
    };
    roots.each(&mut |values| {
        for value in values.iter() {
            marks.mark(*value);
        }
        patience.spend(values.len())
    })?;
    marks.trace(words, &mut patience)?;
    let places = marks.fill(words, &mut patience)?;
    roots.each(&mut |values| {
        for value in values.iter_mut() {
            *value = places.of(*value);
        }
        patience.spend(values.len())
    })?;
    places.slide(words, &mut patience)
}

/// Asks whether to go on, not too often.
struct Patience<'p> {
    is_wanted: &'p mut dyn FnMut() -> bool,
    left: usize,
}

impl Patience<'_> {
    fn spend(&mut self, words: usize) -> ControlFlow<()> {
        if let Some(left) = self.left.checked_sub(words) {
            self.left = left;
            return ControlFlow::Continue(());
        }
        self.left = ASKING;
        match (self.is_wanted)() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}

/// A bit for each word of the arena: at first, whether a node that is reached begins there.
struct Marks {
    bits: Vec<u64>,
    /// Nodes that are marked, and lie behind the one that is traced.
    waiting: Vec<usize>,
    len: usize,
}

impl Marks {
    fn new(len: usize) -> Marks {
        Marks {
            bits: vec![0; len.div_ceil(BLOCK)],
            waiting: Vec::new(),
            len,
        }
    }

    fn has(&self, at: usize) -> bool {
        let block = self.bits.get(at / BLOCK).copied().unwrap_or(0);
        block >> (at % BLOCK) & 1 == 1
    }

    /// Marks a node; tells where it is, if it was not marked before.
    fn mark(&mut self, value: Value) -> Option<usize> {
        let at = node(value).filter(|&at| at < self.len && !self.has(at))?;
        if let Some(block) = self.bits.get_mut(at / BLOCK) {
            *block |= 1 << (at % BLOCK);
        }
        Some(at)
    }

    /// Marks all that is reached from what is marked.
    fn trace(&mut self, words: &[u64], patience: &mut Patience<'_>) -> ControlFlow<()> {
        for index in (0..self.bits.len()).rev() {
            let mut traced = 0;
            // Tracing may mark more of the block.
            while let Some(bit) = highest(self.bits.get(index).copied().unwrap_or(0) & !traced) {
                traced |= 1 << bit;
                self.trace_from(index * BLOCK + bit, words, patience)?;
            }
            patience.spend(1)?;
        }
        ControlFlow::Continue(())
    }

    /// Marks the children of a node. Those before it are traced later, those behind it now.
    fn trace_from(
        &mut self,
        at: usize,
        words: &[u64],
        patience: &mut Patience<'_>,
    ) -> ControlFlow<()> {
        self.waiting.push(at);
        while let Some(next) = self.waiting.pop() {
            let children = words.get(next + 1..behind(words, next)).unwrap_or_default();
            for child in children {
                let marked = self.mark(Value::from_bits(*child));
                self.waiting.extend(marked.filter(|&child| child > at));
            }
            patience.spend(children.len() + 1)?;
        }
        ControlFlow::Continue(())
    }

    /// Has all words of the marked nodes marked, and counts them.
    fn fill(mut self, words: &[u64], patience: &mut Patience<'_>) -> ControlFlow<(), Places> {
        let mut at = 0;
        while at < self.len {
            let behind = behind(words, at);
            if self.has(at) {
                for word in at + 1..behind.min(self.len) {
                    if let Some(block) = self.bits.get_mut(word / BLOCK) {
                        *block |= 1 << (word % BLOCK);
                    }
                }
            }
            if let ControlFlow::Break(()) = patience.spend(behind - at) {
                return ControlFlow::Break(());
            }
            at = behind;
        }
        let mut kept = 0;
        let before = self.bits.iter().map(|block| {
            let before = kept;
            kept += block.count_ones() as usize;
            before
        });
        let before = before.collect();
        ControlFlow::Continue(Places {
            marks: self,
            before,
        })
    }
}

/// Where the nodes that stay go.
struct Places {
    /// Whether a word stays.
    marks: Marks,
    /// How many words before each block stay.
    before: Vec<usize>,
}

impl Places {
    /// A value with the place that its node gets.
    fn of(&self, value: Value) -> Value {
        let Some(at) = node(value) else {
            return value;
        };
        let block = self.marks.bits.get(at / BLOCK);
        let (Some(block), Some(before)) = (block, self.before.get(at / BLOCK)) else {
            return Value::ABSENT;
        };
        let below = block & ((1 << (at % BLOCK)) - 1);
        let place = before + below.count_ones() as usize;
        Value::new(value.tag(), place as u64)
    }

    /// Moves the nodes that stay to the front, with the new places of their children.
    fn slide(&self, words: &mut Vec<u64>, patience: &mut Patience<'_>) -> ControlFlow<()> {
        let (mut at, mut kept) = (0, 0);
        while at < self.marks.len {
            let behind = behind(words, at);
            if self.marks.has(at) {
                words[kept] = words[at];
                for from in at + 1..behind.min(self.marks.len) {
                    words[kept + from - at] = self.of(Value::from_bits(words[from])).bits();
                }
                kept += behind - at;
            }
            patience.spend(behind - at)?;
            at = behind;
        }
        words.truncate(kept);
        if words.capacity() / 4 > kept {
            words.shrink_to(2 * kept);
        }
        ControlFlow::Continue(())
    }
}

/// Where a value's node begins, if it has one.
#[allow(clippy::cast_possible_truncation)] // The payload was a `usize` when it was made.
fn node(value: Value) -> Option<usize> {
    value.is_node().then(|| value.payload() as usize)
}

/// Where the node behind this one begins.
fn behind(words: &[u64], at: usize) -> usize {
    at + 1 + Header(words.get(at).copied().unwrap_or(0)).cap()
}

fn highest(bits: u64) -> Option<usize> {
    bits.checked_ilog2().map(|bit| bit as usize)
}

#[cfg(test)]
mod tests {
    use super::super::arena::Arena;
    use super::super::value::Tag;
    use super::*;

    impl Roots for [&mut [Value]] {
        fn each(&mut self, see: See<'_>) -> ControlFlow<()> {
            self.iter_mut().try_for_each(|values| see(values))
        }
    }

    struct Listed<'r>(Vec<&'r mut [Value]>);

    impl Roots for Listed<'_> {
        fn each(&mut self, see: See<'_>) -> ControlFlow<()> {
            self.0.each(see)
        }
    }

    #[test]
    fn what_is_reachable_stays_and_keeps_its_shape() {
        let mut arena = Arena::default();
        let garbage = arena.container(Tag::List);
        let list = arena.container(Tag::List);
        let tuple = arena.node(Tag::Tuple, 0, &[Value::int(1), list, list]);
        arena.extend(list, &[tuple], 1);
        let _ = garbage;
        let mut stack = [tuple, Value::int(5)];
        let mut memo = [list];
        let before = arena.len();
        let mut roots = Listed(vec![&mut stack, &mut memo]);
        assert!(arena.collect(&mut roots, &mut || true).is_continue());
        assert_eq!(arena.len(), before - 4);
        assert_eq!(arena.children(stack[0]), [Value::int(1), memo[0], memo[0]]);
        assert_eq!(arena.children(memo[0]), [stack[0]]);
        assert!(arena.unhashable(stack[0]));
    }

    #[test]
    fn nodes_behind_their_parents_are_reached_through_any_number_of_levels() {
        const LEVELS: usize = 200_000;
        let mut arena = Arena::default();
        let first = arena.container(Tag::List);
        let mut last = first;
        for _ in 0..LEVELS {
            let garbage = arena.tuple(&[last]);
            let next = arena.container(Tag::List);
            arena.extend(last, &[next], 1);
            (last, _) = (next, garbage);
        }
        let mut stack = [first];
        assert!(
            arena
                .collect(&mut Listed(vec![&mut stack]), &mut || true)
                .is_continue()
        );
        let (mut levels, mut at) = (0, stack[0]);
        while let [next] = arena.children(at)[..] {
            (levels, at) = (levels + 1, next);
        }
        assert_eq!(levels, LEVELS);
        // Once more there is nothing left to do.
        let len = arena.len();
        assert!(
            arena
                .collect(&mut Listed(vec![&mut stack]), &mut || true)
                .is_continue()
        );
        assert_eq!((arena.len(), stack[0]), (len, Value::new(Tag::List, 0)));
    }

    #[test]
    fn it_ends_where_it_is_not_wanted() {
        let mut arena = Arena::default();
        let mut stack: Vec<Value> = (0..ASKING).map(|_| arena.container(Tag::List)).collect();
        for most in 0..3 {
            let mut asked = 0;
            let mut arena = arena.clone();
            let done = arena.collect(&mut Listed(vec![&mut stack.clone()]), &mut || {
                asked += 1;
                asked <= most
            });
            assert_eq!((done.is_break(), asked), (true, most + 1));
        }
        assert!(
            arena
                .collect(&mut Listed(vec![&mut stack]), &mut || true)
                .is_continue()
        );
    }
}
