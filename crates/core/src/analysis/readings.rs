//! What a content is read as: every reading that some loader takes.

use std::io;

use super::{Content, Walk};
use crate::container::packed::Codec;
use crate::container::zip::{self, Archive, Overview};
use crate::container::{sevenz, tar};
use crate::format::npy;
use crate::format::pickle::{self, Looks};
use crate::gap::Gap;
use crate::observer::Role;
use crate::sniff;

/// The readings of one content; several where loaders differ.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// Whether it is read as pickles.
    pub(super) pickle: bool,
    /// Whether it is read as arrays of NumPy.
    pub(super) npy: bool,
    /// The name of the first member, if it is read as a tar archive.
    pub(super) tar: Option<Vec<u8>>,
    /// Whether it is read as a 7z archive.
    pub(super) sevenz: bool,
    pub(super) zip: Option<(Archive, Overview)>,
    /// How it is compressed, if it is.
    pub(super) packed: Option<Codec>,
    /// Why it cannot be told whether it is an archive. What can be read is read all the same.
    pub(super) failed: Option<Gap>,
}

impl Readings {
    /// Whether nothing that is understood reads it.
    pub(super) fn is_empty(&self) -> bool {
        let is_archive = self.tar.is_some() || self.zip.is_some() || self.sevenz;
        !self.pickle && !self.npy && !is_archive && self.packed.is_none()
    }

    /// How what is read begins, as [`sniff`] says it.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let words = [
            (self.tar.is_some(), sniff::TAR),
            (self.zip.is_some(), sniff::ZIP),
            (self.npy, sniff::NUMPY),
            (self.sevenz, sniff::SEVENZIP),
        ];
        let read = words.into_iter().filter(|(is_read, _)| *is_read);
        let packed = self.packed.and_then(sniff::words_of);
        read.map(|(_, words)| words).chain(packed).collect()
    }

    /// From where on the bytes are something that needs no pickle to be read.
    pub(super) fn explained(&self) -> Option<u64> {
        self.zip.as_ref().map(|(_, overview)| overview.start)
    }
}

impl Walk<'_> {
    /// Looks what a content is read as. `prefix` is its first page.
    pub(super) fn readings(&mut self, content: &Content<'_>, prefix: &[u8]) -> Readings {
        let (zip, mut failed) = match self.archive(content, prefix) {
            Ok(zip) => (zip, None),
            Err(error) => (None, Some(Gap::io(&error))),
        };
        let packed = match self.codec(content, prefix) {
            Ok(packed) => packed,
            Err(error) => {
                failed = failed.or(Some(Gap::io(&error)));
                None
            }
        };
        let looks = pickle::look(&mut self.machine, content.source, prefix);
        let pickle = match (looks, content.role) {
            (Looks::Acting, _) => true,
            (Looks::Begun, role) if role.is_pickle() => true,
            (Looks::Plain, role) => role != Role::Elements,
            (Looks::Begun, Role::Elements) | (Looks::Nothing, _) => false,
            (Looks::Begun, _) => zip.is_none() && packed.is_none(),
        };
        Readings {
            pickle,
            npy: prefix.starts_with(npy::MAGIC),
            sevenz: prefix.starts_with(sevenz::MAGIC),
            tar: tar::first_name(prefix),
            zip,
            packed,
            failed,
        }
    }

    /// How a content is compressed, if it is. A storage is not asked: no loader decompresses it, and
    /// numbers may begin like anything.
    fn codec(&self, content: &Content<'_>, prefix: &[u8]) -> io::Result<Option<Codec>> {
        if content.role == Role::Elements {
            return Ok(None);
        }
        Codec::of(content.source, prefix, self.budget.window().0)
    }

    /// The archive that a content is, if it is one.
    fn archive(
        &self,
        content: &Content<'_>,
        prefix: &[u8],
    ) -> io::Result<Option<(Archive, Overview)>> {
        // A storage is looked at, but not at its end: no loader opens it.
        if content.role == Role::Elements && !prefix.starts_with(zip::LOCAL) {
            return Ok(None);
        }
        let Some(archive) = Archive::find(content.source)? else {
            return Ok(None);
        };
        let overview = archive.overview(content.source, self.budget.members)?;
        Ok(Some((archive, overview)))
    }
}
