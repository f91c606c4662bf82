//! The files of a folder, in sorted order.

use std::fs;
use std::path::{Path, PathBuf};

use weighbridge::escape;

/// Walks through a folder. The folder itself may be a link, for the user named it. In it, links to
/// files are followed; links to folders are not, so that the walk ends, and each is told.
pub(super) struct Files {
    /// The folder itself, as long as it was not entered.
    top: Option<PathBuf>,
    /// What is still to be visited, the next one last.
    pending: Vec<PathBuf>,
}

impl Files {
    pub(super) fn below(folder: &Path) -> Files {
        Files {
            top: Some(folder.to_owned()),
            pending: Vec::new(),
        }
    }

    /// The next file, or a line for people about what was not read.
    pub(super) fn next(&mut self) -> Option<Result<PathBuf, String>> {
        if let Some(top) = self.top.take()
            && let Err(words) = self.enter(&top)
        {
            return Some(Err(words));
        }
        while let Some(path) = self.pending.pop() {
            if !path.is_dir() {
                return Some(Ok(path));
            }
            if path.is_symlink() {
                let name = escape::path(&path);
                let words = "this is a link to a folder, which is not followed; name it to scan it";
                return Some(Err(format!("{name}: {words}")));
            }
            if let Err(words) = self.enter(&path) {
                return Some(Err(words));
            }
        }
        None
    }

    fn enter(&mut self, folder: &Path) -> Result<(), String> {
        let listed = self.list(folder);
        listed.map_err(|error| {
            let name = escape::path(folder);
            format!("{name}: the folder cannot be read: {error}")
        })
    }

    /// Takes what is in a folder; as much of it as can be read.
    fn list(&mut self, folder: &Path) -> std::io::Result<()> {
        let mut found = Vec::new();
        let mut failed = Ok(());
        for entry in fs::read_dir(folder)? {
            match entry {
                Ok(entry) => found.push(entry.path()),
                Err(error) => {
                    failed = Err(error);
                    break;
                }
            }
        }
        found.sort_by(|a, b| {
            b.as_os_str()
                .as_encoded_bytes()
                .cmp(a.as_os_str().as_encoded_bytes())
        });
        self.pending.append(&mut found);
        failed
    }
}
