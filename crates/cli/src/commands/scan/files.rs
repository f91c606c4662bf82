//! The files of a folder, in sorted order.

use std::fs;
use std::path::{Path, PathBuf};

use weighbridge::escape;

/// Walks through a folder. Links to files are followed, links to folders are not, so that the walk
/// ends.
pub(super) struct Files {
    /// What is still to be visited, the next one last.
    pending: Vec<PathBuf>,
}

impl Files {
    pub(super) fn below(folder: &Path) -> Files {
        Files {
            pending: vec![folder.to_owned()],
        }
    }

    /// The next file, or a line for people about what could not be read.
    pub(super) fn next(&mut self) -> Option<Result<PathBuf, String>> {
        while let Some(path) = self.pending.pop() {
            let is_link = path.is_symlink();
            if !path.is_dir() {
                return Some(Ok(path));
            }
            // The first one is what the user named: that link is followed.
            if is_link && !self.pending.is_empty() {
                continue;
            }
            if let Err(error) = self.enter(&path) {
                let name = escape::path(&path);
                return Some(Err(format!("{name}: the folder cannot be read: {error}")));
            }
        }
        None
    }

    fn enter(&mut self, folder: &Path) -> std::io::Result<()> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder)? {
            found.push(entry?.path());
        }
        found.sort_by(|a, b| {
            b.as_os_str()
                .as_encoded_bytes()
                .cmp(a.as_os_str().as_encoded_bytes())
        });
        self.pending.append(&mut found);
        Ok(())
    }
}
