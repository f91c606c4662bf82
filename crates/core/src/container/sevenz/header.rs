//! The header of an archive: where it is, and what it says.

use super::Fault;
use super::bytes::Bytes;
use super::files::{self, File};
use super::streams::Streams;

const END: u8 = 0;
const HEADER: u8 = 1;
const PROPERTIES: u8 = 2;
const MORE_STREAMS: u8 = 3;
const MAIN_STREAMS: u8 = 4;
const FILES: u8 = 5;
const PACKED: u8 = 0x17;

/// The signature header: magic bytes, version, and where the header is.
pub(super) const START: usize = 32;

/// What the signature header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    /// Whether its own checksum is right.
    pub(super) is_sound: bool,
}

impl Start {
    pub(super) fn read(bytes: &[u8; START]) -> Start {
        let rest = &bytes[12..];
        let number = |at: usize| {
            let field = rest.get(at..).and_then(|field| field.first_chunk());
            field.copied().map_or(0, u64::from_le_bytes)
        };
        let crc_at = |bytes: &[u8]| bytes.first_chunk().copied().map_or(0, u32::from_le_bytes);
        let mut sum = flate2::Crc::new();
        sum.update(rest);
        Start {
            offset: number(0),
            size: number(8),
            crc: crc_at(&rest[16..]),
            is_sound: sum.sum() == crc_at(&bytes[8..12]),
        }
    }
}

/// What a header says.
#[derive(Debug)]
pub(super) enum Header {
    /// Where the header is that is meant, packed as a file would be.
    Packed(Streams),
    Plain(Streams, Vec<File>),
}

impl Header {
    /// Reads a header, `members` files of it at most.
    pub(super) fn read(bytes: &[u8], members: u64) -> Result<Header, Fault> {
        let mut bytes = Bytes::new(bytes);
        let header = match bytes.byte()? {
            PACKED => Header::Packed(Streams::read(&mut bytes, members)?),
            HEADER => plain(&mut bytes, members)?,
            _ => return Err(Fault::Malformed("its header is none")),
        };
        if bytes.left() > 0 {
            return Err(Fault::Malformed("its header goes on behind its end"));
        }
        Ok(header)
    }
}

fn plain(bytes: &mut Bytes<'_>, members: u64) -> Result<Header, Fault> {
    let (mut streams, mut all) = (Streams::default(), Vec::new());
    loop {
        match bytes.byte()? {
            END => return Ok(Header::Plain(streams, all)),
            PROPERTIES => {
                while bytes.byte()? != END {
                    let len = bytes.number()?;
                    bytes.take(len)?;
                }
            }
            MORE_STREAMS => {
                return Err(Fault::Unsupported(
                    "it has streams besides those of its files".to_owned(),
                ));
            }
            MAIN_STREAMS => streams = Streams::read(bytes, members)?,
            FILES => all = files::read(bytes, members)?,
            _ => return Err(Fault::Malformed("its header tells something unknown")),
        }
    }
}
