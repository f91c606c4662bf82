//! The unpickler's state: stack, marks, memo and arena, and what the operand-free opcodes do to it.

use std::ops::ControlFlow;

use super::arena::Arena;
use super::collect::{Roots, See};
use super::header::flag;
use super::memo::Memo;
use super::stack::Stack;
use super::value::{Tag, Value};

/// Why every remaining reading raises here, in a few words.
pub(crate) type Raise = &'static str;

pub(crate) const UNDERFLOW: Raise = "stack underflow";
pub(crate) const NO_MARK: Raise = "no mark on the stack";
pub(crate) const UNHASHABLE: Raise = "an unhashable dict key or set item";

/// What one unpickler holds while it works through a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) stack: Stack,
    /// Stack heights at each MARK.
    pub(crate) marks: Vec<usize>,
    /// The topmost mark, or 0: nothing below may be taken by item.
    pub(crate) fence: usize,
    pub(crate) memo: Memo,
    pub(crate) arena: Arena,
    /// What the last PROTO declared.
    pub(crate) protocol: u8,
}

impl State {
    /// Makes the state that of a fresh `load()`; the memo stays where it is carried.
    pub(crate) fn restart(&mut self, carry_memo: bool) {
        self.stack.clear();
        self.marks.clear();
        self.fence = 0;
        self.protocol = 0;
        if !carry_memo {
            self.memo.clear();
            self.arena.clear();
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    #[inline]
    pub(crate) fn mark(&mut self) {
        self.fence = self.stack.len();
        self.marks.push(self.fence);
    }

    /// Takes the topmost mark off and returns the height it stood at.
    #[inline]
    pub(crate) fn pop_mark(&mut self) -> Option<usize> {
        let mark = self.marks.pop()?;
        self.fence = self.marks.last().copied().unwrap_or(0);
        Some(mark)
    }

    /// Whether `n` items lie above the topmost mark.
    #[inline]
    pub(crate) fn has(&self, n: usize) -> bool {
        self.stack.len() >= self.fence + n
    }

    #[inline]
    pub(crate) fn top(&self) -> Option<Value> {
        if self.has(1) { self.stack.last() } else { None }
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Value> {
        if self.has(1) { self.stack.pop() } else { None }
    }

    /// POP: the top item, or the topmost mark where nothing lies above it.
    #[inline]
    pub(crate) fn pop_item_or_mark(&mut self) -> Option<()> {
        match self.pop() {
            Some(_) => Some(()),
            None => self.pop_mark().map(drop),
        }
    }

    /// TUPLE1 to TUPLE3.
    #[inline]
    pub(crate) fn tuple_of(&mut self, n: usize) -> Option<()> {
        if !self.has(n) {
            return None;
        }
        let at = self.stack.len() - n;
        self.tuple_from(at);
        Some(())
    }

    /// Makes a tuple of everything from a height on.
    #[inline]
    pub(crate) fn tuple_from(&mut self, at: usize) {
        let value = self.tuple_value(at);
        self.stack.truncate(at);
        self.stack.push(value);
    }

    #[inline(always)]
    fn tuple_value(&mut self, at: usize) -> Value {
        self.arena.tuple(self.stack.from(at))
    }

    /// LIST and DICT, and the fresh containers they make.
    #[inline]
    pub(crate) fn container_from(&mut self, at: usize, tag: Tag) {
        let container = self.arena.container(tag);
        let items = self.stack.from(at);
        if !items.is_empty() {
            let count = if tag as u8 == Tag::Dict as u8 {
                items.len() / 2
            } else {
                items.len()
            };
            self.arena.extend(container, items, count as u64);
        }
        self.stack.truncate(at);
        self.stack.push(container);
    }

    /// Whether every item from `at` on can be a set's member.
    pub(crate) fn items_hashable(&self, at: usize) -> bool {
        !self
            .stack
            .from(at)
            .iter()
            .any(|&item| self.arena.unhashable(item))
    }

    /// SETITEM(S) on a plain dict from height `at`, the dict below it; `false` leaves all as it was.
    #[inline]
    pub(crate) fn set_dict_items(&mut self, at: usize) -> bool {
        let n = self.stack.len() - at;
        let Some(target) = self.below(at).filter(|target| target.is(Tag::Dict)) else {
            return false;
        };
        if !n.is_multiple_of(2) || !self.arena.keys_hashable(self.stack.from(at)) {
            return false;
        }
        if n > 0 {
            self.arena
                .extend(target, self.stack.from(at), (n / 2) as u64);
            self.stack.truncate(at);
        }
        true
    }

    /// APPEND(S) on a plain list from height `at`, the list below it; `false` leaves all as it was.
    #[inline]
    pub(crate) fn append_list_items(&mut self, at: usize) -> bool {
        let n = self.stack.len() - at;
        let Some(target) = self.below(at).filter(|target| target.is(Tag::List)) else {
            return false;
        };
        if n > 0 {
            self.arena.extend(target, self.stack.from(at), n as u64);
            self.stack.truncate(at);
        }
        true
    }

    /// The item right below a height, where it lies above the topmost mark.
    #[inline]
    pub(crate) fn below(&self, at: usize) -> Option<Value> {
        if at > self.fence {
            self.stack.as_slice().get(at - 1).copied()
        } else {
            None
        }
    }

    /// Notes that a container's kept children no longer tell what it holds.
    pub(crate) fn scramble(&mut self, target: Value) {
        self.arena.flag(target, flag::SCRAMBLED);
    }

    /// How many words it holds.
    pub(crate) fn words_in_use(&self) -> usize {
        self.stack.len() + self.marks.len() + self.memo.words() + self.arena.len()
    }

    /// How many words its vectors have room for.
    pub(crate) fn words(&self) -> usize {
        self.stack.capacity() + self.marks.capacity() + self.memo.capacity() + self.arena.capacity()
    }

    /// Every value that keeps others alive.
    fn each_root(&mut self, see: See<'_>) -> ControlFlow<()> {
        see(self.stack.as_mut_slice())?;
        self.memo.each(see)
    }

    /// Frees what neither it nor the loads that wait for it reach; where that is no longer wanted, breaks,
    /// and the state is of no use.
    pub(crate) fn collect(
        &mut self,
        waiting: &mut [State],
        is_wanted: &mut dyn FnMut() -> bool,
    ) -> ControlFlow<()> {
        let mut arena = std::mem::take(&mut self.arena);
        let done = arena.collect(
            &mut Loads {
                state: self,
                waiting,
            },
            is_wanted,
        );
        self.arena = arena;
        done
    }
}

/// The loads that share an arena.
struct Loads<'l> {
    state: &'l mut State,
    waiting: &'l mut [State],
}

impl Roots for Loads<'_> {
    fn each(&mut self, see: See<'_>) -> ControlFlow<()> {
        self.state.each_root(see)?;
        let mut waiting = self.waiting.iter_mut();
        waiting.try_for_each(|state| state.each_root(see))
    }
}

/// The height that the mark below the topmost one stands at.
#[inline(always)]
pub(crate) fn fence_below(marks: &[usize]) -> usize {
    match marks {
        [.., below, _] => *below,
        _ => 0,
    }
}
