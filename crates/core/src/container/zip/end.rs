//! The end of an archive: the records from which its directory is found.

use std::io;

use memchr::memmem;

use super::{Archive, u16_at, u32_at, u64_at};
use crate::source::{Source, read_array, read_up_to};

pub(super) const END: &[u8; 4] = b"PK\x05\x06";
pub(super) const END_LEN: usize = 22;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_LEN: usize = 20;
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_LEN: usize = 56;
pub(super) const RECORD: &[u8; 4] = b"PK\x01\x02";
/// How far from the end of the file the end record is looked for. `zipfile` looks at 65 536 bytes
/// and the record, miniz at whole blocks of 4 KiB until it has seen about as much.
const TAIL: usize = 65_536 + END_LEN + 8192;
/// How many things that look like an end record are looked at.
const CANDIDATES: usize = 64;

/// A central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Directory {
    /// Where its first record is.
    pub(super) start: u64,
    /// Where the end record is that tells of it.
    at: u64,
    /// Its size, as the end record says.
    pub(super) size: u64,
    /// How many records it has, as the end record says, and how many bits of that are told.
    pub(super) count: (u64, u32),
    /// What has to be added to its offsets: bytes put before the archive afterwards, or, below
    /// zero, bytes that are not there.
    pub(super) base: i128,
}

/// What an end record, in its short or its long form, says of the directory.
#[derive(Clone, Copy)]
struct Said {
    count: (u64, u32),
    size: u64,
    offset: u64,
    /// Where the record itself is, or is taken to be.
    at: u64,
    /// Whether a loader takes the directory to end where this record begins.
    by_size: bool,
}

/// What the long form of an end record says.
#[derive(Default)]
struct Long {
    said: Vec<Said>,
    /// Whether it is where `zipfile` looks for it, which then does not go by the short form.
    is_near: bool,
}

/// What an end record leads to.
struct Found {
    directories: Vec<Directory>,
    /// Where the record lies, with its comment and its long form.
    covered: Vec<(u64, u64)>,
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
        passed: None,
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
        let found = Found::at(source, at, record, end.min(source.len()))?;
        if !found.directories.is_empty() {
            archive.take(found);
        } else if archive.ends.is_empty() {
            archive.passed = archive.passed.or(Some(at));
        }
    }
    Ok((!archive.ends.is_empty()).then_some(archive))
}

impl Archive {
    fn take(&mut self, found: Found) {
        self.ends.extend(found.covered);
        for directory in found.directories {
            if !directory.is_among(&self.directories) {
                self.directories.push(directory);
            }
        }
    }
}

impl Found {
    /// The directories that the end record at an offset may mean.
    fn at(source: &dyn Source, at: u64, record: &[u8], end: u64) -> io::Result<Found> {
        let mut found = Found {
            directories: Vec::new(),
            covered: vec![(at, end)],
        };
        let Long { mut said, is_near } = found.long(source, at)?;
        said.push(Said {
            by_size: !is_near,
            count: (u64::from(u16_at(record, 10)), 16),
            size: u64::from(u32_at(record, 12)),
            offset: u64::from(u32_at(record, 16)),
            at,
        });
        for directory in said.into_iter().flat_map(Said::directories) {
            if !directory.is_among(&found.directories) && directory.is_there(source)? {
                found.directories.push(directory);
            }
        }
        Ok(found)
    }

    /// What the long form of the end record says, if the locator of one stands before the short.
    fn long(&mut self, source: &dyn Source, at: u64) -> io::Result<Long> {
        let mut long = Long::default();
        let Some(locator) = at.checked_sub(LOCATOR_LEN as u64) else {
            return Ok(long);
        };
        let Some(bytes) = read_array::<LOCATOR_LEN>(source, locator)? else {
            return Ok(long);
        };
        if !bytes.starts_with(LOCATOR) {
            return Ok(long);
        }
        self.covered.push((locator, at));
        // miniz follows the locator's offset; `zipfile` took the record right before it for long,
        // and takes the directory to end there.
        let near = locator.checked_sub(END64_LEN as u64);
        for at64 in [Some(u64_at(&bytes, 8)), near].into_iter().flatten() {
            if let Some((said, end)) = end64(source, at64, locator)? {
                self.covered.push((at64, end));
                long.is_near |= near == Some(at64);
                long.said.push(said);
                long.said.extend(near.map(|at| Said { at, ..said }));
            }
        }
        Ok(long)
    }
}

/// A long end record, and where it ends.
fn end64(source: &dyn Source, at: u64, locator: u64) -> io::Result<Option<(Said, u64)>> {
    let record = read_array::<END64_LEN>(source, at)?;
    Ok(record
        .filter(|record| record.starts_with(END64))
        .map(|record| {
            let said = Said {
                count: (u64_at(&record, 32), 64),
                size: u64_at(&record, 40),
                offset: u64_at(&record, 48),
                at,
                by_size: true,
            };
            // What it may have behind its fixed part counts only where the locator is next.
            let whole = u64_at(&record, 4).checked_add(12);
            let end = whole
                .and_then(|len| at.checked_add(len))
                .filter(|end| *end == locator);
            (said, end.unwrap_or(at.saturating_add(END64_LEN as u64)))
        }))
}

impl Said {
    /// Where the directory is if the offset is right (miniz, which does not care where the end
    /// record is), and where it is if the size is (`zipfile`, which adds the difference to every
    /// offset, whatever its sign).
    fn directories(self) -> impl Iterator<Item = Directory> {
        let Said {
            count,
            size,
            offset,
            at,
            by_size,
        } = self;
        let by_size = at
            .checked_sub(size)
            .filter(|_| by_size)
            .map(|start| (start, i128::from(start) - i128::from(offset)));
        [by_size, Some((offset, 0))]
            .into_iter()
            .flatten()
            .map(move |(start, base)| Directory {
                start,
                at,
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
        Ok(first.as_ref() == Some(RECORD) || (self.count.0 == 0 && self.start == self.at))
    }
}
