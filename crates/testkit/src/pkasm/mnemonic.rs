//! The 68 mnemonics with their bytes and operands, written down from `Lib/pickletools.py`
//! independently of the reader under test.

/// What an instruction's operand looks like in the pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// None.
    None,
    /// An integer of so many bytes, little-endian.
    Integer(usize),
    /// A float of 8 bytes, big-endian.
    Float,
    /// So many lines, each ended by a line feed.
    Lines(usize),
    /// A little-endian length of so many bytes, then text or bytes.
    Counted(usize),
    /// A little-endian length of so many bytes, then an integer in two's complement.
    CountedInteger(usize),
    /// The length of a frame, 8 bytes.
    Frame,
}

/// An opcode as the assembler knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mnemonic {
    /// The name that `pickletools` gives the opcode.
    pub name: &'static str,
    /// The opcode byte.
    pub byte: u8,
    /// The operand.
    pub operand: Operand,
}

const fn op(name: &'static str, byte: u8, operand: Operand) -> Mnemonic {
    Mnemonic {
        name,
        byte,
        operand,
    }
}

/// All 68 opcodes, by their byte.
pub const MNEMONICS: [Mnemonic; 68] = [
    op("MARK", b'(', Operand::None),
    op("EMPTY_TUPLE", b')', Operand::None),
    op("STOP", b'.', Operand::None),
    op("POP", b'0', Operand::None),
    op("POP_MARK", b'1', Operand::None),
    op("DUP", b'2', Operand::None),
    op("BINBYTES", b'B', Operand::Counted(4)),
    op("SHORT_BINBYTES", b'C', Operand::Counted(1)),
    op("FLOAT", b'F', Operand::Lines(1)),
    op("BINFLOAT", b'G', Operand::Float),
    op("INT", b'I', Operand::Lines(1)),
    op("BININT", b'J', Operand::Integer(4)),
    op("BININT1", b'K', Operand::Integer(1)),
    op("LONG", b'L', Operand::Lines(1)),
    op("BININT2", b'M', Operand::Integer(2)),
    op("NONE", b'N', Operand::None),
    op("PERSID", b'P', Operand::Lines(1)),
    op("BINPERSID", b'Q', Operand::None),
    op("REDUCE", b'R', Operand::None),
    op("STRING", b'S', Operand::Lines(1)),
    op("BINSTRING", b'T', Operand::Counted(4)),
    op("SHORT_BINSTRING", b'U', Operand::Counted(1)),
    op("UNICODE", b'V', Operand::Lines(1)),
    op("BINUNICODE", b'X', Operand::Counted(4)),
    op("EMPTY_LIST", b']', Operand::None),
    op("APPEND", b'a', Operand::None),
    op("BUILD", b'b', Operand::None),
    op("GLOBAL", b'c', Operand::Lines(2)),
    op("DICT", b'd', Operand::None),
    op("APPENDS", b'e', Operand::None),
    op("GET", b'g', Operand::Lines(1)),
    op("BINGET", b'h', Operand::Integer(1)),
    op("INST", b'i', Operand::Lines(2)),
    op("LONG_BINGET", b'j', Operand::Integer(4)),
    op("LIST", b'l', Operand::None),
    op("OBJ", b'o', Operand::None),
    op("PUT", b'p', Operand::Lines(1)),
    op("BINPUT", b'q', Operand::Integer(1)),
    op("LONG_BINPUT", b'r', Operand::Integer(4)),
    op("SETITEM", b's', Operand::None),
    op("TUPLE", b't', Operand::None),
    op("SETITEMS", b'u', Operand::None),
    op("EMPTY_DICT", b'}', Operand::None),
    op("PROTO", 0x80, Operand::Integer(1)),
    op("NEWOBJ", 0x81, Operand::None),
    op("EXT1", 0x82, Operand::Integer(1)),
    op("EXT2", 0x83, Operand::Integer(2)),
    op("EXT4", 0x84, Operand::Integer(4)),
    op("TUPLE1", 0x85, Operand::None),
    op("TUPLE2", 0x86, Operand::None),
    op("TUPLE3", 0x87, Operand::None),
    op("NEWTRUE", 0x88, Operand::None),
    op("NEWFALSE", 0x89, Operand::None),
    op("LONG1", 0x8a, Operand::CountedInteger(1)),
    op("LONG4", 0x8b, Operand::CountedInteger(4)),
    op("SHORT_BINUNICODE", 0x8c, Operand::Counted(1)),
    op("BINUNICODE8", 0x8d, Operand::Counted(8)),
    op("BINBYTES8", 0x8e, Operand::Counted(8)),
    op("EMPTY_SET", 0x8f, Operand::None),
    op("ADDITEMS", 0x90, Operand::None),
    op("FROZENSET", 0x91, Operand::None),
    op("NEWOBJ_EX", 0x92, Operand::None),
    op("STACK_GLOBAL", 0x93, Operand::None),
    op("MEMOIZE", 0x94, Operand::None),
    op("FRAME", 0x95, Operand::Frame),
    op("BYTEARRAY8", 0x96, Operand::Counted(8)),
    op("NEXT_BUFFER", 0x97, Operand::None),
    op("READONLY_BUFFER", 0x98, Operand::None),
];

/// The opcode of a name.
pub(super) fn find(name: &str) -> Option<&'static Mnemonic> {
    MNEMONICS.iter().find(|mnemonic| mnemonic.name == name)
}

#[cfg(test)]
mod tests {
    use super::{MNEMONICS, find};

    #[test]
    fn the_table_is_sorted_and_findable() {
        assert!(MNEMONICS.windows(2).all(|pair| pair[0].byte < pair[1].byte));
        assert!(
            MNEMONICS
                .iter()
                .all(|mnemonic| find(mnemonic.name) == Some(mnemonic))
        );
        assert_eq!(find("STOPS"), None);
    }
}
