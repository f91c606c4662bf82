//! Integers of any size in decimal, for listings.

use crate::literal::{Integer, twos_complement, until_nul};

/// A number in decimal: from its value where that fits 64 bits, else from its digits, which stand
/// in for themselves where they are decimal.
pub(crate) fn decimal_line(line: &[u8], integer: &Integer) -> String {
    match integer {
        Integer::Small(value) => value.to_string(),
        Integer::Large { negative, bits } => {
            let digits: String = until_nul(line)
                .iter()
                .map(|&b| char::from(b))
                .filter(|c| !matches!(c, '_' | '+' | '-') && !c.is_whitespace())
                .collect();
            let sign = if *negative { "-" } else { "" };
            if digits.chars().all(|c| c.is_ascii_digit()) {
                format!("{sign}{}", digits.trim_start_matches('0'))
            } else {
                format!("{sign}<int of {bits} bits>")
            }
        }
    }
}

/// A little-endian two's-complement integer in decimal; by its size where it is very long.
pub(crate) fn decimal_bytes(bytes: &[u8]) -> String {
    const LONG: usize = 512;
    match twos_complement(bytes) {
        Integer::Small(value) => value.to_string(),
        Integer::Large { negative, bits } if bytes.len() > LONG => {
            format!("{}<int of {bits} bits>", if negative { "-" } else { "" })
        }
        Integer::Large { negative, .. } => {
            let mut magnitude: Vec<u8> = bytes.to_vec();
            if negative {
                let mut carry = true;
                for byte in &mut magnitude {
                    let (value, overflow) = (!*byte).overflowing_add(u8::from(carry));
                    *byte = value;
                    carry = overflow;
                }
            }
            let digits = decimal_digits(magnitude);
            format!("{}{digits}", if negative { "-" } else { "" })
        }
    }
}

/// Decimal digits of a little-endian magnitude.
fn decimal_digits(mut magnitude: Vec<u8>) -> String {
    let mut groups: Vec<u32> = Vec::new();
    while magnitude.iter().any(|&byte| byte != 0) {
        let mut remainder = 0u32;
        for byte in magnitude.iter_mut().rev() {
            let value = remainder << 8 | u32::from(*byte);
            // Below 256, because the remainder is below 10,000.
            *byte = u8::try_from(value / 10_000).unwrap_or(u8::MAX);
            remainder = value % 10_000;
        }
        groups.push(remainder);
    }
    let mut digits: String = groups
        .iter()
        .rev()
        .map(|group| format!("{group:04}"))
        .collect();
    let zeros = digits
        .bytes()
        .take_while(|&b| b == b'0')
        .count()
        .min(digits.len().saturating_sub(1));
    digits.drain(..zeros);
    digits
}
