//! Operands that are as writers write them, so that every reading takes them: quick to tell.

use super::effect::{SUSPECT_MIN, SUSPECT_PREFIX, Suspect};
use crate::text::{Utf8Prefix, utf8_surrogatepass};

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

/// A quoted ASCII string without escapes, which every reading takes.
pub(crate) fn is_plain_string(line: &[u8]) -> bool {
    match line {
        [first @ (b'\'' | b'"'), inner @ .., last] => {
            first == last && inner.is_ascii() && !inner.contains(&b'\\')
        }
        _ => false,
    }
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
