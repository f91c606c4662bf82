//! Windows onto a source: the slice itself where it lies in memory, else one bounded buffer.

use std::cell::Cell;
use std::io;

use memchr::memchr;

use crate::source::Source;

/// A window is never smaller than this, so that it holds any fixed-size operand with room to spare.
const SMALLEST: usize = 64;
/// How far the hot loop goes before limits are looked at again: it bounds what stack, memo and
/// arena can grow by in between.
const STRIDE: usize = 16 * 1024;

/// A source, and the part of it that was read last.
pub(crate) struct Input<'s> {
    source: &'s dyn Source,
    len: u64,
    buffer: Vec<u8>,
    base: u64,
    size: usize,
    /// How many bytes of it were looked at as values, and from how many on they are cut.
    viewed: Cell<u64>,
    most_viewed: u64,
}

/// A part of the source, by place rather than by reference.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

impl<'s> Input<'s> {
    /// An input that reads `size` bytes at a time from a source that is not in memory.
    pub(crate) fn new(source: &'s dyn Source, size: usize) -> Input<'s> {
        Input {
            source,
            len: source.len(),
            buffer: Vec::new(),
            base: 0,
            size: size.max(SMALLEST),
            viewed: Cell::new(0),
            most_viewed: u64::MAX,
        }
    }

    /// The same, whose values are cut once so many bytes of them were looked at.
    pub(crate) fn with_most_viewed(self, most_viewed: u64) -> Input<'s> {
        Input {
            most_viewed,
            ..self
        }
    }

    /// This input, leaving one behind that has read nothing yet.
    pub(crate) fn take(&mut self) -> Input<'s> {
        let fresh = Input::new(self.source, self.size);
        std::mem::replace(self, fresh)
    }

    pub(crate) fn source(&self) -> &'s dyn Source {
        self.source
    }

    pub(crate) fn viewed(&self) -> &Cell<u64> {
        &self.viewed
    }

    pub(crate) fn most_viewed(&self) -> u64 {
        self.most_viewed
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// What lies at `offset`, at most up to `end`: a stride of a slice, or the rest of the window,
    /// which is filled anew where little of it is left. Empty only at the end.
    pub(crate) fn window(&mut self, offset: u64, end: u64) -> io::Result<&[u8]> {
        let end = end.min(self.len).min(offset.saturating_add(STRIDE as u64));
        if offset >= end {
            return Ok(&[]);
        }
        if let Some(slice) = self.source.as_slice() {
            return Ok(part(slice, offset, end));
        }
        let held = self.base + self.buffer.len() as u64;
        if offset < self.base
            || offset >= held
            || (held < end && held - offset < self.size as u64 / 4)
        {
            self.fill(offset)?;
        }
        let held = self.base + self.buffer.len() as u64;
        Ok(part(
            &self.buffer,
            offset - self.base,
            end.min(held) - self.base,
        ))
    }

    fn fill(&mut self, offset: u64) -> io::Result<()> {
        self.buffer.resize(self.size, 0);
        self.base = offset;
        let mut filled = 0;
        let mut want = self.size;
        while filled < want {
            let part = &mut self.buffer[filled..want];
            match self.source.read_at(offset + filled as u64, part) {
                Ok(0) => break,
                Ok(n) => filled += n,
                // What could be read before the fault counts; the fault comes up again behind it.
                Err(_) if filled > 0 => break,
                Err(_) if want > SMALLEST => want = SMALLEST,
                Err(error) => {
                    self.buffer.clear();
                    return Err(error);
                }
            }
        }
        self.buffer.truncate(filled);
        if filled == 0 {
            // The source is shorter than it said.
            self.len = self.len.min(offset);
        }
        Ok(())
    }

    /// Up to `N` bytes at an offset; fewer only at the end of the source.
    pub(crate) fn bytes<const N: usize>(&mut self, offset: u64) -> io::Result<([u8; N], usize)> {
        let window = self.window(offset, offset.saturating_add(N as u64))?;
        let mut bytes = [0; N];
        let n = window.len().min(N);
        bytes[..n].copy_from_slice(&window[..n]);
        Ok((bytes, n))
    }

    /// Where the line at `offset` ends: the offset of its `\n` below `end`, or `None`.
    pub(crate) fn newline(&mut self, offset: u64, end: u64) -> io::Result<Option<u64>> {
        let mut at = offset;
        loop {
            let window = self.window(at, end)?;
            if window.is_empty() {
                return Ok(None);
            }
            if let Some(found) = memchr(b'\n', window) {
                return Ok(Some(at + found as u64));
            }
            at += window.len() as u64;
        }
    }

    /// Hands the bytes of a span to `look`, piece by piece, until it says `false`.
    pub(crate) fn pieces(
        &mut self,
        span: Span,
        mut look: impl FnMut(&[u8]) -> bool,
    ) -> io::Result<()> {
        let (mut at, end) = (span.offset, span.offset.saturating_add(span.len));
        while at < end {
            let window = self.window(at, end)?;
            if window.is_empty() || !look(window) {
                break;
            }
            at += window.len() as u64;
        }
        Ok(())
    }

    /// The first bytes of a span, at most `cap`.
    pub(crate) fn prefix(&mut self, span: Span, cap: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let len = span.len.min(cap as u64);
        self.pieces(Span { len, ..span }, |piece| {
            bytes.extend_from_slice(piece);
            true
        })?;
        Ok(bytes)
    }
}

fn part(bytes: &[u8], from: u64, to: u64) -> &[u8] {
    let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to)) else {
        return &[];
    };
    bytes.get(from..to.min(bytes.len())).unwrap_or(&[])
}
