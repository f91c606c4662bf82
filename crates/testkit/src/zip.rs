//! A zip writer with control over every field, so that it can also write archives that lie.
//!
//! ```
//! use weighbridge_testkit::zip::{Entry, ZipBuilder};
//!
//! let archive = ZipBuilder::new()
//!     .entry(Entry::stored("archive/data.pkl", b"N."))
//!     .entry(Entry::deflated("archive/version", b"3\n").central(|header| header.crc = 0))
//!     .suffix(b"after the end")
//!     .bytes();
//! assert!(archive.starts_with(b"PK\x03\x04"));
//! ```
//!
//! Layout and field names follow APPNOTE.TXT 6.3.10. Two entries may bear the same name. Times are
//! fixed, so that an archive is a pure function of its builder.

mod record;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use record::{directory_record, end_records, local_record};

/// Method 0: stored.
pub const STORED: u16 = 0;
/// Method 8: deflated.
pub const DEFLATED: u16 = 8;
/// General purpose flag 0: the data is encrypted.
pub const FLAG_ENCRYPTED: u16 = 1;
/// General purpose flag 3: checksum and sizes follow the data.
pub const FLAG_DESCRIPTOR: u16 = 1 << 3;
/// General purpose flag 11: the name is UTF-8.
pub const FLAG_UTF8: u16 = 1 << 11;

/// The fields that the local and the central header of an entry share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version needed to extract.
    pub version: u16,
    /// General purpose flags.
    pub flags: u16,
    /// Compression method.
    pub method: u16,
    /// Modification time in the DOS format.
    pub time: u16,
    /// Modification date in the DOS format.
    pub date: u16,
    /// CRC-32 of the uncompressed data.
    pub crc: u32,
    /// Size of the data in the archive.
    pub compressed_size: u32,
    /// Size of the data when uncompressed.
    pub uncompressed_size: u32,
    /// The file name, raw.
    pub name: Vec<u8>,
    /// The extra fields, raw.
    pub extra: Vec<u8>,
}

/// What only the central header of an entry holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Central {
    /// Version made by.
    pub made_by: u16,
    /// Number of the disk on which the entry starts.
    pub disk: u16,
    /// Internal file attributes.
    pub internal: u16,
    /// External file attributes; the upper half holds the Unix mode.
    pub external: u32,
    /// The comment, raw.
    pub comment: Vec<u8>,
    /// The offset of the local header; where it really is, if `None`.
    pub offset: Option<u32>,
}

/// The record at the end of the central directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Number of this disk.
    pub disk: u16,
    /// Number of the disk on which the directory starts.
    pub directory_disk: u16,
    /// Number of directory entries on this disk.
    pub entries_here: u16,
    /// Number of directory entries.
    pub entries: u16,
    /// Size of the directory.
    pub directory_size: u32,
    /// Offset of the directory.
    pub directory_offset: u32,
    /// The comment, raw.
    pub comment: Vec<u8>,
}

/// A member of the archive, or an entry that only pretends to be one.
#[derive(Clone, Debug)]
pub struct Entry {
    local: Header,
    central: Header,
    more: Central,
    /// The data as it lies in the archive.
    data: Vec<u8>,
    alignment: Option<usize>,
    zip64: bool,
    in_directory: bool,
    has_record: bool,
}

impl Entry {
    /// A stored member.
    #[must_use]
    pub fn stored(name: &str, data: &[u8]) -> Self {
        Self::raw(name, STORED, data.to_vec(), data)
    }

    /// A deflated member.
    #[must_use]
    pub fn deflated(name: &str, data: &[u8]) -> Self {
        Self::raw(name, DEFLATED, deflate(data), data)
    }

    /// A member of any method: `stored` lies in the archive; size and checksum are those of `data`.
    #[must_use]
    pub fn raw(name: &str, method: u16, stored: Vec<u8>, data: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let header = Header {
            version: 20,
            flags: 0,
            method,
            time: 0,
            // 1980-01-01, the first day that the format knows.
            date: 0x21,
            crc: crc.sum(),
            compressed_size: size32(stored.len()),
            uncompressed_size: size32(data.len()),
            name: name.as_bytes().to_vec(),
            extra: Vec::new(),
        };
        Self {
            local: header.clone(),
            central: header,
            more: Central {
                made_by: 20,
                ..Central::default()
            },
            data: stored,
            alignment: None,
            zip64: false,
            in_directory: true,
            has_record: true,
        }
    }

    /// Changes the local header.
    #[must_use]
    pub fn local(mut self, change: impl FnOnce(&mut Header)) -> Self {
        change(&mut self.local);
        self
    }

    /// Changes the central header.
    #[must_use]
    pub fn central(mut self, change: impl FnOnce(&mut Header)) -> Self {
        change(&mut self.central);
        self
    }

    /// Changes both headers alike.
    #[must_use]
    pub fn both(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// Changes what only the central header holds.
    #[must_use]
    pub fn more(mut self, change: impl FnOnce(&mut Central)) -> Self {
        change(&mut self.more);
        self
    }

    /// Leaves the entry out of the central directory: an orphan.
    #[must_use]
    pub fn orphan(mut self) -> Self {
        self.in_directory = false;
        self
    }

    /// Leaves out the local header and the data: only the directory knows the entry. Its offset is
    /// that of whatever follows, unless [`Central::offset`] says another.
    #[must_use]
    pub fn phantom(mut self) -> Self {
        self.has_record = false;
        self
    }

    /// Writes checksum and sizes after the data, with signature, and zeros in the local header.
    #[must_use]
    pub fn with_descriptor(self) -> Self {
        self.both(|header| header.flags |= FLAG_DESCRIPTOR)
            .local(|header| {
                header.crc = 0;
                header.compressed_size = 0;
                header.uncompressed_size = 0;
            })
    }

    /// Moves both sizes to a ZIP64 extra field in both headers (with a descriptor, in the central
    /// one only).
    #[must_use]
    pub fn zip64(mut self) -> Self {
        self.zip64 = true;
        self
    }

    /// Pads the local extra field so that the data begins at a multiple of `alignment` bytes, as
    /// PyTorch does (field `FB`, filled with `Z`).
    #[must_use]
    pub fn aligned(mut self, alignment: usize) -> Self {
        self.alignment = Some(alignment);
        self
    }
}

/// What stands between prefix and directory.
#[derive(Clone, Debug)]
enum Piece {
    Entry(Box<Entry>),
    Bytes(Vec<u8>),
}

type ChangeEnd = Box<dyn FnOnce(&mut End)>;

/// Writes an archive.
#[derive(Default)]
pub struct ZipBuilder {
    pieces: Vec<Piece>,
    prefix: Vec<u8>,
    counts_prefix: bool,
    suffix: Vec<u8>,
    order: Option<Vec<usize>>,
    zip64: bool,
    change_end: Option<ChangeEnd>,
}

/// An archive, and where its data went.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Archive {
    /// The whole archive, prefix and suffix included.
    pub bytes: Vec<u8>,
    /// The offset in `bytes` at which the data of each entry begins, in the order of the entries.
    pub data_offsets: Vec<usize>,
    /// The offset in `bytes` of the central directory.
    pub directory_offset: usize,
}

impl ZipBuilder {
    /// An empty archive.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    #[must_use]
    pub fn entry(mut self, entry: Entry) -> Self {
        self.pieces.push(Piece::Entry(Box::new(entry)));
        self
    }

    /// Adds bytes that belong to no entry.
    #[must_use]
    pub fn gap(mut self, bytes: &[u8]) -> Self {
        self.pieces.push(Piece::Bytes(bytes.to_vec()));
        self
    }

    /// Puts bytes before the archive; its offsets do not count them (as `cat prefix archive` does).
    #[must_use]
    pub fn prefix(mut self, bytes: &[u8]) -> Self {
        self.prefix = bytes.to_vec();
        self.counts_prefix = false;
        self
    }

    /// Puts bytes before the archive; its offsets count them (as self-extracting archives do).
    #[must_use]
    pub fn counted_prefix(mut self, bytes: &[u8]) -> Self {
        self.prefix = bytes.to_vec();
        self.counts_prefix = true;
        self
    }

    /// Puts bytes after the end record.
    #[must_use]
    pub fn suffix(mut self, bytes: &[u8]) -> Self {
        self.suffix = bytes.to_vec();
        self
    }

    /// The directory lists the entries with these numbers, in this order; one may occur twice.
    ///
    /// Numbers count all entries from 0; one past the last entry is left out.
    #[must_use]
    pub fn directory_order(mut self, order: &[usize]) -> Self {
        self.order = Some(order.to_vec());
        self
    }

    /// Writes the ZIP64 end record and its locator too.
    #[must_use]
    pub fn zip64_end(mut self) -> Self {
        self.zip64 = true;
        self
    }

    /// Changes the end record.
    #[must_use]
    pub fn end(mut self, change: impl FnOnce(&mut End) + 'static) -> Self {
        self.change_end = Some(Box::new(change));
        self
    }

    /// The archive.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.build().bytes
    }

    /// The archive, and where its data went.
    #[must_use]
    pub fn build(self) -> Archive {
        let base = if self.counts_prefix {
            0
        } else {
            self.prefix.len()
        };
        let mut out = self.prefix;
        let mut data_offsets = Vec::new();
        let mut records = Vec::new();
        for piece in self.pieces {
            match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(&bytes),
                Piece::Entry(entry) => {
                    let offset = out.len() - base;
                    data_offsets.push(local_record(&entry, base, &mut out));
                    let record = directory_record(&entry, offset);
                    records.push((entry.in_directory, record));
                }
            }
        }
        let directory_offset = out.len();
        let mut entries = 0;
        let listed = match self.order {
            Some(order) => order
                .into_iter()
                .filter_map(|index| records.get(index))
                .collect(),
            None => records.iter().filter(|record| record.0).collect::<Vec<_>>(),
        };
        for (_, record) in listed {
            out.extend_from_slice(record);
            entries += 1;
        }
        let mut end = End {
            disk: 0,
            directory_disk: 0,
            entries_here: u16::try_from(entries).unwrap_or(u16::MAX),
            entries: u16::try_from(entries).unwrap_or(u16::MAX),
            directory_size: size32(out.len() - directory_offset),
            directory_offset: size32(directory_offset - base),
            comment: Vec::new(),
        };
        if let Some(change) = self.change_end {
            change(&mut end);
        }
        end_records(&end, self.zip64, entries, base, directory_offset, &mut out);
        out.extend_from_slice(&self.suffix);
        Archive {
            bytes: out,
            data_offsets,
            directory_offset,
        }
    }
}

/// Deflates data, without any wrapper.
#[must_use]
pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    // Writing into a vector does not fail.
    let _written = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// A size as the 32-bit fields hold it: past their range, the largest value.
fn size32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
