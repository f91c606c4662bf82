//! LZMA: the xz format, the older format of a header and data (`.lzma`), and bare data.

use std::io;

use lzma_rust2::{Action, LzmaStream, Status, StreamResult, XzStream};

use super::input::Input;
use super::stream::{DAMAGED, Fault, Push, Pushed, Pushing, State, Stream};

/// What an xz stream begins with.
pub(super) const XZ: &[u8] = b"\xfd7zXZ\0";
/// The longest header of the older format, and the first byte of its data.
pub(super) const ALONE_LEN: usize = 14;
/// What the decoders hold besides the dictionary, at most.
const BESIDE: u64 = 1 << 20;

/// Whether this is a header of the older format that Python's `lzma` takes, where the format is not
/// said: liblzma wants round sizes there. Data begins with a zero.
pub(super) fn is_alone(prefix: &[u8]) -> bool {
    let Some((header, rest)) = prefix.split_first_chunk::<13>() else {
        return false;
    };
    let [properties, a, b, c, d, size @ ..] = *header;
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let size = u64::from_le_bytes(size);
    let bits = dictionary.count_ones();
    let round = bits == 1 || bits == 2 && dictionary & dictionary >> 1 != 0;
    properties < 225
        && (round || matches!(dictionary, 0 | u32::MAX))
        && (size == u64::MAX || size < 1 << 38)
        && rest.first().is_none_or(|first| *first == 0)
}

/// Begins to read an xz stream, holding at most `window` bytes for a dictionary.
pub(super) fn xz(window: u64) -> Box<dyn Stream> {
    Box::new(Pushing::new(Lzma(XzStream::new_mem_limit(
        false,
        kib(window),
    ))))
}

/// Begins to read the older format, holding at most `window` bytes for a dictionary.
pub(super) fn alone(window: u64) -> Box<dyn Stream> {
    Box::new(Pushing::new(Lzma(LzmaStream::new_mem_limit(
        kib(window),
        None,
    ))))
}

/// Begins to read the data of a zip member: a version, the size of the properties, and those. `len`
/// bytes come out, if that is known.
pub(super) fn bare(
    input: &mut Input<'_>,
    len: Option<u64>,
    window: u64,
) -> Result<Box<dyn Stream>, Fault> {
    let [_, _, low, high] = input.array()?;
    if [low, high] != [5, 0] {
        return Err(Fault::Malformed("LZMA properties of another size than five"));
    }
    let [properties, dictionary @ ..] = input.array::<5>()?;
    let dictionary = u32::from_le_bytes(dictionary);
    if u64::from(dictionary) > window {
        return Err(Fault::Window);
    }
    let stream = LzmaStream::new_with_props(
        len.unwrap_or(u64::MAX),
        properties,
        dictionary.max(4096),
        None,
    );
    Ok(Box::new(Pushing::new(Lzma(
        stream.map_err(|_| Fault::Malformed(DAMAGED))?,
    ))))
}

fn kib(window: u64) -> u32 {
    u32::try_from((window + BESIDE) / 1024).unwrap_or(u32::MAX - 1)
}

/// What both decoders have.
trait Decode {
    fn process(
        &mut self,
        input: &[u8],
        out: &mut [u8],
        action: Action,
    ) -> io::Result<StreamResult>;
    fn totals(&self) -> (u64, u64);
    /// How much input was taken that does not belong to the data.
    fn beyond(&self) -> usize;
}

impl Decode for XzStream {
    fn process(&mut self, input: &[u8], out: &mut [u8], action: Action) -> io::Result<StreamResult> {
        XzStream::process(self, input, out, action)
    }

    fn totals(&self) -> (u64, u64) {
        (self.total_in(), self.total_out())
    }

    fn beyond(&self) -> usize {
        0
    }
}

impl Decode for LzmaStream {
    fn process(&mut self, input: &[u8], out: &mut [u8], action: Action) -> io::Result<StreamResult> {
        LzmaStream::process(self, input, out, action)
    }

    fn totals(&self) -> (u64, u64) {
        (self.total_in(), self.total_out())
    }

    fn beyond(&self) -> usize {
        self.unused_input().len()
    }
}

struct Lzma<D>(D);

impl<D: Decode> Push for Lzma<D> {
    fn push(&mut self, input: &[u8], out: &mut [u8]) -> Pushed {
        let (_, before) = self.0.totals();
        let action = if input.is_empty() {
            Action::Finish
        } else {
            Action::Run
        };
        match self.0.process(input, out, action) {
            Ok(done) => Pushed {
                read: done.bytes_consumed,
                written: done.bytes_produced,
                state: match done.status {
                    Status::StreamEnd => State::Ended,
                    Status::Ok => State::Going,
                },
            },
            // What was written before the fault is there, whatever the result says.
            Err(error) => Pushed {
                read: 0,
                written: usize::try_from(self.0.totals().1 - before)
                    .unwrap_or(0)
                    .min(out.len()),
                state: State::Failed(fault(&error)),
            },
        }
    }

    fn end(&mut self, input: &mut Input<'_>) -> Result<(), Fault> {
        let beyond = self.0.beyond() as u64;
        input.go_to(input.position().saturating_sub(beyond));
        Ok(())
    }
}

fn fault(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::OutOfMemory => Fault::Window,
        io::ErrorKind::UnexpectedEof => Fault::Truncated,
        io::ErrorKind::Unsupported => Fault::Unsupported("a filter or a check that is not known"),
        _ => Fault::Malformed(DAMAGED),
    }
}
