//! Sparse members: parts with data, and nothing but zeros between.

use std::io;

use super::header::{BLOCK, Header};
use super::number;
use super::pax::{SparseKeys, decimal};
use crate::source::{Part, Source, read_array};

/// How many parts a member may have; one has as many as there are holes in it.
const PARTS: usize = 1 << 16;
/// How long a number in a map may be.
const DIGITS: usize = 20;

/// Where the parts of a member with data lie in it: offset and length, in the order in which the archive
/// has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    parts: Vec<(u64, u64)>,
    /// Whether it is not what loaders agree on.
    pub(super) is_wrong: bool,
}

impl Map {
    fn push(&mut self, offset: Option<u64>, len: Option<u64>) {
        match (offset, len) {
            (Some(offset), Some(len)) if self.parts.len() < PARTS => self.parts.push((offset, len)),
            _ => self.is_wrong = true,
        }
    }

    /// The map of an old GNU header, and of the blocks behind it; and where these end.
    pub(super) fn old(header: &Header, source: &dyn Source, mut at: u64) -> io::Result<(Map, u64)> {
        let mut map = Map::default();
        let field = header.sparse();
        map.take(field.get(..96).unwrap_or_default(), false);
        let mut is_extended = field.get(96).is_some_and(|&byte| byte != 0);
        while is_extended {
            let Some(block) = read_array::<BLOCK>(source, at)? else {
                map.is_wrong = true;
                break;
            };
            at += BLOCK as u64;
            map.take(block.get(..504).unwrap_or_default(), true);
            is_extended = block[504] != 0;
        }
        Ok((map, at))
    }

    /// Takes pairs of numbers, up to the first that has none.
    fn take(&mut self, pairs: &[u8], behind: bool) {
        for pair in pairs.chunks_exact(24) {
            let (offset, len) = pair.split_at(12);
            let numbers = (number::python(offset), number::python(len));
            // Loaders end at different things, all of which are empty where the map is honest.
            let (Some(offset), Some(len)) = numbers else {
                self.is_wrong |= pair.iter().any(|&byte| byte != 0);
                return;
            };
            if len == 0 {
                continue;
            }
            self.is_wrong |= behind && offset == 0;
            self.push(u64::try_from(offset).ok(), u64::try_from(len).ok());
        }
    }

    /// The map of an extended header, or the one before the data; and where that ends.
    pub(super) fn of_pax(
        keys: &SparseKeys,
        source: &dyn Source,
        data: u64,
    ) -> io::Result<(Map, u64)> {
        let mut map = Map::default();
        if let Some(text) = &keys.map {
            let mut numbers = text.split(|&byte| byte == b',').map(decimal);
            while let Some(offset) = numbers.next() {
                map.push(offset, numbers.next().flatten());
            }
            return Ok((map, data));
        }
        if keys.size.is_some() {
            map.is_wrong = keys.offsets.len() != keys.lens.len();
            for (&offset, &len) in keys.offsets.iter().zip(&keys.lens) {
                map.push(Some(offset), Some(len));
            }
            return Ok((map, data));
        }
        let mut lines = Lines {
            source,
            at: data,
            buffer: [0; BLOCK],
            used: BLOCK,
        };
        let count = lines.number()?;
        for _ in 0..count.unwrap_or(0).min(PARTS as u64 + 1) {
            let (offset, len) = (lines.number()?, lines.number()?);
            map.push(offset, len);
            if map.is_wrong {
                break;
            }
        }
        map.is_wrong |= count.is_none();
        Ok((map, lines.at))
    }

    /// Whether the parts follow each other, and have as much data as there is.
    pub(super) fn fits(&self, stored: u64, size: u64) -> bool {
        let mut end = 0u64;
        let mut total = 0u64;
        for &(offset, len) in &self.parts {
            if offset < end {
                return false;
            }
            (end, total) = match (offset.checked_add(len), total.checked_add(len)) {
                (Some(end), Some(total)) => (end, total),
                _ => return false,
            };
        }
        !self.is_wrong && total == stored && end <= size
    }
}

/// The lines of numbers before the data of a sparse member, which are filled up to a block.
struct Lines<'s> {
    source: &'s dyn Source,
    /// Where the next block begins.
    at: u64,
    buffer: [u8; BLOCK],
    used: usize,
}

impl Lines<'_> {
    fn number(&mut self) -> io::Result<Option<u64>> {
        let mut digits = Vec::new();
        loop {
            if self.used == BLOCK {
                let Some(block) = read_array::<BLOCK>(self.source, self.at)? else {
                    return Ok(None);
                };
                self.at += BLOCK as u64;
                self.buffer = block;
                self.used = 0;
            }
            let byte = self.buffer.get(self.used).copied().unwrap_or(0);
            self.used += 1;
            match byte {
                b'\n' => return Ok(decimal(&digits)),
                _ if digits.len() < DIGITS => digits.push(byte),
                _ => return Ok(None),
            }
        }
    }
}

/// A sparse member as loaders unpack it, read in place.
pub(super) struct Sparse<'s> {
    stored: Part<'s>,
    /// Offset, length, and where the data lies in what is stored.
    parts: Vec<(u64, u64, u64)>,
    len: u64,
}

impl<'s> Sparse<'s> {
    /// A member of `len` bytes, whose data is stored; the map has to fit.
    pub(super) fn new(stored: Part<'s>, map: &Map, len: u64) -> Sparse<'s> {
        let mut at = 0u64;
        let place = |&(offset, len): &(u64, u64)| {
            let from = at;
            at = at.saturating_add(len);
            (offset, len, from)
        };
        let parts = map.parts.iter().map(place).filter(|(_, len, _)| *len > 0);
        Sparse {
            parts: parts.collect(),
            stored,
            len,
        }
    }
}

impl Source for Sparse<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = left.min(buf.len());
        let after = self.parts.partition_point(|(at, _, _)| *at <= offset);
        let part = after.checked_sub(1).and_then(|index| self.parts.get(index));
        if let Some(&(at, len, from)) = part
            && let within = offset - at
            && within < len
        {
            let there = usize::try_from(len - within).unwrap_or(usize::MAX);
            let room = buf.get_mut(..wanted.min(there)).unwrap_or_default();
            return self.stored.read_at(from + within, room);
        }
        let next = self.parts.get(after).map_or(u64::MAX, |(at, _, _)| *at);
        let zeros = usize::try_from(next - offset).unwrap_or(usize::MAX);
        let zeros = zeros.min(wanted);
        buf.get_mut(..zeros).unwrap_or_default().fill(0);
        Ok(zeros)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_up_to;

    #[test]
    fn parts_are_put_where_they_belong() {
        let map = Map {
            parts: vec![(2, 3), (5, 0), (7, 2)],
            is_wrong: false,
        };
        assert!(map.fits(5, 9) && map.fits(5, 12));
        assert!(!map.fits(4, 9) && !map.fits(5, 8));
        let bytes: &[u8] = b"abcde";
        let sparse = Sparse::new(Part::new(&bytes, 0, 5), &map, 12);
        assert_eq!(read_up_to(&sparse, 0, 99).unwrap(), b"\0\0abc\0\0de\0\0\0");
        assert_eq!(read_up_to(&sparse, 3, 5).unwrap(), b"bc\0\0d");
        for parts in [
            vec![(3, 2), (2, 1)],
            vec![(0, 4), (3, 1)],
            vec![(u64::MAX, 2)],
        ] {
            let map = Map {
                parts,
                is_wrong: false,
            };
            assert!(!map.fits(5, u64::MAX) && !map.fits(3, u64::MAX));
        }
    }
}
