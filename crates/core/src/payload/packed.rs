//! Deflated data in zlib and gzip wrappings.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Ended, Layer};

/// How much room is made at a time.
const CHUNK: usize = 16 * 1024;

/// Whether the bytes begin with one of the two headers and a plausible block of deflated data.
pub(super) fn begins(bytes: &[u8]) -> Option<Layer> {
    match *bytes {
        [0x1f, 0x8b, 8, flags, ..] => (flags & 0xe0 == 0).then_some(Layer::Gzip),
        [method, flags, ref blocks @ ..] if is_zlib(method, flags) => {
            is_block(blocks).then_some(Layer::Zlib)
        }
        _ => None,
    }
}

/// Whether one of the headers begins with two bytes.
pub(super) fn could_begin(first: u8, second: u8) -> bool {
    (first, second) == (0x1f, 0x8b) || is_zlib(first, second)
}

/// Whether this is a zlib header: RFC 1950, section 2.2. A dictionary would have to come from
/// elsewhere.
fn is_zlib(method: u8, flags: u8) -> bool {
    method & 0x8f == 8
        && flags & 0x20 == 0
        && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
}

/// Whether the bytes begin like a block of deflated data: stored, or with fixed or own codes. What is
/// not there is believed to fit.
fn is_block(bytes: &[u8]) -> bool {
    let [first, rest @ ..] = bytes else {
        return true;
    };
    match (first >> 1) & 3 {
        0 => match rest {
            [a, b, c, d, ..] => a ^ c == 0xff && b ^ d == 0xff,
            _ => true,
        },
        1 => true,
        2 => first >> 3 <= 29 && rest.first().is_none_or(|distances| distances & 31 <= 29),
        _ => false,
    }
}

/// Decompresses from the beginning of the bytes, at most `max` of it, and says how that ended. Where
/// the data is broken, what came before counts.
pub(super) fn unpack(bytes: &[u8], layer: Layer, max: usize) -> (Vec<u8>, Ended) {
    let mut out = Vec::new();
    if layer == Layer::Zlib {
        let (ended, _) = inflate(bytes, true, max, &mut out);
        return (out, ended);
    }
    // A gzip file may have several members, the first of them empty.
    let mut rest = bytes;
    while let Some(blocks) = behind_gzip_header(rest) {
        let (ended, read) = inflate(blocks, false, max, &mut out);
        let Some(read) = read else {
            return (out, ended);
        };
        // A checksum and a length follow.
        rest = blocks.get(read.saturating_add(8)..).unwrap_or_default();
    }
    let ended = if rest.len() < 10 {
        Ended::Input
    } else {
        Ended::Within
    };
    (out, ended)
}

/// Appends what deflated data gives; how that ended and how many bytes it took, where it ended by
/// itself.
fn inflate(bytes: &[u8], zlib: bool, max: usize, out: &mut Vec<u8>) -> (Ended, Option<usize>) {
    let mut state = Decompress::new(zlib);
    loop {
        let read = usize::try_from(state.total_in()).unwrap_or(bytes.len());
        let rest = bytes.get(read..).unwrap_or_default();
        let room = max.saturating_sub(out.len()).min(CHUNK);
        if room == 0 {
            return (Ended::Full, None);
        }
        out.reserve(room);
        let before = (state.total_in(), state.total_out());
        let status = state.decompress_vec(rest, out, FlushDecompress::None);
        if out.len() > max {
            // There was more room than asked for.
            out.truncate(max);
            return (Ended::Full, None);
        }
        match status {
            Ok(Status::StreamEnd) => {
                return (Ended::Within, usize::try_from(state.total_in()).ok());
            }
            Ok(_) if before != (state.total_in(), state.total_out()) => {}
            Ok(_) => return (Ended::Input, None),
            // Where more input is needed, that is an error of its own.
            Err(_) if rest.is_empty() => return (Ended::Input, None),
            Err(_) => return (Ended::Within, None),
        }
    }
}

/// What lies behind a gzip header: RFC 1952, section 2.3.
fn behind_gzip_header(bytes: &[u8]) -> Option<&[u8]> {
    let ([0x1f, 0x8b, 8, flags, ..], mut rest) = bytes.split_first_chunk::<10>()? else {
        return None;
    };
    if flags & 4 != 0 {
        let (extra, behind) = rest.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_le_bytes(*extra))..)?;
    }
    // A name and a comment, each up to a NUL.
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = rest.get(memchr::memchr(0, rest)? + 1..)?;
        }
    }
    rest.get(if flags & 2 != 0 { 2 } else { 0 }..)
}
