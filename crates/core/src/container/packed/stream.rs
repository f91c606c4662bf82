//! What every codec does: one stream of compressed data, decoded a piece at a time.

use std::io;

use super::input::Input;
use crate::gap::{Gap, GapReason};

/// Why decompressing ended early. What came out before stands.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The compressed data ends too early.
    Truncated,
    /// The compressed data is damaged, or its checksum does not match.
    Malformed(&'static str),
    /// It wants something that is not done here.
    Unsupported(&'static str),
    /// It wants a window of more bytes than may be held.
    Window,
    /// The source cannot be read.
    Io(io::Error),
}

/// What there is to say where data is damaged.
pub(super) const DAMAGED: &str = "the compressed data is damaged";
/// What there is to say where a checksum is not that of the data.
pub(super) const WRONG_SUM: &str = "the checksum of the decompressed data does not match";

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        Fault::Io(error)
    }
}

impl Fault {
    /// The fault as a gap. `window` is how much may be held for a window, and the limit that says so.
    pub(crate) fn gap(&self, window: (u64, &'static str)) -> Gap {
        match self {
            Fault::Truncated => Gap::new(GapReason::Truncated, "the compressed data is cut off"),
            Fault::Malformed(words) => Gap::new(GapReason::Malformed, *words),
            Fault::Unsupported(words) => Gap::new(GapReason::Unsupported, *words),
            Fault::Window => {
                let (bytes, limit) = window;
                let detail = format!("decompressing it takes a window of more than {bytes} bytes");
                Gap::limit(limit, detail)
            }
            Fault::Io(error) => Gap::io(error),
        }
    }
}

/// One stream of compressed data: a member, a frame.
pub(super) trait Stream {
    /// Writes what comes next and says how much; nothing only where the stream ended. Then the input
    /// stands behind it.
    fn read(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Fault>;
}

/// How a call of a decoder that is handed its input went.
pub(super) struct Pushed {
    pub(super) read: usize,
    pub(super) written: usize,
    pub(super) state: State,
}

/// Where a decoder is.
pub(super) enum State {
    Going,
    Ended,
    Failed(Fault),
}

/// A decoder that is handed its input.
pub(super) trait Push {
    /// Decodes from `input`, of which there is no more if it is empty.
    fn push(&mut self, input: &[u8], out: &mut [u8]) -> Pushed;

    /// What follows the data: checksums, and input that was taken too far.
    fn end(&mut self, _input: &mut Input<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// A stream of a decoder that is handed its input.
pub(super) struct Pushing<P> {
    decoder: P,
    /// What is to be said once all that came out was handed on.
    state: State,
}

impl<P: Push> Pushing<P> {
    pub(super) fn new(decoder: P) -> Pushing<P> {
        Pushing {
            decoder,
            state: State::Going,
        }
    }
}

impl<P: Push> Stream for Pushing<P> {
    fn read(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Going => {}
                State::Ended => {
                    self.decoder.end(input)?;
                    return Ok(0);
                }
                State::Failed(fault) => return Err(fault),
            }
            let bytes = input.peek()?;
            let last = bytes.is_empty();
            let Pushed {
                read,
                written,
                state,
            } = self.decoder.push(bytes, out);
            input.take(read);
            let stuck = read == 0 && written == 0;
            self.state = match state {
                State::Going if stuck && last => State::Failed(Fault::Truncated),
                State::Going if stuck => State::Failed(Fault::Malformed(DAMAGED)),
                // Where more input is needed, that is an error of its own.
                State::Failed(Fault::Malformed(_)) if last => State::Failed(Fault::Truncated),
                state => state,
            };
            if written > 0 {
                return Ok(written);
            }
        }
    }
}
