//! LZMA: the xz format, the older format of a header and data (`.lzma`), and bare data.

use std::io::{self, Read as _};

use lzma_rust2::{Action, FilterConfig, FilterType, Lzma2Stream, LzmaReader, Status, XzStream};

use super::decoder::Filter;
use super::input::Input;
use super::stream::{DAMAGED, Fault, Push, Pushed, Pushing, State, Stream};

/// What an xz stream begins with.
pub(super) const XZ: &[u8] = b"\xfd7zXZ\0";
/// The longest header of the older format, and the first byte of its data.
pub(super) const ALONE_LEN: usize = 14;
/// How much a decoder is handed at a time: what comes out of a piece is lost where something in it is
/// wrong.
const PIECE: usize = 1024;
/// What the decoders hold besides the dictionary, at most.
const BESIDE: u64 = 1 << 20;

/// Whether this is a header of the older format that Python's `lzma` takes, where the format is not
/// said: liblzma wants round sizes there. Data begins with a zero. What is
/// said to be empty is passed over, for nothing else begins so as often.
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
        && (size == u64::MAX || (1..1 << 38).contains(&size))
        && rest.first().is_none_or(|first| *first == 0)
}

/// Begins to read an xz stream, holding at most `window` bytes for a dictionary.
pub(super) fn xz(window: u64) -> Box<dyn Stream> {
    Box::new(Pushing::new(Xz(XzStream::new_mem_limit(
        false,
        kib(window),
    ))))
}

/// Begins to read the older format, holding at most `window` bytes for a dictionary.
pub(super) fn alone<'s>(input: &mut Input<'s>, window: u64) -> Result<Box<dyn Stream + 's>, Fault> {
    Lzma::begin(LzmaReader::new_mem_limit(input.fork(), kib(window), None))
}

/// Begins to read the data of a zip member: a version, the size of the properties, and those. `len`
/// bytes come out, if that is known.
pub(super) fn bare<'s>(
    input: &mut Input<'s>,
    len: Option<u64>,
    window: u64,
) -> Result<Box<dyn Stream + 's>, Fault> {
    let [_, _, low, high] = input.array()?;
    if [low, high] != [5, 0] {
        let words = "LZMA properties of another size than five";
        return Err(Fault::Malformed(words));
    }
    let properties: [u8; 5] = input.array()?;
    let [_, dictionary @ ..] = properties;
    // Python asks for as much as is said.
    if u64::from(u32::from_le_bytes(dictionary)) > window {
        return Err(Fault::Window);
    }
    raw(input, properties, len, window)
}

/// Begins to read data with its properties; `len` bytes come out, if that is known.
pub(super) fn raw<'s>(
    input: &mut Input<'s>,
    [properties, dictionary @ ..]: [u8; 5],
    len: Option<u64>,
    window: u64,
) -> Result<Box<dyn Stream + 's>, Fault> {
    let dictionary = needed(
        u32::from_le_bytes(dictionary),
        len.unwrap_or(u64::MAX),
        window,
    )?;
    Lzma::begin(LzmaReader::new_with_props(
        input.fork(),
        len.unwrap_or(u64::MAX),
        properties,
        dictionary,
        None,
    ))
}

/// Begins to read LZMA2 data; `size` tells how large its dictionary is, and `len` bytes come out of the
/// filter.
pub(super) fn second(
    (size, len, filter): (u8, u64, Option<Filter>),
    window: u64,
) -> Result<Box<dyn Stream>, Fault> {
    let dictionary = match size {
        0..=39 => (2 | u32::from(size & 1)) << (size / 2 + 11),
        40 => u32::MAX,
        _ => return Err(Fault::Malformed("a dictionary of no size")),
    };
    let dictionary = needed(dictionary, len, window)?;
    let mut stream = Lzma2Stream::new(dictionary);
    let filter = filter.and_then(|filter| match filter {
        Filter::Delta(distance) => Some(FilterConfig::new_delta(distance)),
        Filter::Branch(kind) => Some(FilterConfig {
            filter_type: FilterType::try_from(u64::from(kind)).ok()?,
            property: 0,
        }),
    });
    let filters = filter.as_slice();
    stream.set_filters(filters).map_err(|error| fault(&error))?;
    Ok(Box::new(Pushing::new(Second(stream))))
}

/// How large a dictionary has to be: no data refers back behind its beginning.
fn needed(dictionary: u32, len: u64, window: u64) -> Result<u32, Fault> {
    let most = u32::try_from(len).unwrap_or(u32::MAX);
    let dictionary = dictionary.min(most).max(4096);
    if u64::from(dictionary) > window {
        return Err(Fault::Window);
    }
    Ok(dictionary)
}

fn kib(window: u64) -> u32 {
    u32::try_from((window + BESIDE) / 1024).unwrap_or(u32::MAX - 1)
}

struct Xz(XzStream);

struct Second(Lzma2Stream);

/// A decoder that is handed its input, and counts what comes out.
macro_rules! push {
    ($decoder:ty) => {
        impl Push for $decoder {
            fn push(&mut self, input: &[u8], out: &mut [u8]) -> Pushed {
                let before = self.0.total_out();
                let (piece, action) = match input.chunks(PIECE).next() {
                    Some(piece) => (piece, Action::Run),
                    None => (input, Action::Finish),
                };
                match self.0.process(piece, out, action) {
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
                        written: usize::try_from(self.0.total_out() - before)
                            .unwrap_or(0)
                            .min(out.len()),
                        state: State::Failed(fault(&error)),
                    },
                }
            }
        }
    };
}
push!(Xz);
push!(Second);

/// LZMA data, which does not say where it ends: the decoder reads ahead, from an input of its own.
struct Lzma<'s>(Option<LzmaReader<Input<'s>>>);

impl<'s> Lzma<'s> {
    fn begin(reader: io::Result<LzmaReader<Input<'s>>>) -> Result<Box<dyn Stream + 's>, Fault> {
        let mut reader = reader.map_err(|error| fault(&error))?;
        reader.set_defer_errors(true);
        reader.set_relaxed_end_condition(false);
        Ok(Box::new(Lzma(Some(reader))))
    }
}

impl Stream for Lzma<'_> {
    fn read(&mut self, input: &mut Input<'_>, out: &mut [u8]) -> Result<usize, Fault> {
        let Some(reader) = &mut self.0 else {
            return Ok(0);
        };
        match reader.read(out) {
            Ok(0) => {}
            Ok(n) => return Ok(n),
            Err(error) => {
                let failed = reader.inner_mut().failed();
                return Err(failed.map_or_else(|| fault(&error), Fault::Io));
            }
        }
        if let Some((inner, beyond)) = self.0.take().map(LzmaReader::into_parts) {
            input.go_to(inner.position().saturating_sub(beyond.len() as u64));
        }
        Ok(0)
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
