//! Opcodes out of the blue.

use super::builder::{Builder, Kind};
use super::literals::{self, Taste};
use super::opcodes as op;

impl Builder<'_> {
    /// Any opcode with any operand, or a byte that is no opcode.
    pub(super) fn anything(&mut self) {
        let opcode = self.random.choose(op::ALL);
        match op::layout(opcode) {
            Some(op::Layout::None) => self.op(opcode),
            Some(op::Layout::Fixed(width)) => {
                let bytes = literals::number(self.random).to_le_bytes();
                self.op_with(opcode, &bytes[..width]);
            }
            Some(op::Layout::Lines(count)) => {
                let lines: Vec<Vec<u8>> = (0..count).map(|_| self.any_line()).collect();
                self.op_line(opcode, &lines.join(&b'\n'));
            }
            Some(op::Layout::Counted(width)) => {
                let content = literals::content(self.random, self.taste);
                self.op_counted(opcode, width, &content);
            }
            None => {
                let byte = self.random.byte();
                self.junk(&[byte]);
            }
        }
        self.follow(opcode);
    }

    fn any_line(&mut self) -> Vec<u8> {
        match self.random.below(6) {
            0 => literals::integer(self.random, Taste::Wild),
            1 => literals::long(self.random, Taste::Wild),
            2 => literals::float(self.random, Taste::Wild),
            3 => literals::quoted(self.random, Taste::Wild),
            4 => literals::raw_unicode(self.random, Taste::Wild),
            _ => literals::name(self.random, Taste::Wild),
        }
    }

    /// Follows, roughly, what an opcode out of the blue does to the stack.
    fn follow(&mut self, opcode: u8) {
        match opcode {
            op::MARK => self.push(Kind::Mark),
            op::POP
            | op::APPEND
            | op::BUILD
            | op::REDUCE
            | op::NEWOBJ
            | op::STACK_GLOBAL
            | op::TUPLE2 => self.drop_items(1),
            op::SETITEM | op::NEWOBJ_EX | op::TUPLE3 => self.drop_items(2),
            op::POP_MARK | op::APPENDS | op::SETITEMS | op::ADDITEMS => self.drop_to_mark(),
            op::TUPLE | op::LIST | op::DICT | op::FROZENSET | op::OBJ | op::INST => {
                self.drop_to_mark();
                self.push(Kind::Plain);
            }
            op::STOP
            | op::PROTO
            | op::FRAME
            | op::PUT
            | op::BINPUT
            | op::LONG_BINPUT
            | op::MEMOIZE => {}
            op::BINPERSID | op::READONLY_BUFFER | op::TUPLE1 => {}
            _ => self.push(Kind::Plain),
        }
    }
}
