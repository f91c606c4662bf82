//! Values of every kind, in every way of writing them.

use super::builder::{Builder, Kind};
use super::literals::{self, Taste};
use super::opcodes as op;

impl Builder<'_> {
    /// Pushes one value, nested at most `depth` deep.
    pub(super) fn value(&mut self, depth: usize) {
        match self.random.below(if depth == 0 { 60 } else { 100 }) {
            0..6 => {
                let opcode = self.random.choose(&[op::NONE, op::NEWTRUE, op::NEWFALSE]);
                self.op(opcode);
                self.push(Kind::Plain);
            }
            6..22 => self.integer(),
            22..28 => self.float(),
            28..44 => self.text(),
            44..50 => self.bytes(),
            50..55 => self.python2_string(),
            55..58 => self.get(),
            58 | 59 => self.buffer(),
            60..72 => self.tuple(depth - 1),
            72..88 => self.container(depth - 1),
            88..94 => self.standin(),
            _ => {
                self.standin();
                self.tuple(depth - 1);
                self.op(op::REDUCE);
                self.drop_items(2);
                self.push(Kind::StandIn);
            }
        }
        if self.random.percent(10) {
            self.put();
        }
    }

    /// Pushes up to `most` values.
    pub(super) fn some_values(&mut self, depth: usize, most: usize) {
        for _ in 0..self.random.below(most + 1) {
            self.value(depth.saturating_sub(1));
        }
    }

    fn integer(&mut self) {
        let bytes = literals::number(self.random).to_le_bytes();
        match self.random.below(8) {
            0 => {
                let line = literals::integer(self.random, self.taste);
                self.op_line(op::INT, &line);
            }
            1 => {
                let line = literals::long(self.random, self.taste);
                self.op_line(op::LONG, &line);
            }
            2 => self.op_with(op::BININT, &bytes[..4]),
            3 | 4 => self.op_with(op::BININT1, &bytes[..1]),
            5 => self.op_with(op::BININT2, &bytes[..2]),
            6 => {
                let length = self.random.between(0, 16);
                self.op_counted(op::LONG1, 1, &bytes[..length]);
            }
            _ => {
                let length = self.random.between(0, 16);
                self.op_counted(op::LONG4, 4, &bytes[..length]);
            }
        }
        self.push(Kind::Plain);
    }

    fn float(&mut self) {
        if self.random.percent(50) {
            let line = literals::float(self.random, self.taste);
            self.op_line(op::FLOAT, &line);
        } else {
            let bits = self.random.choose(&[
                0x7ff0_0000_0000_0000,
                0xfff8_0000_0000_0001,
                1,
                1 << 63,
                0x3ff8_0000_0000_0000,
            ]);
            let bits = if self.random.percent(50) {
                self.random.bits()
            } else {
                bits
            };
            self.op_with(op::BINFLOAT, &bits.to_be_bytes());
        }
        self.push(Kind::Plain);
    }

    /// Pushes a string: a word that may serve as a name, or anything.
    pub(super) fn text(&mut self) {
        let content = if self.random.percent(70) {
            literals::name(self.random, self.taste)
        } else {
            literals::content(self.random, self.taste)
        };
        match self.random.below(10) {
            0..5 => {
                let content = &content[..content.len().min(255)];
                self.op_counted(op::SHORT_BINUNICODE, 1, content);
            }
            5 | 6 => self.op_counted(op::BINUNICODE, 4, &content),
            7 => self.op_counted(op::BINUNICODE8, 8, &content),
            _ => {
                let line = literals::raw_unicode(self.random, self.taste);
                self.op_line(op::UNICODE, &line);
            }
        }
        self.push(Kind::Text);
    }

    fn bytes(&mut self) {
        let content = literals::content(self.random, Taste::Wild);
        match self.random.below(4) {
            0 => self.op_counted(op::SHORT_BINBYTES, 1, &content[..content.len().min(255)]),
            1 => self.op_counted(op::BINBYTES, 4, &content),
            2 => self.op_counted(op::BINBYTES8, 8, &content),
            _ => {
                self.op_counted(op::BYTEARRAY8, 8, &content);
                self.push(Kind::ByteArray);
                return;
            }
        }
        self.push(Kind::Bytes);
    }

    fn python2_string(&mut self) {
        let content = if self.random.percent(60) {
            literals::name(self.random, self.taste)
        } else {
            literals::content(self.random, self.taste)
        };
        match self.random.below(3) {
            0 => {
                let line = literals::quoted(self.random, self.taste);
                self.op_line(op::STRING, &line);
            }
            1 => self.op_counted(op::BINSTRING, 4, &content),
            _ => self.op_counted(op::SHORT_BINSTRING, 1, &content[..content.len().min(255)]),
        }
        self.push(Kind::Text);
    }

    fn buffer(&mut self) {
        if self.taste == Taste::Plain || self.random.percent(70) {
            self.op(op::EMPTY_TUPLE);
        } else {
            self.op(op::NEXT_BUFFER);
            if self.random.percent(50) {
                self.op(op::READONLY_BUFFER);
            }
        }
        self.push(Kind::Plain);
    }

    /// Pushes a tuple.
    pub(super) fn tuple(&mut self, depth: usize) {
        let (count, opcode) = self.random.choose(&[
            (0, op::EMPTY_TUPLE),
            (1, op::TUPLE1),
            (1, op::TUPLE1),
            (2, op::TUPLE2),
            (3, op::TUPLE3),
            (9, op::TUPLE),
        ]);
        if opcode == op::TUPLE {
            self.op(op::MARK);
            self.push(Kind::Mark);
            let most = if self.random.percent(10) { 12 } else { 4 };
            self.some_values(depth, most);
            self.op(op::TUPLE);
            self.drop_to_mark();
        } else {
            for _ in 0..count {
                self.value(depth.saturating_sub(1));
            }
            self.op(opcode);
            self.drop_items(count);
        }
        self.push(Kind::Tuple);
    }

    /// Pushes a container, filled or not.
    fn container(&mut self, depth: usize) {
        let choices = [
            (op::EMPTY_LIST, Kind::List),
            (op::EMPTY_DICT, Kind::Dict),
            (op::EMPTY_SET, Kind::Set),
            (op::LIST, Kind::List),
            (op::DICT, Kind::Dict),
            (op::FROZENSET, Kind::Plain),
        ];
        let (opcode, kind) = self.random.choose(&choices);
        if matches!(opcode, op::EMPTY_LIST | op::EMPTY_DICT | op::EMPTY_SET) {
            self.op(opcode);
            self.push(kind);
            if self.random.percent(60) {
                self.fill_top(kind, depth);
            }
            return;
        }
        self.op(op::MARK);
        self.push(Kind::Mark);
        for _ in 0..self.random.below(4) {
            if kind != Kind::List {
                self.key(depth);
            }
            if kind != Kind::Plain {
                self.value(depth);
            }
        }
        self.op(opcode);
        self.drop_to_mark();
        self.push(kind);
    }

    /// Pushes what serves as a key, or now and then what does not.
    fn key(&mut self, depth: usize) {
        if self.odd() {
            self.value(depth.saturating_sub(1));
            return;
        }
        match self.random.below(3) {
            0 => self.text(),
            1 => self.integer(),
            _ => self.standin(),
        }
    }

    /// Fills the topmost item, or one that is made for it.
    pub(super) fn fill(&mut self) {
        let kind = self.top().unwrap_or(Kind::Mark);
        let fit = matches!(
            kind,
            Kind::List | Kind::Dict | Kind::Set | Kind::StandIn | Kind::ByteArray
        );
        if !fit && !self.odd() {
            if self.random.percent(60) {
                self.standin();
            } else {
                self.op(op::EMPTY_LIST);
                self.push(Kind::List);
            }
        }
        let kind = self.top().unwrap_or(Kind::Mark);
        self.fill_top(kind, 2);
    }

    fn fill_top(&mut self, kind: Kind, depth: usize) {
        let own: &[u8] = match kind {
            Kind::List | Kind::ByteArray => &[op::APPEND, op::APPENDS],
            Kind::Dict => &[op::SETITEM, op::SETITEMS],
            Kind::Set => &[op::ADDITEMS],
            _ => &[
                op::APPEND,
                op::APPENDS,
                op::SETITEM,
                op::SETITEMS,
                op::ADDITEMS,
            ],
        };
        let any = &[
            op::APPEND,
            op::APPENDS,
            op::SETITEM,
            op::SETITEMS,
            op::ADDITEMS,
        ];
        let choices = if self.odd() { &any[..] } else { own };
        let opcode = self.random.choose(choices);
        match opcode {
            op::APPEND => {
                self.value(depth);
                self.op(opcode);
                self.drop_items(1);
            }
            op::SETITEM => {
                self.key(depth);
                self.value(depth);
                self.op(opcode);
                self.drop_items(2);
            }
            _ => {
                self.op(op::MARK);
                self.push(Kind::Mark);
                for _ in 0..self.random.below(4) {
                    if opcode != op::APPENDS {
                        self.key(depth);
                    }
                    if opcode != op::ADDITEMS && !(opcode == op::SETITEMS && self.odd()) {
                        self.value(depth);
                    }
                }
                self.op(opcode);
                self.drop_to_mark();
            }
        }
    }
}
