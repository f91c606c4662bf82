//! Sets of opcodes.

use crate::opcode::Op;

/// A set of opcodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpSet([u64; 4]);

impl OpSet {
    /// No opcode.
    pub const NONE: OpSet = OpSet([0; 4]);

    /// The set of these.
    #[must_use]
    pub const fn of(mut ops: &[Op]) -> OpSet {
        let mut set = OpSet::NONE;
        while let [op, rest @ ..] = ops {
            set = set.with(*op);
            ops = rest;
        }
        set
    }

    /// The same, and one more.
    #[must_use]
    #[allow(clippy::indexing_slicing)] // Two bits.
    pub const fn with(mut self, op: Op) -> OpSet {
        self.0[(op.byte() >> 6) as usize] |= 1 << (op.byte() & 63);
        self
    }

    /// The same without one.
    #[must_use]
    #[allow(clippy::indexing_slicing)] // Two bits.
    pub const fn without(mut self, op: Op) -> OpSet {
        self.0[(op.byte() >> 6) as usize] &= !(1 << (op.byte() & 63));
        self
    }

    /// The same without those of another set.
    #[must_use]
    pub const fn less(self, other: OpSet) -> OpSet {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        OpSet([a & !e, b & !f, c & !g, d & !h])
    }

    /// Whether it has an opcode.
    #[inline(always)]
    #[must_use]
    #[allow(clippy::indexing_slicing)] // Two bits.
    pub const fn has(&self, op: Op) -> bool {
        self.0[(op.byte() >> 6) as usize] & (1 << (op.byte() & 63)) != 0
    }

    /// Whether it has one of another set.
    #[inline]
    #[must_use]
    pub const fn meets(&self, other: &OpSet) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        a & e | b & f | c & g | d & h != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opcode_has_a_place_of_its_own() {
        for &op in Op::ALL {
            let one = OpSet::of(&[op]);
            assert!(one.has(op) && one.meets(&OpSet::of(Op::ALL)));
            let others = OpSet::of(Op::ALL).without(op);
            assert_eq!(OpSet::of(Op::ALL).less(one), others);
            assert!(!others.has(op) && !others.meets(&one));
            assert!(
                Op::ALL
                    .iter()
                    .all(|&other| other == op || others.has(other))
            );
        }
    }
}
