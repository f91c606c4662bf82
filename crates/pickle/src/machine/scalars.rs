//! What the stream itself spells out: scalars, memo entries, containers made from a mark.

use super::effect::EffectKind;
use super::effect::Observer;
use super::fetch::Operand;
use super::header::flag;
use super::input::Span;
use super::operand::{self, Check};
use super::run::Execution;
use super::state::{Raise, UNHASHABLE};
use super::step::{Halt, Step, need};
use super::value::{Tag, Value};
use crate::literal::{self, Integer};
use crate::opcode::Op;
use crate::readings::{Encoding, Readings, Unpickler};

impl<O: Observer> Execution<'_, '_, O> {
    /// A value whose bytes do not lie where its tag says.
    pub(crate) fn detached(&mut self, span: Span, tag: Tag) -> Value {
        #[allow(clippy::cast_possible_wrap)]
        let parts = [span.offset as i64, span.len as i64, i64::from(tag as u8)].map(Value::int);
        self.run.state.arena.node(Tag::Detached, 0, &parts)
    }

    /// Keeps the readings that accept the bytes of an operand.
    pub(crate) fn checked(&mut self, span: Span, check: Check) -> Step {
        let (readings, why) = operand::check(&mut self.input, span, check)?;
        self.keep(readings, why)
    }

    pub(crate) fn collect_from_mark(&mut self, op: Op) -> Step {
        let mark = self.pop_mark()?;
        match op {
            Op::DICT => self.hash(mark, 2)?,
            Op::FROZENSET => self.hash(mark, 1)?,
            _ => {}
        }
        let state = &mut self.run.state;
        match op {
            Op::LIST => state.container_from(mark, Tag::List),
            Op::DICT => {
                if !(state.stack.len() - mark).is_multiple_of(2) {
                    return Err(Halt::Raise("an odd number of items for DICT"));
                }
                if !state.arena.keys_hashable(state.stack.from(mark)) {
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

    pub(crate) fn memo_get(&mut self, operand: Operand) -> Step {
        const ABSENT: Raise = "a memo entry that was never stored";
        let value = match operand {
            Operand::Fixed { bytes, .. } => self.memo_entry(u64::from_le_bytes(bytes)),
            Operand::Line(span) => match self.memo_index(span)? {
                MemoIndex::Plain(index) => self.memo_entry(index),
                MemoIndex::Huge(digits) => self.run.state.memo.get_huge(&digits),
            },
            _ => None,
        };
        self.run.state.push(value.ok_or(Halt::Raise(ABSENT))?);
        Ok(())
    }

    fn memo_entry(&mut self, index: u64) -> Option<Value> {
        self.memo_index = Some(index);
        self.run.state.memo.get(index)
    }

    /// Stores an entry, which may lie far behind the others.
    fn store_apart(&mut self, index: u64, value: Value) -> Step {
        if index > self.run.farthest && self.run.state.memo.is_far(index) {
            self.run.farthest = index;
            self.tell(EffectKind::Memo { index })?;
        }
        self.store(index, value);
        Ok(())
    }

    fn store(&mut self, index: u64, value: Value) {
        self.memo_index = Some(index);
        self.run.state.memo.put(index, value);
    }

    /// MEMOIZE: 3.15 may take another index than the others, and then goes on in a run of its own.
    pub(crate) fn memoize(&mut self) -> Step {
        let value = need(self.run.state.top())?;
        let newer = self.run.alive.and(Readings::of(Unpickler::C315));
        let memo = &mut self.run.state.memo;
        if memo.parts_readings() && !memo.counts_array_only() && !newer.is_empty() {
            if newer == self.run.alive {
                memo.count_array_only();
            } else {
                self.fork(newer, |fork| fork.state.memo.count_array_only())?;
                self.kill(newer, "another memo index")?;
            }
        }
        self.memo_index = Some(self.run.state.memo.memoize(value));
        Ok(())
    }

    pub(crate) fn memo_put(&mut self, operand: Operand) -> Step {
        let value = need(self.run.state.top())?;
        match operand {
            Operand::Fixed { bytes, .. } => self.store_apart(u64::from_le_bytes(bytes), value)?,
            Operand::Line(span) => match self.memo_index(span)? {
                MemoIndex::Plain(index) => self.store_apart(index, value)?,
                MemoIndex::Huge(digits) => self.run.state.memo.put_huge(&digits, value),
            },
            _ => {}
        }
        Ok(())
    }

    /// The index on a GET or PUT line. One beyond 63 bits exists only for the pure-Python unpickler.
    pub(crate) fn memo_index(&mut self, span: Span) -> Result<MemoIndex, Halt> {
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

    pub(crate) fn readonly_buffer(&mut self) -> Step {
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
    pub(crate) fn scalar(&mut self, op: Op, operand: Operand) -> Step {
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
                let check = operand::check_of(op);
                self.checked(span, check)?;
                let value = Value::new(tag, span.offset);
                if matches!(check, Check::QuotedString | Check::RawUnicodeEscape) {
                    self.tell_string(value, span, check)?;
                }
                value
            }
            Operand::Counted { span, joined } => {
                if op == Op::BINSTRING && span.len > i32::MAX as u64 {
                    self.keep(Readings::C, "a BINSTRING of negative length")?;
                }
                let check = operand::check_of(op);
                self.checked(span, check)?;
                let value = if joined {
                    Value::new(tag, span.offset - u64::from(operand::length_size(op)))
                } else {
                    self.detached(span, tag)
                };
                if !matches!(tag, Tag::Long1 | Tag::Long4) {
                    self.tell_string(value, span, check)?;
                }
                value
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
}

/// The index on a GET or PUT line.
pub(crate) enum MemoIndex {
    Plain(u64),
    Huge(Box<[u8]>),
}
