//! Writes opcodes and follows, roughly, what the stack and the memo hold.

use super::literals::Taste;
use crate::random::Random;

/// What an item on the approximate stack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Mark,
    Plain,
    Text,
    Bytes,
    ByteArray,
    Tuple,
    List,
    Dict,
    Set,
    StandIn,
}

/// How a frame's length relates to the opcodes that follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FrameLength {
    /// Ends where the opcode with this number begins.
    AtOpcode(usize),
    /// Ends so many bytes off that place.
    Off(usize, i64),
    /// Whatever the stream looks like.
    Fixed(u64),
    /// So many bytes more than the stream has.
    Beyond(i64),
}

/// The stream that is being written.
pub(crate) struct Builder<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) taste: Taste,
    pub(crate) stack: Vec<Kind>,
    pub(crate) memo: Vec<(u64, Kind)>,
    bytes: Vec<u8>,
    starts: Vec<usize>,
    frames: Vec<(usize, FrameLength)>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(random: &'a mut Random, taste: Taste) -> Self {
        Self {
            random,
            taste,
            stack: Vec::new(),
            memo: Vec::new(),
            bytes: Vec::new(),
            starts: Vec::new(),
            frames: Vec::new(),
        }
    }

    /// How many opcodes there are.
    pub(crate) fn opcodes(&self) -> usize {
        self.starts.len()
    }

    /// Writes an opcode without an operand.
    pub(crate) fn op(&mut self, opcode: u8) {
        self.starts.push(self.bytes.len());
        self.bytes.push(opcode);
    }

    /// Writes an opcode and its operand.
    pub(crate) fn op_with(&mut self, opcode: u8, operand: &[u8]) {
        self.op(opcode);
        self.bytes.extend_from_slice(operand);
    }

    /// Writes an opcode and a line.
    pub(crate) fn op_line(&mut self, opcode: u8, line: &[u8]) {
        self.op_with(opcode, line);
        self.bytes.push(b'\n');
    }

    /// Writes an opcode, a length of `width` bytes and the content. A length now and then lies.
    pub(crate) fn op_counted(&mut self, opcode: u8, width: usize, content: &[u8]) {
        let mut length = content.len() as u64;
        if self.taste != Taste::Plain && self.random.percent(1) {
            length = match self.random.below(4) {
                0 => length + 1,
                1 => length.saturating_sub(1),
                2 => self.random.choose(&[
                    0x7fff_ffff,
                    0x8000_0000,
                    0xffff_ffff,
                    1 << 62,
                    1 << 63,
                    u64::MAX,
                ]),
                _ => length + 100,
            };
        }
        self.op_with(opcode, &length.to_le_bytes()[..width]);
        self.bytes.extend_from_slice(content);
    }

    /// Writes bytes that are no opcode.
    pub(crate) fn junk(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn push(&mut self, kind: Kind) {
        self.stack.push(kind);
    }

    pub(crate) fn top(&self) -> Option<Kind> {
        self.stack.last().copied()
    }

    /// Takes so many items off the approximate stack.
    pub(crate) fn drop_items(&mut self, count: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(count));
    }

    /// Takes everything from the topmost mark on off the approximate stack.
    pub(crate) fn drop_to_mark(&mut self) {
        let mark = self
            .stack
            .iter()
            .rposition(|kind| *kind == Kind::Mark)
            .unwrap_or(0);
        self.stack.truncate(mark);
    }

    /// Writes a FRAME whose length is settled when the stream is finished.
    pub(crate) fn frame(&mut self) {
        let end = self.opcodes() + 1 + self.random.between(1, 12);
        let length = match self
            .random
            .below(if self.taste == Taste::Plain { 50 } else { 100 })
        {
            0..50 => FrameLength::AtOpcode(end),
            50..75 => FrameLength::Off(
                end,
                if self.random.percent(50) { 1 } else { -1 } * i64::from(self.random.byte() % 5),
            ),
            75..82 => FrameLength::Beyond(i64::from(self.random.byte() % 4) - 1),
            82..88 => FrameLength::Fixed(0),
            88..96 => FrameLength::Fixed(self.random.bits() % 40),
            _ => FrameLength::Fixed(self.random.choose(&[
                0x7fff_ffff,
                0x8000_0000,
                0xffff_ffff,
                1 << 40,
                1 << 62,
                (1 << 63) - 1,
                1 << 63,
                u64::MAX,
            ])),
        };
        self.op_with(0x95, &[0; 8]);
        self.frames.push((self.bytes.len(), length));
    }

    /// The finished stream.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let total = self.bytes.len();
        for (start, length) in std::mem::take(&mut self.frames) {
            let place = |opcode: usize| {
                self.starts
                    .get(opcode)
                    .copied()
                    .unwrap_or(total)
                    .saturating_sub(start) as u64
            };
            let length = match length {
                FrameLength::AtOpcode(opcode) => place(opcode),
                FrameLength::Off(opcode, by) => place(opcode).saturating_add_signed(by),
                FrameLength::Fixed(length) => length,
                FrameLength::Beyond(by) => {
                    (total.saturating_sub(start) as u64).saturating_add_signed(by)
                }
            };
            self.bytes[start - 8..start].copy_from_slice(&length.to_le_bytes());
        }
        self.bytes
    }
}
