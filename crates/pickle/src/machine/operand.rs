//! What each scalar opcode demands of its operand's bytes, and which readings are content with them.

use std::io;

use super::input::{Input, Span};
use super::state::Raise;
use super::value::Tag;
use crate::literal;
use crate::opcode::{Layout, Op};
use crate::readings::{Encoding, Readings};
use crate::text::{Text, Utf8Prefix, unescape_string, utf8_surrogatepass};

/// Number lines longer than this are taken as accepted by every reading.
pub(crate) const NUMBER_CAP: usize = 64 * 1024;
/// Escaped text longer than this is taken as accepted by every reading.
const ESCAPED_CAP: usize = 16 * 1024 * 1024;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    None,
    Int,
    Long,
    Float,
    /// Quoted and escaped 8-bit text.
    QuotedString,
    /// 8-bit text as it is.
    EightBit,
    RawUnicodeEscape,
    Utf8SurrogatePass,
    Utf8,
    Ascii,
}

/// The tag of what an opcode pushes.
pub(crate) fn tag_of(op: Op) -> Tag {
    match op {
        Op::INT => Tag::IntLine,
        Op::LONG => Tag::LongLine,
        Op::LONG1 => Tag::Long1,
        Op::LONG4 => Tag::Long4,
        Op::FLOAT => Tag::FloatLine,
        Op::BINFLOAT => Tag::BinFloat,
        Op::STRING => Tag::StringLine,
        Op::BINSTRING => Tag::BinString,
        Op::SHORT_BINSTRING => Tag::ShortBinString,
        Op::UNICODE => Tag::UnicodeLine,
        Op::BINUNICODE => Tag::BinUnicode,
        Op::SHORT_BINUNICODE => Tag::ShortBinUnicode,
        Op::BINUNICODE8 => Tag::BinUnicode8,
        Op::BINBYTES => Tag::BinBytes,
        Op::SHORT_BINBYTES => Tag::ShortBinBytes,
        Op::BINBYTES8 | Op::BYTEARRAY8 => Tag::BinBytes8,
        _ => Tag::Absent,
    }
}

/// What an opcode demands.
pub(crate) fn check_of(op: Op) -> Check {
    match op {
        Op::INT => Check::Int,
        Op::LONG => Check::Long,
        Op::FLOAT => Check::Float,
        Op::STRING => Check::QuotedString,
        Op::BINSTRING | Op::SHORT_BINSTRING => Check::EightBit,
        Op::UNICODE => Check::RawUnicodeEscape,
        Op::BINUNICODE | Op::SHORT_BINUNICODE | Op::BINUNICODE8 => Check::Utf8SurrogatePass,
        _ => Check::None,
    }
}

/// How many bytes an opcode's length has.
pub(crate) fn length_size(op: Op) -> u8 {
    match op.layout() {
        Layout::Counted(n) => n,
        _ => 0,
    }
}

/// The readings that accept the bytes, and why the others raise.
pub(crate) fn check(
    input: &mut Input<'_>,
    span: Span,
    check: Check,
) -> io::Result<(Readings, Raise)> {
    Ok(match check {
        Check::None => (Readings::ALL, ""),
        Check::Int => (number(input, span, literal::int_line_readings)?, "no int"),
        Check::Long => (number(input, span, literal::long_line_readings)?, "no int"),
        Check::Float => (
            number(input, span, literal::float_line_readings)?,
            "no float",
        ),
        Check::QuotedString => (quoted(input, span)?, "no quoted string"),
        Check::EightBit => (
            eight_bit(input, span)?,
            "text that its encoding does not allow",
        ),
        Check::RawUnicodeEscape => (raw_unicode(input, span)?, "a broken unicode escape"),
        Check::Utf8SurrogatePass => (utf8(input, span, true)?, "invalid UTF-8"),
        Check::Utf8 => (utf8(input, span, false)?, "invalid UTF-8"),
        Check::Ascii => {
            let ascii = all(input, span, <[u8]>::is_ascii)?;
            (
                if ascii { Readings::ALL } else { Readings::NONE },
                "text that is not ASCII",
            )
        }
    })
}

fn number(
    input: &mut Input<'_>,
    span: Span,
    readings: impl Fn(&[u8]) -> Readings,
) -> io::Result<Readings> {
    if span.len > NUMBER_CAP as u64 {
        return Ok(Readings::ALL);
    }
    Ok(readings(&input.prefix(span, NUMBER_CAP)?))
}

fn all(input: &mut Input<'_>, span: Span, holds: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    let mut good = true;
    input.pieces(span, |piece| {
        good = holds(piece);
        good
    })?;
    Ok(good)
}

/// The readings that take 8-bit text: `bytes` and Latin-1 take any.
fn eight_bit_readings(ascii: bool, utf8: bool) -> Readings {
    let mut readings = Readings::encoded(Encoding::Bytes).or(Readings::encoded(Encoding::Latin1));
    if ascii {
        readings = readings.or(Readings::encoded(Encoding::Ascii));
    }
    if utf8 {
        readings = readings.or(Readings::encoded(Encoding::Utf8));
    }
    readings
}

fn eight_bit(input: &mut Input<'_>, span: Span) -> io::Result<Readings> {
    if all(input, span, <[u8]>::is_ascii)? {
        return Ok(Readings::ALL);
    }
    Ok(eight_bit_readings(
        false,
        !utf8(input, span, false)?.is_empty(),
    ))
}

fn quoted(input: &mut Input<'_>, span: Span) -> io::Result<Readings> {
    let line = input.prefix(span, ESCAPED_CAP)?;
    if (line.len() as u64) < span.len {
        return Ok(Readings::ALL);
    }
    let [first @ (b'\'' | b'"'), inner @ .., last] = line.as_slice() else {
        return Ok(Readings::NONE);
    };
    let text = unescape_string(inner).filter(|_| first == last);
    Ok(text.map_or(Readings::NONE, |text| {
        eight_bit_readings(text.is_ascii(), std::str::from_utf8(&text).is_ok())
    }))
}

fn raw_unicode(input: &mut Input<'_>, span: Span) -> io::Result<Readings> {
    let line = input.prefix(span, ESCAPED_CAP)?;
    let good = (line.len() as u64) < span.len || Text::from_raw_unicode_escape(&line).is_some();
    Ok(if good { Readings::ALL } else { Readings::NONE })
}

/// Checks UTF-8 piece by piece; a character may lie across two pieces.
fn utf8(input: &mut Input<'_>, span: Span, surrogates: bool) -> io::Result<Readings> {
    let mut carry: Vec<u8> = Vec::new();
    let mut good = true;
    input.pieces(span, |piece| {
        let joined;
        let piece = if carry.is_empty() {
            piece
        } else {
            joined = [carry.as_slice(), piece].concat();
            &joined
        };
        let rest = unfinished(piece, surrogates);
        good = rest.is_some();
        carry = rest.unwrap_or_default().to_vec();
        good
    })?;
    Ok(if good && carry.is_empty() {
        Readings::ALL
    } else {
        Readings::NONE
    })
}

/// The incomplete character at the end of a piece; `None` where the piece is invalid.
fn unfinished(piece: &[u8], surrogates: bool) -> Option<&[u8]> {
    let good = if surrogates {
        match utf8_surrogatepass(piece) {
            Utf8Prefix::Incomplete { good } => good,
            Utf8Prefix::Invalid => return None,
        }
    } else {
        match std::str::from_utf8(piece) {
            Ok(_) => piece.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return None,
        }
    };
    Some(piece.get(good..).unwrap_or(&[]))
}
