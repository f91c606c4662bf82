//! A part of another source, read in place.

use std::io;

use weighbridge_pickle::Source;

/// A range of another source, such as a stored member of an archive: nothing is copied.
#[derive(Clone, Copy)]
pub struct Part<'s> {
    source: &'s dyn Source,
    offset: u64,
    len: u64,
}

impl<'s> Part<'s> {
    /// The `len` bytes of `source` at `offset`, or as many of them as there are.
    #[must_use]
    pub fn new(source: &'s dyn Source, offset: u64, len: u64) -> Part<'s> {
        let available = source.len().saturating_sub(offset);
        Part {
            source,
            offset,
            len: len.min(available),
        }
    }
}

impl Source for Part<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = rest.min(buf.len());
        let Some(at) = self.offset.checked_add(offset) else {
            return Ok(0);
        };
        match buf.get_mut(..wanted) {
            Some(buf) if !buf.is_empty() => self.source.read_at(at, buf),
            _ => Ok(0),
        }
    }

    fn as_slice(&self) -> Option<&[u8]> {
        let from = usize::try_from(self.offset).ok()?;
        let len = usize::try_from(self.len).ok()?;
        self.source.as_slice()?.get(from..from.checked_add(len)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_they_say_and_where_the_whole_does() {
        let whole: &[u8] = b"0123456789";
        let part = Part::new(&whole, 3, 4);
        assert_eq!((part.len(), part.as_slice()), (4, Some(&b"3456"[..])));
        let mut buf = [0; 8];
        assert_eq!(part.read_at(1, &mut buf).unwrap(), 3);
        assert_eq!(&buf[..3], b"456");
        assert_eq!(part.read_at(4, &mut buf).unwrap(), 0);
        assert_eq!(part.read_at(u64::MAX, &mut buf).unwrap(), 0);
        assert_eq!(Part::new(&whole, 8, 4).len(), 2);
        assert_eq!(Part::new(&whole, 11, u64::MAX).len(), 0);
        let inner = Part::new(&part, 2, 9);
        assert_eq!(inner.as_slice(), Some(&b"56"[..]));
    }
}
