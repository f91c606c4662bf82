//! Decompressing deflated data into bounded memory.

use std::io;

use flate2::{Decompress, FlushDecompress, Status};

use crate::source::{Source, fill};

/// How much is read at a time. A source may refuse to be read any further; what was read until then
/// gives a thousand times as much.
const READ: usize = 8 * 1024;
/// How much is written at a time.
const WRITTEN: usize = 32 * 1024;

/// How decompressing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The data ended by itself.
    Whole,
    /// As much as was wanted is there; more may follow.
    Full,
    /// The compressed data ends too early.
    Truncated,
    /// The compressed data is no deflated data from here on.
    Malformed,
}

/// What decompressing gave.
#[derive(Debug)]
pub(super) struct Inflated {
    pub(super) bytes: Vec<u8>,
    pub(super) ended: Ended,
    /// How many bytes were taken for it.
    pub(super) read: u64,
}

/// Decompresses raw deflated data from the start of a source, at most `max` bytes of it.
pub(super) fn inflate(source: &dyn Source, max: u64) -> io::Result<Inflated> {
    let mut state = Decompress::new(false);
    let mut out = Vec::new();
    let mut input = vec![0; READ];
    let mut output = vec![0; WRITTEN];
    let mut at = 0;
    let done = |bytes, ended, state: &Decompress| Inflated {
        bytes,
        ended,
        read: state.total_in(),
    };
    loop {
        let n = fill(source, at, &mut input)?;
        let mut rest = input.get(..n).unwrap_or_default();
        loop {
            let (read, written) = (state.total_in(), state.total_out());
            let Ok(status) = state.decompress(rest, &mut output, FlushDecompress::None) else {
                return Ok(done(out, Ended::Malformed, &state));
            };
            let read = usize::try_from(state.total_in() - read).unwrap_or(rest.len());
            let written = usize::try_from(state.total_out() - written).unwrap_or(0);
            rest = rest.get(read..).unwrap_or_default();
            let room = usize::try_from(max.saturating_sub(out.len() as u64)).unwrap_or(usize::MAX);
            out.extend_from_slice(output.get(..written.min(room)).unwrap_or_default());
            if written > room {
                return Ok(done(out, Ended::Full, &state));
            }
            if status == Status::StreamEnd {
                return Ok(done(out, Ended::Whole, &state));
            }
            if read == 0 && written == 0 {
                break;
            }
        }
        if n == 0 {
            return Ok(done(out, Ended::Truncated, &state));
        }
        at += n as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weighbridge_testkit::zip::deflate;

    fn inflate(source: &dyn Source, max: u64) -> io::Result<(Vec<u8>, Ended)> {
        super::inflate(source, max).map(|done| (done.bytes, done.ended))
    }

    #[test]
    fn what_follows_the_data_is_not_taken() {
        let packed = deflate(b"words");
        let more = [packed.clone(), vec![0xaa; 9]].concat();
        let done = super::inflate(&more, 99).unwrap();
        assert_eq!(done.bytes, b"words");
        assert_eq!((done.ended, done.read), (Ended::Whole, packed.len() as u64));
    }

    #[test]
    fn data_ends_as_it_says() {
        let plain: Vec<u8> = (0..200_000u32)
            .flat_map(|n| (n / 7).to_le_bytes())
            .collect();
        let packed = deflate(&plain);
        assert_eq!(
            inflate(&packed, u64::MAX).unwrap(),
            (plain.clone(), Ended::Whole)
        );
        assert_eq!(
            inflate(&packed, plain.len() as u64).unwrap().1,
            Ended::Whole
        );
        let (start, ended) = inflate(&packed, 1000).unwrap();
        assert_eq!((start.as_slice(), ended), (&plain[..1000], Ended::Full));
        let (start, ended) = inflate(&packed[..packed.len() / 2].to_vec(), u64::MAX).unwrap();
        assert!(plain.starts_with(&start) && start.len() > 1000);
        assert_eq!(ended, Ended::Truncated);
        assert_eq!(
            inflate(&b"\xff\xff".to_vec(), 9).unwrap().1,
            Ended::Malformed
        );
        assert_eq!(inflate(&Vec::new(), 9).unwrap().1, Ended::Truncated);
    }
}
