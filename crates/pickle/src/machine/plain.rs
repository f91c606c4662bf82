//! Operands that are as writers write them, so that every reading takes them: quick to tell.

use super::effect::{SUSPECT_MIN, SUSPECT_PREFIX, Suspect};
use crate::literal::is_plain_decimal;
use crate::opcode::Op;
use crate::opset::OpSet;
use crate::text::{Utf8Prefix, utf8_surrogatepass};

/// The opcodes of the hot loop that do not ask whether they are watched: where one of them is, it is
/// no use. SETITEM and SETITEMS of dicts, which it does, are not told of.
pub(crate) const UNASKED: OpSet = {
    use Op::*;
    OpSet::of(&[
        MARK,
        NONE,
        NEWTRUE,
        NEWFALSE,
        BININT,
        BININT1,
        BININT2,
        BINUNICODE,
        LONG1,
        EMPTY_TUPLE,
        EMPTY_LIST,
        EMPTY_DICT,
        EMPTY_SET,
        TUPLE,
        TUPLE1,
        TUPLE2,
        TUPLE3,
        APPEND,
        APPENDS,
        BINGET,
        LONG_BINGET,
        BINPUT,
        LONG_BINPUT,
    ])
};

/// Whether Python's decoder takes the bytes as text.
#[inline(always)]
pub(crate) fn is_utf8(bytes: &[u8]) -> bool {
    is_ascii(bytes) || utf8_surrogatepass(bytes) == Utf8Prefix::Incomplete { good: usize::MAX }
}

/// `<[u8]>::is_ascii`, quick on the few bytes that most strings are.
#[inline(always)]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) if bytes.len() <= 16 => {
            (u64::from_le_bytes(*first) | u64::from_le_bytes(*last)) & HIGH == 0
        }
        (Some(_), _) => bytes.is_ascii(),
        _ => match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                (u32::from_le_bytes(*first) | u32::from_le_bytes(*last)) & 0x8080_8080 == 0
            }
            _ => bytes.iter().fold(0, |bits, byte| bits | byte) < 0x80,
        },
    }
}

/// A float that `repr` writes and every reading takes: digits and a point, no exponent.
pub(crate) fn is_plain_float(line: &[u8]) -> bool {
    let body = line.strip_prefix(b"-").unwrap_or(line);
    body.len() <= 40
        && body.first().is_some_and(u8::is_ascii_digit)
        && body.iter().filter(|&&b| b == b'.').count() <= 1
        && body.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// Text lines longer than this are left to the full step.
pub(crate) const LONG_LINE: usize = 4096;

/// An int with the `L` that Python 2 writes, or without.
pub(crate) fn is_plain_long(line: &[u8]) -> bool {
    is_plain_decimal(line.strip_suffix(b"L").unwrap_or(line))
}

/// A quoted ASCII string without escapes, which every reading takes, and nobody wants to be told of.
pub(crate) fn is_plain_string(line: &[u8], suspect: Option<Suspect>) -> bool {
    match line {
        [first @ (b'\'' | b'"'), inner @ .., last] => {
            let is_plain = first == last && inner.is_ascii() && !inner.contains(&b'\\');
            is_plain && is_dull(line, suspect)
        }
        _ => false,
    }
}

/// A text without escapes that nobody wants to be told of.
pub(crate) fn is_plain_text(line: &[u8], suspect: Option<Suspect>) -> bool {
    !line.contains(&b'\\') && is_dull(line, suspect)
}

/// An ASCII string whose length every reading takes: to the pure-Python unpickler it is signed.
pub(crate) fn is_signed_ascii(text: &[u8]) -> bool {
    text.len() <= i32::MAX as usize && text.is_ascii()
}

/// A memo index written as plain digits.
pub(crate) fn plain_index(line: &[u8]) -> Option<u64> {
    if line.is_empty() || line.len() > 18 {
        return None;
    }
    line.iter().try_fold(0u64, |index, digit| {
        digit
            .is_ascii_digit()
            .then(|| index * 10 + u64::from(digit - b'0'))
    })
}

/// Whether nobody wants to be told of a string.
#[inline(always)]
pub(crate) fn is_dull(string: &[u8], suspect: Option<Suspect>) -> bool {
    match suspect {
        Some(suspect) if string.len() >= SUSPECT_MIN => {
            let prefix = &string[..string.len().min(SUSPECT_PREFIX)];
            !suspect(prefix, string.len() as u64)
        }
        _ => true,
    }
}
