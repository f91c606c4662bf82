//! All streams of a compressed content, one behind the other.

use super::input::Input;
use super::stream::{DAMAGED, Fault, Stream};
use super::{Codec, bzip2, deflate, lz4, lzma, zstd};
use crate::source::Source;

/// How bytes are compressed: as a file of its own, or as the one stream of an archive's member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    File(Codec),
    /// LZMA data with the properties before it that zip members have, and how long what comes out is,
    /// where the data has no mark at its end.
    ZipLzma(Option<u64>),
    /// LZMA data, its properties, and how long what comes out is.
    Lzma([u8; 5], u64),
    /// LZMA2 data, the byte that tells how large its dictionary is, how long what comes out is, and what
    /// is done with that.
    Lzma2(u8, u64, Option<Filter>),
}

/// What makes data compress better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    /// Differences between bytes so far apart.
    Delta(u32),
    /// Addresses in machine code, of the kind that has this number in xz.
    Branch(u8),
}

/// A decoder of all streams of a source.
pub(crate) struct Decoder<'s> {
    input: Input<'s>,
    packing: Packing,
    window: u64,
    stream: Option<Box<dyn Stream + 's>>,
    /// Whether a stream was read to its end.
    begun: bool,
    ended: bool,
}

impl<'s> Decoder<'s> {
    /// A decoder that holds at most `window` bytes for what the data refers back to.
    pub(crate) fn new(source: &'s dyn Source, packing: Packing, window: u64) -> Decoder<'s> {
        Decoder {
            input: Input::new(source),
            packing,
            window,
            stream: None,
            begun: false,
            ended: false,
        }
    }

    /// Where the data ends that was read.
    pub(crate) fn position(&self) -> u64 {
        self.input.position()
    }

    /// Writes what comes next and says how much; nothing only at the end.
    pub(crate) fn read(&mut self, out: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if let Some(stream) = &mut self.stream {
                let n = stream.read(&mut self.input, out)?;
                if n > 0 {
                    return Ok(n);
                }
                self.stream = None;
                self.begun = true;
            }
            if self.ended {
                return Ok(0);
            }
            self.stream = self.next()?;
            self.ended = self.stream.is_none();
            if self.ended && !self.begun {
                return Err(if self.input.left() == 0 {
                    Fault::Truncated
                } else {
                    Fault::Malformed(DAMAGED)
                });
            }
        }
    }

    /// Begins the next stream, if one follows.
    fn next(&mut self) -> Result<Option<Box<dyn Stream + 's>>, Fault> {
        let codec = match self.packing {
            Packing::File(codec) => codec,
            _ if self.begun => return Ok(None),
            Packing::ZipLzma(len) => {
                return lzma::bare(&mut self.input, len, self.window).map(Some);
            }
            Packing::Lzma(properties, len) => {
                return lzma::raw(&mut self.input, properties, Some(len), self.window).map(Some);
            }
            Packing::Lzma2(size, len, filter) => {
                return lzma::second((size, len, filter), self.window).map(Some);
            }
        };
        match codec {
            Codec::Zlib if self.begun => Ok(None),
            Codec::Zlib => Ok(Some(deflate::zlib())),
            Codec::Gzip => self.gzip(),
            Codec::Bzip2 => {
                if !bzip2::begins(&self.input.ahead(4)?) {
                    return Ok(None);
                }
                Ok(Some(bzip2::open()))
            }
            Codec::Xz | Codec::Lzma => self.lzma(),
            Codec::Zstd | Codec::Lz4 => self.frame(codec),
        }
    }

    fn gzip(&mut self) -> Result<Option<Box<dyn Stream + 's>>, Fault> {
        if self.begun {
            self.input.zeros()?;
        }
        if !self.input.begins_with(deflate::GZIP)? {
            return Ok(None);
        }
        Ok(Some(deflate::gzip(&mut self.input)?))
    }

    /// Python's `lzma` takes streams of both formats, one behind the other; xz wants blocks of four
    /// zeros between them, if anything.
    fn lzma(&mut self) -> Result<Option<Box<dyn Stream + 's>>, Fault> {
        let end = self.input.position();
        if self.begun {
            self.input.zeros()?;
        }
        if self.input.begins_with(lzma::XZ)? {
            return Ok(Some(lzma::xz(self.window)));
        }
        let padding = self.input.position() - end;
        if self.input.left() > 0 || !padding.is_multiple_of(4) {
            self.input.go_to(end);
        }
        if !lzma::is_alone(&self.input.ahead(lzma::ALONE_LEN)?) {
            return Ok(None);
        }
        lzma::alone(&mut self.input, self.window).map(Some)
    }

    /// Passes over frames that hold no data.
    fn frame(&mut self, codec: Codec) -> Result<Option<Box<dyn Stream + 's>>, Fault> {
        loop {
            let ahead = self.input.ahead(8)?;
            match (ahead.get(..4), codec) {
                (Some(zstd::MAGIC), Codec::Zstd) => {
                    return Ok(Some(zstd::open(&mut self.input, self.window)?));
                }
                (Some(lz4::MAGIC), Codec::Lz4) => return Ok(Some(lz4::open(&mut self.input)?)),
                (Some(magic), _) if is_skippable(magic) => {}
                _ => return Ok(None),
            }
            let [_, _, _, _, len @ ..] = self.input.array::<8>()?;
            let len = u64::from(u32::from_le_bytes(len));
            if len > self.input.left() {
                return Err(Fault::Truncated);
            }
            self.input.go_to(self.input.position() + len);
        }
    }
}

/// Whether a frame that begins so holds no data.
pub(super) fn is_skippable(magic: &[u8]) -> bool {
    matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18])
}
