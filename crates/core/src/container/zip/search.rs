//! Looking for local headers where no directory leads.

use std::io;

use memchr::memmem;

use super::LOCAL;
use crate::source::{Source, read_up_to};

/// How much is read at a time.
const WINDOW: usize = 64 * 1024;

/// A search that goes forward.
pub(super) struct Search<'s> {
    source: &'s dyn Source,
    end: u64,
    window: Vec<u8>,
    base: u64,
}

impl<'s> Search<'s> {
    /// A search up to an offset.
    pub(super) fn new(source: &'s dyn Source, end: u64) -> Search<'s> {
        Search {
            source,
            end: end.min(source.len()),
            window: Vec::new(),
            base: 0,
        }
    }

    /// Where the next header is from an offset on.
    pub(super) fn next(&mut self, mut at: u64) -> io::Result<Option<u64>> {
        loop {
            let from = at
                .checked_sub(self.base)
                .and_then(|n| usize::try_from(n).ok());
            let rest = from
                .and_then(|from| self.window.get(from..))
                .unwrap_or_default();
            if let Some(found) = memmem::find(rest, LOCAL) {
                return Ok(Some(at + found as u64));
            }
            // The last bytes may be the first of a header.
            at += rest.len().saturating_sub(LOCAL.len() - 1) as u64;
            let left = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
            if left < LOCAL.len() {
                return Ok(None);
            }
            self.window = read_up_to(self.source, at, left.min(WINDOW))?;
            self.base = at;
            if self.window.len() < LOCAL.len() {
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_across_windows_and_up_to_the_end() {
        let mut bytes = vec![0; 3 * WINDOW];
        for at in [0, 4, WINDOW - 2, 2 * WINDOW + 5, 3 * WINDOW - 4] {
            bytes[at..at + 4].copy_from_slice(LOCAL);
        }
        let all = |start: u64, end: u64| {
            let mut search = Search::new(&bytes, end);
            let (mut at, mut found) = (start, Vec::new());
            while let Some(next) = search.next(at).unwrap() {
                found.push(usize::try_from(next).unwrap());
                at = next + 1;
            }
            found
        };
        let len = bytes.len() as u64;
        let every = [0, 4, WINDOW - 2, 2 * WINDOW + 5, 3 * WINDOW - 4];
        assert_eq!(all(0, len), every);
        assert_eq!(all(1, u64::MAX), every[1..]);
        assert_eq!(all(1, len - 1), every[1..4]);
        assert_eq!(all(len, len), [0usize; 0]);
    }
}
