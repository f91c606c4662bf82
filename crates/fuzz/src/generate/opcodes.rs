//! The opcodes as this crate knows them: written down again, so that no error is shared with what is tested.

/// How an operand is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    None,
    Fixed(usize),
    Lines(usize),
    Counted(usize),
}

macro_rules! table {
    ($($name:ident $byte:literal $layout:expr;)*) => {
        $(pub(crate) const $name: u8 = $byte;)*

        /// Every opcode.
        pub(crate) const ALL: &[u8] = &[$($name),*];

        /// An opcode's layout, or `None` for a byte that is no opcode.
        pub(crate) fn layout(byte: u8) -> Option<Layout> {
            match byte {
                $($byte => Some($layout),)*
                _ => None,
            }
        }

        /// An opcode's name.
        pub(crate) fn name(byte: u8) -> &'static str {
            match byte {
                $($byte => stringify!($name),)*
                _ => "?",
            }
        }
    };
}

table! {
    MARK b'(' Layout::None;
    STOP b'.' Layout::None;
    POP b'0' Layout::None;
    POP_MARK b'1' Layout::None;
    DUP b'2' Layout::None;
    FLOAT b'F' Layout::Lines(1);
    INT b'I' Layout::Lines(1);
    BININT b'J' Layout::Fixed(4);
    BININT1 b'K' Layout::Fixed(1);
    LONG b'L' Layout::Lines(1);
    BININT2 b'M' Layout::Fixed(2);
    NONE b'N' Layout::None;
    PERSID b'P' Layout::Lines(1);
    BINPERSID b'Q' Layout::None;
    REDUCE b'R' Layout::None;
    STRING b'S' Layout::Lines(1);
    BINSTRING b'T' Layout::Counted(4);
    SHORT_BINSTRING b'U' Layout::Counted(1);
    UNICODE b'V' Layout::Lines(1);
    BINUNICODE b'X' Layout::Counted(4);
    APPEND b'a' Layout::None;
    BUILD b'b' Layout::None;
    GLOBAL b'c' Layout::Lines(2);
    DICT b'd' Layout::None;
    EMPTY_DICT b'}' Layout::None;
    APPENDS b'e' Layout::None;
    GET b'g' Layout::Lines(1);
    BINGET b'h' Layout::Fixed(1);
    INST b'i' Layout::Lines(2);
    LONG_BINGET b'j' Layout::Fixed(4);
    LIST b'l' Layout::None;
    EMPTY_LIST b']' Layout::None;
    OBJ b'o' Layout::None;
    PUT b'p' Layout::Lines(1);
    BINPUT b'q' Layout::Fixed(1);
    LONG_BINPUT b'r' Layout::Fixed(4);
    SETITEM b's' Layout::None;
    TUPLE b't' Layout::None;
    EMPTY_TUPLE b')' Layout::None;
    SETITEMS b'u' Layout::None;
    BINFLOAT b'G' Layout::Fixed(8);
    PROTO 0x80 Layout::Fixed(1);
    NEWOBJ 0x81 Layout::None;
    EXT1 0x82 Layout::Fixed(1);
    EXT2 0x83 Layout::Fixed(2);
    EXT4 0x84 Layout::Fixed(4);
    TUPLE1 0x85 Layout::None;
    TUPLE2 0x86 Layout::None;
    TUPLE3 0x87 Layout::None;
    NEWTRUE 0x88 Layout::None;
    NEWFALSE 0x89 Layout::None;
    LONG1 0x8a Layout::Counted(1);
    LONG4 0x8b Layout::Counted(4);
    BINBYTES b'B' Layout::Counted(4);
    SHORT_BINBYTES b'C' Layout::Counted(1);
    SHORT_BINUNICODE 0x8c Layout::Counted(1);
    BINUNICODE8 0x8d Layout::Counted(8);
    BINBYTES8 0x8e Layout::Counted(8);
    EMPTY_SET 0x8f Layout::None;
    ADDITEMS 0x90 Layout::None;
    FROZENSET 0x91 Layout::None;
    NEWOBJ_EX 0x92 Layout::None;
    STACK_GLOBAL 0x93 Layout::None;
    MEMOIZE 0x94 Layout::None;
    FRAME 0x95 Layout::Fixed(8);
    BYTEARRAY8 0x96 Layout::Counted(8);
    NEXT_BUFFER 0x97 Layout::None;
    READONLY_BUFFER 0x98 Layout::None;
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_68() {
        let mut all = super::ALL.to_vec();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 68);
    }
}
