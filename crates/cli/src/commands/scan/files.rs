//! The files of a directory, in sorted order.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::queue::Unread;

/// Which files of directories are wanted.
#[derive(Debug, Default)]
pub(super) struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
    /// What the run itself writes, in full.
    own: Vec<PathBuf>,
}

impl Filter {
    /// The filter for patterns; the error is a line for people.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Filter, String> {
        let wanted = globs(include).map_err(|error| format!("--include: {error}"))?;
        Ok(Filter {
            include: (!include.is_empty()).then_some(wanted),
            exclude: globs(exclude).map_err(|error| format!("--exclude: {error}"))?,
            own: Vec::new(),
        })
    }

    /// Leaves out what the run itself writes.
    pub(super) fn leave_out(&mut self, own: impl IntoIterator<Item = PathBuf>) {
        self.own.extend(own);
    }

    /// Whether there are patterns.
    pub(super) fn is_selective(&self) -> bool {
        self.include.is_some() || !self.exclude.is_empty()
    }

    fn is_own(&self, path: &Path) -> bool {
        // Only what has the name is worth a look.
        let named = |own: &&PathBuf| own.file_name() == path.file_name();
        let mut named = self.own.iter().filter(named);
        named.any(|own| fs::canonicalize(path).is_ok_and(|path| path == *own))
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, String> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let wrong = |error: globset::Error| format!("{pattern:?} is no pattern: {}", error.kind());
        let trimmed = pattern.trim_end_matches('/');
        let trimmed = trimmed.strip_prefix("./").unwrap_or(trimmed);
        if trimmed.is_empty() {
            return Err(format!("{pattern:?} is no pattern: there is nothing in it"));
        }
        // Without a slash it is about names.
        let anywhere = if trimmed.contains('/') { "" } else { "**/" };
        let glob = GlobBuilder::new(&format!("{anywhere}{trimmed}"))
            .literal_separator(true)
            .build();
        set.add(glob.map_err(wrong)?);
    }
    set.build().map_err(|error| error.to_string())
}

/// What a name in a directory leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Directory,
    /// A link, or something that cannot be told yet.
    Link,
    File,
}

/// A directory that was entered, and what of it is still to be visited, the next one last.
struct Directory {
    path: PathBuf,
    left: Vec<(OsString, Kind)>,
}

/// Whether patterns match a path, as it is or from the directory `top` on.
fn matches(patterns: &GlobSet, top: &Path, path: &Path) -> bool {
    if patterns.is_empty() {
        return false;
    }
    let below = path.strip_prefix(top).unwrap_or(path);
    let plain = path.strip_prefix(".").unwrap_or(path);
    patterns.is_match(plain) || patterns.is_match(below)
}

/// Walks through a directory. The directory itself may be a link, for the user named it. In it, links to
/// files are followed; links to directories are not, so that the walk ends, and each is told.
pub(super) struct Files<'f> {
    filter: &'f Filter,
    root: PathBuf,
    /// The directory itself, as long as it was not entered.
    top: Option<PathBuf>,
    /// The directories that lead to where the walk is.
    open: Vec<Directory>,
}

impl<'f> Files<'f> {
    pub(super) fn below(directory: &Path, filter: &'f Filter) -> Files<'f> {
        Files {
            filter,
            root: directory.to_owned(),
            top: Some(directory.to_owned()),
            open: Vec::new(),
        }
    }

    /// The next file, or what is not read.
    pub(super) fn next(&mut self) -> Option<Result<PathBuf, Unread>> {
        if let Some(top) = self.top.take()
            && let Err(unread) = self.enter(top)
        {
            return Some(Err(unread));
        }
        loop {
            let directory = self.open.last_mut()?;
            let Some((name, kind)) = directory.left.pop() else {
                self.open.pop();
                continue;
            };
            let path = directory.path.join(name);
            if matches(&self.filter.exclude, &self.root, &path) || self.filter.is_own(&path) {
                continue;
            }
            let leads_on = kind == Kind::Link && path.is_dir();
            if leads_on {
                let why =
                    "this is a link to a directory, which is not followed; name it to scan it";
                let why = why.to_owned();
                return Some(Err(Unread { path, why }));
            }
            if kind != Kind::Directory {
                let include = self.filter.include.as_ref();
                if include.is_none_or(|include| matches(include, &self.root, &path)) {
                    return Some(Ok(path));
                }
            } else if let Err(unread) = self.enter(path) {
                return Some(Err(unread));
            }
        }
    }

    /// Takes what is in a directory; as much of it as can be read.
    fn enter(&mut self, path: PathBuf) -> Result<(), Unread> {
        let mut left = Vec::new();
        let listed = list(&path, &mut left);
        left.sort_unstable_by(|(a, _), (b, _)| b.as_encoded_bytes().cmp(a.as_encoded_bytes()));
        let unread = listed.map_err(|error| Unread {
            path: path.clone(),
            why: format!("the directory cannot be read: {error}"),
        });
        self.open.push(Directory { path, left });
        unread
    }
}

fn list(directory: &Path, into: &mut Vec<(OsString, Kind)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() => Kind::Directory,
            Ok(kind) if kind.is_file() => Kind::File,
            _ => Kind::Link,
        };
        into.push((entry.file_name(), kind));
    }
    Ok(())
}
