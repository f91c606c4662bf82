//! Streams of bzip2.

use bzip2::{Decompress, Status};

use super::stream::{DAMAGED, Fault, Push, Pushed, Pushing, State, Stream};

/// Whether a stream begins so.
pub(super) fn begins(prefix: &[u8]) -> bool {
    matches!(prefix, [b'B', b'Z', b'h', b'1'..=b'9', ..])
}

/// Begins to read a stream.
pub(super) fn open() -> Box<dyn Stream> {
    Box::new(Pushing::new(Bzip2(Decompress::new(false))))
}

struct Bzip2(Decompress);

impl Push for Bzip2 {
    fn push(&mut self, input: &[u8], out: &mut [u8]) -> Pushed {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let status = self.0.decompress(input, out);
        let done = |before: u64, now: u64| usize::try_from(now - before).unwrap_or(0);
        Pushed {
            read: done(read, self.0.total_in()),
            written: done(written, self.0.total_out()),
            state: match status {
                Ok(Status::StreamEnd) => State::Ended,
                Ok(_) => State::Going,
                Err(_) => State::Failed(Fault::Malformed(DAMAGED)),
            },
        }
    }
}
