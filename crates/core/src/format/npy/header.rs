//! The header of an array: what its elements are, and how many.

use std::io;

use super::literal::{Literal, parse};
use crate::escape;
use crate::format::numpy::TypeCode;
use crate::gap::GapReason;
use crate::source::{Source, read_up_to};

/// How deep structures of structures are followed.
const DEEPEST: usize = 32;

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Its own length in bytes, with the magic number.
    pub(crate) len: u64,
    /// Bytes of an element; `None` for objects.
    item: Option<u64>,
    count: u64,
    /// The type of the elements by its code; `structured` for several fields.
    pub(crate) dtype: String,
    /// Whether the first index is the one that changes first.
    pub(crate) is_fortran: bool,
    pub(crate) shape: Vec<u64>,
}

/// Why a header cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct HeaderError {
    pub(super) reason: GapReason,
    pub(crate) detail: String,
    /// How much of the content it takes, as far as that can be told.
    pub(super) len: u64,
}

impl Header {
    /// Reads the header at the start of a source.
    pub(crate) fn read(
        source: &dyn Source,
        longest: u64,
    ) -> io::Result<Result<Header, HeaderError>> {
        let start = read_up_to(source, 0, 12)?;
        let (version, text, begin) = match *start.as_slice() {
            [_, _, _, _, _, _, 1, minor, a, b, ..] => {
                ((1, minor), u64::from(u16::from_le_bytes([a, b])), 10)
            }
            [_, _, _, _, _, _, major, minor, a, b, c, d] => {
                let len = u32::from_le_bytes([a, b, c, d]);
                ((major, minor), u64::from(len), 12)
            }
            _ => {
                return Ok(Err(error(
                    GapReason::Truncated,
                    "the header is cut off",
                    source.len(),
                )));
            }
        };
        let len = text + begin;
        if !matches!(version, (1..=3, 0)) {
            let detail = format!(
                "version {}.{} of the format is not known",
                version.0, version.1
            );
            return Ok(Err(error(GapReason::Unsupported, &detail, 8)));
        }
        if text > longest {
            let detail = format!("a header of {text} bytes");
            return Ok(Err(error(GapReason::Unsupported, &detail, len)));
        }
        let wanted = usize::try_from(text).unwrap_or(usize::MAX);
        let bytes = read_up_to(source, begin, wanted)?;
        if bytes.len() < wanted {
            return Ok(Err(error(
                GapReason::Truncated,
                "the header is cut off",
                source.len(),
            )));
        }
        let odd = || {
            error(
                GapReason::Malformed,
                "the header is not what NumPy writes",
                len,
            )
        };
        Ok(Header::of(&bytes, len).ok_or_else(odd))
    }

    /// `{'descr': …, 'fortran_order': …, 'shape': (…), }`, these keys and no others.
    fn of(text: &[u8], len: u64) -> Option<Header> {
        let Literal::Dict(entries) = parse(text)? else {
            return None;
        };
        let (mut descr, mut order, mut shape) = (None, None, None);
        for (key, value) in &entries {
            let Literal::Str(key) = key else { return None };
            let slot = match key.as_slice() {
                b"descr" => &mut descr,
                b"fortran_order" => &mut order,
                b"shape" => &mut shape,
                _ => return None,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        let (&Literal::Bool(is_fortran), Literal::Tuple(sizes)) = (order?, shape?) else {
            return None;
        };
        let descr = descr?;
        let size = |size: &Literal| match size {
            Literal::Int(size) => Some(*size),
            _ => None,
        };
        Some(Header {
            len,
            item: item(descr, DEEPEST)?,
            count: product(sizes)?,
            is_fortran,
            dtype: match descr {
                Literal::Str(code) => escape::lossless(code),
                _ => "structured".to_owned(),
            },
            shape: sizes.iter().map(size).collect::<Option<_>>()?,
        })
    }

    /// How many bytes the elements take; `None` for a pickle of objects.
    pub(super) fn bytes(&self) -> Option<u64> {
        // `np.load` multiplies in 63 bits and raises before it reads so much.
        self.item.map(|item| item.saturating_mul(self.count))
    }
}

fn error(reason: GapReason, detail: &str, len: u64) -> HeaderError {
    HeaderError {
        reason,
        detail: detail.to_owned(),
        len,
    }
}

fn product(sizes: &[Literal]) -> Option<u64> {
    sizes.iter().try_fold(1u64, |count, size| match size {
        Literal::Int(size) => count.checked_mul(*size),
        _ => None,
    })
}

/// Bytes of an item; `Some(None)` where it holds objects, `None` where it cannot be told.
fn item(descr: &Literal, depth: usize) -> Option<Option<u64>> {
    let depth = depth.checked_sub(1)?;
    match descr {
        Literal::Str(code) => simple(code),
        // A type and how often an item holds it.
        Literal::Tuple(parts) => match parts.as_slice() {
            [of, Literal::Tuple(sizes)] => times(item(of, depth)?, product(sizes)?),
            _ => None,
        },
        Literal::List(fields) => {
            let mut sum = Some(0u64);
            for field in fields {
                let Literal::Tuple(parts) = field else {
                    return None;
                };
                let (of, sizes) = match parts.as_slice() {
                    [_, of] => (of, &[][..]),
                    [_, of, Literal::Tuple(sizes)] => (of, sizes.as_slice()),
                    _ => return None,
                };
                let size = times(item(of, depth)?, product(sizes)?)?;
                sum = match (sum, size) {
                    (Some(sum), Some(size)) => Some(sum.checked_add(size)?),
                    _ => None,
                };
            }
            Some(sum)
        }
        _ => None,
    }
}

fn times(item: Option<u64>, count: u64) -> Option<Option<u64>> {
    match item {
        Some(item) => item.checked_mul(count).map(Some),
        None => Some(None),
    }
}

/// The size of a type that is named by its code, such as `<f8` or `<M8[ns]`.
fn simple(code: &[u8]) -> Option<Option<u64>> {
    let code = std::str::from_utf8(code).ok()?;
    if matches!(
        code.trim_start_matches(['|', '<', '>', '=']),
        "O" | "O8" | "O4"
    ) {
        return Some(None);
    }
    let is_time = code.contains(['M', 'm']);
    let code = match code.split_once('[') {
        Some((code, unit)) if is_time && unit.ends_with(']') => code,
        Some(_) => return None,
        None => code,
    };
    let code = TypeCode::parse(code).filter(|code| b"biufcmMSaUV".contains(&code.kind))?;
    u64::try_from(code.size?).ok().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(descr: &str, shape: &str) -> Option<Option<u64>> {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}  \n");
        Header::of(text.as_bytes(), 0).map(|header| header.bytes())
    }

    #[test]
    fn headers_tell_how_many_bytes_follow() {
        assert_eq!(bytes("'<f8'", "(3, 4)"), Some(Some(96)));
        assert_eq!(bytes("'<U3'", "()"), Some(Some(12)));
        assert_eq!(bytes("'<M8[25ns]'", "(2,)"), Some(Some(16)));
        assert_eq!(
            bytes("[('a', '<f4'), ('b', '|S3', (2,))]", "(2,)"),
            Some(Some(20))
        );
        assert_eq!(
            bytes("[('a', [('c', '<i2')]), (('title', 'b'), '|u1')]", "(1,)"),
            Some(Some(3))
        );
        assert_eq!(bytes("('<f4', (2, 3))", "(1,)"), Some(Some(24)));
        assert_eq!(bytes("'|O'", "(1000000,)"), Some(None));
        assert_eq!(bytes("[('a', '<f4'), ('b', '|O')]", "(2,)"), Some(None));
        assert_eq!(bytes("'<f8'", "(0, 18446744073709551615)"), Some(Some(0)));
        for (descr, shape) in [
            ("'<f8'", "[3]"),
            ("'<f8'", "(-1,)"),
            ("'<f8'", "(9223372036854775807, 9)"),
            ("'float64'", "(1,)"),
            ("'<q8'", "(1,)"),
            ("'<f8[ns]'", "(1,)"),
            ("['<f8']", "(1,)"),
            ("3", "(1,)"),
            ("'<f8', 'more': 1", "(1,)"),
            ("'<f8', 'descr': '|O'", "(1,)"),
            ("(('f8', (1,)), (1,), 2)", "(1,)"),
        ] {
            assert_eq!(bytes(descr, shape), None, "{descr} {shape}");
        }
    }
}
