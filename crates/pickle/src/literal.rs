//! Text literals: which lines each unpickler accepts as a number, and what number it reads.
//!
//! The C unpickler works on a NUL-terminated copy of the line, the pure-Python one on the bytes;
//! up to 3.13 both take INT and LONG in base 0, from 3.14 in base 10. The facts are those of
//! `load_int`, `load_long`, `load_float`, `load_get` and `load_put` in `_pickle.c` and `pickle.py`,
//! of C's `strtol`, and of CPython's `PyLong_FromString` and `PyOS_string_to_double`.

use crate::readings::{Readings, Unpickler};

/// An integer read from text or bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Integer {
    /// It fits 64 bits.
    Small(i64),
    /// It does not; how many bits its magnitude has, at least.
    Large {
        /// Whether it is below zero.
        negative: bool,
        /// The length of the magnitude in bits.
        bits: u64,
    },
}

/// What a loader makes of an INT line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntLine {
    /// The line 00 or 01, the bools of protocol 0.
    Bool(bool),
    /// A number.
    Int(Integer),
}

/// The unpicklers grouped by how they read number lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dialect {
    /// The line ends at a NUL.
    c: bool,
    /// INT and LONG are read in base 10 rather than base 0 (CPython issue 126992, 3.14).
    decimal: bool,
    /// Only the lines `00` and `01` are bools (CPython issue 135241, 3.15).
    exact_bool: bool,
}

impl Unpickler {
    const fn dialect(self) -> Dialect {
        let c = !matches!(
            self,
            Unpickler::Python | Unpickler::Python314 | Unpickler::Python315
        );
        let decimal = !matches!(self, Unpickler::C | Unpickler::CFile | Unpickler::Python);
        Dialect {
            c,
            decimal,
            exact_bool: !c || matches!(self, Unpickler::C315),
        }
    }
}

/// The readings that accept what `accepts` says.
fn readings_where(accepts: impl Fn(Unpickler) -> bool) -> Readings {
    Unpickler::ALL
        .into_iter()
        .filter(|&unpickler| accepts(unpickler))
        .fold(Readings::NONE, |all, unpickler| {
            all.or(Readings::of(unpickler))
        })
}

/// Reads an INT line (without its `\n`); `None` where the unpickler raises.
#[must_use]
pub fn int_line(line: &[u8], unpickler: Unpickler) -> Option<IntLine> {
    let dialect = unpickler.dialect();
    if dialect.exact_bool && (line == b"00" || line == b"01") {
        return Some(IntLine::Bool(line == b"01"));
    }
    if !dialect.c {
        return python_int(line, dialect.decimal).map(IntLine::Int);
    }
    if line.is_empty() {
        return None;
    }
    let base = if dialect.decimal { 10 } else { 0 };
    match strtol(line, base) {
        Some(value @ (0 | 1)) if line.len() == 2 && !dialect.exact_bool => {
            Some(IntLine::Bool(value == 1))
        }
        Some(value) => Some(IntLine::Int(Integer::Small(value))),
        None => pylong(until_nul(line), base).map(IntLine::Int),
    }
}

/// Reads a LONG line (without its `\n`); `None` where the unpickler raises.
#[must_use]
pub fn long_line(line: &[u8], unpickler: Unpickler) -> Option<Integer> {
    let dialect = unpickler.dialect();
    if dialect.c && line.is_empty() {
        return None;
    }
    let digits = line.strip_suffix(b"L").unwrap_or(line);
    if dialect.c {
        pylong(until_nul(digits), if dialect.decimal { 10 } else { 0 })
    } else {
        python_int(digits, dialect.decimal)
    }
}

/// Reads a GET or PUT line (without its `\n`); `None` where the unpickler raises.
#[must_use]
pub fn memo_line(line: &[u8], unpickler: Unpickler) -> Option<Integer> {
    if unpickler.dialect().c {
        if line.is_empty() {
            return None;
        }
        pylong(until_nul(line), 10)
    } else {
        python_int(line, true)
    }
}

/// Reads a FLOAT line (without its `\n`); `None` where the unpickler raises.
#[must_use]
pub fn float_line(line: &[u8], unpickler: Unpickler) -> Option<f64> {
    if unpickler.dialect().c {
        let value = float(until_nul(line))?;
        // The C unpickler raises where a decimal number overflows; `inf` by name is fine.
        let by_name = line.iter().any(|b| matches!(b, b'n' | b'N'));
        return (value.is_finite() || by_name).then_some(value);
    }
    let trimmed = trim_spaces(line);
    if !trimmed.contains(&b'_') {
        return float(trimmed);
    }
    let between_digits = trimmed
        .windows(3)
        .filter(|w| w[1] == b'_')
        .all(|w| w[0].is_ascii_digit() && w[2].is_ascii_digit());
    let inside = !trimmed.starts_with(b"_") && !trimmed.ends_with(b"_");
    let digits: Vec<u8> = trimmed.iter().copied().filter(|&b| b != b'_').collect();
    if between_digits && inside {
        float(&digits)
    } else {
        None
    }
}

/// The readings that accept an INT line.
#[must_use]
pub fn int_line_readings(line: &[u8]) -> Readings {
    if is_plain_decimal(line) {
        return Readings::ALL;
    }
    readings_where(|unpickler| int_line(line, unpickler).is_some())
}

/// The readings that accept a LONG line.
#[must_use]
pub fn long_line_readings(line: &[u8]) -> Readings {
    if is_plain_decimal(line.strip_suffix(b"L").unwrap_or(line)) {
        return Readings::ALL;
    }
    readings_where(|unpickler| long_line(line, unpickler).is_some())
}

/// The readings that accept a FLOAT line.
#[must_use]
pub fn float_line_readings(line: &[u8]) -> Readings {
    readings_where(|unpickler| float_line(line, unpickler).is_some())
}

/// Digits without a leading zero, perhaps with a minus: what writers write and all readings accept.
pub(crate) fn is_plain_decimal(line: &[u8]) -> bool {
    let digits = line.strip_prefix(b"-").unwrap_or(line);
    (digits == b"0" || !digits.starts_with(b"0"))
        && !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
}

pub(crate) fn until_nul(line: &[u8]) -> &[u8] {
    line.split(|&b| b == 0).next().unwrap_or(line)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}

fn trim_spaces(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_space(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_space(*last)
    {
        bytes = rest;
    }
    bytes
}

/// C's `strtol` over a line that ends in `\n`: the value where the whole line is consumed without
/// overflow, so that the C unpickler takes it as it is.
fn strtol(line: &[u8], base: u32) -> Option<i64> {
    let text = until_nul(line);
    let start = text
        .iter()
        .position(|&b| !is_space(b))
        .unwrap_or(text.len());
    let (negative, body) = match text[start..] {
        [b'-', ref rest @ ..] => (true, rest),
        [b'+', ref rest @ ..] => (false, rest),
        ref rest => (false, rest),
    };
    let (base, digits) = match *body {
        [b'0', b'x' | b'X', ref rest @ ..]
            if base == 0 && rest.first().is_some_and(u8::is_ascii_hexdigit) =>
        {
            (16, rest)
        }
        // The strtol of musl takes a hexadecimal prefix without digits for 0; that of glibc leaves the
        // x behind, and the line is refused.
        [b'0', b'x' | b'X'] if base == 0 => return Some(0),
        [b'0', ..] if base == 0 => (8, body),
        _ => (10, body),
    };
    if digits.is_empty() {
        // No conversion leaves the end pointer at the start of the line, which is only fine where
        // the line's first byte is its NUL.
        return (text.is_empty() && !line.is_empty()).then_some(0);
    }
    digits.iter().try_fold(0i64, |value, &digit| {
        let digit = i64::from(char::from(digit).to_digit(base)?);
        let value = value.checked_mul(i64::from(base))?;
        if negative {
            value.checked_sub(digit)
        } else {
            value.checked_add(digit)
        }
    })
}

/// Python's `int(bytes, 0)` or `int(bytes)`.
fn python_int(line: &[u8], decimal: bool) -> Option<Integer> {
    if line.contains(&0) {
        return None;
    }
    pylong(line, if decimal { 10 } else { 0 })
}

/// CPython's `PyLong_FromString` over a whole string.
fn pylong(text: &[u8], base: u32) -> Option<Integer> {
    let text = trim_spaces(text);
    let (negative, body) = match *text {
        [b'-', ref rest @ ..] => (true, rest),
        [b'+', ref rest @ ..] => (false, rest),
        ref rest => (false, rest),
    };
    let (base, digits, only_zero) = match *body {
        [b'0', b'x' | b'X', ref rest @ ..] if base == 0 => (16, after_prefix(rest), false),
        [b'0', b'o' | b'O', ref rest @ ..] if base == 0 => (8, after_prefix(rest), false),
        [b'0', b'b' | b'B', ref rest @ ..] if base == 0 => (2, after_prefix(rest), false),
        [b'0', ..] if base == 0 => (10, body, true),
        _ => (10, body, false),
    };
    let value = digits_value(digits, base, negative)?;
    (!only_zero || value == Integer::Small(0)).then_some(value)
}

/// One underscore may follow a base prefix.
fn after_prefix(digits: &[u8]) -> &[u8] {
    digits.strip_prefix(b"_").unwrap_or(digits)
}

/// The value of digits with single underscores between them.
fn digits_value(digits: &[u8], base: u32, negative: bool) -> Option<Integer> {
    let mut value = Some(0i64);
    let mut previous = b'_';
    for &byte in digits {
        if byte == b'_' {
            if previous == b'_' {
                return None;
            }
        } else {
            let digit = i64::from(char::from(byte).to_digit(base)?);
            value = value
                .and_then(|value| value.checked_mul(i64::from(base)))
                .and_then(|value| {
                    if negative {
                        value.checked_sub(digit)
                    } else {
                        value.checked_add(digit)
                    }
                });
        }
        previous = byte;
    }
    if previous == b'_' {
        return None;
    }
    Some(value.map_or_else(
        || Integer::Large {
            negative,
            bits: magnitude_bits(digits, base),
        },
        Integer::Small,
    ))
}

/// How many bits a number of many digits has: exact up to 5,000 digits (CPython reads no more than
/// 4,300 unless told to), else a close lower bound.
fn magnitude_bits(digits: &[u8], base: u32) -> u64 {
    let significant: Vec<u32> = digits
        .iter()
        .filter(|&&b| b != b'_')
        .filter_map(|&b| char::from(b).to_digit(base))
        .skip_while(|&d| d == 0)
        .collect();
    if significant.len() > 5000 {
        let per_digit = f64::from(base).log2();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        return ((significant.len() - 1) as f64 * per_digit) as u64;
    }
    let mut limbs: Vec<u32> = Vec::new();
    for digit in significant {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = u64::from(*limb) * u64::from(base) + carry;
            #[allow(clippy::cast_possible_truncation)]
            {
                *limb = value as u32;
            }
            carry = value >> 32;
        }
        if carry > 0 {
            #[allow(clippy::cast_possible_truncation)]
            limbs.push(carry as u32);
        }
    }
    limbs.last().map_or(0, |top| {
        (limbs.len() as u64 - 1) * 32 + u64::from(32 - top.leading_zeros())
    })
}

/// CPython's `PyOS_string_to_double` over a whole string without spaces.
fn float(text: &[u8]) -> Option<f64> {
    let body = match *text {
        [b'-' | b'+', ref rest @ ..] => rest,
        ref rest => rest,
    };
    if [&b"inf"[..], b"infinity", b"nan"]
        .iter()
        .any(|name| body.eq_ignore_ascii_case(name))
    {
        return std::str::from_utf8(text).ok()?.parse().ok();
    }
    let shape = body
        .iter()
        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if !shape || body.is_empty() {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The value of a little-endian two's-complement integer (`LONG1`, `LONG4`).
#[must_use]
pub fn twos_complement(bytes: &[u8]) -> Integer {
    let negative = bytes.last().is_some_and(|top| top & 0x80 != 0);
    let fill = if negative { 0xff } else { 0 };
    let significant = bytes
        .iter()
        .rposition(|&b| b != fill)
        .map_or(0, |at| at + 1);
    let fits = significant < 8 || (significant == 8 && (bytes[7] & 0x80 != 0) == negative);
    if fits {
        let mut word = [fill; 8];
        word[..significant].copy_from_slice(&bytes[..significant]);
        return Integer::Small(i64::from_le_bytes(word));
    }
    let top = bytes[significant - 1] ^ fill;
    let mut bits = (significant as u64 - 1) * 8 + u64::from(8 - top.leading_zeros());
    // The magnitude of -2**n needs one bit more than its complement shows.
    if negative
        && bytes[..significant].iter().rev().skip(1).all(|&b| b == 0)
        && (!bytes[significant - 1]) & (!bytes[significant - 1]).wrapping_add(1) == 0
    {
        bits += 1;
    }
    Integer::Large { negative, bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(value: i64) -> Option<IntLine> {
        Some(IntLine::Int(Integer::Small(value)))
    }

    #[test]
    fn int_lines_differ_by_unpickler() {
        assert_eq!(int_line(b"010", Unpickler::C), small(8));
        assert_eq!(int_line(b"010", Unpickler::C314File), small(10));
        assert_eq!(int_line(b"+1", Unpickler::C314), Some(IntLine::Bool(true)));
        assert_eq!(int_line(b"+1", Unpickler::C315), small(1));
        assert_eq!(
            int_line(b"01", Unpickler::Python314),
            Some(IntLine::Bool(true))
        );
        assert_eq!(int_line(b"010", Unpickler::Python), None);
        assert_eq!(int_line(b"0x10", Unpickler::Python), small(16));
        assert_eq!(int_line(b"0x10", Unpickler::C315), None);
        assert_eq!(int_line(b"01", Unpickler::C), Some(IntLine::Bool(true)));
        assert_eq!(int_line(b" 1", Unpickler::C), Some(IntLine::Bool(true)));
        assert_eq!(int_line(b" 1", Unpickler::Python), small(1));
        assert_eq!(int_line(b"1\0junk", Unpickler::C), small(1));
        assert_eq!(int_line(b"1\0junk", Unpickler::Python), None);
        assert_eq!(int_line(b"\0", Unpickler::C), small(0));
        assert_eq!(int_line(b"0b11", Unpickler::C), small(3));
        assert_eq!(int_line(b"1_000", Unpickler::C), small(1000));
        assert_eq!(int_line(b"0x", Unpickler::C), Some(IntLine::Bool(false)));
        assert_eq!(int_line(b"+0X\0", Unpickler::C), small(0));
        assert_eq!(int_line(b"0x", Unpickler::Python), None);
        assert_eq!(int_line(b"0x", Unpickler::C314), None);
        assert_eq!(int_line(b"08", Unpickler::C), None);
        assert_eq!(int_line(b"", Unpickler::C), None);
    }

    #[test]
    fn large_integers_know_their_bits() {
        let large = |negative, bits| Some(Integer::Large { negative, bits });
        assert_eq!(
            long_line(b"9223372036854775807L", Unpickler::C),
            Some(Integer::Small(i64::MAX))
        );
        assert_eq!(
            long_line(b"9223372036854775808L", Unpickler::C),
            large(false, 64)
        );
        assert_eq!(
            long_line(b"-18446744073709551616", Unpickler::C),
            large(true, 65)
        );
        assert_eq!(twos_complement(b"\xff"), Integer::Small(-1));
        assert_eq!(twos_complement(b""), Integer::Small(0));
        assert_eq!(
            twos_complement(b"\0\0\0\0\0\0\0\x80\0"),
            Integer::Large {
                negative: false,
                bits: 64
            }
        );
        assert_eq!(
            twos_complement(b"\0\0\0\0\0\0\0\0\xff"),
            Integer::Large {
                negative: true,
                bits: 65
            }
        );
    }
}
