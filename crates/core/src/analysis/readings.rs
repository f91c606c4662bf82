//! What a content is read as: every reading that some loader takes.

use std::io;

use super::{Content, Walk};
use crate::container::packed::Codec;
use crate::container::zip::{self, Archive, Overview};
use crate::container::{dbm, sevenz, tar};
use crate::format::joblib_old;
use crate::format::npy;
use crate::format::pickle::{self, Looks};
use crate::format::safetensors::{Begun, index, opcodes};
use crate::gap::Gap;
use crate::observer::Role;
use crate::sniff;

/// The readings of one content; several where loaders differ.
#[derive(Debug, Default)]
pub(super) struct Readings<'c> {
    /// Whether it is read as pickles.
    pub(super) pickle: bool,
    /// Whether it is read as arrays of NumPy.
    pub(super) npy: bool,
    /// The name of the first member, if it is read as a tar archive.
    pub(super) tar: Option<Vec<u8>>,
    /// Whether it is read as a 7z archive.
    pub(super) sevenz: bool,
    /// What database it is, if it is one.
    pub(super) dbm: Option<dbm::Kind>,
    pub(super) safetensors: Option<Begun<'c>>,
    /// Whether it is read as an index of shards.
    pub(super) index: bool,
    pub(super) zip: Option<(Archive, Overview)>,
    /// The header of old versions of joblib, if it has one.
    pub(super) old_joblib: Option<joblib_old::Header>,
    /// How it is compressed, if it is.
    pub(super) packed: Option<Codec>,
    /// Why it cannot be told whether it is an archive. What can be read is read all the same.
    pub(super) failed: Option<Gap>,
}

impl Readings<'_> {
    /// Whether nothing that is understood reads it.
    pub(super) fn is_empty(&self) -> bool {
        let (tensors, index) = (self.safetensors.is_some(), self.index);
        let is_archive = self.tar.is_some() || self.zip.is_some() || self.sevenz;
        let is_archive = is_archive || self.dbm.is_some();
        let is_read = self.pickle || self.npy || tensors || index;
        !is_read && !is_archive && self.packed.is_none() && self.old_joblib.is_none()
    }

    /// How what is read begins, as [`sniff`] says it.
    pub(super) fn words(&self) -> Vec<&'static str> {
        let words = [
            (self.tar.is_some(), sniff::TAR),
            (self.zip.is_some(), sniff::ZIP),
            (self.npy, sniff::NUMPY),
            (self.sevenz, sniff::SEVENZIP),
            (self.safetensors.is_some(), sniff::SAFETENSORS),
        ];
        let read = words.into_iter().filter(|(is_read, _)| *is_read);
        let packed = self.packed.and_then(sniff::words_of);
        let dbm = self.dbm.and_then(dbm::Kind::words);
        read.map(|(_, words)| words)
            .chain(packed)
            .chain(dbm)
            .collect()
    }

    /// From where on the bytes are something that needs no pickle to be read.
    pub(super) fn explained(&self) -> Option<u64> {
        if self.is_tensors() {
            return Some(0);
        }
        self.zip.as_ref().map(|(_, overview)| overview.start)
    }

    /// What it is besides safetensors, in words.
    pub(super) fn besides_tensors(&self) -> impl Iterator<Item = &'static str> {
        let others = [
            (self.pickle, "a pickle"),
            (self.zip.is_some(), "a zip archive"),
            (self.tar.is_some(), "a tar archive"),
            (self.packed.is_some(), "compressed data"),
        ];
        others
            .into_iter()
            .filter(|(is_read, _)| *is_read)
            .map(|(_, words)| words)
    }

    /// Whether loaders of safetensors take it.
    pub(super) fn is_tensors(&self) -> bool {
        self.safetensors
            .as_ref()
            .is_some_and(|begun| begun.is_valid)
    }
}

impl Walk<'_> {
    /// Looks what a content is read as. `prefix` is its first page.
    pub(super) fn readings<'c>(&mut self, content: &Content<'c>, prefix: &[u8]) -> Readings<'c> {
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
        let safetensors = match self.tensors(content, prefix) {
            Ok(safetensors) => safetensors,
            Err(error) => {
                failed = failed.or(Some(Gap::io(&error)));
                None
            }
        };
        let pickle = match safetensors.as_ref().filter(|begun| begun.is_valid) {
            None => self.is_pickle(content, prefix, zip.is_some() || packed.is_some()),
            Some(begun) => {
                let acts = opcodes::act(&mut self.machine, content.source, begun);
                if acts.is_none() {
                    let detail =
                        "too much would have to be read to tell whether it is a pickle too";
                    failed = failed.or(Some(Gap::limit("polyglot-bytes", detail)));
                }
                acts.unwrap_or(false)
            }
        };
        let name = content.member.last().map_or(self.name, String::as_str);
        Readings {
            pickle,
            npy: prefix.starts_with(npy::MAGIC),
            // Elements may begin like anything, and no loader opens them as a database.
            dbm: dbm::Kind::of(prefix).filter(|_| content.role != Role::Elements),
            sevenz: prefix.starts_with(sevenz::MAGIC),
            tar: tar::first_name(prefix),
            safetensors,
            old_joblib: joblib_old::Header::of(prefix),
            index: content.role == Role::Any && index::begins(prefix, name),
            zip,
            packed,
            failed,
        }
    }

    /// Whether a content that begins so, and goes on, is read as anything or may be.
    pub(crate) fn is_read(&mut self, content: &Content<'_>, head: &[u8]) -> bool {
        let prefix = head.get(..pickle::PAGE).unwrap_or(head);
        let looks = pickle::probe(&mut self.machine, head, false);
        // A zip archive is known by its end.
        if prefix.starts_with(zip::LOCAL) || looks != Some(Looks::Nothing) {
            return true;
        }
        let content = Content {
            source: &head,
            ..*content
        };
        !self.readings(&content, prefix).is_empty()
    }

    /// Whether a content is followed as pickles; `is_known` where it is something else as well.
    fn is_pickle(&mut self, content: &Content<'_>, prefix: &[u8], is_known: bool) -> bool {
        // Whatever comes of it, it is read as pickles: a look would only say the same.
        if pickle::has_proto(prefix) && !is_known && content.role != Role::Elements {
            return true;
        }
        let looks = pickle::look(&mut self.machine, content.source, prefix);
        match (looks, content.role) {
            (Looks::Acting, _) => true,
            (Looks::Begun, role) if role.is_pickle() => true,
            (Looks::Plain, role) => role != Role::Elements,
            (Looks::Begun, Role::Elements) | (Looks::Nothing, _) => false,
            (Looks::Begun, _) => !is_known,
        }
    }

    /// The header of safetensors that a content begins with. A storage has one only where a loader
    /// would take it: numbers may begin like anything.
    fn tensors<'c>(&self, content: &Content<'c>, prefix: &[u8]) -> io::Result<Option<Begun<'c>>> {
        let begun = Begun::of(content.source, prefix, self.budget.window().0)?;
        Ok(begun.filter(|begun| begun.is_valid || content.role != Role::Elements))
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
