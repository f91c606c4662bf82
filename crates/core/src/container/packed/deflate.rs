//! Deflated data in gzip members (RFC 1952) and with zlib headers (RFC 1950).

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::input::Input;
use super::stream::{DAMAGED, Fault, Push, Pushed, Pushing, State, Stream, WRONG_SUM};

/// What a gzip member begins with.
pub(super) const GZIP: &[u8] = b"\x1f\x8b";

const FLAG_HEADER_SUM: u8 = 1 << 1;
const FLAG_EXTRA: u8 = 1 << 2;
const FLAG_NAME: u8 = 1 << 3;
const FLAG_COMMENT: u8 = 1 << 4;

/// Whether two bytes are a zlib header.
pub(super) fn is_zlib(prefix: &[u8]) -> bool {
    let [method, flags, ..] = *prefix else {
        return false;
    };
    let sum = u16::from(method) << 8 | u16::from(flags);
    method & 0x0f == 8 && method >> 4 <= 7 && sum.is_multiple_of(31)
}

/// Begins to read a zlib stream.
pub(super) fn zlib() -> Box<dyn Stream> {
    Box::new(Pushing::new(Deflated {
        state: Decompress::new(true),
        sums: None,
    }))
}

/// Begins to read a gzip member: its header, as lenient as Python's `gzip`, which passes over
/// reserved flags and the checksum of the header.
pub(super) fn gzip(input: &mut Input<'_>) -> Result<Box<dyn Stream>, Fault> {
    let [_, _, method, flags, ..] = input.array::<10>()?;
    if method != 8 {
        return Err(Fault::Malformed("a gzip member of an unknown method"));
    }
    if flags & FLAG_EXTRA != 0 {
        let mut left = usize::from(u16::from_le_bytes(input.array()?));
        while left > 0 {
            let there = input.peek()?.len().min(left);
            if there == 0 {
                return Err(Fault::Truncated);
            }
            input.take(there);
            left -= there;
        }
    }
    for flag in [FLAG_NAME, FLAG_COMMENT] {
        if flags & flag != 0 {
            input.line()?;
        }
    }
    if flags & FLAG_HEADER_SUM != 0 {
        input.array::<2>()?;
    }
    Ok(Box::new(Pushing::new(Deflated {
        state: Decompress::new(false),
        sums: Some(Crc::new()),
    })))
}

/// Deflated data, and for gzip what its end is compared with.
struct Deflated {
    state: Decompress,
    sums: Option<Crc>,
}

impl Push for Deflated {
    fn push(&mut self, input: &[u8], out: &mut [u8]) -> Pushed {
        let (read, written) = (self.state.total_in(), self.state.total_out());
        let status = self.state.decompress(input, out, FlushDecompress::None);
        let done = |before: u64, now: u64| usize::try_from(now - before).unwrap_or(0);
        let read = done(read, self.state.total_in());
        let written = done(written, self.state.total_out());
        if let Some(crc) = &mut self.sums {
            crc.update(out.get(..written).unwrap_or_default());
        }
        let state = match status {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(_) => State::Going,
            Err(error) if error.needs_dictionary().is_some() => {
                State::Failed(Fault::Unsupported("it was compressed with a dictionary"))
            }
            Err(_) => State::Failed(Fault::Malformed(DAMAGED)),
        };
        Pushed {
            read,
            written,
            state,
        }
    }

    fn end(&mut self, input: &mut Input<'_>) -> Result<(), Fault> {
        let Some(crc) = &self.sums else {
            return Ok(());
        };
        let sum = u32::from_le_bytes(input.array()?);
        let len = u32::from_le_bytes(input.array()?);
        if sum != crc.sum() || len != crc.amount() {
            return Err(Fault::Malformed(WRONG_SUM));
        }
        Ok(())
    }
}
