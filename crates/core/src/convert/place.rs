//! Where files go, and how they get there: under another name until all of them are whole.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::ConvertError;
use crate::checkpoint::Checkpoint;

/// What the name of a file ends with, and what that of an index ends with.
const FILE: &str = ".safetensors";
const INDEX: &str = ".safetensors.index.json";
/// What the name of a file ends with that is not whole.
const PARTIAL: &str = ".partial";

/// Where files go.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) files: Vec<PathBuf>,
    pub(super) index: Option<PathBuf>,
}

impl Places {
    /// The places of so many files: `out`, or beside it `name-00001-of-00002.safetensors` and so on, with an
    /// index.
    pub(super) fn of(out: &Path, count: usize) -> Places {
        if count == 1 {
            return Places {
                files: vec![out.to_owned()],
                index: None,
            };
        }
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_suffix(FILE).unwrap_or(&name);
        let beside = |name: String| out.with_file_name(name);
        let files = (1..=count).map(|at| beside(format!("{stem}-{at:05}-of-{count:05}{FILE}")));
        Places {
            files: files.collect(),
            index: Some(beside(format!("{stem}{INDEX}"))),
        }
    }

    /// Refuses to write over the source, over what is no file, twice over the same, or over what is there
    /// unless that is asked for. `other` is written as well.
    pub(super) fn check(
        &self,
        other: Option<&Path>,
        checkpoint: &Checkpoint,
        force: bool,
    ) -> Result<(), ConvertError> {
        let refuse = |path: &Path, why: &str| {
            Err(ConvertError::Request(format!("{} {why}", path.display())))
        };
        let sources: Vec<PathBuf> = checkpoint
            .paths()
            .iter()
            .filter_map(|path| path.canonicalize().ok())
            .collect();
        let own = self.files.iter().chain(&self.index).map(PathBuf::as_path);
        let mut places = HashSet::new();
        for path in own.chain(other) {
            if let Ok(there) = path.canonicalize()
                && sources.contains(&there)
            {
                return refuse(path, "is the source itself; write to another file");
            }
            if !force && fs::symlink_metadata(path).is_ok() {
                return Err(ConvertError::Exists(path.to_owned()));
            }
            // A rename would put a file in the place of a device.
            if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
                return refuse(path, "is no regular file; write to another");
            }
            let directory = directory_of(path);
            let directory = directory.canonicalize().unwrap_or(directory.to_owned());
            if !places.insert(directory.join(path.file_name().unwrap_or_default())) {
                return refuse(path, "is to be two files; name another for one of them");
            }
        }
        Ok(())
    }
}

/// A file that is not at its place yet. It is removed if it never gets there.
#[derive(Debug)]
pub(super) struct Partial {
    pub(super) file: NamedTempFile,
    path: PathBuf,
}

impl Partial {
    pub(super) fn create(path: &Path) -> Result<Partial, ConvertError> {
        let mut prefix = OsString::from(".");
        prefix.push(path.file_name().unwrap_or_default());
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(PARTIAL);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // As any new file; the system takes from it what the user's mask says.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(directory_of(path));
        Ok(Partial {
            file: file.map_err(|why| written(path, why))?,
            path: path.to_owned(),
        })
    }

    fn publish(self, force: bool) -> Result<PathBuf, ConvertError> {
        let Partial { file, path } = self;
        let done = match force {
            true => file.persist(&path),
            false => file.persist_noclobber(&path),
        };
        match done {
            Ok(_) => Ok(path),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(ConvertError::Exists(path))
            }
            Err(error) => Err(written(&path, error.error)),
        }
    }
}

/// The directory that a file lies in.
fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|directory| !directory.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// The error about writing to a path.
pub(super) fn written(path: &Path, why: std::io::Error) -> ConvertError {
    ConvertError::Write {
        path: path.to_owned(),
        why,
    }
}

/// Brings files to their places, the index last. Where one does not get there, those before it are removed
/// again, unless they took the place of others.
pub(super) fn publish(
    files: Vec<Partial>,
    index: Option<Partial>,
    force: bool,
) -> Result<(), ConvertError> {
    let mut published = Vec::new();
    for partial in files.into_iter().chain(index) {
        match partial.publish(force) {
            Ok(path) => published.push(path),
            Err(error) => {
                if !force {
                    for path in published {
                        let _left = fs::remove_file(path);
                    }
                }
                return Err(error);
            }
        }
    }
    // The names are lasting only once the directory is.
    #[cfg(unix)]
    if let Some(path) = published.first() {
        let synced = fs::File::open(directory_of(path)).and_then(|directory| directory.sync_all());
        synced.map_err(|why| written(path, why))?;
    }
    Ok(())
}
