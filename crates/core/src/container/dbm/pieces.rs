//! A value that lies in several places of a database.

use std::io;

use crate::source::Source;

/// Stretches of a source, one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    /// Where in the value a stretch ends, and where in the source it begins.
    parts: Vec<(u64, u64)>,
}

impl Pieces {
    /// One stretch.
    pub(super) fn one(at: u64, len: u64) -> Pieces {
        let mut pieces = Pieces::default();
        pieces.push(at, len);
        pieces
    }

    pub(super) fn push(&mut self, at: u64, len: u64) {
        if len > 0 {
            self.parts.push((self.len().saturating_add(len), at));
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.parts.last().map_or(0, |(end, _)| *end)
    }

    /// Where the value lies, where it does so in one stretch.
    pub(super) fn whole(&self) -> Option<(u64, u64)> {
        match self.parts.as_slice() {
            [] => Some((0, 0)),
            [(len, at)] => Some((*at, *len)),
            _ => None,
        }
    }

    /// A part of the value.
    pub(super) fn part(&self, at: u64, len: u64) -> Pieces {
        let (mut part, mut start) = (Pieces::default(), 0);
        let until = at.saturating_add(len);
        for &(end, place) in &self.parts {
            let (from, to) = (at.max(start), until.min(end));
            if from < to {
                part.push(place.saturating_add(from - start), to - from);
            }
            start = end;
        }
        part
    }
}

/// The bytes of a value.
pub(super) struct Value<'s> {
    pub(super) source: &'s dyn Source,
    pub(super) pieces: &'s Pieces,
}

impl Source for Value<'_> {
    fn len(&self) -> u64 {
        self.pieces.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let parts = &self.pieces.parts;
        let next = parts.partition_point(|(end, _)| *end <= offset);
        let Some(&(end, at)) = parts.get(next) else {
            return Ok(0);
        };
        let start = next.checked_sub(1).and_then(|before| parts.get(before));
        let start = start.map_or(0, |(end, _)| *end);
        let left = usize::try_from(end - offset).unwrap_or(usize::MAX);
        let wanted = buf.len().min(left);
        let Some(buf) = buf.get_mut(..wanted) else {
            return Ok(0);
        };
        self.source.read_at(at.saturating_add(offset - start), buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_up_to;

    #[test]
    fn pieces_read_as_one_value() {
        let source: &[u8] = b"0123456789";
        let mut pieces = Pieces::one(8, 2);
        pieces.push(1, 3);
        pieces.push(5, 0);
        pieces.push(6, 1);
        let read = |pieces: &Pieces, at, len| {
            let value = Value {
                source: &source,
                pieces,
            };
            read_up_to(&value, at, len).unwrap()
        };
        assert_eq!(read(&pieces, 0, 99), b"891236");
        assert_eq!(read(&pieces, 4, 2), b"36");
        assert_eq!(read(&pieces, 6, 1), b"");
        let part = pieces.part(1, 3);
        assert_eq!((read(&part, 0, 9), part.whole()), (b"912".to_vec(), None));
        assert_eq!(pieces.part(2, 2).whole(), Some((1, 2)));
        assert_eq!(pieces.part(9, 2).whole(), Some((0, 0)));
        // What is not there is not made up.
        assert_eq!(read(&Pieces::one(9, 5), 0, 9), b"9");
    }
}
