//! The end of an archive: the records from which its directory is found.

use std::io;

use memchr::memmem;

use super::{Archive, u16_at, u32_at, u64_at};
use crate::source::{Source, read_array, read_up_to};

const END: &[u8; 4] = b"PK\x05\x06";
const END_LEN: usize = 22;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_LEN: usize = 20;
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_LEN: usize = 56;
pub(super) const RECORD: &[u8; 4] = b"PK\x01\x02";
/// How far from the end of the file loaders look for the end record.
const TAIL: usize = 65_535 + END_LEN;
/// How many things that look like an end record are looked at.
const CANDIDATES: usize = 64;

/// A central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Directory {
    /// Where its first record is.
    pub(super) start: u64,
    /// Where the records end at the latest: the end record.
    pub(super) limit: u64,
    /// Its size, as the end record says.
    pub(super) size: u64,
    /// How many records it has, as the end record says, and how many bits of that are told.
    pub(super) count: (u64, u32),
    /// What its offsets do not count: bytes put before the archive afterwards.
    pub(super) base: u64,
}

/// What an end record, in its short or its long form, says of the directory.
#[derive(Clone, Copy)]
struct Said {
    count: (u64, u32),
    size: u64,
    offset: u64,
    /// Where the record itself is.
    at: u64,
}

/// Finds the archive by the last end record that leads to a directory. An earlier one counts as
/// well if its comment reaches to the end of the file: then the last is within that comment, and
/// loaders differ.
pub(super) fn find(source: &dyn Source) -> io::Result<Option<Archive>> {
    let from = source.len().saturating_sub(TAIL as u64);
    let tail = read_up_to(source, from, TAIL)?;
    let mut archive = Archive {
        directories: Vec::new(),
        ends: Vec::new(),
    };
    for found in memmem::rfind_iter(&tail, END).take(CANDIDATES) {
        let at = from + found as u64;
        let Some(record) = tail.get(found..found + END_LEN) else {
            continue;
        };
        let end = at + END_LEN as u64 + u64::from(u16_at(record, 20));
        if !archive.ends.is_empty() && end != source.len() {
            continue;
        }
        let directories = directories(source, at, record)?;
        if let Some(first) = directories.iter().map(|directory| directory.limit).min() {
            archive.ends.push((first, end.min(source.len())));
            for directory in directories {
                if !directory.is_among(&archive.directories) {
                    archive.directories.push(directory);
                }
            }
        }
    }
    Ok((!archive.ends.is_empty()).then_some(archive))
}

/// The directories that an end record may mean.
fn directories(source: &dyn Source, at: u64, record: &[u8]) -> io::Result<Vec<Directory>> {
    let mut said = Vec::new();
    if let Some(locator) = at.checked_sub(LOCATOR_LEN as u64)
        && let Some(bytes) = read_array::<LOCATOR_LEN>(source, locator)?
        && bytes.starts_with(LOCATOR)
    {
        // miniz follows the locator's offset; `zipfile` took the record right before it for long.
        let near = locator.checked_sub(END64_LEN as u64);
        for at64 in [Some(u64_at(&bytes, 8)), near].into_iter().flatten() {
            said.extend(end64(source, at64)?);
        }
    }
    said.push(Said {
        count: (u64::from(u16_at(record, 10)), 16),
        size: u64::from(u32_at(record, 12)),
        offset: u64::from(u32_at(record, 16)),
        at,
    });
    let mut directories = Vec::new();
    for directory in said.into_iter().flat_map(Said::directories) {
        if !directory.is_among(&directories) && directory.is_there(source)? {
            directories.push(directory);
        }
    }
    Ok(directories)
}

fn end64(source: &dyn Source, at: u64) -> io::Result<Option<Said>> {
    let record = read_array::<END64_LEN>(source, at)?;
    Ok(record
        .filter(|record| record.starts_with(END64))
        .map(|record| Said {
            count: (u64_at(&record, 32), 64),
            size: u64_at(&record, 40),
            offset: u64_at(&record, 48),
            at,
        }))
}

impl Said {
    /// Where the directory is if the offset is right (miniz), and where it is if the size is
    /// (`zipfile`, which takes the difference for bytes that were put before the archive).
    fn directories(self) -> impl Iterator<Item = Directory> {
        let Said {
            count,
            size,
            offset,
            at,
        } = self;
        let by_size = at
            .checked_sub(size)
            .and_then(|start| Some((start, start.checked_sub(offset)?)));
        let by_offset = Some((offset, 0)).filter(|_| offset <= at);
        [by_size, by_offset]
            .into_iter()
            .flatten()
            .map(move |(start, base)| Directory {
                start,
                limit: at,
                size,
                count,
                base,
            })
    }
}

impl Directory {
    fn is_among(&self, others: &[Directory]) -> bool {
        others
            .iter()
            .any(|other| (other.start, other.base) == (self.start, self.base))
    }

    /// Whether a record begins there, or none is needed.
    fn is_there(&self, source: &dyn Source) -> io::Result<bool> {
        let first = read_array::<4>(source, self.start)?;
        Ok(first.as_ref() == Some(RECORD) || (self.count.0 == 0 && self.start == self.limit))
    }
}
