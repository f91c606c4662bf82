//! One instruction in full: every opcode, every reading, every effect.

use super::effect::{EffectKind, Gap, GapReason, Limit, Observer};
use super::fetch::{Fetched, FrameEnd, Missing, Operand, fetch};
use super::globals::global_line;
use super::input::Span;
use super::operand::Check;
use super::run::Execution;
use super::state::{NO_MARK, Raise, UNDERFLOW};
use super::value::{Tag, Value};
use crate::opcode::Op;
use crate::readings::Readings;

/// Why a run does not go on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// STOP.
    Stop(Value),
    /// Every remaining reading raises.
    Raise(Raise),
    /// The source ends where an opcode or its operand should be.
    Truncated,
    /// A limit was reached.
    Limit(Limit),
    /// The source could not be read.
    Io(std::io::Error),
    /// The observer has seen enough.
    Observer,
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Halt::Io(error)
    }
}

impl Halt {
    /// The gap that the halt leaves, if any.
    pub(crate) fn gap(&self) -> Option<Gap> {
        let (reason, limit, detail) = match self {
            Halt::Stop(_) | Halt::Observer => return None,
            Halt::Raise(detail) => (GapReason::Malformed, None, (*detail).to_owned()),
            Halt::Truncated => {
                let detail = "the stream ends before its STOP".to_owned();
                (GapReason::Truncated, None, detail)
            }
            Halt::Limit(limit) => {
                let detail = format!("the limit on {} was reached", limit.as_str());
                (GapReason::LimitReached, Some(*limit), detail)
            }
            Halt::Io(error) => (GapReason::Io, None, error.to_string()),
        };
        Some(Gap {
            reason,
            limit,
            detail,
        })
    }
}

pub(crate) type Step = Result<(), Halt>;

const INVALID_OPCODE: Raise = "a byte that is no opcode";

pub(crate) fn need<T>(value: Option<T>) -> Result<T, Halt> {
    value.ok_or(Halt::Raise(UNDERFLOW))
}

impl<O: Observer> Execution<'_, '_, O> {
    /// Executes the instruction at the run's position.
    pub(crate) fn step(&mut self) -> Step {
        let (bytes, n) = self.input.bytes::<1>(self.run.at)?;
        if n == 0 {
            return Err(Halt::Truncated);
        }
        let Some(op) = Op::from_byte(bytes[0]) else {
            return Err(Halt::Raise(INVALID_OPCODE));
        };
        if O::INSTRUCTIONS {
            self.tell_instruction(op);
        }
        if !matches!(op, Op::SETITEM | Op::SETITEMS) {
            self.tell_watched(op, None, 0);
        }
        self.instructions += 1;
        let mode = std::mem::replace(&mut self.run.frame_mode, FrameEnd::Ignored);
        match fetch(&mut self.input, op, self.run.at, self.run.frame_end, mode) {
            Ok(fetched) => self.fetched(op, fetched, mode),
            Err((missing, strict_straddles)) => self.missing(op, missing, strict_straddles, mode),
        }
    }

    fn fetched(&mut self, op: Op, fetched: Fetched, mode: FrameEnd) -> Step {
        self.part_at_frame_end(fetched.straddles, mode)?;
        if fetched.strict_straddles {
            self.kill(
                Readings::FRAME_STRICT,
                "an operand straddles the end of its frame",
            )?;
        }
        if fetched.strict_straddles {
            self.run.frame_end = None;
        }
        self.run.next = fetched.end;
        self.execute(op, fetched.operand)?;
        if O::INSTRUCTIONS {
            self.tell_executed(self.run.at, op);
        }
        self.run.at = self.run.next;
        if self.run.frame_end.is_some_and(|end| self.run.at >= end) {
            self.run.frame_end = None;
        }
        Ok(())
    }

    /// The operand is not all there. The pure-Python unpickler reads what there is of a last text
    /// line, less one byte, and that is enough for an import.
    fn missing(&mut self, op: Op, missing: Missing, strict: bool, mode: FrameEnd) -> Step {
        let line = match missing {
            Missing::Io(error) => return Err(Halt::Io(error)),
            Missing::Length => return Err(Halt::Raise("a length that no unpickler takes")),
            Missing::Truncated(line) => line,
        };
        // The readings that drop the frame's rest may find the operand behind it.
        let in_frame = self.run.frame_end.is_some_and(|end| self.run.at + 1 < end);
        if in_frame && strict {
            self.part_at_frame_end(true, mode)?;
        }
        let alive = self.run.alive.and(Readings::PYTHON);
        let (Some((first, last)), false, false) = (line, strict, alive.is_empty()) else {
            return Err(Halt::Truncated);
        };
        self.run.alive = alive;
        self.run.next = self.input.len();
        let shortened = Span {
            len: last.len.saturating_sub(1),
            ..last
        };
        match op {
            Op::PERSID => {
                let id = self.detached(shortened, Tag::AsciiLine);
                self.checked(shortened, Check::Ascii)?;
                self.persistent(op, id)?;
            }
            Op::GLOBAL | Op::INST => {
                let end = Span {
                    offset: self.input.len(),
                    len: 0,
                };
                let (module, name, module_whole) = match first {
                    Some(first) => (first, shortened, true),
                    None => (shortened, end, false),
                };
                let (tag, check) = global_line(op);
                self.checked(module, check)?;
                self.checked(name, check)?;
                let module = if module_whole {
                    Value::new(tag, module.offset)
                } else {
                    self.detached(module, tag)
                };
                let name = self.detached(name, tag);
                let global = self.import(op, module, name)?;
                if op == Op::INST {
                    self.instantiate(op, global)?;
                }
            }
            _ => {}
        }
        Err(Halt::Truncated)
    }

    fn execute(&mut self, op: Op, operand: Operand) -> Step {
        match op {
            Op::STOP => return Err(Halt::Stop(need(self.run.state.pop())?)),
            Op::MARK => self.run.state.mark(),
            Op::POP => need(self.run.state.pop_item_or_mark())?,
            Op::POP_MARK => {
                let mark = self.pop_mark()?;
                self.run.state.stack.truncate(mark);
            }
            Op::DUP => {
                let value = need(self.run.state.top())?;
                self.run.state.push(value);
            }
            Op::PROTO | Op::FRAME => return self.declare(op, operand),
            Op::NONE => self.push(Tag::None),
            Op::NEWTRUE => self.push(Tag::True),
            Op::NEWFALSE => self.push(Tag::False),
            Op::EMPTY_TUPLE => self.push(Tag::EmptyTuple),
            Op::EMPTY_LIST => self.push_container(Tag::List),
            Op::EMPTY_DICT => self.push_container(Tag::Dict),
            Op::EMPTY_SET => self.push_container(Tag::Set),
            Op::TUPLE1 => need(self.run.state.tuple_of(1))?,
            Op::TUPLE2 => need(self.run.state.tuple_of(2))?,
            Op::TUPLE3 => need(self.run.state.tuple_of(3))?,
            Op::TUPLE => {
                let mark = self.pop_mark()?;
                self.run.state.tuple_from(mark);
            }
            Op::LIST | Op::DICT | Op::FROZENSET => return self.collect_from_mark(op),
            Op::APPEND | Op::APPENDS => return self.append(op),
            Op::SETITEM | Op::SETITEMS => return self.set_items(op),
            Op::ADDITEMS => return self.add_items(),
            Op::GET | Op::BINGET | Op::LONG_BINGET => return self.memo_get(operand),
            Op::PUT | Op::BINPUT | Op::LONG_BINPUT => return self.memo_put(operand),
            Op::MEMOIZE => return self.memoize(),
            Op::GLOBAL | Op::INST | Op::STACK_GLOBAL => return self.global(op, operand),
            Op::REDUCE | Op::NEWOBJ | Op::NEWOBJ_EX => return self.call(op),
            Op::OBJ => return self.obj(),
            Op::BUILD => return self.build(),
            Op::PERSID | Op::BINPERSID => return self.persistent_id(op, operand),
            Op::EXT1 | Op::EXT2 | Op::EXT4 => return self.extension(op, operand),
            Op::NEXT_BUFFER => {
                let buffer = self.run.state.arena.node(Tag::Buffer, 0, &[]);
                self.run.state.push(buffer);
            }
            Op::READONLY_BUFFER => return self.readonly_buffer(),
            _ => return self.scalar(op, operand),
        }
        Ok(())
    }

    fn push(&mut self, tag: Tag) {
        self.run.state.push(Value::new(tag, 0));
    }

    fn push_container(&mut self, tag: Tag) {
        let container = self.run.state.arena.container(tag);
        self.run.state.push(container);
    }

    pub(crate) fn pop_mark(&mut self) -> Result<usize, Halt> {
        self.run.state.pop_mark().ok_or(Halt::Raise(NO_MARK))
    }

    /// Takes readings out of the run; when none is left, the stream ends for all.
    pub(crate) fn kill(&mut self, readings: Readings, why: Raise) -> Step {
        self.keep(Readings::ALL.without(readings), why)
    }

    /// Keeps only these readings in the run. Where none would be left, the stream ends for those
    /// that there are.
    pub(crate) fn keep(&mut self, readings: Readings, why: Raise) -> Step {
        let kept = self.run.alive.and(readings);
        if kept.is_empty() {
            return Err(Halt::Raise(why));
        }
        self.run.alive = kept;
        Ok(())
    }

    /// The height from which the items of APPENDS, SETITEMS or ADDITEMS begin, and their target.
    pub(crate) fn items_above_mark(&mut self) -> Result<(usize, Value), Halt> {
        let mark = self.pop_mark()?;
        let target = need(self.run.state.below(mark))?;
        Ok((mark, target))
    }

    /// Reports an effect under the run's readings.
    pub(crate) fn tell(&mut self, kind: EffectKind<'_>) -> Step {
        self.tell_under(self.run.alive, kind)
    }

    /// Reports that a limit cut something off, without ending the run.
    pub(crate) fn tell_limit(&mut self, limit: Limit) -> Step {
        match Halt::Limit(limit).gap() {
            Some(gap) => self.tell(EffectKind::Gap(gap)),
            None => Ok(()),
        }
    }
}
