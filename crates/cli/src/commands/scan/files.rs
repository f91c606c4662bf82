//! The files of a folder, in sorted order.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use weighbridge::escape;

/// Which files of folders are wanted.
#[derive(Debug, Default)]
pub(super) struct Filter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl Filter {
    /// The filter for patterns; the error is a line for people.
    pub(super) fn new(include: &[String], exclude: &[String]) -> Result<Filter, String> {
        let wanted = globs(include).map_err(|error| format!("--include: {error}"))?;
        Ok(Filter {
            include: (!include.is_empty()).then_some(wanted),
            exclude: globs(exclude).map_err(|error| format!("--exclude: {error}"))?,
        })
    }
}

fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // Without a slash it is about names.
        let anywhere = if pattern.contains('/') { "" } else { "**/" };
        let pattern = format!("{anywhere}{}", pattern.trim_end_matches('/'));
        set.add(GlobBuilder::new(&pattern).literal_separator(true).build()?);
    }
    set.build()
}

/// What a name in a folder leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    /// A link, or something that cannot be told yet.
    Link,
    File,
}

/// A folder that was entered, and what of it is still to be visited, the next one last.
struct Folder {
    path: PathBuf,
    left: Vec<(OsString, Kind)>,
}

/// Walks through a folder. The folder itself may be a link, for the user named it. In it, links to
/// files are followed; links to folders are not, so that the walk ends, and each is told.
pub(super) struct Files<'f> {
    filter: &'f Filter,
    /// The folder itself, as long as it was not entered.
    top: Option<PathBuf>,
    /// The folders that lead to where the walk is.
    open: Vec<Folder>,
}

impl<'f> Files<'f> {
    pub(super) fn below(folder: &Path, filter: &'f Filter) -> Files<'f> {
        Files {
            filter,
            top: Some(folder.to_owned()),
            open: Vec::new(),
        }
    }

    /// The next file, or a line for people about what was not read.
    pub(super) fn next(&mut self) -> Option<Result<PathBuf, String>> {
        if let Some(top) = self.top.take()
            && let Err(words) = self.enter(top)
        {
            return Some(Err(words));
        }
        loop {
            let folder = self.open.last_mut()?;
            let Some((name, kind)) = folder.left.pop() else {
                self.open.pop();
                continue;
            };
            let path = folder.path.join(name);
            if self.filter.exclude.is_match(&path) {
                continue;
            }
            let leads_on = kind == Kind::Link && path.is_dir();
            if leads_on {
                let name = escape::path(&path);
                let words = "this is a link to a folder, which is not followed; name it to scan it";
                return Some(Err(format!("{name}: {words}")));
            }
            if kind != Kind::Folder {
                let include = self.filter.include.as_ref();
                if include.is_none_or(|include| include.is_match(&path)) {
                    return Some(Ok(path));
                }
            } else if let Err(words) = self.enter(path) {
                return Some(Err(words));
            }
        }
    }

    /// Takes what is in a folder; as much of it as can be read.
    fn enter(&mut self, path: PathBuf) -> Result<(), String> {
        let mut left = Vec::new();
        let listed = list(&path, &mut left);
        left.sort_unstable_by(|(a, _), (b, _)| b.as_encoded_bytes().cmp(a.as_encoded_bytes()));
        let name = escape::path(&path);
        self.open.push(Folder { path, left });
        listed.map_err(|error| format!("{name}: the folder cannot be read: {error}"))
    }
}

fn list(folder: &Path, into: &mut Vec<(OsString, Kind)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_file() => Kind::File,
            _ => Kind::Link,
        };
        into.push((entry.file_name(), kind));
    }
    Ok(())
}
