//! Calls, states, and items on what may be no plain container.

use super::effect::{EffectKind, HASH_DEPTH, Observer};
use super::header::flag;
use super::run::Execution;
use super::state::{NO_MARK, Raise, UNDERFLOW, UNHASHABLE};
use super::step::{Halt, Step};
use super::value::{Tag, Value};
use crate::opcode::Op;
use crate::readings::{Readings, Unpickler};

const NOT_CALLABLE: Raise = "a call of something that cannot be called";
const NO_TARGET: Raise = "items for something that takes none";

/// What an operation can expect of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// Made by code that the stream names: it may be anything.
    Object,
    /// A tuple.
    Tuple,
    /// Something that Python can iterate over, but no tuple.
    Iterable,
    /// None of these.
    Atom,
}

fn nature(value: Value) -> Nature {
    match value.tag() {
        Tag::Global | Tag::Result | Tag::Persistent | Tag::Extension | Tag::Buffer => {
            Nature::Object
        }
        Tag::Tuple | Tag::EmptyTuple => Nature::Tuple,
        Tag::Absent
        | Tag::None
        | Tag::False
        | Tag::True
        | Tag::Int
        | Tag::IntLine
        | Tag::LongLine
        | Tag::Long1
        | Tag::Long4
        | Tag::FloatLine
        | Tag::BinFloat => Nature::Atom,
        _ => Nature::Iterable,
    }
}

/// The readings that look up `extend` and `add` even where there is nothing to add.
fn eager() -> Readings {
    Readings::PYTHON.or(Readings::of(Unpickler::C315))
}

impl<O: Observer> Execution<'_, '_, O> {
    /// REDUCE, NEWOBJ and NEWOBJ_EX.
    pub(crate) fn call(&mut self, op: Op) -> Step {
        let keywords = if op == Op::NEWOBJ_EX {
            Some(self.pop_item()?)
        } else {
            None
        };
        let args = self.pop_item()?;
        let callee = self.pop_item()?;
        if nature(callee) != Nature::Object {
            return Err(Halt::Raise(NOT_CALLABLE));
        }
        match nature(args) {
            Nature::Object | Nature::Tuple => {}
            // The C unpickler insists on a tuple; Python spreads whatever can be iterated over.
            Nature::Iterable => self.keep(Readings::PYTHON, "call arguments that are no tuple")?,
            Nature::Atom => return Err(Halt::Raise("call arguments that are no tuple")),
        }
        if keywords.is_some_and(|k| !k.is(Tag::Dict) && nature(k) != Nature::Object) {
            return Err(Halt::Raise("keyword arguments that are no dict"));
        }
        self.tell_call(op, callee, args, keywords)
    }

    /// OBJ.
    pub(crate) fn obj(&mut self) -> Step {
        let mark = self.pop_mark()?;
        let items = self.run.state.stack.split_off(mark);
        let Some((&callee, args)) = items.split_first() else {
            return Err(Halt::Raise(UNDERFLOW));
        };
        let args = self.run.state.arena.tuple(args);
        if nature(callee) != Nature::Object {
            return Err(Halt::Raise(NOT_CALLABLE));
        }
        self.tell_call(Op::OBJ, callee, args, None)
    }

    /// INST, once its global is imported.
    pub(crate) fn instantiate(&mut self, op: Op, global: Value) -> Step {
        let mark = self.run.state.pop_mark().ok_or(Halt::Raise(NO_MARK))?;
        self.run.state.tuple_from(mark);
        let args = self.pop_item()?;
        self.tell_call(op, global, args, None)
    }

    fn tell_call(&mut self, via: Op, callee: Value, args: Value, keywords: Option<Value>) -> Step {
        let made_new = if matches!(via, Op::NEWOBJ | Op::NEWOBJ_EX) {
            flag::NEW
        } else {
            0
        };
        let arena = &mut self.run.state.arena;
        let result = arena.node(Tag::Result, made_new, &[callee, args]);
        self.run.state.push(result);
        self.tell(EffectKind::Call {
            via,
            callee,
            args,
            keywords,
            result,
        })
    }

    fn pop_item(&mut self) -> Result<Value, Halt> {
        self.run.state.pop().ok_or(Halt::Raise(UNDERFLOW))
    }

    /// BUILD.
    pub(crate) fn build(&mut self) -> Step {
        if !self.run.state.has(2) {
            return Err(Halt::Raise(UNDERFLOW));
        }
        let state = self.pop_item()?;
        let target = self.run.state.top().ok_or(Halt::Raise(UNDERFLOW))?;
        self.run.state.arena.load(target, &[state]);
        self.tell(EffectKind::Build { target, state })?;
        self.run.state.arena.mark_built(target);
        Ok(())
    }

    /// APPEND and APPENDS.
    pub(crate) fn append(&mut self, op: Op) -> Step {
        let (at, target) = if op == Op::APPEND {
            self.items_on_top(1)?
        } else {
            self.items_above_mark()?
        };
        if self.run.state.append_list_items(at) {
            return Ok(());
        }
        let empty = at == self.run.state.stack.len();
        if nature(target) == Nature::Object {
            if empty {
                return self.tell_under(
                    self.run.alive.and(eager()),
                    EffectKind::Append { target, items: &[] },
                );
            }
            let items = self.run.state.stack.split_off(at);
            self.run.state.arena.load(target, &items);
            return self.tell(EffectKind::Append {
                target,
                items: &items,
            });
        }
        if target.is(Tag::ByteArray) {
            self.run.state.scramble(target);
            self.run.state.stack.truncate(at);
            return Ok(());
        }
        self.refuse_items(empty)
    }

    /// SETITEM and SETITEMS.
    pub(crate) fn set_items(&mut self, op: Op) -> Step {
        const ODD: Raise = "an odd number of items for SETITEMS";
        let (at, target) = if op == Op::SETITEM {
            self.items_on_top(2)?
        } else {
            self.items_above_mark()?
        };
        let n = self.run.state.stack.len() - at;
        if !target.is(Tag::Dict) {
            self.tell_watched(op, Some(target), n);
        }
        self.hash(at, 2)?;
        if n == 0 || self.run.state.set_dict_items(at) {
            return Ok(());
        }
        if target.is(Tag::Dict) {
            return Err(Halt::Raise(if n.is_multiple_of(2) {
                UNHASHABLE
            } else {
                ODD
            }));
        }
        if nature(target) == Nature::Object {
            if !n.is_multiple_of(2) {
                // Python sets every whole pair before it fails.
                self.keep(Readings::PYTHON, ODD)?;
            }
            let items = self.run.state.stack.split_off(at);
            self.run.state.arena.load(target, &items);
            if n > 1 {
                self.tell(EffectKind::SetItem {
                    target,
                    items: &items[..n - n % 2],
                })?;
            }
            return if n.is_multiple_of(2) {
                Ok(())
            } else {
                Err(Halt::Raise(ODD))
            };
        }
        if matches!(target.tag(), Tag::List | Tag::ByteArray) {
            if !n.is_multiple_of(2) {
                return Err(Halt::Raise(ODD));
            }
            self.run.state.scramble(target);
            self.run.state.stack.truncate(at);
            return Ok(());
        }
        Err(Halt::Raise(NO_TARGET))
    }

    /// ADDITEMS.
    pub(crate) fn add_items(&mut self) -> Step {
        let (at, target) = self.items_above_mark()?;
        let empty = at == self.run.state.stack.len();
        if target.is(Tag::Set) {
            if !self.run.state.items_hashable(at) {
                return Err(Halt::Raise(UNHASHABLE));
            }
            self.hash(at, 1)?;
            let items = self.run.state.stack.split_off(at);
            if !empty {
                self.run
                    .state
                    .arena
                    .extend(target, &items, items.len() as u64);
            }
            return Ok(());
        }
        if nature(target) == Nature::Object {
            let items = self.run.state.stack.split_off(at);
            if empty {
                return Ok(());
            }
            self.run.state.arena.load(target, &items);
            return self.tell(EffectKind::Add {
                target,
                items: &items,
            });
        }
        self.refuse_items(empty)
    }

    /// Takes note of what it takes to hash every `step`th item from a height on.
    pub(crate) fn hash(&mut self, at: usize, step: usize) -> Step {
        /// From here on it is told: about a second of Python's time.
        const LONG: u64 = 1 << 26;
        /// And from this depth on: no pickler gets there with the stack that it has by default.
        const DEEP: u64 = 1000;
        let state = &self.run.state;
        let keys = state.stack.from(at).iter().step_by(step);
        let heavy: Vec<Value> = keys.copied().filter(|&k| state.arena.is_heavy(k)).collect();
        for key in heavy {
            let arena = &self.run.state.arena;
            let depth = arena.depth(key, HASH_DEPTH);
            // What an object hashes is its own affair, but hardly more than what it was made of.
            let own = if key.is(Tag::Result) {
                depth
            } else {
                arena.weight(key).max(depth)
            };
            let steps = self.run.hashed.saturating_add(own);
            self.run.hashed = steps;
            if steps >= LONG || depth >= DEEP {
                self.tell(EffectKind::Hash { key, steps, depth })?;
            }
        }
        Ok(())
    }

    /// Items for something that takes none; where there are none either, C up to 3.14 does not look.
    fn refuse_items(&mut self, empty: bool) -> Step {
        if empty {
            self.kill(eager(), NO_TARGET)
        } else {
            Err(Halt::Raise(NO_TARGET))
        }
    }

    fn items_on_top(&mut self, n: usize) -> Result<(usize, Value), Halt> {
        let state = &self.run.state;
        if !state.has(n + 1) {
            return Err(Halt::Raise(UNDERFLOW));
        }
        let at = state.stack.len() - n;
        state
            .below(at)
            .map(|target| (at, target))
            .ok_or(Halt::Raise(UNDERFLOW))
    }
}
