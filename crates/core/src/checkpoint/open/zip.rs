//! Zip archives: those of `torch.save`, and NumPy's `.npz`.

use std::sync::Arc;

use weighbridge_pickle::View;

use super::pickle::{broken, first};
use super::{Contents, Found, How, Range, numpy};
use crate::checkpoint::collect::{Storage, collect};
use crate::checkpoint::error::Trouble;
use crate::checkpoint::spool::{Bytes, inflate};
use crate::checkpoint::tensor::Extent;
use crate::container::zip::{self, LOCAL, Listed, Listing};
use crate::escape;
use crate::format::Format;
use crate::source::{Part, read_up_to};

/// The name of the pickle, and the beginning of the names of storages, within the folder.
const PICKLE: &str = "data.pkl";
const STORAGE: &str = "data/";
/// Where PyTorch looks for the version of the format.
const VERSIONS: [&str; 2] = [".data/version", "version"];
/// What an archive of `torch.export.save` has.
const EXPORTED: &str = "archive_format";
/// Tells the byte order of the machine that wrote the archive.
const BYTE_ORDER: &str = "byteorder";

/// Whether `torch.load` takes a file for an archive.
pub(super) fn begins(prefix: &[u8]) -> bool {
    prefix.starts_with(LOCAL)
}

pub(super) fn read(contents: &mut Contents, bytes: &Bytes, how: How<'_>) -> Result<(), Trouble> {
    let archive = Archive::list(bytes, how)?;
    if let Some(pickle) = archive.member(PICKLE) {
        archive.check()?;
        let pickle = archive.content(pickle, how)?;
        // What the pickle makes takes as much again: the members are listed once more when it is gone.
        drop(archive);
        return checkpoint(contents, bytes, pickle, how);
    }
    match archive.arrays().next() {
        Some(_) => arrays(contents, &archive, how),
        None if archive.member(EXPORTED).is_some() => Err(Trouble::unreadable(
            "it is an exported program (.pt2); its weights are not read, only checkpoints are",
        )),
        None => Err(Trouble::unreadable(
            "it is a zip archive with neither the data.pkl of PyTorch nor arrays of NumPy in it",
        )),
    }
}

struct Archive {
    bytes: Bytes,
    listing: Listing,
    /// The folder that PyTorch looks in, with its slash.
    root: String,
}

impl Archive {
    fn list(bytes: &Bytes, how: How<'_>) -> Result<Archive, Trouble> {
        let listing = zip::list(&how.watch.over(bytes), how.limits.max_members)?;
        let listing = listing.map_err(Trouble::Unreadable)?;
        // PyTorch's reader takes the folder of the first member.
        let first = listing.members().first();
        let first = first.map_or("", |first| listing.name(first));
        let root = first
            .find('/')
            .map_or("", |slash| first.get(..=slash).unwrap_or_default());
        Ok(Archive {
            root: root.to_owned(),
            bytes: Arc::clone(bytes),
            listing,
        })
    }

    /// The member of this name in the folder.
    fn member(&self, name: &str) -> Option<&Listed> {
        self.listing.find(&format!("{}{name}", self.root))
    }

    /// Refuses what PyTorch's reader does: members that are not in the folder, and no version.
    fn check(&self) -> Result<(), Trouble> {
        let names = self.listing.members().iter();
        let mut names = names.map(|member| self.listing.name(member));
        let is_within = |name: &str| !self.root.is_empty() && name.starts_with(&self.root);
        if let Some(name) = names.find(|name| !is_within(name)) {
            let (name, root) = (escape::visible(name), escape::visible(&self.root));
            return Err(Trouble::Unreadable(format!(
                "its member {name:?} is not in the folder {root:?} of the first: PyTorch does not load it"
            )));
        }
        match VERSIONS.iter().any(|name| self.member(name).is_some()) {
            true => Ok(()),
            false => Err(Trouble::unreadable(
                "it has no member that tells the version of its format: PyTorch does not load it",
            )),
        }
    }

    fn arrays(&self) -> impl Iterator<Item = (&str, &Listed)> {
        let members = self.listing.members().iter();
        members.filter_map(|member| {
            let name = self.listing.name(member).strip_suffix(".npy")?;
            Some((name, member))
        })
    }

    /// The content of a member, as a file of its own.
    fn content(&self, member: &Listed, how: How<'_>) -> Result<Bytes, Trouble> {
        if member.is_deflated {
            let part = Part::new(&self.bytes, member.data, member.compressed);
            return inflate(&part, member.size, how);
        }
        Ok(Arc::new(Range {
            bytes: Arc::clone(&self.bytes),
            offset: member.data,
            len: member.size,
        }))
    }

    /// Whether the elements have the greater byte first.
    fn is_big(&self, how: How<'_>) -> Result<bool, Trouble> {
        let Some(member) = self.member(BYTE_ORDER) else {
            return Ok(false);
        };
        let content = self.content(member, how)?;
        match read_up_to(&content, 0, 16)?.as_slice() {
            b"little" => Ok(false),
            b"big" => Ok(true),
            other => {
                let other = escape::visible(&String::from_utf8_lossy(other)).into_owned();
                Err(Trouble::unreadable(format!(
                    "it names an unknown byte order: {other}"
                )))
            }
        }
    }
}

/// A checkpoint of `torch.save`.
fn checkpoint(
    contents: &mut Contents,
    bytes: &Bytes,
    pickle: Bytes,
    how: How<'_>,
) -> Result<(), Trouble> {
    contents.note(Format::TorchZip);
    let made = first(&pickle, how).map_err(|followed| broken(&followed, "its pickle"))?;
    let collected = View::of_scalars(&pickle, |view| collect(&made, view, how))?;
    drop(made);
    let archive = Archive::list(bytes, how)?;
    let is_big = archive.is_big(how)?;
    let (file, archived) = (
        contents.add_file(pickle),
        contents.add_file(Arc::clone(bytes)),
    );
    contents.add(collected, file, how, &mut |contents, storage| {
        storage_of(contents, &archive, storage, (archived, is_big), how)
    })
}

/// Where a storage lies.
fn storage_of(
    contents: &mut Contents,
    archive: &Archive,
    storage: &Storage,
    (archived, is_big): (usize, bool),
    how: How<'_>,
) -> Found {
    let key = escape::visible(&storage.key).into_owned();
    let len = storage
        .len()
        .ok_or_else(|| format!("its storage {key:?} has an impossible size"))?;
    let Some(member) = archive.member(&format!("{STORAGE}{}", storage.key)) else {
        return Err(format!("its storage {key:?} is not in the archive"));
    };
    // `torch.load` refuses more as well as less.
    if member.size != len {
        return Err(format!(
            "its storage {key:?} is to have {len} bytes, and the archive holds {} of it",
            member.size
        ));
    }
    let unit = if is_big { storage.element.unit() } else { 1 };
    let (file, offset) = match member.is_deflated {
        false => (archived, member.data),
        true => {
            let content = archive.content(member, how);
            let content =
                content.map_err(|trouble| trouble.of(archive.listing.name(member)).to_string())?;
            (contents.add_file(content), 0)
        }
    };
    let extent = Extent {
        file,
        offset,
        len,
        unit,
    };
    Ok((extent, Some(storage.element)))
}

/// An archive of arrays.
fn arrays(contents: &mut Contents, archive: &Archive, how: How<'_>) -> Result<(), Trouble> {
    contents.note(Format::Zip);
    for (name, member) in archive.arrays() {
        how.check()?;
        let content = archive.content(member, how)?;
        numpy::read(contents, content, name, how)?;
    }
    Ok(())
}
