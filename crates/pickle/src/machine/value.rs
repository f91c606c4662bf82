//! What the symbolic stack holds: one word a value.

/// A value on the symbolic stack: a kind in the top byte, a payload in the other seven.
///
/// Scalars carry no bytes of their own: their payload is where in the source they stand, and they
/// are decoded only when somebody asks ([`View`](super::View)). Everything with an identity or with
/// children is a node of the arena, and the payload is its place there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value(u64);

/// The kind of a [`Value`], as far as the machine distinguishes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    Absent,
    None,
    False,
    True,
    /// The payload is the number.
    Int,
    // From here on the payload is where the operand begins.
    IntLine,
    LongLine,
    Long1,
    Long4,
    FloatLine,
    BinFloat,
    StringLine,
    BinString,
    ShortBinString,
    UnicodeLine,
    BinUnicode,
    ShortBinUnicode,
    BinUnicode8,
    BinBytes,
    ShortBinBytes,
    BinBytes8,
    /// A line of a GLOBAL opcode: strict UTF-8.
    Utf8Line,
    /// A line of an INST or PERSID opcode: ASCII.
    AsciiLine,
    EmptyTuple,
    // From here on the payload is a node of the arena: the top bit is set.
    Tuple = 0x80,
    List,
    Dict,
    Set,
    FrozenSet,
    ByteArray,
    Global,
    Result,
    Persistent,
    Extension,
    Buffer,
    /// An operand that does not lie where its tag says: offset, length and the tag of its text.
    Detached,
    /// The later children of a list, dict or set.
    Chunk,
}

const PAYLOAD: u64 = (1 << 56) - 1;
const NODE: u64 = 1 << 63;

impl Tag {
    const ALL: [Tag; 37] = {
        use Tag::*;
        [
            Absent,
            None,
            False,
            True,
            Int,
            IntLine,
            LongLine,
            Long1,
            Long4,
            FloatLine,
            BinFloat,
            StringLine,
            BinString,
            ShortBinString,
            UnicodeLine,
            BinUnicode,
            ShortBinUnicode,
            BinUnicode8,
            BinBytes,
            ShortBinBytes,
            BinBytes8,
            Utf8Line,
            AsciiLine,
            EmptyTuple,
            Tuple,
            List,
            Dict,
            Set,
            FrozenSet,
            ByteArray,
            Global,
            Result,
            Persistent,
            Extension,
            Buffer,
            Detached,
            Chunk,
        ]
    };

    /// The tag with a number, which is always one that [`Value::new`] was given.
    pub(crate) fn from_byte(byte: u8) -> Tag {
        let at = if byte < 0x80 {
            byte
        } else {
            byte - 0x80 + Tag::EmptyTuple as u8 + 1
        };
        Tag::ALL
            .get(usize::from(at))
            .copied()
            .unwrap_or(Tag::Absent)
    }
}

impl Value {
    pub(crate) const ABSENT: Value = Value(0);

    #[inline(always)]
    pub(crate) const fn new(tag: Tag, payload: u64) -> Value {
        Value(((tag as u64) << 56) | (payload & PAYLOAD))
    }

    /// A small int; numbers of 56 bits and more keep their place in the source instead.
    #[inline(always)]
    #[allow(clippy::cast_sign_loss)]
    #[must_use]
    pub const fn int(value: i64) -> Value {
        Value::new(Tag::Int, value as u64)
    }

    /// The number of a value that [`Value::int`] gives.
    #[inline]
    #[must_use]
    pub const fn small_int(self) -> Option<i64> {
        if self.is(Tag::Int) {
            Some(self.as_int())
        } else {
            None
        }
    }

    #[inline(always)]
    pub(crate) const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    #[inline(always)]
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub(crate) fn tag(self) -> Tag {
        Tag::from_byte((self.0 >> 56) as u8)
    }

    #[inline(always)]
    pub(crate) const fn is(self, tag: Tag) -> bool {
        self.0 >> 56 == tag as u64
    }

    #[inline(always)]
    pub(crate) const fn payload(self) -> u64 {
        self.0 & PAYLOAD
    }

    /// The payload of a [`Tag::Int`].
    #[inline]
    #[allow(clippy::cast_possible_wrap)]
    pub(crate) const fn as_int(self) -> i64 {
        ((self.0 << 8) as i64) >> 8
    }

    /// Whether the value is a node of the arena rather than a scalar.
    #[inline(always)]
    pub(crate) const fn is_node(self) -> bool {
        self.0 & NODE != 0
    }

    #[inline(always)]
    pub(crate) const fn is_absent(self) -> bool {
        self.0 == 0
    }

    /// Whether any of the values is a node.
    #[inline(always)]
    pub(crate) fn any_node(values: &[Value]) -> bool {
        values.iter().fold(0, |bits, value| bits | value.0) & NODE != 0
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{}", self.tag(), self.payload())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_hold_tags_and_payloads() {
        for tag in Tag::ALL {
            let value = Value::new(tag, 0x00ab_cdef_0123_4567);
            assert_eq!(value.tag(), tag);
            assert!(value.is(tag));
            assert_eq!(value.payload(), 0x00ab_cdef_0123_4567);
            assert_eq!(value.is_node(), tag as u8 >= 0x80);
            assert_eq!(value.small_int().is_some(), tag == Tag::Int);
        }
        for number in [0, -1, 1, i64::from(i32::MIN), i64::from(i32::MAX)] {
            assert_eq!(Value::int(number).as_int(), number);
            assert_eq!(Value::int(number).small_int(), Some(number));
        }
    }
}
