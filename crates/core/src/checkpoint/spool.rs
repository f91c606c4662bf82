//! What comes out of compressed data: held in memory, or in a file without a name where it is long.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use super::error::Trouble;
use super::open::How;
use crate::container::packed::{Codec, Packing, UnpackFault, Unpacker};
use crate::limits::Limits;
use crate::source::{FileSource, MappedSource, Source};

/// A source that many threads may read.
pub(crate) type Bytes = Arc<dyn Source + Send + Sync>;

/// Up to how many bytes are held in memory.
const HELD: usize = 8 << 20;
/// How much is decompressed at a time.
const CHUNK: usize = 128 << 10;

/// Writes down what comes, until it is known how long it is.
struct Spool {
    held: Vec<u8>,
    file: Option<File>,
    len: u64,
    most: u64,
}

impl Spool {
    fn new(most: u64) -> Spool {
        Spool {
            held: Vec::new(),
            file: None,
            len: 0,
            most,
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        self.len += bytes.len() as u64;
        if self.len > self.most {
            let why = format!("more than {} bytes come out of compressed data", self.most);
            return Err(Trouble::Limit(why));
        }
        if let Some(file) = &mut self.file {
            return Ok(file.write_all(bytes)?);
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() > HELD {
            let mut file = tempfile::tempfile()?;
            file.write_all(&self.held)?;
            self.held = Vec::new();
            self.file = Some(file);
        }
        Ok(())
    }

    fn finish(self, is_mapped: bool) -> Result<Bytes, Trouble> {
        let Some(file) = self.file else {
            return Ok(Arc::new(self.held));
        };
        if is_mapped {
            // Nobody else can get at the file, so nobody shortens it.
            return Ok(Arc::new(MappedSource::private(&file)?));
        }
        let source = FileSource::from_file(file);
        Ok(Arc::new(
            source.map_err(|why| io::Error::other(why.to_string()))?,
        ))
    }
}

/// How much may come out of compressed data of that length.
fn most(limits: &Limits, compressed: u64) -> u64 {
    let ratio = compressed.saturating_mul(limits.max_expansion_ratio);
    limits.max_expanded_bytes.min(ratio.max(Limits::RATIO_FROM))
}

/// What comes out of a compressed file.
pub(super) fn unpack(source: &dyn Source, codec: Codec, how: How<'_>) -> Result<Bytes, Trouble> {
    let mut spool = Spool::new(most(how.limits, source.len()));
    let mut unpacker = Unpacker::new(source, Packing::File(codec), Limits::MAX_WINDOW);
    let mut buffer = vec![0; CHUNK];
    loop {
        how.check()?;
        let n = unpacker.read(&mut buffer).map_err(|fault| match fault {
            UnpackFault::Io(error) => Trouble::Io(error),
            fault => Trouble::Unreadable(fault.gap((Limits::MAX_WINDOW, "window-bytes")).detail),
        })?;
        if n == 0 {
            return spool.finish(how.is_mapped);
        }
        spool.push(buffer.get(..n).unwrap_or_default())?;
    }
}

/// What comes out of deflated data, which is to be of a length.
pub(super) fn inflate(source: &dyn Source, len: u64, how: How<'_>) -> Result<Bytes, Trouble> {
    let most = most(how.limits, source.len());
    if len > most {
        let why = format!("a member of {len} bytes is to come out of {}", source.len());
        return Err(Trouble::Limit(why));
    }
    let mut spool = Spool::new(len);
    let mut decoder = flate2::read::DeflateDecoder::new(Reader { source, at: 0 });
    let mut buffer = vec![0; CHUNK];
    loop {
        how.check()?;
        let n = decoder
            .read(&mut buffer)
            .map_err(|error| match error.kind() {
                io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                    Trouble::unreadable("the compressed data of a member is damaged")
                }
                _ => Trouble::Io(error),
            })?;
        if n == 0 {
            break;
        }
        let told = spool.push(buffer.get(..n).unwrap_or_default());
        told.map_err(|trouble| match trouble {
            Trouble::Limit(_) => Trouble::unreadable("a member is longer than the archive says"),
            trouble => trouble,
        })?;
    }
    if spool.len != len {
        return Err(Trouble::unreadable(
            "a member is shorter than the archive says",
        ));
    }
    spool.finish(how.is_mapped)
}

/// Reads a source from its beginning on.
struct Reader<'s> {
    source: &'s dyn Source,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(self.at, buf)?;
        self.at += n as u64;
        Ok(n)
    }
}
