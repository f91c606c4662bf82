//! The opcode table: the one place where the 68 opcodes of protocols 0 to 5 are written down.
//!
//! [`Op`], its names, its operand layouts and its documentation are all expanded from the table at
//! the end of this file. The facts are those of CPython's `Modules/_pickle.c` (`enum opcode` and
//! the `load_*` functions) and of `Lib/pickletools.py`.

/// How an opcode's operand is laid out after the opcode byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// No operand.
    None,
    /// A fixed number of bytes: 1, 2, 4 or 8.
    Fixed(u8),
    /// A text line, up to and including the next `\n`.
    Line,
    /// Two text lines.
    TwoLines,
    /// A little-endian length of 1, 4 or 8 bytes, then that many bytes.
    Counted(u8),
}

/// What an opcode takes off the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pops {
    /// A fixed number of items.
    Items(u8),
    /// Everything above the topmost mark, the mark, and then this many items below it.
    ToMark(u8),
    /// One item or, when nothing lies above the topmost mark, that mark.
    ItemOrMark,
}

/// What an opcode does to the memo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemoEffect {
    /// Leaves the memo alone.
    None,
    /// Reads an entry.
    Reads,
    /// Stores the top of the stack in an entry.
    Writes,
}

macro_rules! opcodes {
    ($($byte:literal $name:ident $proto:literal $layout:expr, $pops:expr => $pushes:literal, $memo:ident, $doc:literal;)*) => {
        /// A pickle opcode. The discriminant is its byte.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u8)]
        pub enum Op {
            $(
                #[doc = $doc]
                $name = $byte,
            )*
        }

        impl Op {
            /// Every opcode, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];

            /// The opcode that a byte stands for, or `None` for a byte that no protocol defines.
            #[inline]
            #[must_use]
            pub const fn from_byte(byte: u8) -> Option<Op> {
                match byte {
                    $($byte => Some(Op::$name),)*
                    _ => None,
                }
            }

            /// The name that `pickletools` gives the opcode, such as `"STACK_GLOBAL"`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name),)* }
            }

            /// The protocol that introduced the opcode, 0 to 5.
            #[must_use]
            pub const fn protocol(self) -> u8 {
                match self { $(Op::$name => $proto,)* }
            }

            /// How the operand is laid out.
            #[inline]
            #[must_use]
            pub const fn layout(self) -> Layout {
                use Layout::*;
                match self { $(Op::$name => $layout,)* }
            }

            /// What the opcode takes off the stack.
            #[must_use]
            pub const fn pops(self) -> Pops {
                use Pops::*;
                match self { $(Op::$name => $pops,)* }
            }

            /// How many items the opcode leaves on the stack in their place.
            #[must_use]
            pub const fn pushes(self) -> u8 {
                match self { $(Op::$name => $pushes,)* }
            }

            /// What the opcode does to the memo.
            #[must_use]
            pub const fn memo(self) -> MemoEffect {
                match self { $(Op::$name => MemoEffect::$memo,)* }
            }

            /// One sentence on what the opcode does.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Op::$name => $doc.trim_ascii(),)* }
            }
        }
    };
}

impl Op {
    /// The opcode's byte.
    #[inline]
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

// byte, name, protocol, operand layout, pops => pushes, memo, what it does
opcodes! {
    b'(' MARK 0 None, Items(0) => 0, None, " Marks the stack, so that a later opcode can take everything above.";
    b'.' STOP 0 None, Items(1) => 0, None, " Ends the pickle; the top of the stack is its value.";
    b'0' POP 0 None, ItemOrMark => 0, None, " Discards the top item, or the topmost mark when nothing lies above it.";
    b'1' POP_MARK 1 None, ToMark(0) => 0, None, " Discards everything above the topmost mark, and the mark.";
    b'2' DUP 0 None, Items(1) => 2, None, " Pushes the top item once more.";
    b'F' FLOAT 0 Line, Items(0) => 1, None, " Pushes a float written as decimal text.";
    b'I' INT 0 Line, Items(0) => 1, None, " Pushes an int written as text, or a bool for the lines 00 and 01.";
    b'J' BININT 1 Fixed(4), Items(0) => 1, None, " Pushes a signed four-byte int.";
    b'K' BININT1 1 Fixed(1), Items(0) => 1, None, " Pushes an unsigned one-byte int.";
    b'L' LONG 0 Line, Items(0) => 1, None, " Pushes an int written as text, with or without a final L.";
    b'M' BININT2 1 Fixed(2), Items(0) => 1, None, " Pushes an unsigned two-byte int.";
    b'N' NONE 0 None, Items(0) => 1, None, " Pushes None.";
    b'P' PERSID 0 Line, Items(0) => 1, None, " Pushes what persistent_load makes of a text line.";
    b'Q' BINPERSID 1 None, Items(1) => 1, None, " Replaces the top item with what persistent_load makes of it.";
    b'R' REDUCE 0 None, Items(2) => 1, None, " Calls the callable below the top with the argument tuple on top.";
    b'S' STRING 0 Line, Items(0) => 1, None, " Pushes a quoted, escaped 8-bit string of Python 2.";
    b'T' BINSTRING 1 Counted(4), Items(0) => 1, None, " Pushes an 8-bit string of Python 2, four-byte length.";
    b'U' SHORT_BINSTRING 1 Counted(1), Items(0) => 1, None, " Pushes an 8-bit string of Python 2, one-byte length.";
    b'V' UNICODE 0 Line, Items(0) => 1, None, " Pushes a str written in raw-unicode-escape.";
    b'X' BINUNICODE 1 Counted(4), Items(0) => 1, None, " Pushes a UTF-8 str, four-byte length.";
    b'a' APPEND 0 None, Items(2) => 1, None, " Appends the top item to the list below it.";
    b'b' BUILD 0 None, Items(2) => 1, None, " Gives the state on top to the object below it.";
    b'c' GLOBAL 0 TwoLines, Items(0) => 1, None, " Imports the module on the first line and pushes the attribute on the second.";
    b'd' DICT 0 None, ToMark(0) => 1, None, " Makes a dict of the keys and values above the topmost mark.";
    b'}' EMPTY_DICT 1 None, Items(0) => 1, None, " Pushes an empty dict.";
    b'e' APPENDS 1 None, ToMark(1) => 1, None, " Extends the list below the topmost mark with the items above it.";
    b'g' GET 0 Line, Items(0) => 1, Reads, " Pushes the memo entry whose index stands on the line.";
    b'h' BINGET 1 Fixed(1), Items(0) => 1, Reads, " Pushes the memo entry with a one-byte index.";
    b'i' INST 0 TwoLines, ToMark(0) => 1, None, " Imports a global and calls it with the items above the topmost mark.";
    b'j' LONG_BINGET 1 Fixed(4), Items(0) => 1, Reads, " Pushes the memo entry with a four-byte index.";
    b'l' LIST 0 None, ToMark(0) => 1, None, " Makes a list of the items above the topmost mark.";
    b']' EMPTY_LIST 1 None, Items(0) => 1, None, " Pushes an empty list.";
    b'o' OBJ 1 None, ToMark(0) => 1, None, " Calls the first item above the topmost mark with the items after it.";
    b'p' PUT 0 Line, Items(1) => 1, Writes, " Stores the top item in the memo under the index on the line.";
    b'q' BINPUT 1 Fixed(1), Items(1) => 1, Writes, " Stores the top item in the memo, one-byte index.";
    b'r' LONG_BINPUT 1 Fixed(4), Items(1) => 1, Writes, " Stores the top item in the memo, four-byte index.";
    b's' SETITEM 0 None, Items(3) => 1, None, " Sets one key and value in the dict below them.";
    b't' TUPLE 0 None, ToMark(0) => 1, None, " Makes a tuple of the items above the topmost mark.";
    b')' EMPTY_TUPLE 1 None, Items(0) => 1, None, " Pushes an empty tuple.";
    b'u' SETITEMS 1 None, ToMark(1) => 1, None, " Sets the keys and values above the topmost mark in the dict below it.";
    b'G' BINFLOAT 1 Fixed(8), Items(0) => 1, None, " Pushes an eight-byte big-endian float.";
    b'\x80' PROTO 2 Fixed(1), Items(0) => 0, None, " Declares the protocol of what follows.";
    b'\x81' NEWOBJ 2 None, Items(2) => 1, None, " Calls the class's __new__ with the argument tuple on top.";
    b'\x82' EXT1 2 Fixed(1), Items(0) => 1, None, " Pushes the global registered under a one-byte extension code.";
    b'\x83' EXT2 2 Fixed(2), Items(0) => 1, None, " Pushes the global registered under a two-byte extension code.";
    b'\x84' EXT4 2 Fixed(4), Items(0) => 1, None, " Pushes the global registered under a four-byte extension code.";
    b'\x85' TUPLE1 2 None, Items(1) => 1, None, " Makes a tuple of the top item.";
    b'\x86' TUPLE2 2 None, Items(2) => 1, None, " Makes a tuple of the top two items.";
    b'\x87' TUPLE3 2 None, Items(3) => 1, None, " Makes a tuple of the top three items.";
    b'\x88' NEWTRUE 2 None, Items(0) => 1, None, " Pushes True.";
    b'\x89' NEWFALSE 2 None, Items(0) => 1, None, " Pushes False.";
    b'\x8a' LONG1 2 Counted(1), Items(0) => 1, None, " Pushes a two's-complement int, one-byte length.";
    b'\x8b' LONG4 2 Counted(4), Items(0) => 1, None, " Pushes a two's-complement int, signed four-byte length.";
    b'B' BINBYTES 3 Counted(4), Items(0) => 1, None, " Pushes bytes, four-byte length.";
    b'C' SHORT_BINBYTES 3 Counted(1), Items(0) => 1, None, " Pushes bytes, one-byte length.";
    b'\x8c' SHORT_BINUNICODE 4 Counted(1), Items(0) => 1, None, " Pushes a UTF-8 str, one-byte length.";
    b'\x8d' BINUNICODE8 4 Counted(8), Items(0) => 1, None, " Pushes a UTF-8 str, eight-byte length.";
    b'\x8e' BINBYTES8 4 Counted(8), Items(0) => 1, None, " Pushes bytes, eight-byte length.";
    b'\x8f' EMPTY_SET 4 None, Items(0) => 1, None, " Pushes an empty set.";
    b'\x90' ADDITEMS 4 None, ToMark(1) => 1, None, " Adds the items above the topmost mark to the set below it.";
    b'\x91' FROZENSET 4 None, ToMark(0) => 1, None, " Makes a frozenset of the items above the topmost mark.";
    b'\x92' NEWOBJ_EX 4 None, Items(3) => 1, None, " Calls the class's __new__ with an argument tuple and a dict of keywords.";
    b'\x93' STACK_GLOBAL 4 None, Items(2) => 1, None, " Imports the global whose module and name are the top two strings.";
    b'\x94' MEMOIZE 4 None, Items(1) => 1, Writes, " Stores the top item in the memo under the next free index.";
    b'\x95' FRAME 4 Fixed(8), Items(0) => 0, None, " Announces how many bytes the following frame holds.";
    b'\x96' BYTEARRAY8 5 Counted(8), Items(0) => 1, None, " Pushes a bytearray, eight-byte length.";
    b'\x97' NEXT_BUFFER 5 None, Items(0) => 1, None, " Pushes the next out-of-band buffer.";
    b'\x98' READONLY_BUFFER 5 None, Items(1) => 1, None, " Makes the buffer on top read-only.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_68_opcodes_each_with_its_own_byte() {
        assert_eq!(Op::ALL.len(), 68);
        let mut bytes: Vec<u8> = Op::ALL.iter().map(|op| op.byte()).collect();
        bytes.sort_unstable();
        bytes.dedup();
        assert_eq!(bytes.len(), 68);
        for op in Op::ALL {
            assert_eq!(Op::from_byte(op.byte()), Some(*op));
        }
    }
}
