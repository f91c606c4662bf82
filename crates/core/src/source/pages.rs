//! A small cache of pages, for the many short reads of operands and headers.

use std::io;
use std::sync::{Mutex, PoisonError};

/// The size of a page. A read that is longer than this goes past the cache.
pub(super) const PAGE: usize = 4096;
/// How many pages are kept: a quarter of a megabyte in all.
const SLOTS: u64 = 64;

/// The pages that were read last, each in the slot that its number gives.
#[derive(Debug, Default)]
pub(super) struct Pages(Mutex<Vec<Page>>);

#[derive(Clone, Debug, Default)]
struct Page {
    number: u64,
    /// Empty where nothing was read yet.
    bytes: Vec<u8>,
}

impl Pages {
    /// Fills `buf` from `offset` on, page by page; `fetch` reads what is not there. Less than asked
    /// only where a page is not full.
    pub(super) fn read(
        &self,
        offset: u64,
        buf: &mut [u8],
        fetch: impl Fn(u64, &mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.resize(usize::try_from(SLOTS).unwrap_or(0), Page::default());
        let mut filled = 0;
        while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let at = offset + filled as u64;
            let number = at / PAGE as u64;
            let slot = usize::try_from(number % SLOTS).unwrap_or(0);
            let Some(page) = slots.get_mut(slot) else {
                break;
            };
            if page.number != number || page.bytes.is_empty() {
                page.bytes.resize(PAGE, 0);
                let read = fetch(number * PAGE as u64, &mut page.bytes);
                page.number = number;
                page.bytes.truncate(*read.as_ref().unwrap_or(&0));
                read?;
            }
            let from = usize::try_from(at % PAGE as u64).unwrap_or(PAGE);
            let there = page.bytes.get(from..).unwrap_or_default();
            let n = there.len().min(rest.len());
            if n == 0 {
                break;
            }
            rest[..n].copy_from_slice(&there[..n]);
            filled += n;
        }
        Ok(filled)
    }
}
