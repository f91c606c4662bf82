//! Numbers and escapes as JSON writes them.

use super::{JsonProblem, Result};

/// How many bytes the number at the beginning takes, where there is one.
pub(super) fn number_len(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || whole > 1 && text.get(at) == Some(&b'0') {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// The character of the escape at the beginning, and how many bytes that takes.
pub(super) fn escape(text: &[u8]) -> Result<(char, usize)> {
    let c = match text.get(1).ok_or(JsonProblem::End)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return Err(JsonProblem::Escape),
    };
    Ok((c, 2))
}

fn unicode(text: &[u8]) -> Result<(char, usize)> {
    let first = unit(text)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, 6));
    }
    let second = text.get(6..).filter(|rest| rest.starts_with(b"\\u"));
    let second = unit(second.ok_or(JsonProblem::Surrogate)?)?;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return Err(JsonProblem::Surrogate);
    }
    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code)
        .map(|c| (c, 12))
        .ok_or(JsonProblem::Surrogate)
}

/// The code unit of a `\uXXXX`.
fn unit(text: &[u8]) -> Result<u32> {
    let digits = text.get(2..6).ok_or(JsonProblem::End)?;
    digits.iter().try_fold(0, |unit, &digit| {
        let digit = char::from(digit).to_digit(16).ok_or(JsonProblem::Escape)?;
        Ok(unit << 4 | digit)
    })
}
