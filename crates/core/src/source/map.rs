//! Files, mapped into memory.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::{Mmap, MmapMut, MmapOptions};
use weighbridge_pickle::Source;

use super::file::{OpenError, refuse_special};

/// A regular file that is mapped and read in place.
///
/// Mapping is a choice, for it has a price: if another process shrinks the file while it is mapped, this
/// process is killed, and if one changes it, a report may tell of bytes that never were there together.
/// Scan only what nobody else writes to. [`FileSource`](super::FileSource) has neither trouble.
#[derive(Debug)]
pub struct MappedSource(Map);

#[derive(Debug)]
enum Map {
    Shared(Mmap),
    Private(MmapMut),
}

impl MappedSource {
    /// Maps a file.
    ///
    /// # Errors
    /// [`OpenError`]: nothing there, no regular file, or not to be mapped.
    pub fn open(path: &Path) -> Result<MappedSource, OpenError> {
        Ok(MappedSource::from_file(&regular(path)?)?)
    }

    /// Maps a file as [`MappedSource::private`] does.
    ///
    /// # Errors
    /// As for [`MappedSource::open`].
    pub fn open_private(path: &Path) -> Result<MappedSource, OpenError> {
        Ok(MappedSource::private(&regular(path)?)?)
    }

    /// Maps an open file.
    ///
    /// # Errors
    /// Where the system does not map it.
    pub fn from_file(file: &File) -> io::Result<MappedSource> {
        Ok(MappedSource(Map::Shared(map(file)?)))
    }

    /// Maps an open file in such a way that the memory may be written to by whoever is given it; the file
    /// stays as it is. Nothing here writes to it.
    ///
    /// # Errors
    /// Where the system does not map it.
    pub fn private(file: &File) -> io::Result<MappedSource> {
        Ok(MappedSource(Map::Private(map_private(file)?)))
    }

    fn bytes(&self) -> &[u8] {
        match &self.0 {
            Map::Shared(map) => map,
            Map::Private(map) => map,
        }
    }
}

fn regular(path: &Path) -> Result<File, OpenError> {
    let file = super::file::open(path)?;
    refuse_special(&file.metadata()?)?;
    Ok(file)
}

#[allow(unsafe_code, reason = "there is no safe way to map a file")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is private to this value, is never written to, and lives as long as what borrows
    // from it. That nobody else changes the file is what the caller takes upon itself by choosing to map
    // it, as the documentation of the type says. All that is read from it is taken for hostile: no
    // decision about memory is made on bytes that are then read again.
    unsafe { Mmap::map(file) }
}

#[allow(unsafe_code, reason = "there is no safe way to map a file")]
fn map_private(file: &File) -> io::Result<MmapMut> {
    // SAFETY: as for `map`. Who writes to the memory gets pages of its own, which no file has.
    unsafe { MmapOptions::new().no_reserve_swap().map_copy(file) }
}

impl Source for MappedSource {
    fn len(&self) -> u64 {
        self.bytes().len() as u64
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        Source::read_at(self.bytes(), offset, buf)
    }

    fn as_slice(&self) -> Option<&[u8]> {
        Some(self.bytes())
    }
}
