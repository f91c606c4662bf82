//! Zip archives: those of `torch.save`, and NumPy's `.npz`.

use std::sync::Arc;

use weighbridge_pickle::View;

use super::pickle::{broken, first};
use super::{Contents, Found, How, Range, numpy, unit_of};
use crate::by_name::ByName;
use crate::checkpoint::collect::{Asked, Storage, collect};
use crate::checkpoint::error::{Trouble, shown};
use crate::checkpoint::spool::{Bytes, inflate};
use crate::checkpoint::tensor::Extent;
use crate::container::zip::{self, LOCAL, Listed, Listing, Stored};
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
        let pickle = content(bytes, pickle.stored, how)?;
        let (is_big, root) = (archive.is_big(how)?, archive.root);
        // What the pickle makes takes as much again: the directory is read once more when it is gone.
        drop(archive.listing);
        return checkpoint(contents, bytes, pickle, (&root, is_big), how);
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

    /// Whether the elements have the greater byte first.
    fn is_big(&self, how: How<'_>) -> Result<bool, Trouble> {
        let Some(member) = self.member(BYTE_ORDER) else {
            return Ok(false);
        };
        let content = content(&self.bytes, member.stored, how)?;
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

/// The content of a member, as a file of its own.
fn content(bytes: &Bytes, member: Stored, how: How<'_>) -> Result<Bytes, Trouble> {
    if member.is_deflated {
        let part = Part::new(bytes, member.data, member.compressed);
        return inflate(&part, member.size, how);
    }
    Ok(Arc::new(Range {
        bytes: Arc::clone(bytes),
        offset: member.data,
        len: member.size,
    }))
}

/// A checkpoint of `torch.save`, whose members are in a folder.
fn checkpoint(
    contents: &mut Contents,
    bytes: &Bytes,
    pickle: Bytes,
    (root, is_big): (&str, bool),
    how: How<'_>,
) -> Result<(), Trouble> {
    contents.note(Format::TorchZip);
    let made =
        first((&pickle, 0), how).map_err(|followed| broken(&followed, "its pickle", how.room))?;
    let mut collected = View::of_scalars(&pickle, |view| collect(&made, view, how))?;
    drop(made);
    let mut members = members(bytes, root, &collected.asked, how)?.into_iter();
    let file = contents.add_file(pickle);
    let archive = (bytes, contents.add_file(Arc::clone(bytes)));
    let found = contents.find(&mut collected, file, how, &mut |contents, storage| {
        // They are asked for in this order.
        let member = members.next().flatten();
        storage_of(contents, archive, (storage, member), is_big, how)
    })?;
    contents.place(collected, (found, file), how.room)
}

/// The members that hold the storages that are asked for by keys, in this order.
fn members(
    bytes: &Bytes,
    root: &str,
    asked: &[Asked],
    how: How<'_>,
) -> Result<Vec<Option<Stored>>, Trouble> {
    let keys = asked.iter().filter_map(|asked| match asked {
        Asked::Key(storage) => Some(&*storage.key),
        _ => None,
    });
    let keys: Vec<&str> = keys.collect();
    // PyTorch's reader does not mind the case: several keys may be one.
    let (mut by_key, mut others) = (ByName::default(), Vec::new());
    let find = |by_key: &ByName, name: &str| {
        let is_it = |at: usize| {
            keys.get(at)
                .is_some_and(|key| key.eq_ignore_ascii_case(name))
        };
        by_key.find(&name.to_ascii_lowercase(), is_it)
    };
    for (at, key) in keys.iter().enumerate() {
        match find(&by_key, key) {
            Some(first) => others.push((at, first)),
            None => by_key.add(&key.to_ascii_lowercase(), at),
        }
    }
    let mut members = vec![None; keys.len()];
    let folder = format!("{root}{STORAGE}");
    let told = zip::each(&how.watch.over(bytes), &mut |name, stored| {
        let within = name.split_at_checked(folder.len());
        let within = within.filter(|(before, _)| before.eq_ignore_ascii_case(&folder));
        let at = within.and_then(|(_, key)| find(&by_key, key));
        if let Some(member) = at.and_then(|at| members.get_mut(at)) {
            *member = Some(stored);
        }
        Ok(())
    })?;
    told.map_err(Trouble::Unreadable)?;
    for (at, first) in others {
        members[at] = members[first];
    }
    Ok(members)
}

/// Where a storage lies.
fn storage_of(
    contents: &mut Contents,
    (bytes, archived): (&Bytes, u32),
    (storage, member): (&Storage, Option<Stored>),
    is_big: bool,
    how: How<'_>,
) -> Found {
    let key = shown(&storage.key);
    let len = storage
        .len()
        .ok_or_else(|| format!("its storage {key:?} has an impossible size"))?;
    let Some(member) = member else {
        return Err(format!("its storage {key:?} is not in the archive"));
    };
    // `torch.load` refuses more as well as less.
    if member.size != len {
        return Err(format!(
            "its storage {key:?} is to have {len} bytes, and the archive holds {} of it",
            member.size
        ));
    }
    let unit = if is_big { unit_of(storage.element) } else { 1 };
    let (file, offset) = match member.is_deflated {
        false => (archived, member.data),
        true => {
            let content = content(bytes, member, how);
            let content = content
                .map_err(|trouble| trouble.of(&format!("{STORAGE}{}", storage.key)).to_string())?;
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
        let content = content(&archive.bytes, member.stored, how)?;
        numpy::read(contents, content, name, how)?;
    }
    Ok(())
}
