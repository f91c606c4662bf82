//! Streams grown from the grammar of pickles: most of them get far, all of them try something.

use super::builder::{Builder, Kind};
use super::literals::{self, Taste};
use super::opcodes as op;
use crate::random::Random;

/// How deep values are nested at most.
const DEPTH: usize = 4;

/// A stream, or several behind one another.
pub(crate) fn stream(random: &mut Random) -> Vec<u8> {
    let mut bytes = one(random);
    while random.percent(12) {
        if random.percent(15) {
            let junk = random.byte();
            bytes.push(junk);
        }
        bytes.extend(one(random));
    }
    bytes
}

/// One stream, up to its STOP or to where it breaks off.
fn one(random: &mut Random) -> Vec<u8> {
    let taste = match random.below(10) {
        0..4 => Taste::Plain,
        4..9 => Taste::Odd,
        _ => Taste::Wild,
    };
    let most = if random.percent(10) { 80 } else { 25 };
    let length = random.between(1, most);
    let mut builder = Builder::new(random, taste);
    if builder.random.percent(60) {
        builder.protocol();
    }
    if builder.random.percent(35) {
        builder.frame();
    }
    while builder.opcodes() < length {
        builder.statement();
    }
    builder.ending();
    let mut bytes = builder.finish();
    if taste != Taste::Plain && random.percent(4) {
        bytes.truncate(random.below(bytes.len() + 1));
    }
    bytes
}

impl Builder<'_> {
    /// One thing done on whatever the stack holds.
    fn statement(&mut self) {
        let chaos = match self.taste {
            Taste::Plain => 0,
            Taste::Odd => 3,
            Taste::Wild => 15,
        };
        if self.random.percent(chaos) {
            self.anything();
            return;
        }
        match self.random.below(100) {
            0..22 => self.value(DEPTH),
            22..42 => self.call(DEPTH),
            42..58 => self.fill(),
            58..68 => self.put(),
            68..74 => self.get(),
            74..78 => self.build(),
            78..82 => self.drop_something(),
            82..85 if self.top().is_some_and(|kind| kind != Kind::Mark) => {
                self.op(op::DUP);
                let top = self.top().unwrap_or(Kind::Plain);
                self.push(top);
            }
            85..88 => {
                self.op(op::MARK);
                self.push(Kind::Mark);
            }
            88..90 => self.protocol(),
            90..94 => self.frame(),
            94..97 => self.gather(),
            _ => self.standin(),
        }
    }

    /// A PROTO, mostly one that is accepted.
    pub(super) fn protocol(&mut self) {
        let high = if self.random.percent(97) { 6 } else { 9 };
        let protocol = if self.taste == Taste::Plain {
            self.random.below(6)
        } else {
            self.random.below(high)
        };
        self.op_with(op::PROTO, &[u8::try_from(protocol).unwrap_or(5)]);
    }

    /// A call by one of the five ways, with arguments of the right kind or not.
    fn call(&mut self, depth: usize) {
        match self.random.below(10) {
            0..4 => {
                self.standin();
                self.arguments(depth);
                self.op(op::REDUCE);
                self.drop_items(2);
            }
            4 | 5 => {
                self.standin();
                self.arguments(depth);
                self.op(op::NEWOBJ);
                self.drop_items(2);
            }
            6 => {
                self.standin();
                self.arguments(depth);
                self.keywords(depth);
                self.op(op::NEWOBJ_EX);
                self.drop_items(3);
            }
            7 | 8 => {
                self.op(op::MARK);
                self.push(Kind::Mark);
                if !self.odd() {
                    self.standin();
                }
                self.some_values(depth, 3);
                self.op(op::OBJ);
                self.drop_to_mark();
            }
            _ => {
                self.op(op::MARK);
                self.push(Kind::Mark);
                self.some_values(depth, 3);
                self.two_names(op::INST);
                self.drop_to_mark();
            }
        }
        self.push(Kind::StandIn);
    }

    /// Arguments: a tuple as a rule, else anything.
    fn arguments(&mut self, depth: usize) {
        if self.odd() {
            self.value(depth.saturating_sub(1));
        } else {
            self.tuple(depth.saturating_sub(1));
        }
    }

    /// Keyword arguments: a dictionary as a rule, else anything.
    fn keywords(&mut self, depth: usize) {
        if self.odd() {
            self.value(depth.saturating_sub(1));
            return;
        }
        self.op(op::EMPTY_DICT);
        self.push(Kind::Dict);
        if self.random.percent(50) {
            self.text();
            self.value(depth.saturating_sub(1));
            self.op(op::SETITEM);
            self.drop_items(2);
        }
    }

    /// True when something of the wrong kind may be tried.
    pub(super) fn odd(&mut self) -> bool {
        self.random.percent(match self.taste {
            Taste::Plain => 0,
            Taste::Odd => 6,
            Taste::Wild => 25,
        })
    }

    /// Something to call or to name: an import, an extension, a persistent object, a call's result.
    pub(super) fn standin(&mut self) {
        match self.random.below(20) {
            0..8 => self.two_names(op::GLOBAL),
            8..14 => {
                self.text();
                self.text();
                self.op(op::STACK_GLOBAL);
                self.drop_items(2);
            }
            14 | 15 => self.extension(),
            16 => {
                let line = literals::content(self.random, self.taste);
                let line: Vec<u8> = line.into_iter().filter(|byte| *byte != b'\n').collect();
                self.op_line(op::PERSID, &line);
            }
            17 => {
                self.value(1);
                self.op(op::BINPERSID);
                self.drop_items(1);
            }
            _ => {
                let found = self
                    .memo
                    .iter()
                    .rev()
                    .find(|(_, kind)| *kind == Kind::StandIn)
                    .copied();
                match found {
                    Some((index, _)) => self.get_index(index),
                    None => self.two_names(op::GLOBAL),
                }
            }
        }
        self.push(Kind::StandIn);
    }

    fn two_names(&mut self, opcode: u8) {
        let module = literals::name(self.random, self.taste);
        let name = literals::name(self.random, self.taste);
        self.op_line(opcode, &[&module[..], b"\n", &name[..]].concat());
    }

    fn extension(&mut self) {
        let code = self
            .random
            .choose::<u32>(&[1, 2, 5, 255, 5, 7, 256, 65535, 65536, 0x7fff_ffff]);
        let odd = self.odd();
        let code = if odd {
            self.random
                .choose(&[0, 0xffff_ffff, 0x8000_0000, 257, 65537])
        } else {
            code
        };
        let bytes = code.to_le_bytes();
        match code {
            0..256 if self.random.percent(70) => self.op_with(op::EXT1, &bytes[..1]),
            0..65536 if self.random.percent(70) => self.op_with(op::EXT2, &bytes[..2]),
            _ => self.op_with(op::EXT4, &bytes),
        }
    }

    /// A state and a BUILD on the topmost item.
    fn build(&mut self) {
        if self.top().is_none_or(|kind| kind != Kind::StandIn) && !self.odd() {
            self.standin();
        }
        match self.random.below(4) {
            0 => {
                self.value(1);
                self.value(1);
                self.op(op::TUPLE2);
                self.drop_items(1);
            }
            1 => self.keywords(2),
            _ => self.value(2),
        }
        self.op(op::BUILD);
        self.drop_items(1);
    }

    /// POP or POP_MARK.
    fn drop_something(&mut self) {
        if self.stack.contains(&Kind::Mark) && self.random.percent(50) {
            self.op(op::POP_MARK);
            self.drop_to_mark();
        } else if !self.stack.is_empty() {
            self.op(op::POP);
            self.drop_items(1);
        }
    }

    /// Takes everything above the topmost mark into a container.
    fn gather(&mut self) {
        if !self.stack.contains(&Kind::Mark) {
            return;
        }
        let (opcode, kind) = self.random.choose(&[
            (op::TUPLE, Kind::Tuple),
            (op::LIST, Kind::List),
            (op::DICT, Kind::Dict),
            (op::FROZENSET, Kind::Plain),
        ]);
        self.op(opcode);
        self.drop_to_mark();
        self.push(kind);
    }

    /// Whatever STOP finds, and STOP.
    fn ending(&mut self) {
        if self.top().is_none_or(|kind| kind == Kind::Mark) && !self.odd() {
            self.op(op::NONE);
        }
        if !self.odd() {
            self.op(op::STOP);
        }
    }
}
