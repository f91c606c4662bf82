//! Compressed files: gzip, zlib, bzip2, xz, lzma, zstd and lz4, read as Python's loaders read them.
//!
//! Nothing is trusted: the windows and dictionaries that a file asks for are bounded before anything
//! is allocated, what comes out is counted against the budget, and it is held in constant memory.

mod bzip2;
mod count;
mod decoder;
mod deflate;
mod examine;
mod input;
mod kept;
mod lz4;
mod lzma;
mod name;
mod stream;
mod unpacked;
mod zstd;

use std::io;

use crate::format::Format;
use crate::source::{Source, read_array};

pub(crate) use count::{Allowance, Body, Counted, Ended, IsRead, count};
pub(crate) use decoder::{Filter, Packing};
pub(crate) use examine::{Wrong, examine, unpack, unpack_with};

pub(crate) use decoder::Decoder as Unpacker;
pub(crate) use stream::Fault as UnpackFault;

use decoder::Decoder;
use stream::Fault;

/// How many frames that hold no data may stand before the one that tells the format.
const SKIPPED: usize = 1024;
/// How much is decompressed of what has no mark of its own before it is believed.
const TRIED: usize = 64 * 1024;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Zlib,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Lz4,
}

impl Codec {
    pub(crate) const fn format(self) -> Format {
        match self {
            Codec::Gzip => Format::Gzip,
            Codec::Zlib => Format::Zlib,
            Codec::Bzip2 => Format::Bzip2,
            Codec::Xz => Format::Xz,
            Codec::Lzma => Format::Lzma,
            Codec::Zstd => Format::Zstd,
            Codec::Lz4 => Format::Lz4,
        }
    }

    /// What a compressed content is; `window` is what may be held for decompressing it. `prefix` is
    /// its first page.
    ///
    /// # Errors
    /// What reading the source reports.
    pub(crate) fn of(source: &dyn Source, prefix: &[u8], window: u64) -> io::Result<Option<Codec>> {
        let marked = match prefix {
            _ if prefix.starts_with(deflate::GZIP) => Some(Codec::Gzip),
            _ if bzip2::begins(prefix) => Some(Codec::Bzip2),
            _ if prefix.starts_with(lzma::XZ) => Some(Codec::Xz),
            _ => frames(source)?,
        };
        if marked.is_some() {
            return Ok(marked);
        }
        let codec = if deflate::is_zlib(prefix) {
            Codec::Zlib
        } else if lzma::is_alone(prefix) {
            Codec::Lzma
        } else {
            return Ok(None);
        };
        Ok(codec
            .is_believable(source, prefix, window)?
            .then_some(codec))
    }

    /// Whether something comes out. What joblib takes for compressed by its first byte is believed
    /// even if it turns out to be damaged: until then, it is loaded.
    fn is_believable(self, source: &dyn Source, prefix: &[u8], window: u64) -> io::Result<bool> {
        let usual = matches!(
            (self, prefix),
            (Codec::Zlib, [b'x', ..]) | (Codec::Lzma, [b']', ..])
        );
        let mut decoder = Decoder::new(source, Packing::File(self), window);
        let mut buffer = vec![0; TRIED];
        let mut written = 0;
        while let Some(rest) = buffer.get_mut(written..).filter(|rest| !rest.is_empty()) {
            match decoder.read(rest) {
                Ok(0) => break,
                Ok(n) => written += n,
                Err(Fault::Io(error)) => return Err(error),
                Err(Fault::Window) => return Ok(usual),
                Err(Fault::Truncated) => break,
                Err(_) => return Ok(usual && written > 0),
            }
        }
        Ok(written > 0)
    }
}

/// The format of frames that a source begins with: frames of both may stand behind such without data,
/// which both have alike.
fn frames(source: &dyn Source) -> io::Result<Option<Codec>> {
    let mut at = 0;
    for _ in 0..SKIPPED {
        let Some(magic) = read_array::<4>(source, at)? else {
            return Ok(None);
        };
        match magic.as_slice() {
            zstd::MAGIC => return Ok(Some(Codec::Zstd)),
            lz4::MAGIC => return Ok(Some(Codec::Lz4)),
            _ if !decoder::is_skippable(&magic) => return Ok(None),
            _ => {}
        }
        let Some(len) = read_array::<4>(source, at + 4)? else {
            return Ok(None);
        };
        at += 8 + u64::from(u32::from_le_bytes(len));
    }
    Ok(Some(Codec::Zstd))
}
