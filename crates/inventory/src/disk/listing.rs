//! Folders of stores: listed in order, bounded, links told apart.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use weighbridge::{GapReason, ReportedGap};

use super::draft::Draft;
use crate::options::InventoryOptions;
use crate::place::Place;

/// Why a link to a folder is not read.
pub(super) const NOT_FOLLOWED: &str =
    "this is a link, which is not followed; name what it leads to";

/// What is found in one tree, or in one cache of the user.
pub(super) struct Listing<'o> {
    pub(super) options: &'o InventoryOptions,
    /// The top of the tree; names count from here.
    top: Option<PathBuf>,
    /// How many entries may still be listed.
    left: usize,
    pub(super) gaps: Vec<ReportedGap>,
    pub(super) drafts: Vec<Draft>,
    /// Files that belong to one of these models.
    pub(super) claimed: BTreeSet<PathBuf>,
}

/// What a name in a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Folder,
    File,
    Link,
    /// A pipe, a socket, a device.
    Special,
}

/// A name in a folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: OsString,
    pub(super) path: PathBuf,
    pub(super) kind: EntryKind,
}

impl Entry {
    /// Its name to show.
    pub(super) fn shown(&self) -> String {
        shown(&self.name)
    }

    /// Whether it is a folder of that name.
    pub(super) fn is_folder(&self, name: &str) -> bool {
        self.kind == EntryKind::Folder && self.name == name
    }
}

/// A file, or a link, somewhere below a folder.
pub(super) struct Below {
    /// Its path from that folder, with `/` between, to show.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) kind: EntryKind,
}

/// What a path of a store leads to.
pub(super) enum Leads {
    /// A regular file of the store, without links.
    To(PathBuf),
    /// Out of the store.
    Out,
    /// To nothing, or round in circles.
    Nowhere,
    /// To something that is no file.
    NoFile,
    Error(io::Error),
}

impl<'o> Listing<'o> {
    pub(super) fn new(top: Option<&Path>, left: usize, options: &'o InventoryOptions) -> Self {
        Listing {
            options,
            top: top.map(Path::to_owned),
            left,
            gaps: Vec::new(),
            drafts: Vec::new(),
            claimed: BTreeSet::new(),
        }
    }

    /// A path as findings name it.
    pub(super) fn name(&self, path: &Path) -> String {
        let whole = self
            .top
            .as_deref()
            .and_then(|top| std::path::absolute(top).ok());
        let tops = [self.top.as_deref(), whole.as_deref()];
        match tops.into_iter().flatten().find(|top| path.starts_with(top)) {
            Some(top) if path == top && path.is_dir() => ".".to_owned(),
            Some(top) => crate::walk::relative(top, path),
            None => weighbridge::escape::path(path),
        }
    }

    /// Tells that something was not read.
    pub(super) fn gap(&mut self, path: &Path, detail: String) {
        let at = Place::whole(&self.name(path)).location();
        self.gaps.push(ReportedGap::new(GapReason::Io, at, detail));
    }

    /// Tells that something is not as its store writes it.
    pub(super) fn malformed(&mut self, path: &Path, detail: &str) {
        let at = Place::whole(&self.name(path)).location();
        let gap = ReportedGap::new(GapReason::Malformed, at, detail.to_owned());
        self.gaps.push(gap);
    }

    /// What is in a folder, sorted; nothing where there is none.
    pub(super) fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        let read = match fs::read_dir(folder) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                // What is given may be a pipe or a device.
                let detail = match error.kind() {
                    io::ErrorKind::NotADirectory => "neither a file nor a folder".to_owned(),
                    _ => error.to_string(),
                };
                self.gap(folder, detail);
                return Vec::new();
            }
        };
        let mut entries = Vec::new();
        for entry in read {
            if self.options.is_cancelled() {
                break;
            }
            if self.left == 0 {
                let limit = self.options.limits.max_files;
                let at = Place::whole(&self.name(folder)).location();
                let detail = format!("more than {limit} files; the rest is left out");
                self.gaps.push(ReportedGap::limit("files", at, detail));
                break;
            }
            self.left -= 1;
            let told = entry.and_then(|entry| Ok((entry.file_type()?, entry)));
            match told {
                Ok((kind, entry)) => entries.push(Entry {
                    name: entry.file_name(),
                    path: entry.path(),
                    kind: match () {
                        () if kind.is_symlink() => EntryKind::Link,
                        () if kind.is_dir() => EntryKind::Folder,
                        () if kind.is_file() => EntryKind::File,
                        () => EntryKind::Special,
                    },
                }),
                Err(error) => self.gap(folder, error.to_string()),
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        entries
    }

    /// A folder, or a file, of a store, by its path from the top of that; `None` where it is not there, or
    /// where a link leads to it.
    pub(super) fn part(&mut self, root: &Path, below: impl AsRef<Path>) -> Option<PathBuf> {
        let mut path = root.to_owned();
        for part in below.as_ref() {
            path.push(part);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_symlink() => {
                    self.gap(&path, NOT_FOLLOWED.to_owned());
                    return None;
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
                Err(error) => {
                    self.gap(&path, error.to_string());
                    return None;
                }
            }
        }
        Some(path)
    }

    /// What is in a folder of a store, as [`Listing::entries`].
    pub(super) fn entries_of(&mut self, root: &Path, part: impl AsRef<Path>) -> Vec<Entry> {
        let folder = self.part(root, part);
        folder.map_or_else(Vec::new, |folder| self.entries(&folder))
    }

    /// What is below a folder of a store, as [`Listing::below`].
    pub(super) fn below_of(&mut self, root: &Path, part: impl AsRef<Path>) -> Vec<Below> {
        let folder = self.part(root, part);
        folder.map_or_else(Vec::new, |folder| self.below(&folder))
    }

    /// Every file and link below a folder, sorted. Links are not followed.
    pub(super) fn below(&mut self, folder: &Path) -> Vec<Below> {
        let mut open = vec![(folder.to_owned(), String::new())];
        let mut found = Vec::new();
        while let Some((folder, above)) = open.pop() {
            for entry in self.entries(&folder) {
                let name = super::model::join(&above, &entry.shown());
                match entry.kind {
                    EntryKind::Folder => open.push((entry.path, name)),
                    kind => found.push(Below {
                        name,
                        path: entry.path,
                        kind,
                    }),
                }
            }
        }
        found.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        found
    }

    /// A short text; `None` where it is none, or a long one.
    pub(super) fn text(&mut self, path: &Path, longest: u64) -> Option<String> {
        use std::io::Read as _;
        let is_file = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        if !is_file {
            return None;
        }
        let mut bytes = Vec::new();
        let read =
            fs::File::open(path).and_then(|file| file.take(longest + 1).read_to_end(&mut bytes));
        match read {
            Err(error) => {
                self.gap(path, error.to_string());
                None
            }
            Ok(length) if length as u64 > longest => {
                self.malformed(path, "this is longer than such a file ever is");
                None
            }
            Ok(_) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }
}

/// A name of a file system to show.
pub(super) fn shown(name: &OsStr) -> String {
    weighbridge::escape::path(Path::new(name))
}

/// What a path leads to, if that lies below the real path of its store.
pub(super) fn lead(path: &Path, root: &Path) -> Leads {
    match fs::canonicalize(path) {
        Ok(real) if !real.starts_with(root) => Leads::Out,
        Ok(real) if real.is_file() => Leads::To(real),
        Ok(_) => Leads::NoFile,
        Err(error) => match error.kind() {
            // A folder of the path may be a file.
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Leads::Nowhere,
            io::ErrorKind::PermissionDenied => Leads::Error(error),
            // Round in circles.
            _ if path.is_symlink() => Leads::Nowhere,
            _ => Leads::Error(error),
        },
    }
}
