//! What is to be scanned, one after the other.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::slice;

use weighbridge::escape;

use super::files::{Files, Filter};
use crate::input::{self, Input};

/// Something to do.
pub(super) enum Job {
    /// A file, and whether it was named itself.
    File { path: PathBuf, named: bool },
    /// What the standard input gave.
    Input(Input),
    /// Something that cannot be scanned, as a line for people.
    Unread(String),
}

/// The jobs that the paths of a command line make. No more of them is held than the names in the folders
/// that lead to the next.
pub(super) struct Queue<'q> {
    paths: slice::Iter<'q, PathBuf>,
    filter: &'q Filter,
    stdin: &'q mut dyn Read,
    /// The folder that is walked through, and whether anything was found in it.
    folder: Option<(&'q Path, Files<'q>, bool)>,
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
            folder: None,
        }
    }

    /// The next job.
    pub(super) fn next(&mut self) -> Option<Job> {
        loop {
            if let Some((path, files, any)) = &mut self.folder {
                if let Some(found) = files.next() {
                    *any = true;
                    let named = false;
                    return Some(found.map_or_else(Job::Unread, |path| Job::File { path, named }));
                }
                let (path, any) = (escape::path(path), *any);
                self.folder = None;
                if !any {
                    let words = "there is no file in it; nothing was examined";
                    return Some(Job::Unread(format!("{path}: {words}")));
                }
            }
            let path = self.paths.next()?;
            if input::is_stdin(path) {
                let input = input::open(path, self.stdin);
                return Some(input.map_or_else(Job::Unread, Job::Input));
            }
            if !path.is_dir() {
                let path = path.clone();
                return Some(Job::File { path, named: true });
            }
            self.folder = Some((path, Files::below(path, self.filter), false));
        }
    }
}
