//! PUT and GET in all their forms, with holes, overwrites and entries that are missing.

use super::builder::{Builder, Kind};
use super::literals::{self, Taste};
use super::opcodes as op;

impl Builder<'_> {
    /// Stores the topmost item in the memo.
    pub(super) fn put(&mut self) {
        let Some(kind) = self
            .top()
            .filter(|kind| *kind != Kind::Mark || self.taste == Taste::Wild)
        else {
            return;
        };
        let next = self.memo.len() as u64;
        let index = match self.random.below(20) {
            0..14 => next,
            14 => next + 1,
            15..18 => self.random.bits() % (next + 1),
            // On both sides of where 3.15's memo turns sparse: 32 slots, and twice what is filled.
            18 => self
                .random
                .choose(&[31, 32, 33, 63, 64, 65, 255, 256, 1000, 65535]),
            _ if self.taste == Taste::Wild && self.random.percent(10) => {
                self.random
                    .choose(&[1 << 20, 1 << 31, 0xffff_ffff, 0x7fff_ffff])
            }
            _ => 10,
        };
        let bytes = index.to_le_bytes();
        let mut index = index;
        match self.random.below(10) {
            0..4 => {
                self.op(op::MEMOIZE);
                index = next;
            }
            4..7 if index < 256 => self.op_with(op::BINPUT, &bytes[..1]),
            7 | 8 => {
                let line = literals::index(self.random, self.taste, index);
                self.op_line(op::PUT, &line);
            }
            _ => self.op_with(op::LONG_BINPUT, &bytes[..4]),
        }
        self.memo.retain(|(other, _)| *other != index);
        self.memo.push((index, kind));
    }

    /// Pushes a memo entry, now and then one that is missing.
    pub(super) fn get(&mut self) {
        if self.memo.is_empty() && !self.odd() {
            self.op(op::NONE);
            self.push(Kind::Plain);
            return;
        }
        let at = self.random.below(self.memo.len());
        let sparse = self.memo.iter().any(|(index, _)| *index > 31);
        if sparse && self.random.percent(30) {
            // Where a memoized value lies depends on whether sparse entries count.
            let index = self.random.bits() % (self.memo.len() as u64 + 1);
            self.get_index(index);
            self.push(Kind::Plain);
            return;
        }
        let missing = self.odd();
        let (index, kind) = match self.memo.get(at) {
            Some(entry) if !missing => *entry,
            _ => (
                self.random.choose(&[0, 1, 2, 9, 77, 256, 0xffff_ffff]),
                Kind::Plain,
            ),
        };
        self.get_index(index);
        self.push(kind);
    }

    /// Writes a GET of this index, one way or another.
    pub(super) fn get_index(&mut self, index: u64) {
        let bytes = index.to_le_bytes();
        match self.random.below(4) {
            0 | 1 if index < 256 => self.op_with(op::BINGET, &bytes[..1]),
            2 => {
                let line = literals::index(self.random, self.taste, index);
                self.op_line(op::GET, &line);
            }
            _ => self.op_with(op::LONG_BINGET, &bytes[..4]),
        }
    }
}
