//! What is to be scanned, one after the other.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::slice;

use super::files::{Files, Filter};
use crate::input::{self, Input};

/// Something to do.
pub(super) enum Job {
    /// A file, and whether it was named itself.
    File { path: PathBuf, named: bool },
    /// What the standard input gave.
    Input(Input),
    /// Something that cannot be scanned.
    Unread(Unread),
}

impl Job {
    /// What it is called.
    pub(super) fn path(&self) -> &Path {
        match self {
            Job::File { path, .. } => path,
            Job::Input(input) => Path::new(&input.name),
            Job::Unread(unread) => &unread.path,
        }
    }
}

/// Something that is not examined.
pub(super) struct Unread {
    pub(super) path: PathBuf,
    /// Why, for people.
    pub(super) why: String,
}

/// The jobs that the paths of a command line make. No more of them is held than the names in the directories
/// that lead to the next.
pub(super) struct Queue<'q> {
    paths: slice::Iter<'q, PathBuf>,
    filter: &'q Filter,
    stdin: &'q mut dyn Read,
    /// The directory that is walked through, and whether anything was found in it.
    directory: Option<(&'q Path, Files<'q>, bool)>,
}

impl<'q> Queue<'q> {
    pub(super) fn new(
        paths: &'q [PathBuf],
        filter: &'q Filter,
        stdin: &'q mut dyn Read,
    ) -> Queue<'q> {
        Queue {
            paths: paths.iter(),
            filter,
            stdin,
            directory: None,
        }
    }

    /// The next job.
    pub(super) fn next(&mut self) -> Option<Job> {
        loop {
            if let Some((path, files, any)) = &mut self.directory {
                if let Some(found) = files.next() {
                    *any = true;
                    let named = false;
                    return Some(found.map_or_else(Job::Unread, |path| Job::File { path, named }));
                }
                let (path, any) = (path.to_path_buf(), *any);
                self.directory = None;
                if !any {
                    let why = match self.filter.is_selective() {
                        true => "no file in it is wanted by --include and --exclude",
                        false => "there is no file in it",
                    };
                    let why = format!("{why}; nothing was examined");
                    return Some(Job::Unread(Unread { path, why }));
                }
            }
            let path = self.paths.next()?;
            if input::is_stdin(path) {
                let unread = |why| {
                    let path = input::STDIN.into();
                    Job::Unread(Unread { path, why })
                };
                return Some(input::spool(self.stdin).map_or_else(unread, Job::Input));
            }
            if !path.is_dir() {
                let path = path.clone();
                return Some(Job::File { path, named: true });
            }
            self.directory = Some((path, Files::below(path, self.filter), false));
        }
    }

    /// The paths of the command line that are not through.
    pub(super) fn left(self) -> impl Iterator<Item = PathBuf> {
        let under_way = self.directory.map(|(path, ..)| path.to_path_buf());
        let rest = self.paths.map(|path| match input::is_stdin(path) {
            true => input::STDIN.into(),
            false => path.clone(),
        });
        under_way.into_iter().chain(rest)
    }
}
