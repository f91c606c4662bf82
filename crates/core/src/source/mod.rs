//! Where the bytes come from: memory, files, and parts of both.

mod file;
mod folder;
mod map;
mod pages;
mod part;

use std::io;

pub use file::{FileSource, OpenError};
pub(crate) use folder::Folder;
pub use map::MappedSource;
pub use part::Part;
pub use weighbridge_pickle::Source;

/// Reads up to `len` bytes at `offset`; fewer only where the source ends.
pub(crate) fn read_up_to(source: &dyn Source, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    let available = source.len().saturating_sub(offset);
    let len = usize::try_from(available).map_or(len, |available| available.min(len));
    let mut bytes = vec![0; len];
    let filled = fill(source, offset, &mut bytes)?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// Reads exactly `N` bytes at `offset`, or `None` where the source ends before.
pub(crate) fn read_array<const N: usize>(
    source: &dyn Source,
    offset: u64,
) -> io::Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    Ok((fill(source, offset, &mut bytes)? == N).then_some(bytes))
}

/// Fills a buffer from `offset` on and returns how much of it; less only where the source ends.
pub(crate) fn fill(source: &dyn Source, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buf.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(offset.saturating_add(filled as u64), rest)? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}
