//! A window onto a source, for records that are read one behind the other.

use std::io;

use crate::source::{Source, read_up_to};

/// How much is read at a time.
const WINDOW: usize = 64 * 1024;

/// The part of a source that was read last.
pub(super) struct Window<'s> {
    source: &'s dyn Source,
    buffer: Vec<u8>,
    base: u64,
}

impl<'s> Window<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Window<'s> {
        Window {
            source,
            buffer: Vec::new(),
            base: 0,
        }
    }

    /// The `len` bytes at an offset; `None` where the source ends before.
    pub(super) fn get(&mut self, offset: u64, len: usize) -> io::Result<Option<&[u8]>> {
        let end = offset.saturating_add(len as u64);
        if end > self.source.len() {
            return Ok(None);
        }
        if offset < self.base || end > self.base + self.buffer.len() as u64 {
            self.buffer = read_up_to(self.source, offset, len.max(WINDOW))?;
            self.base = offset;
        }
        let from = usize::try_from(offset - self.base).ok();
        Ok(from.and_then(|from| self.buffer.get(from..from.checked_add(len)?)))
    }
}
