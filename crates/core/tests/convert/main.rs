//! From checkpoints to safetensors, and the tensors of models of every kind.
#![allow(clippy::unwrap_used, clippy::panic)]

mod changed;
mod ending;
mod exact;
mod hostile;
mod large;
mod real;
mod writing;

use std::path::{Path, PathBuf};

use weighbridge::convert::{Conversion, ConvertError, Request, convert};
use weighbridge::{Checkpoint, Control, Opening};

/// A directory that is removed again.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Scratch {
        Scratch(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The names of all files, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }
}

pub(crate) fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/convert/files")
}

pub(crate) fn open(path: &Path) -> Checkpoint {
    Checkpoint::open(path, &Opening::default()).unwrap()
}

pub(crate) fn converted(
    path: &Path,
    out: &Path,
    request: &Request,
) -> Result<Conversion, ConvertError> {
    convert(&open(path), out, request, &Control::new())
}
