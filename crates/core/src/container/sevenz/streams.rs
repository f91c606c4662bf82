//! Where the packed streams of an archive are, how they are packed, and what comes out.

use super::Fault;
use super::bytes::Bytes;
use crate::container::packed::{Codec, Filter, Packing};

const END: u8 = 0;
const PACK_INFO: u8 = 6;
const UNPACK_INFO: u8 = 7;
const SUBSTREAMS: u8 = 8;
const SIZE: u8 = 9;
const CRC: u8 = 10;
const FOLDER: u8 = 11;
const UNPACK_SIZE: u8 = 12;
const STREAM_COUNT: u8 = 13;

/// How many coders one folder may have.
const CODERS: u64 = 32;

/// The packed streams, and the folders that they are unpacked to.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// Where the first begins, behind the signature header.
    pub(super) position: u64,
    pub(super) sizes: Vec<u64>,
    pub(super) folders: Vec<Folder>,
}

/// What is packed as one.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) method: Method,
    /// How many packed streams it takes.
    pub(super) packed: usize,
    /// How many sizes are told of it, one for each coder.
    outputs: usize,
    /// Which of them is that of what comes out.
    main: usize,
    pub(super) size: u64,
    crc: Option<u32>,
    /// The parts of what comes out.
    pub(super) parts: Vec<Substream>,
}

/// A part of what comes out of a folder: one file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Substream {
    pub(super) size: u64,
    pub(super) crc: Option<u32>,
}

/// How a folder is packed.
#[derive(Clone, Debug)]
pub(super) enum Method {
    Copy,
    Lzma([u8; 5]),
    Lzma2(u8, Option<Filter>),
    File(Codec),
    /// What is of use only behind another.
    Filter(Filter),
    Encrypted,
    /// In a way that is not read here, in words.
    Other(String),
}

impl Method {
    /// How a compressed folder is decompressed to so many bytes; `None` where it is not.
    pub(super) fn packing(&self, len: u64) -> Option<Packing> {
        match *self {
            Method::Lzma(properties) => Some(Packing::Lzma(properties, len)),
            Method::Lzma2(dictionary, filter) => Some(Packing::Lzma2(dictionary, len, filter)),
            Method::File(codec) => Some(Packing::File(codec)),
            Method::Copy | Method::Encrypted | Method::Filter(_) | Method::Other(_) => None,
        }
    }

    fn of(id: &[u8], properties: &[u8]) -> Method {
        match (id, properties) {
            ([0], _) => Method::Copy,
            ([3, 1, 1], _) => match properties.try_into() {
                Ok(properties) => Method::Lzma(properties),
                Err(_) => Method::Other("LZMA without its properties".to_owned()),
            },
            ([0x21], [dictionary]) => Method::Lzma2(*dictionary, None),
            ([4, 2, 2], _) => Method::File(Codec::Bzip2),
            ([4, 0xf7, 0x11, 1], _) => Method::File(Codec::Zstd),
            ([6, 0xf1, 7, 1], _) => Method::Encrypted,
            ([3], [distance]) => Method::Filter(Filter::Delta(u32::from(*distance) + 1)),
            ([kind @ 4..=11], _) => Method::Filter(Filter::Branch(*kind)),
            ([3, 3, kind, machine], _) => match branch(*kind, *machine) {
                Some(kind) => Method::Filter(Filter::Branch(kind)),
                None => Method::Other(name(id)),
            },
            _ => Method::Other(name(id)),
        }
    }
}

/// The number that a filter for machine code has in xz.
fn branch(kind: u8, machine: u8) -> Option<u8> {
    Some(match (kind, machine) {
        (1, 3) => 4,
        (2, 5) => 5,
        (4, 1) => 6,
        (5, 1) => 7,
        (7, 1) => 8,
        (8, 5) => 9,
        _ => return None,
    })
}

/// What a method is called.
fn name(id: &[u8]) -> String {
    let name = match id {
        [3, 3, 1, 0x1b] => "BCJ2 filter",
        [3, 3, ..] => "filter for machine code",
        [3, 4, 1] => "PPMd",
        [4, 1, 8] => "deflate",
        [4, 1, 9] => "deflate64",
        [4, 0xf7, 0x11, 2] => "brotli",
        [4, 0xf7, 0x11, 4] => "lz4",
        _ => "unknown",
    };
    let digits: Vec<String> = id.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("method {} ({name})", digits.concat())
}

impl Streams {
    /// Reads what a header says of its streams.
    pub(super) fn read(bytes: &mut Bytes<'_>, members: u64) -> Result<Streams, Fault> {
        let mut streams = Streams::default();
        let mut has_parts = false;
        loop {
            match bytes.byte()? {
                END => break,
                PACK_INFO => streams.packed(bytes)?,
                UNPACK_INFO => streams.unpacked(bytes)?,
                SUBSTREAMS => {
                    streams.parts(bytes, members)?;
                    has_parts = true;
                }
                _ => {
                    return Err(Fault::Malformed(
                        "it tells something unknown of its streams",
                    ));
                }
            }
        }
        if !has_parts {
            for folder in &mut streams.folders {
                folder.parts.push(Substream {
                    size: folder.size,
                    crc: folder.crc,
                });
            }
        }
        let wanted: usize = streams.folders.iter().map(|folder| folder.packed).sum();
        if wanted != streams.sizes.len() {
            return Err(Fault::Malformed(
                "its folders need other streams than there are",
            ));
        }
        Ok(streams)
    }

    fn packed(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Fault> {
        self.position = bytes.number()?;
        let count = bytes.count(1)?;
        loop {
            match bytes.byte()? {
                END => return Ok(()),
                SIZE => {
                    self.sizes.clear();
                    for _ in 0..count {
                        self.sizes.push(bytes.number()?);
                    }
                }
                CRC => {
                    // Of the packed bytes: what comes out has one of its own.
                    bytes.digests(usize::try_from(count).unwrap_or(usize::MAX))?;
                }
                _ => {
                    return Err(Fault::Malformed(
                        "it tells something unknown of its streams",
                    ));
                }
            }
        }
    }

    fn unpacked(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Fault> {
        loop {
            match bytes.byte()? {
                END => return Ok(()),
                FOLDER => {
                    let count = bytes.count(2)?;
                    if bytes.byte()? != 0 {
                        let words = "its folders are told elsewhere";
                        return Err(Fault::Unsupported(words.to_owned()));
                    }
                    self.folders.clear();
                    for _ in 0..count {
                        self.folders.push(Folder::read(bytes)?);
                    }
                }
                UNPACK_SIZE => {
                    for folder in &mut self.folders {
                        for output in 0..folder.outputs {
                            let size = bytes.number()?;
                            if output == folder.main {
                                folder.size = size;
                            }
                        }
                    }
                }
                CRC => {
                    let digests = bytes.digests(self.folders.len())?;
                    for (folder, crc) in self.folders.iter_mut().zip(digests) {
                        folder.crc = crc;
                    }
                }
                _ => {
                    return Err(Fault::Malformed(
                        "it tells something unknown of its folders",
                    ));
                }
            }
        }
    }

    /// Reads how what comes out of the folders is parted.
    fn parts(&mut self, bytes: &mut Bytes<'_>, members: u64) -> Result<(), Fault> {
        let mut counts = vec![1; self.folders.len()];
        let mut next = bytes.byte()?;
        if next == STREAM_COUNT {
            let mut total = 0u64;
            for count in &mut counts {
                *count = bytes.number()?;
                total = total.saturating_add(*count);
                // Each but the last of a folder has a size.
                if count.saturating_sub(1) > bytes.left() {
                    return Err(Fault::Malformed("it counts more than it has room for"));
                }
                if total > members {
                    return Err(Fault::Members);
                }
            }
            next = bytes.byte()?;
        }
        let sized = next == SIZE;
        for (folder, &count) in self.folders.iter_mut().zip(&counts) {
            folder.part(bytes, count, sized)?;
        }
        if sized {
            next = bytes.byte()?;
        }
        if next == CRC {
            let unknown = |folder: &&mut Folder| folder.parts.len() != 1 || folder.crc.is_none();
            let unknown: Vec<_> = self.folders.iter_mut().filter(unknown).collect();
            let count = unknown.iter().map(|folder| folder.parts.len()).sum();
            let digests = bytes.digests(count)?;
            let parts = unknown.into_iter().flat_map(|folder| &mut folder.parts);
            for (part, crc) in parts.zip(digests) {
                part.crc = crc;
            }
            next = bytes.byte()?;
        }
        match next {
            END => Ok(()),
            _ => Err(Fault::Malformed(
                "it tells something unknown of its files' data",
            )),
        }
    }
}

impl Folder {
    fn read(bytes: &mut Bytes<'_>) -> Result<Folder, Fault> {
        let count = bytes.count(1)?;
        if count == 0 || count > CODERS {
            return Err(Fault::Malformed("a folder has no coder, or too many"));
        }
        let mut methods = Vec::new();
        let (mut inputs, mut outputs) = (0u64, 0u64);
        for _ in 0..count {
            let flags = bytes.byte()?;
            let id = bytes.take(u64::from(flags & 0xf))?;
            let (more_in, more_out) = match flags & 0x10 {
                0 => (1, 1),
                _ => (bytes.number()?, bytes.number()?),
            };
            inputs = inputs.saturating_add(more_in);
            outputs = outputs.saturating_add(more_out);
            let properties = match flags & 0x20 {
                0 => &[],
                _ => {
                    let len = bytes.number()?;
                    bytes.take(len)?
                }
            };
            if flags & 0x80 != 0 {
                return Err(Fault::Unsupported("a coder with alternatives".to_owned()));
            }
            methods.push(Method::of(id, properties));
        }
        if inputs > CODERS || outputs == 0 || outputs > CODERS {
            return Err(Fault::Malformed("a folder has too many streams"));
        }
        let mut bound = Vec::new();
        for _ in 1..outputs {
            bound.push((bytes.number()?, bytes.number()?));
        }
        let packed = inputs
            .checked_sub(outputs - 1)
            .filter(|packed| *packed > 0)
            .ok_or(Fault::Malformed("a folder has no stream"))?;
        if packed > 1 {
            for _ in 0..packed {
                bytes.number()?;
            }
        }
        let is_bound = |output: &u64| bound.iter().any(|(_, bound)| bound == output);
        let main = (0..outputs).find(|output| !is_bound(output));
        let main = main.ok_or(Fault::Malformed("nothing comes out of a folder"))?;
        Ok(Folder {
            method: several(methods, &bound),
            packed: usize::try_from(packed).unwrap_or(0),
            outputs: usize::try_from(outputs).unwrap_or(0),
            main: usize::try_from(main).unwrap_or(0),
            size: 0,
            crc: None,
            parts: Vec::new(),
        })
    }

    fn part(&mut self, bytes: &mut Bytes<'_>, count: u64, sized: bool) -> Result<(), Fault> {
        self.parts.clear();
        if count > 1 && !sized {
            return Err(Fault::Malformed("the sizes of its files are missing"));
        }
        let mut left = self.size;
        for index in 0..count {
            let size = if index + 1 < count {
                bytes.number()?
            } else {
                left
            };
            left = left.checked_sub(size).ok_or(Fault::Malformed(
                "its files are longer than what they are in",
            ))?;
            let crc = self.crc.filter(|_| count == 1);
            self.parts.push(Substream { size, crc });
        }
        Ok(())
    }
}

/// How a folder is packed that has all these coders, whose inputs and outputs are bound so.
fn several(mut methods: Vec<Method>, bound: &[(u64, u64)]) -> Method {
    match (methods.as_slice(), bound) {
        ([Method::Filter(_)], _) => Method::Other("a filter alone".to_owned()),
        ([_], _) => methods.pop().unwrap_or(Method::Copy),
        ([Method::Filter(filter), Method::Lzma2(dictionary, _)], [(0, 1)])
        | ([Method::Lzma2(dictionary, _), Method::Filter(filter)], [(1, 0)]) => {
            Method::Lzma2(*dictionary, Some(*filter))
        }
        (all, _) if all.iter().any(|method| matches!(method, Method::Encrypted)) => {
            Method::Encrypted
        }
        _ => {
            let other = methods
                .into_iter()
                .find(|method| matches!(method, Method::Other(_)));
            other.unwrap_or(Method::Other("several methods".to_owned()))
        }
    }
}
