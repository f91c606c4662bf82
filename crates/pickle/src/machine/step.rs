//! One instruction in full: every opcode, every reading, every effect.

use super::arena::flag;
use super::effect::{EffectKind, Gap, GapReason, Limit, Observer};
use super::fetch::{Fetched, FrameEnd, Missing, Operand, fetch};
use super::input::Span;
use super::operand::{self, Check};
use super::run::{Execution, Run};
use super::state::{NO_MARK, Raise, UNDERFLOW, UNHASHABLE};
use super::value::{Tag, Value};
use crate::literal::{self, Integer};
use crate::opcode::Op;
use crate::readings::{Encoding, Readings, Unpickler};

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

fn need<T>(value: Option<T>) -> Result<T, Halt> {
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
        self.run.at = self.run.next;
        if self.run.frame_end.is_some_and(|end| self.run.at >= end) {
            self.run.frame_end = None;
        }
        Ok(())
    }

    /// Where an operand straddles the frame's end, the readings that drop the frame's rest part from
    /// those that read on: they get a run of their own, which does this instruction again.
    fn part_at_frame_end(&mut self, straddles: bool, mode: FrameEnd) -> Step {
        if !straddles || mode == FrameEnd::Drops {
            return Ok(());
        }
        let dropping = self.run.alive.and(Readings::FRAME_DROPPING);
        if dropping.is_empty() {
            return Ok(());
        }
        if self.forks >= self.limits.max_forks {
            return self.tell_limit(Limit::Forks);
        }
        self.forks += 1;
        let fork = Run {
            alive: dropping,
            frame_mode: FrameEnd::Drops,
            ..self.run.clone()
        };
        self.pending.push(fork);
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
            Op::GET | Op::BINGET | Op::LONG_BINGET => return self.memo_get(op, operand),
            Op::PUT | Op::BINPUT | Op::LONG_BINPUT => return self.memo_put(op, operand),
            Op::MEMOIZE => {
                let value = need(self.run.state.top())?;
                self.run.state.memo.memoize(value);
            }
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

    /// Keeps only these readings in the run.
    pub(crate) fn keep(&mut self, readings: Readings, why: Raise) -> Step {
        self.run.alive = self.run.alive.and(readings);
        if self.run.alive.is_empty() {
            Err(Halt::Raise(why))
        } else {
            Ok(())
        }
    }

    /// A value whose bytes do not lie where its tag says.
    fn detached(&mut self, span: Span, tag: Tag) -> Value {
        #[allow(clippy::cast_possible_wrap)]
        let parts = [span.offset as i64, span.len as i64, i64::from(tag as u8)].map(Value::int);
        self.run.state.arena.node(Tag::Detached, 0, &parts)
    }

    /// Keeps the readings that accept the bytes of an operand.
    fn checked(&mut self, span: Span, check: Check) -> Step {
        let (readings, why) = operand::check(&mut self.input, span, check)?;
        self.keep(readings, why)
    }

    /// PROTO and FRAME.
    fn declare(&mut self, op: Op, operand: Operand) -> Step {
        let Operand::Fixed { bytes, .. } = operand else {
            return Ok(());
        };
        if op == Op::PROTO {
            if bytes[0] > 5 {
                return Err(Halt::Raise("a protocol above 5"));
            }
            self.run.state.protocol = bytes[0];
            return Ok(());
        }
        let len = u64::from_le_bytes(bytes);
        if len > i64::MAX as u64 {
            return Err(Halt::Raise("a frame length that no unpickler takes"));
        }
        self.enter_frame(len)
    }

    fn enter_frame(&mut self, len: u64) -> Step {
        let begin = self.run.next;
        let end = begin.saturating_add(len);
        let outer = self.run.frame_end.filter(|&outer| begin < outer);
        if outer.is_some() {
            self.kill(Readings::FRAME_STRICT, "a frame begins within a frame")?;
        }
        if let Some(outer) = outer.filter(|&outer| end > outer) {
            // On a file object the rest of the outer frame may be dropped here as well.
            let dropping = self.run.alive.and(Readings::FRAME_DROPPING);
            let moved = outer.saturating_add(len);
            if !dropping.is_empty() && moved <= self.input.len() {
                if self.forks >= self.limits.max_forks {
                    return self.tell_limit(Limit::Forks);
                }
                self.forks += 1;
                let mut fork = Run {
                    alive: dropping,
                    at: outer,
                    ..self.run.clone()
                };
                fork.frame_end = Some(moved);
                self.pending.push(fork);
            }
        }
        if end > self.input.len() {
            // Only the pure-Python unpickler up to 3.14 takes a frame that is cut short.
            let lenient = Readings::of(Unpickler::Python).or(Readings::of(Unpickler::Python314));
            self.keep(lenient, "a frame longer than the stream")?;
        }
        if outer.is_none_or(|outer| end > outer) {
            self.run.frame_end = (len > 0).then_some(end.min(self.input.len()));
        }
        Ok(())
    }

    fn collect_from_mark(&mut self, op: Op) -> Step {
        let mark = self.pop_mark()?;
        let state = &mut self.run.state;
        match op {
            Op::LIST => state.container_from(mark, Tag::List),
            Op::DICT => {
                if (state.stack.len() - mark) % 2 != 0 {
                    return Err(Halt::Raise("an odd number of items for DICT"));
                }
                if !state.keys_hashable(mark) {
                    return Err(Halt::Raise(UNHASHABLE));
                }
                state.container_from(mark, Tag::Dict);
            }
            _ => {
                if !state.items_hashable(mark) {
                    return Err(Halt::Raise(UNHASHABLE));
                }
                let items = state.stack.split_off(mark);
                let value = state.arena.node(Tag::FrozenSet, 0, &items);
                state.push(value);
            }
        }
        Ok(())
    }

    /// The height from which the items of APPENDS, SETITEMS or ADDITEMS begin, and their target.
    pub(crate) fn items_above_mark(&mut self) -> Result<(usize, Value), Halt> {
        let mark = self.pop_mark()?;
        let target = need(self.run.state.below(mark))?;
        Ok((mark, target))
    }

    fn memo_get(&mut self, op: Op, operand: Operand) -> Step {
        const ABSENT: Raise = "a memo entry that was never stored";
        let value = match operand {
            Operand::Fixed { bytes, .. } => {
                let _ = op;
                self.run.state.memo.get(u64::from_le_bytes(bytes))
            }
            Operand::Line(span) => match self.memo_index(span)? {
                MemoIndex::Plain(index) => self.run.state.memo.get(index),
                MemoIndex::Huge(digits) => self.run.state.memo.get_huge(&digits),
            },
            _ => None,
        };
        self.run.state.push(value.ok_or(Halt::Raise(ABSENT))?);
        Ok(())
    }

    fn memo_put(&mut self, _op: Op, operand: Operand) -> Step {
        let value = need(self.run.state.top())?;
        match operand {
            Operand::Fixed { bytes, .. } => {
                self.run.state.memo.put(u64::from_le_bytes(bytes), value);
            }
            Operand::Line(span) => match self.memo_index(span)? {
                MemoIndex::Plain(index) => self.run.state.memo.put(index, value),
                MemoIndex::Huge(digits) => self.run.state.memo.put_huge(&digits, value),
            },
            _ => {}
        }
        Ok(())
    }

    /// The index on a GET or PUT line. One beyond 63 bits exists only for the pure-Python unpickler.
    fn memo_index(&mut self, span: Span) -> Result<MemoIndex, Halt> {
        const BAD: Raise = "a memo index that is no number";
        if span.len > operand::NUMBER_CAP as u64 {
            return Err(Halt::Raise(
                "a memo index of more digits than any unpickler reads",
            ));
        }
        let line = self.input.prefix(span, operand::NUMBER_CAP)?;
        let c = literal::memo_line(&line, Unpickler::C);
        let python = literal::memo_line(&line, Unpickler::Python);
        let mut accepted = Readings::NONE;
        if matches!(c, Some(Integer::Small(_))) {
            accepted = accepted.or(Readings::C);
        }
        if python.is_some() {
            accepted = accepted.or(Readings::PYTHON);
        }
        self.keep(accepted, BAD)?;
        match c.or(python) {
            Some(Integer::Small(index)) => u64::try_from(index)
                .map(MemoIndex::Plain)
                .map_err(|_| Halt::Raise("a negative memo index")),
            Some(Integer::Large {
                negative: false, ..
            }) => {
                let digits = line.iter().copied().filter(u8::is_ascii_digit);
                Ok(MemoIndex::Huge(digits.skip_while(|&d| d == b'0').collect()))
            }
            _ => Err(Halt::Raise(BAD)),
        }
    }

    /// GLOBAL, INST and STACK_GLOBAL.
    fn global(&mut self, op: Op, operand: Operand) -> Step {
        if op == Op::STACK_GLOBAL {
            return self.stack_global();
        }
        let Operand::TwoLines(module, name) = operand else {
            return Ok(());
        };
        if op == Op::INST && self.run.state.marks.is_empty() {
            // C looks for the mark first; Python imports and then fails.
            self.keep(Readings::PYTHON, NO_MARK)?;
        }
        if module.len == 0 || name.len == 0 {
            self.keep(Readings::PYTHON, "an empty module or name")?;
        }
        let (tag, check) = global_line(op);
        self.checked(module, check)?;
        self.checked(name, check)?;
        let (module, name) = (Value::new(tag, module.offset), Value::new(tag, name.offset));
        let global = self.import(op, module, name)?;
        if op == Op::INST {
            return self.instantiate(op, global);
        }
        self.run.state.push(global);
        Ok(())
    }

    fn stack_global(&mut self) -> Step {
        const NOT_STR: Raise = "STACK_GLOBAL on something that is no str";
        let name = need(self.run.state.pop())?;
        let module = need(self.run.state.pop())?;
        for value in [name, module] {
            match value.tag() {
                Tag::StringLine | Tag::BinString | Tag::ShortBinString => {
                    self.kill(Readings::encoded(Encoding::Bytes), NOT_STR)?;
                }
                Tag::UnicodeLine
                | Tag::BinUnicode
                | Tag::ShortBinUnicode
                | Tag::BinUnicode8
                | Tag::AsciiLine
                | Tag::Utf8Line
                // Objects may turn out to be strings.
                | Tag::Global
                | Tag::Result
                | Tag::Persistent
                | Tag::Extension
                | Tag::Buffer => {}
                Tag::Detached => match self.detached_tag(value) {
                    Tag::BinString | Tag::ShortBinString => {
                        self.kill(Readings::encoded(Encoding::Bytes), NOT_STR)?;
                    }
                    Tag::BinUnicode | Tag::ShortBinUnicode | Tag::BinUnicode8 => {}
                    _ => return Err(Halt::Raise(NOT_STR)),
                },
                _ => return Err(Halt::Raise(NOT_STR)),
            }
        }
        let global = self.import(Op::STACK_GLOBAL, module, name)?;
        self.run.state.push(global);
        Ok(())
    }

    fn detached_tag(&self, value: Value) -> Tag {
        let tag = self.run.state.arena.child(value, 2).as_int();
        u8::try_from(tag).map_or(Tag::Absent, Tag::from_byte)
    }

    /// Reports an import, once for each pair of names that the readings see, and makes the global.
    fn import(&mut self, via: Op, module: Value, name: Value) -> Result<Value, Halt> {
        let protocol = self.run.state.protocol;
        let flags = if protocol >= 4 { flag::TRAVERSED } else { 0 }
            | if protocol < 3 { flag::MAPPED } else { 0 };
        let global = self
            .run
            .state
            .arena
            .node(Tag::Global, flags, &[module, name]);
        let alive = self.run.alive;
        let (modules, names) = {
            let view = self.view();
            (view.texts(module, alive), view.texts(name, alive))
        };
        for (with_module, module) in &modules {
            for (with_name, name) in &names {
                let readings = with_module.and(*with_name);
                if readings.is_empty() {
                    continue;
                }
                let (module, name) = (module.clone(), name.clone());
                self.tell_under(
                    readings,
                    EffectKind::Import {
                        via,
                        module,
                        name,
                        global,
                    },
                )?;
            }
        }
        Ok(global)
    }

    fn persistent_id(&mut self, op: Op, operand: Operand) -> Step {
        self.keep(
            Readings::PERSISTENT,
            "a persistent id without persistent_load",
        )?;
        let id = match operand {
            Operand::Line(span) => {
                self.checked(span, Check::Ascii)?;
                Value::new(Tag::AsciiLine, span.offset)
            }
            _ => need(self.run.state.pop())?,
        };
        self.persistent(op, id)
    }

    fn persistent(&mut self, via: Op, id: Value) -> Step {
        self.keep(
            Readings::PERSISTENT,
            "a persistent id without persistent_load",
        )?;
        let object = self.run.state.arena.node(Tag::Persistent, 0, &[id]);
        self.run.state.push(object);
        self.tell(EffectKind::PersistentId { via, id })
    }

    fn extension(&mut self, via: Op, operand: Operand) -> Step {
        let Operand::Fixed { bytes, .. } = operand else {
            return Ok(());
        };
        let code = match via {
            Op::EXT4 => i64::from(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            _ => i64::from(u16::from_le_bytes([bytes[0], bytes[1]])),
        };
        if code <= 0 {
            return Err(Halt::Raise("an extension code below 1"));
        }
        let extension = self
            .run
            .state
            .arena
            .node(Tag::Extension, 0, &[Value::int(code)]);
        self.run.state.push(extension);
        self.tell(EffectKind::Extension { via, code })
    }

    fn readonly_buffer(&mut self) -> Step {
        let value = need(self.run.state.pop())?;
        let state = &mut self.run.state;
        let view = match value.tag() {
            Tag::ByteArray => state.arena.node(Tag::Buffer, 0, &[value]),
            Tag::BinBytes
            | Tag::ShortBinBytes
            | Tag::BinBytes8
            | Tag::Buffer
            | Tag::Global
            | Tag::Result
            | Tag::Persistent
            | Tag::Extension
            | Tag::Detached => value,
            Tag::StringLine | Tag::BinString | Tag::ShortBinString => {
                state.push(value);
                return self.keep(
                    Readings::encoded(Encoding::Bytes),
                    "READONLY_BUFFER on something that is no buffer",
                );
            }
            _ => {
                return Err(Halt::Raise(
                    "READONLY_BUFFER on something that is no buffer",
                ));
            }
        };
        state.push(view);
        Ok(())
    }

    /// The opcodes that push a scalar from their operand.
    fn scalar(&mut self, op: Op, operand: Operand) -> Step {
        let tag = operand::tag_of(op);
        let value = match operand {
            Operand::Fixed { bytes, at } => match op {
                Op::BININT => {
                    let word = [bytes[0], bytes[1], bytes[2], bytes[3]];
                    Value::int(i64::from(i32::from_le_bytes(word)))
                }
                Op::BININT1 | Op::BININT2 => {
                    Value::int(i64::from(u16::from_le_bytes([bytes[0], bytes[1]])))
                }
                _ => Value::new(tag, at),
            },
            Operand::Line(span) => {
                self.checked(span, operand::check_of(op))?;
                Value::new(tag, span.offset)
            }
            Operand::Counted { span, joined } => {
                if op == Op::BINSTRING && span.len > i32::MAX as u64 {
                    self.keep(Readings::C, "a BINSTRING of negative length")?;
                }
                self.checked(span, operand::check_of(op))?;
                if joined {
                    Value::new(tag, span.offset - u64::from(operand::length_size(op)))
                } else {
                    self.detached(span, tag)
                }
            }
            Operand::None | Operand::TwoLines(..) => return Ok(()),
        };
        let value = if op == Op::BYTEARRAY8 {
            self.run
                .state
                .arena
                .node(Tag::ByteArray, flag::UNHASHABLE, &[value])
        } else {
            value
        };
        self.run.state.push(value);
        Ok(())
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

enum MemoIndex {
    Plain(u64),
    Huge(Box<[u8]>),
}

/// How the lines of GLOBAL and INST are decoded.
fn global_line(op: Op) -> (Tag, Check) {
    if op == Op::INST {
        (Tag::AsciiLine, Check::Ascii)
    } else {
        (Tag::Utf8Line, Check::Utf8)
    }
}
